"""Names found in the pieces of a story, and how findings of several witnesses are put together."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from etl.language.model import Analysis, Name
from etl.language.pieces import Piece

Text = tuple[Piece, Analysis]


@dataclass(frozen=True, slots=True)
class Found:
    """A name at `text[start:end]` of piece number `piece`, with the rule that found or labelled it."""

    piece: int
    start: int
    end: int
    label: str
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class View:
    """A piece as words: `words[at[start]]` is the word that begins at a character."""

    number: int
    text: str
    tokens: tuple[tuple[int, int], ...]
    words: tuple[str, ...]
    at: dict[int, int]
    names: tuple[Name, ...]
    is_recased: bool = False

    def before(self, start: int, steps: int = 1) -> str:
        """Return the word `steps` before the one that holds `start`, empty at the beginning."""
        place = self.at.get(start, 0) - steps
        return self.words[place] if place >= 0 else ""

    def after(self, end: int) -> str:
        """Return the word that follows the span ending at `end`, empty at the end."""
        while end < len(self.text) and self.text[end] == " ":
            end += 1
        place = self.at.get(end)
        return self.words[place] if place is not None else ""

    def marked(self, start: int, end: int) -> tuple[Name, ...]:
        """Return the model's names that share a character with a span."""
        first = bisect_left(self.names, start, key=_name_start)
        first -= bool(first and self.names[first - 1].end > start)
        return self.names[first : bisect_left(self.names, end, key=_name_start)]


def _name_start(name: Name) -> int:
    return name.start


def make_views(texts: Sequence[Text]) -> list[View]:
    """Return a view of each piece, in order."""
    views = []
    for number, (piece, analysis) in enumerate(texts):
        text, tokens = piece.text, analysis.tokens
        words = tuple(text[start:end] for start, end in tokens)
        at = {start: n for n, (start, _) in enumerate(tokens)}
        views.append(View(number, text, tokens, words, at, analysis.names, piece.is_recased))
    return views


class _Line:
    """The findings of one piece in order, none overlapping; asked by bisection, since a piece may be a whole book."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self.items: list[Found] = []

    def touching(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the findings that share a character with a span."""
        first = bisect_left(self._starts, start)
        if first and self.items[first - 1].end > start:
            first -= 1
        return first, bisect_left(self._starts, end)

    def put(self, first: int, stop: int, f: Found) -> None:
        """Put a finding in the place of a range."""
        self._starts[first:stop] = [f.start]
        self.items[first:stop] = [f]


def _lines(found: Iterable[Found]) -> dict[int, _Line]:
    lines: dict[int, _Line] = defaultdict(_Line)
    for f in found:
        line = lines[f.piece]
        first, stop = line.touching(f.start, f.end)
        if first == stop:
            line.put(first, stop, f)
    return lines


def overrule(found: Iterable[Found], better: Iterable[Found]) -> list[Found]:
    """Put `better` in: what it covers or cuts goes, but a longer name that holds it as a part stays."""
    lines = _lines(found)
    for b in better:
        line = lines[b.piece]
        first, stop = line.touching(b.start, b.end)
        clashes = line.items[first:stop]
        if not any(_stands(f, b) for f in clashes):
            line.put(first, stop, b)
    return [f for line in lines.values() for f in line.items]


def _stands(f: Found, b: Found) -> bool:
    """True when what is there already says the same, or is a longer name."""
    if (f.start, f.end) == (b.start, b.end):
        return f.label == b.label
    return f.start <= b.start and b.end <= f.end


def put_between(found: Iterable[Found], more: Iterable[Found]) -> list[Found]:
    """Add what overlaps nothing that is there already."""
    lines = _lines(found)
    for m in more:
        line = lines[m.piece]
        first, stop = line.touching(m.start, m.end)
        if first == stop:
            line.put(first, stop, m)
    return [f for line in lines.values() for f in line.items]
