"""A story while its names are repaired: paragraphs of words, and names that may still change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from etl.language.tagger.casing import Kind


@dataclass(slots=True, eq=False)
class Found:
    """A name over tokens [first, stop) of one paragraph."""

    first: int
    stop: int
    label: str
    confidence: float


@dataclass(slots=True)
class Paragraph:
    """A paragraph's words, the kind of its line and its names in order."""

    words: list[str]
    kind: Kind
    names: list[Found]

    def words_of(self, name: Found) -> tuple[str, ...]:
        """The words of a name."""
        return tuple(self.words[name.first : name.stop])

    @property
    def has_capitals(self) -> bool:
        """Does any word begin with a capital?"""
        return any(word[0].isupper() for word in self.words)

    def _span(self, first: int, stop: int) -> slice:
        """Which names share a token with [first, stop). Found by bisection: a table may hold 30,000 names."""
        begin = end = bisect_right(self.names, first, key=lambda n: n.stop)
        while end < len(self.names) and self.names[end].first < stop:
            end += 1
        return slice(begin, end)

    def overlapping(self, first: int, stop: int) -> list[Found]:
        """Names that share a token with [first, stop)."""
        return self.names[self._span(first, stop)]

    def holds(self, name: Found) -> bool:
        """Is this very name still there?"""
        return any(n is name for n in self.overlapping(name.first, name.stop))

    def add(self, first: int, stop: int, label: str, confidence: float) -> None:
        """Put a name in its place; the names it overlaps go."""
        self.names[self._span(first, stop)] = [Found(first, stop, label, confidence)]

    def drop(self, name: Found) -> None:
        """Take a name out."""
        self.names[self._span(name.first, name.stop)] = []


@dataclass(slots=True)
class NamedStory:
    """The paragraphs of one story with their names."""

    paragraphs: list[Paragraph]
    places: dict[str, list[tuple[Paragraph, int]]] = field(default_factory=dict)
    """Where each capitalised word stands."""
    usual_case: Callable[[str], str] = lambda _: "?"
    """How English writes a small word, see `casing.forms_of`."""

    def names(self) -> Iterator[tuple[Paragraph, Found]]:
        """All names with their paragraphs. A rule may change a name's label while it walks."""
        for paragraph in self.paragraphs:
            for name in list(paragraph.names):
                yield paragraph, name

    def copies(self, words: tuple[str, ...]) -> list[tuple[Paragraph, int]]:
        """Where a sequence of words stands, whether it is marked or not."""
        n = len(words)
        return [(p, i) for p, i in self.places.get(words[0], ()) if n == 1 or tuple(p.words[i : i + n]) == words]
