"""When a story was published and until when it is held: from fields, date lines, datelines and words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from etl.desk.sheet import Layout
from etl.desk.times import parse_embargo, parse_instant
from etl.records import Dateline, Instant, Remark, Story

_EARLIEST, _LATEST = 1800, 2100
_AHEAD = timedelta(days=2)
_HELD = re.compile(
    r"\bembargo(?:ed|es)?\b|\bsperrfrist\b|\bembargado\b|"
    r"\bnot for (?:public )?(?:release|publication|use) (?:before|until)\b|"
    r"\bhold for release\b|\bfor release (?:at|on|after)\b",
    re.I,
)
_NO_LONGER = re.compile(r"\bembargo\s+(?:lifted|expired|over|aufgehoben)\b|\bno\s+embargo\b|\bnot\s+embargoed\b", re.I)


def published_at(story: Story, layout: Layout, dateline: Dateline | None) -> tuple[Instant | None, list[Remark]]:
    """The time of publication and what is odd about it.

    The first of: the created, published and versioned times of the file; the dateline's date with its own
    year; a date line at the top; the dateline's date with the year of the copyright line.
    A date that cannot be is a remark, not a guess.
    """
    remarks: list[Remark] = []
    for name in ("created", "published", "versioned"):
        instant: Instant | None = getattr(story, name)
        if instant is None:
            continue
        if _EARLIEST <= instant.when.year <= _LATEST:
            return instant, remarks + _order_remarks(story, instant, dateline)
        remarks.append(
            Remark("desk", "impossible_time", f"{name} is {instant.printed!r}: not a year news was filed in")
        )
    dated = dateline.date_text if dateline else None
    found = _day(dated) or _day(layout.fields.get("date")) or _day(dated, layout.fields.get("year"))
    if found is None and dated and (_HAS_YEAR.search(dated) or layout.fields.get("year")):
        remarks.append(Remark("desk", "impossible_date", f"{dated!r} is no date of the calendar"))
    return found, remarks


_HAS_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")


@lru_cache(maxsize=4096)
def _day(printed: str | None, year: str | None = None) -> Instant | None:
    """The day that `printed` names, in `year` where it prints none; None when it names none the calendar holds."""
    if printed is None:
        return None
    stated = printed if year is None or _HAS_YEAR.search(printed) else f"{printed}, {year}"
    found = parse_instant(stated)
    if found is None:
        return None
    return replace(found, printed=printed)


def _order_remarks(story: Story, published: Instant, dateline: Dateline | None) -> list[Remark]:
    """Remarks on a first time later than its version's, and on a dateline of days after the story."""
    remarks: list[Remark] = []
    later = story.versioned
    if later is not None and _is_ahead(published, later):
        detail = f"created {published.printed!r}, but this version is of {later.printed!r}"
        remarks.append(Remark("desk", "created_after_version", detail))
    if dateline is not None and dateline.date_text is not None:
        when = published.when
        filed = _near(dateline.date_text, date(when.year, when.month, when.day))
        if filed is not None and filed.when.date() - when.date() > _AHEAD:
            detail = f"dated {dateline.date_text!r}, but published {published.printed!r}"
            remarks.append(Remark("desk", "dateline_in_future", detail))
    return remarks


def _is_ahead(first: Instant, second: Instant) -> bool:
    if (first.when.tzinfo is None) != (second.when.tzinfo is None):
        return False
    return first.when - second.when > _AHEAD


@lru_cache(maxsize=4096)
def _near(printed: str, reference: date) -> Instant | None:
    return parse_instant(printed, reference)


def embargo_until(
    story: Story, layout: Layout, ednote: str | None, published: Instant | None
) -> tuple[Instant | None, bool, list[Remark]]:
    """Until when the story is held, whether it is held without a time that can be told, and remarks.

    A time in a field of the file counts first; then words at the top or foot of the story, in the note to
    editors and in the terms of use. Words without a year are read against the day of publication.
    """
    if story.embargo is not None:
        return story.embargo, False, []
    reference = date(published.when.year, published.when.month, published.when.day) if published else None
    for text in (layout.fields.get("embargo"), ednote, story.usage_terms):
        if not text or _NO_LONGER.search(text):
            continue
        held = _HELD.search(text)
        if held is None and text != layout.fields.get("embargo"):
            continue
        until = parse_embargo(text[held.start() :] if held else text, reference)
        if until is not None:
            return until, False, []
        if held is not None:
            remark = Remark("desk", "embargo_without_time", f"{text[:120]!r} states no time that can be told")
            return None, True, [remark]
    return None, False, []
