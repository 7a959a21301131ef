"""Names found in the pieces of a story, and how findings of several witnesses are put together."""

from __future__ import annotations

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


def make_views(texts: Sequence[Text]) -> list[View]:
    """Return a view of each piece, in order."""
    views = []
    for number, (piece, analysis) in enumerate(texts):
        text, tokens = piece.text, analysis.tokens
        words = tuple(text[start:end] for start, end in tokens)
        at = {start: n for n, (start, _) in enumerate(tokens)}
        views.append(View(number, text, tokens, words, at, analysis.names, piece.is_recased))
    return views


def overrule(found: Iterable[Found], better: Iterable[Found]) -> list[Found]:
    """Put `better` in: what it covers or cuts goes, but a longer name that holds it as a part stays."""
    by_piece: dict[int, list[Found]] = defaultdict(list)
    for f in found:
        by_piece[f.piece].append(f)
    for b in better:
        group = by_piece[b.piece]
        clashes = [f for f in group if f.start < b.end and b.start < f.end]
        if any(f.start <= b.start and b.end <= f.end and f.end - f.start > b.end - b.start for f in clashes):
            continue
        if any((f.start, f.end, f.label) == (b.start, b.end, b.label) for f in clashes):
            continue
        if clashes:
            group = [f for f in group if f not in clashes]
        by_piece[b.piece] = [*group, b]
    return [f for group in by_piece.values() for f in group]


def put_between(found: Iterable[Found], more: Iterable[Found]) -> list[Found]:
    """Add what overlaps nothing that is there already."""
    kept = list(found)
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for f in kept:
        taken[f.piece].append((f.start, f.end))
    for m in more:
        if not any(start < m.end and m.start < end for start, end in taken[m.piece]):
            taken[m.piece].append((m.start, m.end))
            kept.append(m)
    return kept
