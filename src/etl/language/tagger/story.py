"""A story while its names are repaired: paragraphs of words, and names that may still change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from etl.language.tagger.casing import Kind


@dataclass(slots=True)
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

    def overlapping(self, first: int, stop: int) -> list[Found]:
        """Names that share a token with [first, stop)."""
        return [n for n in self.names if n.first < stop and first < n.stop]

    def add(self, first: int, stop: int, label: str, confidence: float) -> None:
        """Put a name in its place; the names it overlaps go."""
        self.names = [n for n in self.names if n.stop <= first or stop <= n.first]
        self.names.append(Found(first, stop, label, confidence))
        self.names.sort(key=lambda n: n.first)


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
