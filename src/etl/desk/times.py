"""Dates and times as wire copy prints them, and embargoes in words.

Nothing here knows what time it is: a date without a year is read against a reference date (header, end line, copyright
year), and is None without one. A date that the calendar does not hold is None, never the nearest one that it does.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Literal

from etl.desk.dateline_words import data_rows, months, weekdays
from etl.records import Instant

_L = r"[^\W\d_]"
_OFFSET = r"[+-]\d{2}:?\d{2}"
_PIVOT = 70  # two-digit years from 70 on are of the last century
_LONGEST = 500  # what states a time is a line; more is not read
_EARLIEST, _LATEST = 1800, 2100
_NEW_US_SUMMER = 2007  # from this year summer time lasts from March to November

_ISO = re.compile(
    r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)"
    rf"(?:[T ](?P<hour>\d{{2}}):?(?P<minute>\d{{2}})(?::?(?P<second>\d{{2}})(?:[.,]\d+)?)?\s*(?P<zone>Z\b|{_OFFSET})?)?"
)
_BASIC = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
    rf"(?:T(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?(?P<zone>Z|{_OFFSET})?)?(?!\d)"
)
# "071341 GMT Okt 15": day, time, zone, month and year of an IPTC 7901 end line; the zone may follow the year.
_END_LINE = re.compile(
    rf"(?<!\d)(?P<day>\d{{2}})(?P<hour>\d{{2}})(?P<minute>\d{{2}})\s*(?P<zone>[A-Z]{{2,5}})?\s+"
    rf"(?P<name>{_L}{{3,12}})\.?\s+(?P<year>\d{{4}}|\d{{2}})(?!\d)\s*(?P<zone2>[A-Z]{{1,5}})?"
)
# "11-13-13 1509GMT" of an ANPA end line.
_US_LINE = re.compile(
    r"(?<!\d)(?P<month>\d{1,2})-(?P<day>\d{1,2})-(?P<year>\d{4}|\d{2})\s+(?P<hour>\d{2}):?(?P<minute>\d{2})"
    r"\s*(?P<zone>[A-Z]{1,5})?"
)
_YEAR = r"(?P<year>(?:18|19|20)\d{2}(?!\s*(?:GMT|UTC|hrs))|'?\d{2}(?![\d:.hH]|\s*[ap]\.?m))?"
_DAY_MONTH = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?[\s-]*(?:de\s+|of\s+)?(?P<name>{_L}{{3,12}})\.?"
    rf"(?:,?[\s-]+(?:del?\s+)?{_YEAR})?"
)
_MONTH_DAY = re.compile(rf"(?P<name>{_L}{{3,12}})\.?\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\s+{_YEAR})?")
_NUMBERS = re.compile(r"(?<!\d)(?P<one>\d{1,2})(?P<mark>[./])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})(?!\d)")

_CLOCK = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})\s?[:.hH]\s?(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?!\d)"
    r"\s*(?P<half>[aApP]\.?\s?[mM]\b\.?)?"
)
_HALF = re.compile(r"(?<![\d:.])(?P<hour>\d{1,2})\s*(?P<half>[aApP]\.?\s?[mM]\b\.?)")
_FOUR = re.compile(
    rf"(?<![\d:.,])(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)(?=\s*(?:[A-Z]{{1,5}}\b|hrs|hours|Uhr|h\b|local|{_OFFSET}))"
)
_NAMED = re.compile(r"\b(?:12\s?)?(?P<named>noon|midday|midnight|mittags?|mitternacht|midi|minuit|mediodía)\b", re.I)
_HOUR_ONLY = re.compile(r"(?<![\d:.])(?P<hour>\d{1,2})\s*(?:Uhr|hrs|heures|h)\b")
_ZONE = re.compile(
    rf"\b(?P<name>GMT|UTC)(?P<offset>[+-]\d{{1,2}}(?::?\d{{2}})?)?(?!\w)|(?P<plain>(?<=[\d ]){_OFFSET})(?!\d)"
    r"|(?<![A-Za-z])(?P<word>[A-Z]{2,5})(?![A-Za-z])"
)
_NOON = {"noon", "midday", "mittag", "mittags", "midi", "mediodía"}
_WORD = re.compile(rf"{_L}+(?:-feira)?")

Precision = Literal["day", "minute", "second"]


@dataclass(frozen=True, slots=True)
class _Day:
    """A day found in a text at `start:end`; the year is None where none is printed."""

    year: int | None
    month: int
    day: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Clock:
    hour: int
    minute: int
    second: int | None
    end: int


# --- what is read from a text ----------------------------------------------------------------


def parse_instant(printed: str, reference: date | None = None) -> Instant | None:
    """Return the point in time that `printed` states, None where it states none or an impossible one.

    Reads ISO 8601, RFC 822, the end lines of ANPA and IPTC 7901 files, and dates in words ("Feb. 1, 2017", "21 ene",
    "26-FEB-1987 15:01:01"), with or without a time of day and a zone. A year that is not printed is the one that
    puts the date nearest to `reference`.
    """
    text = unicodedata.normalize("NFC", printed[:_LONGEST])
    for pattern in (_ISO, _BASIC, _US_LINE):
        if found := pattern.search(text):
            return _from_figures(printed, found)
    if (found := _END_LINE.search(text)) and found["name"].casefold() in months():
        return _from_figures(printed, found)
    day = _find_day(text)
    if day is None:
        return None
    when = _to_date(day, reference, _find_weekday(text))
    return None if when is None else _with_clock(printed, text, when, day)


def parse_embargo(text: str, reference: date | None = None) -> Instant | None:
    """Return when an embargo in words ends: "EMBARGOED UNTIL 0001 GMT Monday, Jan. 5".

    The time of day, the date and the zone are each read where they stand. A date without a year is the one nearest to
    `reference`; a day of the week alone is the first such day from `reference` on; a time alone is of that very day.
    None without a date that can be told. `zone` is the zone as printed, and `when` is naive where none is.
    """
    if (instant := parse_instant(text, reference)) is not None:
        return instant
    plain = unicodedata.normalize("NFC", text[:_LONGEST])
    if reference is None or _find_day(plain) is not None:
        return None
    base = date(reference.year, reference.month, reference.day)
    weekday = _find_weekday(plain)
    if weekday is not None:
        base += timedelta(days=(weekday - base.weekday()) % 7)
    elif _find_clock(plain) is None:
        return None
    return _with_clock(text, plain, base, None)


def as_utc(instant: Instant) -> datetime | None:
    """Return the instant in UTC, None where its zone is not known."""
    return None if instant.when.tzinfo is None else instant.when.astimezone(UTC)


# --- days ------------------------------------------------------------------------------------


def _find_day(text: str) -> _Day | None:
    """The first day with a month in words, or one in figures that can be read one way only."""
    options = []
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for found in pattern.finditer(text):
            month = months().get(found["name"].casefold())
            if month is not None:
                options.append(_Day(_year(found["year"]), month, int(found["day"]), found.start(), found.end()))
                break
    if options:
        # Of "Jan. 5 2015" and "5 Jan" in one text, the one that stands first; of equal ones the longer.
        return min(options, key=lambda d: (d.start, -d.end))
    return _find_numbers(text)


def _find_numbers(text: str) -> _Day | None:
    """In figures "1.2.2017" is the first of February; "1/2/2017" is left alone, "13/2/2017" and "2/13/2017" are not."""
    found = _NUMBERS.search(text)
    if found is None:
        return None
    one, two = int(found["one"]), int(found["two"])
    if found["mark"] == "/" and one <= 12 and two <= 12 and one != two:
        return None
    day, month = (two, one) if found["mark"] == "/" and two > 12 else (one, two)
    return _Day(_year(found["year"]), month, day, found.start(), found.end())


def _year(printed: str | None) -> int | None:
    if not printed:
        return None
    figures = printed.strip("'")
    year = int(figures)
    return year if len(figures) == 4 else year + (1900 if year >= _PIVOT else 2000)


def _find_weekday(text: str) -> int | None:
    for word in _WORD.finditer(text):
        number = weekdays().get(word[0].casefold())
        if number is not None:
            return number
    return None


def _to_date(day: _Day, reference: date | None, weekday: int | None) -> date | None:
    """The day in its printed year, or in the year next to the reference in which the day of the week is right."""
    if day.year is not None:
        return _date(day.year, day.month, day.day)
    if reference is None:
        return None
    base = date(reference.year, reference.month, reference.day)
    options = [_date(base.year + step, day.month, day.day) for step in (-1, 0, 1)]
    known = [option for option in options if option is not None]
    nearest = min(known, key=lambda option: abs(option - base), default=None)
    right = [option for option in known if option.weekday() == weekday and abs(option - base) < timedelta(days=366)]
    return right[0] if len(right) == 1 and weekday is not None else nearest


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if _EARLIEST <= year <= _LATEST else None
    except ValueError:
        return None


# --- times of day and zones ------------------------------------------------------------------


def _from_figures(printed: str, found: re.Match[str]) -> Instant | None:
    """The instant of a format that is all figures, None where they make no date."""
    parts = found.groupdict()
    month = months()[parts["name"].casefold()] if parts.get("name") else int(parts["month"])
    year, day = _year(parts["year"]), int(parts["day"])
    when = _date(year, month, day) if year is not None else None
    if when is None:
        return None
    if parts["hour"] is None:
        return Instant(printed, datetime(when.year, when.month, when.day), "day")
    second = parts.get("second")
    clock = _Clock(int(parts["hour"]), int(parts["minute"]), int(second) if second else None, 0)
    zone = parts.get("zone") or parts.get("zone2")
    return _instant(printed, when, clock, zone if zone and _zone(zone, when) else None)


def _with_clock(printed: str, text: str, when: date, day: _Day | None) -> Instant | None:
    """The day with the time and zone that stand elsewhere in the text; to the day where none does."""
    rest = text if day is None else text[: day.start] + "\n" * (day.end - day.start) + text[day.end :]
    clock = _find_clock(rest)
    if clock is None:
        return Instant(printed, datetime(when.year, when.month, when.day), "day")
    return _instant(printed, when, clock, _find_zone(rest, clock.end, when))


def _find_clock(text: str) -> _Clock | None:
    """The first time of day; None as well where the first one is impossible ("25:10")."""
    if named := _NAMED.search(text):
        return _Clock(12 if named["named"].casefold() in _NOON else 0, 0, None, named.end())
    for pattern in (_CLOCK, _HALF, _FOUR, _HOUR_ONLY):
        found = pattern.search(text)
        if found is None:
            continue
        parts = found.groupdict()
        hour, minute = int(parts["hour"]), int(parts.get("minute") or 0)
        second = parts.get("second")
        half = (parts.get("half") or "").lower()
        if half:
            hour = hour % 12 + (12 if half.startswith("p") else 0)
        return _Clock(hour, minute, int(second) if second else None, found.end())
    return None


def _instant(printed: str, when: date, clock: _Clock, zone: str | None) -> Instant | None:
    """The instant, None for a time that no clock shows; 2400 is the midnight that ends the day."""
    if clock.hour > 24 or (clock.hour == 24 and clock.minute) or clock.minute > 59 or (clock.second or 0) > 60:
        return None
    midnight = datetime(when.year, when.month, when.day, tzinfo=_zone(zone, when) if zone else None)
    moment = midnight + timedelta(hours=clock.hour, minutes=clock.minute, seconds=min(clock.second or 0, 59))
    precision: Precision = "minute" if clock.second is None else "second"
    return Instant(printed, moment, precision, zone)


def _find_zone(text: str, at: int, when: date) -> str | None:
    """The zone that stands nearest after the time of day, or anywhere before it."""
    for found in (*_ZONE.finditer(text, at), *_ZONE.finditer(text, 0, at)):
        if _zone(found[0], when) is not None:
            return found[0]
    return None


def _zone(printed: str, when: date) -> tzinfo | None:
    """The offset of a printed zone on that day, None where it names none."""
    name = printed.upper().replace("UTC", "GMT")
    if name.startswith("GMT") and len(name) > 3:
        name = name[3:]
    if name[0] in "+-":
        figures = name[1:].replace(":", "").rjust(2, "0")
        minutes = int(figures[:2]) * 60 + int(figures[2:] or 0) if len(figures) != 3 else int(figures)
        return _offset(-minutes if name[0] == "-" else minutes)
    row = _zones().get(name)
    if row is None:
        return None
    standard, summer = row
    return _offset(summer if summer is not None and _is_us_summer(when) else standard)


def _offset(minutes: int) -> tzinfo | None:
    return timezone(timedelta(minutes=minutes)) if abs(minutes) < 24 * 60 else None


@cache
def _zones() -> dict[str, tuple[int, int | None]]:
    return {
        row["zone"]: (int(row["minutes"]), int(row["summer"]) if row["summer"] else None)
        for row in data_rows("times_zones.tsv")
    }


def _is_us_summer(when: date) -> bool:
    """Whether clocks of the United States show summer time; before 2007 it lasted from April to October."""
    if when.year >= _NEW_US_SUMMER:
        begin, end = _sunday(when.year, 3, 8), _sunday(when.year, 11, 1)
    else:
        begin, end = _sunday(when.year, 4, 1), _sunday(when.year, 10, 25)
    return begin <= when < end


def _sunday(year: int, month: int, day: int) -> date:
    """The first Sunday from that day on."""
    first = date(year, month, day)
    return first + timedelta(days=(6 - first.weekday()) % 7)
