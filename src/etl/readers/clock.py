"""Times as wire formats print them: zone abbreviations, month names of many languages, two-digit years."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.resources import files

from etl.readers.instants import parse_instant
from etl.records import Instant

_PRINTED_ZONE = re.compile(r"(?:[+-]\d{4}|\b[A-Z]{1,5})\s*(?:\([^()]*\))?$")
_PIVOT = 70
"""Two-digit years from 70 on are of the last century: electronic wire copy begins about 1970."""


@cache
def _table(name: str) -> dict[str, int]:
    text = files("etl.readers").joinpath("data").joinpath(name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {key: int(value) for key, value in rows}


@cache
def zone_of(abbreviation: str | None) -> timezone | None:
    """The zone an abbreviation ("GMT", "EDT") names; None where it is absent or unknown."""
    minutes = _table("zones.tsv").get((abbreviation or "").upper())
    return None if minutes is None else timezone(timedelta(minutes=minutes))


@cache
def month_of(name: str) -> int | None:
    """The number of a month by the beginning of its name in one of the agencies' languages."""
    table = _table("months.tsv")
    lowered = name.lower()
    matches = [start for start in table if lowered.startswith(start)]
    return table[max(matches, key=len)] if matches else None


def full_year(year: int) -> int:
    """A year from its last two digits; years that have four are left alone."""
    if year >= 100:
        return year
    return year + (1900 if year >= _PIVOT else 2000)


def moment(
    year: int,
    month: int | None,
    day: int,
    hour: int = 0,
    minute: int = 0,
    second: int = 0,
    zone: timezone | None = None,
) -> datetime | None:
    """The point in time, naive without a zone; None where the numbers make no date."""
    if month is None:
        return None
    try:
        return datetime(full_year(year), month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def parse_time(printed: str | None) -> Instant | None:
    """An instant of a feed, a mail or a page: RFC 822 ("Mon, 30 Sep 2002 01:56:02 GMT") or ISO 8601."""
    stamp = parse_instant(printed)
    if stamp is not None or not printed:
        return stamp
    try:
        when = parsedate_to_datetime(printed)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    zone = _PRINTED_ZONE.search(printed.strip())
    label = zone.group().split("(")[0].strip() if zone else None
    if when.tzinfo is None and zone_of(label):
        when = when.replace(tzinfo=zone_of(label))
    elif label == "-0000":
        label = None
    return Instant(printed.strip(), when, "second", label if when.tzinfo else None)
