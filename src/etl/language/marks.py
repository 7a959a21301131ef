"""Quotation marks, paired without a model, paragraph by paragraph.

Styles: curly, straight, two grave accents and two apostrophes, guillemets (either way round), low-9, and
single marks outside double ones. A paragraph that ends with a mark open and is followed by one that opens
with a mark continues the quotation, as the trade prints it. An odd mark costs only itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

# Each family of double marks: what can open it and what can close it.
_FAMILIES: tuple[tuple[str, str], ...] = (
    ("“‟\u201d", "”\u201c"),
    ("„", "“”"),
    ("«»", "»«"),
    ('"＂〝', '"＂〞'),
)
_DOUBLE = re.compile(r"``|''|[“”‟„«»\"＂〝〞]")
_SINGLE = re.compile(r"[‘’‚‹›'`]")
_SPACE = " \t\r\n\u00a0\u2009\u202f"
_BEFORE_OPEN = _SPACE + "([{—–-/:;,…|"
_LEADING_APOSTROPHE = re.compile(r"['’‘](?:em|til|tis|twas|cause|bout|round|n|s|\d\ds?)\b", re.I)
_UNIT_BEFORE = re.compile(r"\d(?:['’′]|[½¼¾])?$")


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch between quotation marks: `text[start:end]` of its paragraph, marks left out.

    `outer_start`/`outer_end` take in the marks. `closed` is False where no closing mark was found (`end` is
    then the furthest it can reach), `opened` is False where only a closing one was (`start` is then the
    earliest it can begin). `continues` says that it goes on with the quotation that the paragraph before
    left open, `single` that the marks are single ones.
    """

    outer_start: int
    start: int
    end: int
    outer_end: int
    closed: bool = True
    opened: bool = True
    continues: bool = False
    single: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    """One printed double mark and what its shape and surroundings allow."""

    start: int
    end: int
    char: str
    can_open: bool
    can_close: bool
    sure: bool


def find_marked(paragraphs: Sequence[str]) -> tuple[tuple[Marked, ...], ...]:
    """Pair the marks of every paragraph; one tuple each, in order, never overlapping."""
    found: list[tuple[Marked, ...]] = []
    is_open = False
    for number, text in enumerate(paragraphs):
        following = paragraphs[number + 1] if number + 1 < len(paragraphs) else ""
        marked = _pair_doubles(text, is_open)
        marked = _with_singles(text, marked)
        is_open = bool(marked) and not marked[-1].closed and marked[-1].end == len(text) and opens_with_mark(following)
        found.append(tuple(marked))
    return tuple(found)


def opens_with_mark(text: str) -> bool:
    """Does the paragraph begin with a mark that can open a quotation?"""
    stripped = text.lstrip()
    return bool(re.match(r"``|''|[“‟„«\"＂〝”‘'](?=\S)", stripped))


def _pair_doubles(text: str, continued: bool) -> list[Marked]:
    marks = [_classify(text, m) for m in _DOUBLE.finditer(text)]
    marks = [m for m in marks if not _is_unit(text, m)]
    found: list[Marked] = []
    opening: _Mark | None = None
    for number, mark in enumerate(marks):
        if opening is None:
            if mark.can_open:
                opening = mark
            elif mark.can_close:
                found.append(_orphan(text, mark, found))
        elif _closes(opening, mark):
            found.append(Marked(opening.start, opening.end, mark.start, mark.end))
            opening = None
        elif mark.can_open and not _is_nested(marks, number):
            # “The dam held, said the mayor. “It was close.” -- the first mark was never closed
            found.append(Marked(opening.start, opening.end, mark.start, mark.start, closed=False))
            opening = mark
    if opening is not None:
        found.append(Marked(opening.start, opening.end, len(text), len(text), closed=False))
    if continued and found and not text[: found[0].outer_start].strip():
        found[0] = replace(found[0], continues=True)
    return found


def _classify(text: str, match: re.Match[str]) -> _Mark:
    char = match.group()
    before = text[match.start() - 1] if match.start() else " "
    after = text[match.end()] if match.end() < len(text) else " "
    left_free = before in _BEFORE_OPEN or before in "'‘’“\""
    right_bound = after not in _SPACE and after not in ",.;:?!)"
    open_place = left_free and right_bound
    close_place = before not in _SPACE or not right_bound
    if char in "“‟„``":
        can_open, can_close = True, char == "“" and not open_place and close_place
        if char == "“" and not right_bound and before not in _SPACE:
            can_open = False  # a wrong-way mark: they left.“ He ...
    elif char == "”":
        can_open, can_close = open_place and before in _SPACE and after.isalnum(), not (open_place and before in _SPACE)
    elif char in "«»":
        can_open, can_close = _guillemet(char, before, after)
    else:
        can_open = open_place or (before in _SPACE and after in _SPACE)
        can_close = close_place or (before in _SPACE and after in _SPACE)
    return _Mark(match.start(), match.end(), char, can_open, can_close, open_place and not close_place)


