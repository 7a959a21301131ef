"""Finding listed phrases in tokenised text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class PhraseIndex(Generic[T]):
    """Phrases by their first letters, for one scan over a text that may hold any of them.

    Phrases are compared with the text itself from the start of a token, so it does not matter how a tokeniser cuts
    "al-Qaida" or "McDonald's"; a match must end where a token ends.
    """

    def __init__(self, phrases: Mapping[str, T] | Iterable[tuple[str, T]]) -> None:
        """Index the phrases, each with the value that `find` gives back for it."""
        items = phrases.items() if isinstance(phrases, Mapping) else phrases
        self._by_start: dict[str, list[tuple[str, T]]] = {}
        for phrase, value in items:
            self._by_start.setdefault(phrase[:2], []).append((phrase, value))
        for entries in self._by_start.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def find(self, text: str, tokens: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, T]]:
        """Yield (start, end, value) of the longest phrase at each token, left to right, none overlapping."""
        ends = {end for _, end in tokens}
        done = 0
        for start, _ in tokens:
            entries = self._by_start.get(text[start : start + 2]) if start >= done else None
            for phrase, value in entries or ():
                if text.startswith(phrase, start) and start + len(phrase) in ends:
                    done = start + len(phrase)
                    yield start, done, value
                    break
