"""Takes: a long story sent in parts, each an item of its own ("1st Add", "Take 2", "2 of 3")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.resolve.records import Version

_OF = re.compile(r"\b(\d{1,3})\s*(?:of|/)\s*(\d{1,3})\b", re.IGNORECASE)
_ADD = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\s*add\b", re.IGNORECASE)
_ADD_BEHIND = re.compile(r"\badd\s*(\d{1,3})\b", re.IGNORECASE)
_TAKE = re.compile(r"\btake\s*(\d{1,3})\b|\b(\d{1,3})(?:st|nd|rd|th)\s*take\b", re.IGNORECASE)
_TOTAL = re.compile(r"\b(\d{1,3})\s*takes\b", re.IGNORECASE)
_BARE = re.compile(r"\s*(\d{1,3})\s*")
_MOST = 99
"""More parts than this are a misread number."""


@dataclass(frozen=True, slots=True)
class Take:
    """Which part of its story an item is, from 1, and how many there are; None where it does not say."""

    number: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Whole:
    """One version of a story with its parts in order, and the numbers of the parts that are missing."""

    parts: tuple[Version, ...]
    total: int
    missing: tuple[int, ...]


def take_of(version: Version) -> Take | None:
    """The part that the item says it is, in the take field or among the version words; None for a whole story.

    The first add is the second take: the story that it is added to is the first.
    """
    found = _read(version.take or "")
    if found is None and version.take and (bare := _BARE.fullmatch(version.take)):
        found = Take(int(bare[1]), None)
    if found is None:
        found = _read(version.delivered_version or "")
    if found is None or not 1 <= found.number <= _MOST or (found.total or 1) > _MOST:
        return None
    return found


def is_add(version: Version) -> bool:
    """True for a part that another one comes before."""
    take = take_of(version)
    return take is not None and take.number > 1


def wholes(ordered: Sequence[Version]) -> list[Whole]:
    """Versions in order, parts gathered behind the first take they follow; a part sent again replaces itself.

    An add whose first take has not come stands for itself, with the first take missing.
    """
    groups: list[dict[int, list[Version]]] = []
    for version in ordered:
        take = take_of(version)
        number = take.number if take else 1
        if number == 1 or not groups:
            groups.append({})
        groups[-1].setdefault(number, []).append(version)
    return [_whole(group) for group in groups]


def _whole(group: dict[int, list[Version]]) -> Whole:
    parts = tuple(version for _, same in sorted(group.items()) for version in same)
    stated = [take.total for part in parts if (take := take_of(part)) and take.total]
    total = max([*group, *stated])
    return Whole(parts, total, tuple(n for n in range(1, total + 1) if n not in group))


def _read(text: str) -> Take | None:
    if match := _OF.search(text):
        return Take(int(match[1]), int(match[2]))
    if match := _ADD.search(text) or _ADD_BEHIND.search(text):
        return Take(int(match[1]) + 1, None)
    if match := _TAKE.search(text):
        return Take(int(match[1] or match[2]), None)
    if match := _TOTAL.search(text):
        # "2 takes" stands on the first one
        return Take(1, int(match[1]))
    return None
