"""Time stamps of wire formats: ISO 8601, basic or extended, whole or cut short."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from etl.records import Instant

# Examples: 20131020T192751+1100, 2016-04-13 04:52:21+00:00, 20210512T140007Z, 2018-01-22T00:21:43.000Z, 20080219+0100,
# 20140829135002, 2019-04-15T11:12
_STAMP = re.compile(
    r"(?P<year>\d{4})(?P<dash>[-/.]?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})"
    r"(?:[T _]?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?",
    re.IGNORECASE,
)


def parse_instant(printed: str | None) -> Instant | None:
    """The instant that a stamp states, naive where it states no offset; None where it states no instant.

    Unfilled templates (`YYYYMMDD000000-HHMM`, `00000000T000000`) and dates that no calendar has are None.
    """
    if not printed:
        return None
    found = _STAMP.fullmatch(printed.strip())
    if found is None:
        return None
    parts = found.groupdict()
    try:
        when = datetime(
            int(parts["year"]),
            int(parts["month"]),
            int(parts["day"]),
            int(parts["hour"] or 0),
            int(parts["minute"] or 0),
            min(int(parts["second"] or 0), 59),  # a leap second is printed as 60
            int((parts["fraction"] or "0").ljust(6, "0")[:6]),
            _zone(parts["zone"]),
        )
    except ValueError:
        return None
    precision: Literal["day", "minute", "second"] = (
        "second" if parts["second"] else "minute" if parts["hour"] else "day"
    )
    return Instant(printed.strip(), when, precision, parts["zone"])


def _zone(printed: str | None) -> timezone | None:
    if printed is None:
        return None
    if printed[0] not in "+-":
        return UTC
    hours, minutes = int(printed[1:3]), int(printed[3:].lstrip(":") or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(offset if printed[0] == "+" else -offset)