def _guillemet(char: str, before: str, after: str) -> tuple[bool, bool]:
    """French « spaces inside », German »no spaces«: the side the text is on tells."""
    if char == "«":
        can_close = before not in _SPACE and (after in _SPACE or after in ",.;:?!)")
        return not can_close, can_close
    can_open = before in _BEFORE_OPEN and after.isalnum()
    return can_open, not can_open


def _closes(opening: _Mark, mark: _Mark) -> bool:
    if not mark.can_close:
        return False
    if mark.can_open and mark.sure:
        return False
    for opens, closes in _FAMILIES:
        if opening.char in opens:
            return mark.char in closes or mark.char in "\"''" or (opening.char in '"' and mark.char == "”")
    return mark.char in ("''", '"', "”")


def _is_nested(marks: Sequence[_Mark], number: int) -> bool:
    """Is this opening mark inside an open quotation balanced by two closing ones further on?"""
    depth = 2
    for mark in marks[number + 1 :]:
        if mark.can_open and not mark.can_close:
            return False
        if mark.can_close and not mark.can_open:
            depth -= 1
            if depth == 0:
                return True
    return False


def _is_unit(text: str, mark: _Mark) -> bool:
    """Inches, feet and seconds: a 12" board, the 6'4'' center, 40°12'30" north."""
    if mark.char not in ('"', "''", "”") or not _UNIT_BEFORE.search(text[: mark.start]):
        return False
    rest = text[mark.end :]
    opened = sum(1 for m in _DOUBLE.finditer(text[: mark.start]) if not _UNIT_BEFORE.search(text[: m.start()]))
    if opened % 2:  # "The 12" pipe burst," he said: one more mark must close the quotation
        later = sum(1 for m in _DOUBLE.finditer(rest) if not _UNIT_BEFORE.search(text[: mark.end + m.start()]))
        return bool(re.match(r"\s[a-z]", rest)) and later % 2 == 1
    return not rest[:1].isalnum()


def _orphan(text: str, mark: _Mark, found: Sequence[Marked]) -> Marked:
    earliest = found[-1].outer_end if found else 0
    while earliest < mark.start and text[earliest] in _SPACE + ",.;:":
        earliest += 1
    return Marked(earliest, earliest, mark.start, mark.end, opened=False)


# --- single marks ----------------------------------------------------------------------------


def _with_singles(text: str, doubles: list[Marked]) -> list[Marked]:
    singles = [
        m
        for m in _find_singles(text)
        if not any(m.outer_start < d.outer_end and d.outer_start < m.outer_end for d in doubles)
    ]
    return sorted([*doubles, *singles], key=lambda m: m.outer_start)


def _find_singles(text: str) -> list[Marked]:
    found: list[Marked] = []
    position = 0
    for match in _SINGLE.finditer(text):
        if match.start() < position or not _single_opens(text, match):
            continue
        close = _single_close(text, match)
        if close is None:
            continue
        found.append(Marked(match.start(), match.end(), close, close + 1, single=True))
        position = close + 1
    return found


def _single_opens(text: str, match: re.Match[str]) -> bool:
    before = text[match.start() - 1] if match.start() else " "
    after = text[match.end() : match.end() + 1]
    if before not in _BEFORE_OPEN or not (after.isalnum() or after in tuple("[$£€#@…")):
        return False
    return match.group() in "‘'‚‹›`’" and not _LEADING_APOSTROPHE.match(text, match.start())


def _single_close(text: str, opening: re.Match[str]) -> int | None:
    """The closing mark: after punctuation if there is one such, else the first that ends a word."""
    closers = "'" if opening.group() == "'" else ("‹›" if opening.group() in "‹›" else "’‘'")
    fallback: int | None = None
    for position in range(opening.end() + 1, len(text)):
        char = text[position]
        if char not in closers:
            continue
        after = text[position + 1 : position + 2] or " "
        before = text[position - 1]
        if after.isalnum() or before in _SPACE:
            if before in _BEFORE_OPEN and after.isalnum() and not _LEADING_APOSTROPHE.match(text, position):
                break  # another one opens
            continue
        if before in ",.?!…—" or before not in "sS" or after in ",.;:?!":
            return position
        if fallback is None:
            fallback = position  # the workers' plan, or 'two words'
    return fallback
