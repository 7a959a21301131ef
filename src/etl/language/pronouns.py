"""Whom "he", "she" and, inside a quotation, "I" mean.

A third-person pronoun means the person of fitting gender that the story was last about: the person an unbroken run of
pronouns already stands for, else the first person named in the sentence before or in this one, else the last named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from etl.language.people import gender_of
from etl.records import Article, Mention, Part, Quote, Reading

_PRONOUN = re.compile(
    r"(?<![\w-])(?:(?P<m>he|him|his|himself)|(?P<f>she|her|hers|herself)|(?P<i>I|me|my|mine|myself))(?![\w-])",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?][”\"’)\]]*\s+|\n+")


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A pronoun at `start:end` of `part` that means the person of `cluster`."""

    part: Part
    start: int
    end: int
    cluster: int


@dataclass(slots=True)
class _Stage:
    """Who is on: the person each gender's pronouns mean now, and when each person was last named."""

    focus: dict[str, int] = field(default_factory=dict)
    named_in_sentence: set[str] = field(default_factory=set)


def follow_pronouns(article: Article, reading: Reading) -> tuple[Pronoun, ...]:
    """Return the personal pronouns of the body whose person is known, in order."""
    text = article.story.text
    genders = person_genders(article, reading)
    people = [m for m in reading.mentions if m.label == "PERSON" and m.part == "text"]
    found = []
    stage = _Stage()
    for item in _in_order(article, text, people):
        if isinstance(item, Mention):
            _name(stage, item.cluster, genders.get(item.cluster))
        elif isinstance(item, re.Match):
            cluster = _meant(stage, item, reading.quotes, genders)
            if cluster is not None:
                found.append(Pronoun("text", *item.span(), cluster))
        else:
            stage.named_in_sentence.clear()
    return tuple(found)


def person_genders(article: Article, reading: Reading) -> dict[int, str]:
    """Return m or f for each person (cluster) whose titles, role or given name tell."""
    names: dict[int, list[str]] = {}
    before: dict[int, list[str]] = {}
    for mention in reading.mentions:
        if mention.label == "PERSON":
            text = article.story.text if mention.part == "text" else article.headline or ""
            names.setdefault(mention.cluster, []).append(text[mention.start : mention.end])
            words = text[max(0, mention.start - 24) : mention.start].split()
            before.setdefault(mention.cluster, []).extend(words[-1:])
    for entity in reading.entities:
        if entity.cluster in names and entity.role:
            before[entity.cluster].append(entity.role.split()[-1])
    known = {cluster: gender_of(names[cluster], before[cluster]) for cluster in names}
    return {cluster: gender for cluster, gender in known.items() if gender}


_Item = Mention | re.Match[str] | int


def _in_order(article: Article, text: str, people: Sequence[Mention]) -> Iterator[_Item]:
    """Yield people, pronouns and sentence ends of the body by their place in the text."""
    items: list[tuple[int, int, _Item]] = [(m.start, 1, m) for m in people]
    for paragraph in article.paragraphs:
        span = paragraph.start, paragraph.end
        items += [(m.start(), 2, m) for m in _PRONOUN.finditer(text, *span)]
        items += [(m.start(), 0, m.end()) for m in _SENTENCE.finditer(text, *span)]
        items.append((paragraph.end, 0, paragraph.end))
    items.sort(key=lambda item: item[:2])
    return (item for _, _, item in items)


def _name(stage: _Stage, cluster: int, gender: str | None) -> None:
    """The first person named in a sentence is whom it is about; a later one only where nobody is yet."""
    for kind in (gender,) if gender else ("m", "f"):
        if kind not in stage.named_in_sentence or kind not in stage.focus:
            stage.focus[kind] = cluster
            stage.named_in_sentence.add(kind)


def _meant(stage: _Stage, pronoun: re.Match[str], quotes: Sequence[Quote], genders: Mapping[int, str]) -> int | None:
    kind = pronoun.lastgroup or ""
    if kind == "i":
        return _speaker_at(quotes, pronoun.start())
    cluster = stage.focus.get(kind)
    if cluster is None or genders.get(cluster, kind) != kind:
        return None
    return cluster


def _speaker_at(quotes: Sequence[Quote], place: int) -> int | None:
    for quote in quotes:
        if quote.part == "text" and quote.type != "indirect" and quote.start <= place < quote.end:
            return quote.speaker_cluster
    return None
