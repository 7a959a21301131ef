"""Lines and paragraphs of a story's text, as the desk reads them.

A unit is one paragraph, or one line that stands for itself (a table row, a page label, a list item).
Hard-wrapped lines are joined by width: a line goes on in the next one when the next one's first word
had no room on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

_WIDEST_WRAP = 116
_LONGEST_BRACKET = 8
_INDENT = 2
_TABLE = re.compile(r"\S(?: {3,}|\t+)\S.*?\S(?: {2,}|\t+)\S|\S(?: {4,}|\t+)[-+($£€]?\d")
_BULLET = re.compile(r"(?:--?|[*•·▪–—+o])\s+\S")
_COPYRIGHT = re.compile(r"\(?(?:\(c\)|©|copyright\b|visit\s)", re.I)
_LINE_END = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_ODD_LINE_END = re.compile(r"\r(?!\n)|[\x0b\x0c\x85\u2028\u2029]")
_ENDS = (".", "!", "?", ".”", '."', "”", '"', ":", ";", ")", "»", "。", "؟", "।")


class Unit(NamedTuple):
    """`text` without white space at its ends is `story.text[start:end]`.

    `after_blank`: a blank line, or the text's start, stands before it; `indent` counts the white space
    before its first character on the line; `is_row`: it has the columns of a table.
    """

    start: int
    end: int
    text: str
    after_blank: bool
    indent: int
    is_row: bool = False


def split_units(text: str, *, is_text_layout: bool, stands_alone: Callable[[str], bool]) -> list[Unit]:
    """The units of `text` in order; in markup each line is one. `stands_alone` tells lines never joined."""
    lines = list(_lines(text))
    if not is_text_layout or len(lines) < 2:
        return lines
    width = _wrap_width(lines)
    by_indent = _marks_by_indent(lines)
    if width is None and not by_indent and not any(line.text[0] == "(" for line in lines):
        return lines
    units: list[Unit] = []
    run: list[Unit] = []
    for line in lines:
        if run and not _goes_on(run, line, width, by_indent, stands_alone):
            units.append(_joined(text, run))
            run = []
        run.append(line)
    if run:
        units.append(_joined(text, run))
    return units


_OPENING_NOTE = re.compile(r"\([^()]{4,400}\)(?P<gap>\s+)(?=(?:By|BY)\s|[^\W\d_a-z]{3,})")
_OPENING_UNITS = 6


def split_opening(text: str, units: list[Unit]) -> list[Unit]:
    """The units with a note glued to byline or dateline cut off: "(Adds details)   By A B   OSLO, Feb 5 (...) -"."""
    for number, unit in enumerate(units[:_OPENING_UNITS]):
        if unit.text[0] != "(":
            continue
        note = _OPENING_NOTE.match(text, unit.start, unit.end)
        if note is not None:
            gap_start, gap_end = note.span("gap")
            first = unit._replace(end=gap_start, text=text[unit.start : gap_start])
            second = unit._replace(start=gap_end, text=text[gap_end : unit.end], after_blank=True)
            return [*units[:number], first, second, *units[number + 1 :]]
    return units


_CLOSING_PART = re.compile(r"(?<=[.)])\s+(?=(?:Visit|Distributed\s+by|Syndicated\s+by|SOURCE)\s)")
_CLOSING_UNITS = 14


def split_closing(text: str, units: list[Unit]) -> list[Unit]:
    """The units with run-on closing lines split: "(c) 2016, A. Visit A at www.a.example. Distributed by B." is 3."""
    parts: list[Unit] = []
    for number, unit in enumerate(units):
        if number < len(units) - _CLOSING_UNITS or _COPYRIGHT.match(unit.text) is None:
            parts.append(unit)
            continue
        start = unit.start
        for found in _CLOSING_PART.finditer(text, unit.start, unit.end):
            parts.append(unit._replace(start=start, end=found.start(), text=text[start : found.start()]))
            start = found.end()
        parts.append(unit._replace(start=start, text=text[start : unit.end]))
    return parts


def _lines(text: str) -> Iterator[Unit]:
    blank = True
    for start, raw in _raw_lines(text):
        stripped = raw.strip()
        if not stripped:
            blank = True
            continue
        indent = raw.index(stripped[0])
        first = start + indent
        is_row = ("  " in stripped or "\t" in stripped) and _TABLE.search(stripped) is not None
        yield Unit(first, first + len(stripped), stripped, blank, indent, is_row)
        blank = False


def _raw_lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line with its offset, line ends left out; old line ends (CR alone, form feeds) count too."""
    if _ODD_LINE_END.search(text) is None:
        start = 0
        for raw in text.split("\n"):
            yield start, raw
            start += len(raw) + 1
        return
    start = 0
    for found in _LINE_END.finditer(text):
        yield start, text[start : found.start()]
        start = found.end()
    yield start, text[start:]


def _wrap_width(lines: list[Unit]) -> int | None:
    """The width the text was wrapped to, None when each line is a paragraph."""
    width = max(line.indent + len(line.text) for line in lines)
    if width > _WIDEST_WRAP:
        return None
    inner = [(line, after) for line, after in pairwise(lines) if not after.after_blank]
    ended = sum(line.text.endswith(_ENDS) for line, _ in inner)
    if ended >= 0.75 * len(inner) and len(inner) > 2:
        return None
    return width if any(_breaks_sentence(line, after, width) for line, after in inner) else None


def _marks_by_indent(lines: list[Unit]) -> bool:
    """Whether an indented line opens each paragraph, as on old wires, and blank lines do not."""
    indented = sum(line.indent >= _INDENT for line in lines)
    blanks = sum(line.after_blank for line in lines) - 1
    flush = any(line.indent == 0 for line in lines)
    return indented > 0 and flush and blanks * 2 <= indented


def _breaks_sentence(line: Unit, after: Unit, width: int) -> bool:
    """Whether a line end stands in the middle of a sentence, so that the text is hard-wrapped.

    A small letter after the break shows it; where all is in capitals, or letters have no case, a full line does.
    """
    if line.text.endswith(_ENDS):
        return False
    first = after.text[0]
    if first.islower():
        return True
    if len(line.text) < width * 0.8 or line.is_row:
        return False
    return after.text.isupper() or (first.isalpha() and not first.isupper())


def _goes_on(
    run: list[Unit], line: Unit, width: int | None, by_indent: bool, stands_alone: Callable[[str], bool]
) -> bool:
    """Whether `line` continues the paragraph that ends with the last line of `run`."""
    last = run[-1]
    if line.after_blank or line.is_row or last.is_row:
        return False
    if run[0].text[0] == "(" and len(run) < _LONGEST_BRACKET and not any(")" in one.text for one in run):
        return True
    if by_indent and run[0].indent >= _INDENT and not _BULLET.match(run[0].text):
        return line.indent == 0 and (line.text[0].islower() or not stands_alone(line.text))
    if width is None:
        return False
    if line.indent > last.indent and not _BULLET.match(run[0].text):
        return False
    room = width - (last.indent + len(last.text)) - 1
    first_word = line.text.split(None, 1)[0]
    is_full = room < max(len(first_word), 8)
    if not is_full and (not line.text[0].islower() or last.text.endswith(_ENDS) or room >= width * 0.5):
        return False
    if line.text[0].islower() and not line.indent:
        return True
    if _BULLET.match(line.text) or stands_alone(line.text):
        return False
    return len(run) > 1 or not stands_alone(last.text)


def _joined(text: str, run: list[Unit]) -> Unit:
    first, last = run[0], run[-1]
    if first is last:
        return first
    return Unit(first.start, last.end, text[first.start : last.end], first.after_blank, first.indent)
