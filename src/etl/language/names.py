"""Names of a story: what the model saw, corrected by what the desk, the lists and the story itself know.

The model is one witness among several. The others, in the order in which they overrule it: fields of the desk
(byline, dateline), listed organisations, the gazetteer, and the story's own use of a name elsewhere (a full name
fixes the surname that stands alone later; one spelling has one label).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from etl.language.lexicon import organisations, titles
from etl.language.model import Analysis
from etl.language.phrases import PhraseIndex
from etl.language.pieces import Piece


@dataclass(frozen=True, slots=True)
class Found:
    """A name at `pieces[piece].text[start:end]`, with the rule that found it."""

    piece: int
    start: int
    end: int
    label: str
    rule: str
    confidence: float


Text = tuple[Piece, Analysis]


def find_names(texts: Sequence[Text]) -> list[Found]:
    """Return the names of all pieces, in order, none overlapping."""
    found = list(_model_names(texts))
    found = _overrule(found, _listed(texts))
    found = _settle_labels(texts, found)
    found = _overrule(found, _surnames(texts, found))
    found = _fill(found, _copies(texts, found))
    return sorted(found, key=lambda f: (f.piece, f.start))


def _model_names(texts: Sequence[Text]) -> Iterator[Found]:
    for number, (piece, analysis) in enumerate(texts):
        for name in analysis.names:
            start, end = trim_name(piece.text, name.start, name.end, name.label)
            # Example: the model marks "stan" in "stan countries"; a name has a capital or a figure in it.
            if start < end and any(c.isupper() or c.isdigit() for c in piece.text[start:end]):
                yield Found(number, start, end, name.label, "model", name.confidence)


_LEADING = re.compile(r"(?:[\s\"'“”‘’`«(\[—–-]+|(?:[Tt]he|THE|[Aa]n?)\s+(?=\S))+")
_TRAILING = re.compile(r"(?:['’][sS]?|[\s\"'“”‘’`»,;:!?\]—–-]|(?<!\b[A-Za-z])(?<!\b[A-Z][a-z])(?<!\w\w\w)\.)+$")


def trim_name(text: str, start: int, end: int, label: str) -> tuple[int, int]:
    """Return the span without marks around it, a leading article, a trailing 's and, for people, their titles."""
    if opening := _LEADING.match(text, start, end):
        start = opening.end()
    if closing := _TRAILING.search(text[start:end]):
        # Example: "U.S." keeps its stop, "Obama’s" loses its ending.
        end = start + closing.start()
    if label == "PERSON":
        start = _skip_titles(text, start, end)
    return start, end


@lru_cache(maxsize=1)
def _title_pattern() -> re.Pattern[str]:
    kinds = ("honorific", "honorific_m", "honorific_f", "office")
    words = sorted({word for kind in kinds for word in titles(kind)}, key=lambda word: (-len(word), word))
    return re.compile(r"(?:(?:former|ex|Former)[ -])?(?:" + "|".join(map(re.escape, words)) + r")\.?\s+(?=\S)")


def _skip_titles(text: str, start: int, end: int) -> int:
    while match := _title_pattern().match(text, start, end):
        start = match.end()
    return start


# --- listed organisations --------------------------------------------------------------------


@lru_cache(maxsize=1)
def _organisation_index() -> PhraseIndex[str]:
    return PhraseIndex(organisations())


def _listed(texts: Sequence[Text]) -> Iterator[Found]:
    for number, (piece, analysis) in enumerate(texts):
        for start, end, _ in _organisation_index().find(piece.text, analysis.tokens):
            yield Found(number, start, end, "ORG", "listed_organisation", 0.95)


# --- the story as witness --------------------------------------------------------------------


def _settle_labels(texts: Sequence[Text], found: Sequence[Found]) -> list[Found]:
    """Give every spelling its most frequent label in the story."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for f in found:
        votes[_spelling(texts, f)][f.label] += 10 if f.rule != "model" else 1
    settled = []
    for f in found:
        label, count = votes[_spelling(texts, f)].most_common(1)[0]
        settled.append(f if label == f.label or count < 2 else replace(f, label=label, rule="story_label"))
    return settled


def _spelling(texts: Sequence[Text], f: Found) -> str:
    return texts[f.piece][0].text[f.start : f.end]


def _surnames(texts: Sequence[Text], found: Sequence[Found]) -> Iterator[Found]:
    """Later uses of a surname whose bearer the story names in full."""
    surnames = {}
    for f in found:
        words = _spelling(texts, f).split()
        if f.label == "PERSON" and len(words) > 1 and len(words[-1]) > 2 and words[-1][0].isupper():
            surnames[words[-1]] = True
    taken = {_spelling(texts, f) for f in found if f.label != "PERSON" and f.rule != "model"}
    index = PhraseIndex({name: True for name in surnames if name not in taken})
    inside = _coverage(f for f in found if len(_spelling(texts, f).split()) > 1)
    for number, (piece, analysis) in enumerate(texts):
        for start, end, _ in index.find(piece.text, analysis.tokens):
            if not inside(number, start, end):
                yield Found(number, start, end, "PERSON", "surname", 0.9)


def _copies(texts: Sequence[Text], found: Sequence[Found]) -> Iterator[Found]:
    """Uses of a name of several words that the model did not mark."""
    names: dict[str, str] = {}
    for f in found:
        spelling = _spelling(texts, f)
        if " " in spelling and spelling[0].isupper():
            names.setdefault(spelling, f.label)
    index = PhraseIndex(names)
    for number, (piece, analysis) in enumerate(texts):
        for start, end, label in index.find(piece.text, analysis.tokens):
            yield Found(number, start, end, label, "story_copy", 0.8)


# --- putting witnesses together --------------------------------------------------------------


def _overrule(found: Iterable[Found], better: Iterable[Found]) -> list[Found]:
    """Put `better` in; what it cuts or covers goes, what holds it as a part of a longer name stays."""
    kept = {(f.piece, f.start, f.end): f for f in found}
    by_piece: dict[int, list[Found]] = defaultdict(list)
    for f in kept.values():
        by_piece[f.piece].append(f)
    for b in better:
        clashes = [f for f in by_piece[b.piece] if f.start < b.end and b.start < f.end]
        if any(f.start <= b.start and b.end <= f.end and (f.end - f.start) > (b.end - b.start) for f in clashes):
            continue
        by_piece[b.piece] = [f for f in by_piece[b.piece] if f not in clashes] + [b]
    return [f for group in by_piece.values() for f in group]


def _fill(found: Iterable[Found], more: Iterable[Found]) -> list[Found]:
    """Add what overlaps nothing."""
    kept = list(found)
    covered = _coverage(kept)
    return kept + [m for m in more if not covered(m.piece, m.start, m.end)]


class _Cover:
    """Answers whether a span touches one that is already taken."""

    def __init__(self, found: Iterable[Found]) -> None:
        self._spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for f in found:
            self._spans[f.piece].append((f.start, f.end))

    def __call__(self, piece: int, start: int, end: int) -> bool:
        return any(a < end and start < b for a, b in self._spans[piece])


def _coverage(found: Iterable[Found]) -> _Cover:
    return _Cover(found)
