"""When a story was published, and whose it is: times and ownership from fields, dateline and copyright line."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from etl.desk.sheet import Layout
from etl.records import Dateline, Instant, Remark, Story

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero ene gennaio janeiro",
            "feb february februar février fevrier febrero febbraio fevereiro",
            "mar march märz mär mars marzo março",
            "apr april avril abril abr aprile",
            "may mai mayo maggio maio",
            "jun june juni juin junio giugno junho",
            "jul july juli juillet julio luglio julho",
            "aug august août aout agosto ago",
            "sep sept september septembre septiembre settembre setembro",
            "oct october oktober okt octobre octubre ottobre outubro",
            "nov november novembre noviembre novembro",
            "dec december dezember dez décembre decembre diciembre dic dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH_DAY = re.compile(
    r"(?P<month>[^\W\d_]{3,10})\.?\s+(?P<day>\d{1,2})(?!\d)(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{4}))?"
)
_DAY_MONTH = re.compile(
    r"(?P<day>\d{1,2})\.?(?:\s+de)?\s+(?P<month>[^\W\d_]{3,10})\.?(?:\s+(?:de\s+)?(?P<year>\d{4}))?"
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")
_EARLIEST, _LATEST = 1800, 2100
_AHEAD = timedelta(days=2)


def published_at(story: Story, layout: Layout, dateline: Dateline | None) -> tuple[Instant | None, list[Remark]]:
    """The time of publication and what is odd about it.

    The first of: the created, published and versioned times of the file; the dateline's date with its own
    year; a date line at the top; the dateline's date with the year of the copyright line, these to the day.
    A date that cannot be is a remark, not a guess.
    """
    remarks = []
    for name in ("created", "published", "versioned"):
        instant: Instant | None = getattr(story, name)
        if instant is None:
            continue
        if _EARLIEST <= instant.when.year <= _LATEST:
            remarks += _order_remarks(story, instant)
            return instant, remarks
        remarks.append(
            Remark("desk", "impossible_time", f"{name} is {instant.printed!r}: not a year news was filed in")
        )
    year = layout.fields.get("year")
    dated = dateline.date_text if dateline else None
    for printed, assumed in ((dated, None), (layout.fields.get("date"), None), (dated, int(year) if year else None)):
        when = read_day(printed, assumed) if printed else None
        if isinstance(when, str):
            remarks.append(Remark("desk", "impossible_date", when))
            break
        if printed and when is not None:
            return Instant(printed=printed, when=when, precision="day"), remarks
    return None, remarks


def _order_remarks(story: Story, published: Instant) -> list[Remark]:
    later = story.versioned
    if later is None or later is published or (later.when.tzinfo is None) != (published.when.tzinfo is None):
        return []
    if published.when - later.when > _AHEAD:
        return [
            Remark(
                "desk",
                "created_after_version",
                f"created {published.printed!r}, but this version is of {later.printed!r}",
            )
        ]
    return []


def read_day(text: str, year: int | None) -> datetime | str | None:
    """The day a printed date names; a string says why it cannot be; None when it is no full date.

    `year` is used where the text prints none.
    """
    for pattern in (_MONTH_DAY, _DAY_MONTH, _ISO):
        found = pattern.search(text)
        if found is None:
            continue
        name = found["month"].casefold()
        month = int(name) if name.isdigit() else _MONTHS.get(name)
        stated = int(found["year"]) if found["year"] else year
        if month is None or stated is None:
            continue
        try:
            return datetime(stated, month, int(found["day"]))
        except ValueError:
            return f"{text!r} is no date of the calendar"
    return None
