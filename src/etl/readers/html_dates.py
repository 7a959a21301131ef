"""Times of web pages: those meant for machines, and, where there are none, the one printed near the headline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from etl.readers.clock import moment, month_of, parse_time, zone_of
from etl.readers.instants import parse_instant
from etl.records import Instant

# "Fri Apr 28 19:20:36 CEST 2023", as Java prints a time.
_JAVA = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) ([A-Z]{2,4}) (\d{4})")
_CLOCK = r"(?:\D{1,16}?(?P<hour>[0-2]?\d)(?:[:h]|\.(?=\d\d\s*Uhr))(?P<minute>[0-5]\d)(?:\s*(?P<half>[ap]\.?m\b))?)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_PRINTED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_YEAR}\s?[-./年]\s?(?P<month>0?[1-9]|1[0-2])\s?[-./月]\s?(?P<day>[0-3]?\d)(?!\d)日?\.?{_CLOCK}",
        rf"(?<!\d)(?P<day>[0-3]?\d)\.\s?(?P<month>0?[1-9]|1[0-2])\.\s?(?P<year>(?:19|20)?\d\d)(?!\d){_CLOCK}",
        rf"(?<!\d)(?P<day>[0-3]?\d)\.?(?:st|nd|rd|th|er|º)?\s+(?:de\s+)?(?P<name>[^\W\d_]{{3,12}})\.?,?\s+(?:de\s+)?{_YEAR}{_CLOCK}",
        rf"\b(?P<name>[^\W\d_]{{3,12}})\.?\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?,?\s+{_YEAR}{_CLOCK}",
        rf"(?<!\d)(?P<day>[0-3]?\d)/(?P<month>[01]?\d)/{_YEAR}{_CLOCK}",
    )
)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-]([0-3]\d)(?:/|-|\b)")
_SAYS_DATE = re.compile(r"date|time|publi|posted|tarih|lineinfo|fecha|datum|stand|byline|meta", re.IGNORECASE)
_SKIPPED = frozenset(("script", "style", "figcaption", "caption", "footer", "aside", "nav", "a", "option", "noscript"))
_LONGEST_LINE = 90


def page_time(text: str) -> Instant | None:
    """A time as pages print it for machines: ISO 8601 loosely spelled, RFC 822, or Java's own form."""
    text = re.sub(r"\s+([+-]\d\d:?\d\d)$", r"\1", text.strip())
    found = parse_instant(text)
    if found is not None:
        return found
    java = _JAVA.fullmatch(text)
    if java:
        name, day, hour, minute, second, zone, year = java.groups()
        numbers = int(day), int(hour), int(minute), int(second)
        when = moment(int(year), month_of(name), *numbers, zone=zone_of(zone))
        return Instant(text, when, "second", zone if when.tzinfo else None) if when else None
    return parse_time(text)


def printed_instant(root: etree._Element, url: str | None) -> Instant | None:
    """The first time that the page itself prints for its readers: in `time` elements, on lines that are
    little else than a date, in its title, in its address."""
    for value in _machine_values(root):
        instant = page_time(value) or read_date(value)
        if instant:
            return instant
    title = root.find(".//title")
    in_title = read_date((title.text or "")[:300]) if title is not None else None
    if in_title:
        return in_title
    lines = list(_short_lines(root))
    marked = [line for line, says_date in lines if says_date]
    for line in (*marked, *(line for line, _ in lines)):
        instant = read_date(line)
        if instant:
            return instant
    return _url_date(url)


def _machine_values(root: etree._Element) -> Iterator[str]:
    for element in root.iter():
        if isinstance(element.tag, str) and (element.get("itemprop") == "datePublished" or element.tag == "time"):
            value = element.get("datetime") or element.get("content")
            if value:
                yield value


def _short_lines(root: etree._Element) -> Iterator[tuple[str, bool]]:
    """Short lines of text that hold digits, and whether their element says that it holds a date."""
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            continue
        text = element.text or ""
        if len(text) < _LONGEST_LINE * 2 and any(ch.isdigit() for ch in text):
            line = " ".join(text.split())
            if 6 <= len(line) <= _LONGEST_LINE:
                says = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
                yield line, bool(_SAYS_DATE.search(says))


def read_date(line: str) -> Instant | None:
    """The first date in a line of text, with the time of day behind it; naive, since no zone is read."""
    for pattern in _PRINTED:
        for found in pattern.finditer(line):
            instant = _instant(found)
            if instant:
                return instant
    return None


def _instant(found: re.Match[str]) -> Instant | None:
    parts = found.groupdict()
    month = int(parts["month"]) if parts.get("month") else month_of(parts["name"])
    hour = int(parts["hour"]) if parts["hour"] else 0
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"].lower().startswith("p") else 0)
    when: datetime | None = moment(int(parts["year"]), month, int(parts["day"]), hour, int(parts["minute"] or 0))
    if when is None and parts["hour"]:
        when = moment(int(parts["year"]), month, int(parts["day"]))
        return Instant(found.group().strip(), when, "day") if when else None
    return Instant(found.group().strip(), when, "minute" if parts["hour"] else "day") if when else None


def _url_date(url: str | None) -> Instant | None:
    found = _URL_DATE.search(url or "")
    when = moment(int(found.group(1)), int(found.group(2)), int(found.group(3))) if found else None
    return Instant(found.group().strip("/-"), when, "day") if found and when else None
