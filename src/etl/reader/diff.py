"""What changed between two versions of a story, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "added", "removed"]

_WORDS = 2_000
"""Words on a side up to which a changed stretch is compared by words: the work grows with their product."""
_LINES = 5_000


def changes(old: str, new: str) -> Iterator[tuple[Change, str]]:
    """Stretches of text that stayed, were removed or were added, in reading order; joined they hold both texts."""
    before, after = old.splitlines(keepends=True)[:_LINES], new.splitlines(keepends=True)[:_LINES]
    for what, left, right in _compare(before, after):
        if what == "replace":
            yield from _by_words("".join(left), "".join(right))
        else:
            yield from _stretches(what, "".join(left), "".join(right))


def _by_words(old: str, new: str) -> Iterator[tuple[Change, str]]:
    before, after = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    if max(len(before), len(after)) > _WORDS:
        yield from _stretches("replace", old, new)
        return
    for what, left, right in _compare(before, after):
        yield from _stretches(what, "".join(left), "".join(right))


def _compare(before: list[str], after: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield what, before[a:b], after[c:d]


def _stretches(what: str, old: str, new: str) -> Iterator[tuple[Change, str]]:
    if what == "equal":
        yield "same", new
        return
    if old:
        yield "removed", old
    if new:
        yield "added", new
