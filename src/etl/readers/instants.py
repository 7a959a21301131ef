"""Time stamps of wire formats: ISO 8601, basic or extended, whole or cut short."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal

from etl.records import Instant

# Examples: 20131020T192751+1100, 2016-04-13 04:52:21+00:00, 20210512T140007Z, 2018-01-22T00:21:43.000Z, 20080219+0100,
# 20140829135002, 2019-04-15T11:12
_STAMP = re.compile(
    r"(\d{4})([-/.]?)(\d{2})\2(\d{2})"
    r"(?:[T _]?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?",
    re.IGNORECASE,
)


def parse_instant(printed: str | None) -> Instant | None:
    """The instant that a stamp states, naive where it states no offset; None where it states no instant.

    Unfilled templates (`YYYYMMDD000000-HHMM`, `00000000T000000`) and dates that no calendar has are None.
    """
    if not printed:
        return None
    printed = printed.strip()
    found = _STAMP.fullmatch(printed)
    if found is None:
        return None
    year, _, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        when = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            min(int(second or 0), 59),  # a leap second is printed as 60
            int(fraction.ljust(6, "0")[:6]) if fraction else 0,
            _zone(zone),
        )
    except ValueError:
        return None
    precision: Literal["day", "minute", "second"] = "second" if second else "minute" if hour else "day"
    return Instant(printed, when, precision, zone)


@lru_cache(maxsize=256)
def _zone(printed: str | None) -> timezone | None:
    if printed is None:
        return None
    if printed[0] not in "+-":
        return UTC
    hours, minutes = int(printed[1:3]), int(printed[3:].lstrip(":") or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(offset if printed[0] == "+" else -offset)
