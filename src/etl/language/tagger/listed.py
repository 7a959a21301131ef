"""Names that are known by list: `data/names.txt`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from etl.language.tagger.story import NamedStory, Paragraph
from etl.language.tagger.tokens import tokenise


@cache
def sections() -> dict[str, tuple[str, ...]]:
    """The lines of `data/names.txt` by section."""
    text = resources.files("etl.language.tagger").joinpath("data/names.txt").read_text(encoding="utf-8")
    out: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if line.startswith("["):
            current = out.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current.append(line)
    return {name: tuple(lines) for name, lines in out.items()}


@dataclass(frozen=True, slots=True)
class Listed:
    """One listed name and the label it gets."""

    words: tuple[str, ...]
    label: str
    may_add: bool
    """May be marked where the network saw no name at all: not so for words that have another use."""


@cache
def _listed() -> dict[str, list[Listed]]:
    """Listed names by their first word, longest first."""
    out: dict[str, list[Listed]] = {}
    labels = {"countries": "LOC", "peoples": "MISC"}
    for section in ("armed groups", "parties", "bodies", "news", "firms", "sport", "countries", "peoples"):
        label = labels.get(section, "ORG")
        for line in sections()[section]:
            words = tuple(line[a:b] for a, b in tokenise(line))
            initials = line.isupper() and len(line) > 2 and line != "WHO"
            may_add = len(words) > 1 or initials or section in ("armed groups", "news", "sport")
            out.setdefault(words[0], []).append(Listed(words, label, may_add))
    for entries in out.values():
        entries.sort(key=lambda e: -len(e.words))
    return out


def use_lists(story: NamedStory) -> None:
    """Name groups, parties, bodies, newspapers and teams ORG, and countries LOC, where they stand as listed."""
    listed = _listed()
    for first in listed.keys() & story.places.keys():
        for paragraph, i in story.places[first]:
            if paragraph.kind == "capitals":
                continue
            for entry in listed[first]:
                stop = i + len(entry.words)
                if tuple(paragraph.words[i:stop]) == entry.words:
                    _use_entry(paragraph, i, stop, entry)
                    break


def _use_entry(paragraph: Paragraph, first: int, stop: int, entry: Listed) -> None:
    over = paragraph.overlapping(first, stop)
    if not over:
        if entry.may_add and entry.label != "LOC":
            paragraph.add(first, stop, entry.label, 0.9)
    elif all(first <= n.first and n.stop <= stop for n in over):
        exact = len(over) == 1 and (over[0].first, over[0].stop) == (first, stop)
        if entry.label != "LOC" or (exact and over[0].label != "PERSON"):
            paragraph.add(first, stop, entry.label, max(0.9, *(n.confidence for n in over)))
