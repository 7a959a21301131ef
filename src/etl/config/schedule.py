"""When something is to run: every so often, or by cron text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[1-9]\d?))?")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Either `every` or `cron` is set."""

    every: timedelta | None = None
    cron: str | None = None


def parse_schedule(text: str) -> Schedule:
    """The schedule that cron text states: five fields of numbers, names, ranges, lists and steps.

    Raises:
        ValueError: the text is none; the message names the field.
    """
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(repr(text))
    for field, (name, least, most, names) in zip(fields, _FIELDS, strict=True):
        if not all(_is_part(part.lower(), least, most, names) for part in field.split(",")):
            raise ValueError(f"{field!r} as {name} in {text!r}")
    return Schedule(cron=" ".join(fields))


def _is_part(part: str, least: int, most: int, names: tuple[str, ...]) -> bool:
    found = _PART.fullmatch(part)
    if found is None:
        return False
    bounds = [names.index(x) + least if x in names else x for x in (found["first"], found["last"]) if x is not None]
    if not all(isinstance(x, int) or x.isdecimal() for x in bounds):
        return False
    numbers = [int(x) for x in bounds]
    return all(least <= n <= most for n in numbers) and numbers == sorted(numbers)
