"""Entities of one story: mentions gathered under the people, organisations and places they name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from etl.language.found import Found, Text
from etl.language.lexicon import organisations
from etl.language.people import cluster_people, fullest
from etl.language.personnames import fold
from etl.language.roles import Role, find_roles
from etl.records import Mention, StoryEntity

_PLACES = frozenset({"GPE", "LOC", "FAC"})


@dataclass(frozen=True, slots=True)
class _Key:
    """What makes two mentions one entity: the kind of thing and its number or folded name within that kind."""

    kind: str
    name: str


def gather_entities(
    texts: Sequence[Text], found: Sequence[Found]
) -> tuple[tuple[Mention, ...], tuple[StoryEntity, ...]]:
    """Return the mentions in order and one entity per cluster, clusters numbered by first appearance."""
    keys = _keys(texts, found)
    numbers = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    clusters = [numbers[key] for key in keys]
    roles = find_roles(texts, found, clusters)
    mentions = tuple(_mention(texts, f, c) for f, c in zip(found, clusters, strict=True))
    groups: dict[int, list[Found]] = {}
    for f, c in zip(found, clusters, strict=True):
        groups.setdefault(c, []).append(f)
    return mentions, tuple(_entity(texts, c, group, roles.get(c)) for c, group in groups.items())


def _mention(texts: Sequence[Text], f: Found, cluster: int) -> Mention:
    piece = texts[f.piece][0]
    return Mention(piece.part, piece.start + f.start, piece.start + f.end, f.label, cluster, f.rule, f.confidence)


def _keys(texts: Sequence[Text], found: Sequence[Found]) -> list[_Key]:
    people = [f for f in found if f.label == "PERSON"]
    numbers = iter(cluster_people([(f.piece, f.start, _printed(texts, f)) for f in people]))
    return [
        _Key("PERSON", str(next(numbers))) if f.label == "PERSON" else _thing_key(f.label, _printed(texts, f))
        for f in found
    ]


def _thing_key(label: str, printed: str) -> _Key:
    kind = "PLACE" if label in _PLACES else label
    listed = organisations().get(printed, printed) if label == "ORG" else printed
    return _Key(kind, fold(listed))


def _printed(texts: Sequence[Text], f: Found) -> str:
    return " ".join(texts[f.piece][0].text[f.start : f.end].split())


def _entity(texts: Sequence[Text], cluster: int, group: Sequence[Found], role: Role | None) -> StoryEntity:
    names = [_printed(texts, f) for f in group]
    label = group[0].label
    name = fullest(names) if label == "PERSON" else _thing_name(label, names)
    if role is None:
        return StoryEntity(cluster, name, label)
    return StoryEntity(cluster, name, label, *role.fields(), is_pseudonym=role.is_pseudonym)


def _thing_name(label: str, names: Iterable[str]) -> str:
    spellings = list(names)
    if label == "ORG":
        for spelling in spellings:
            if spelling in organisations() and organisations()[spelling] in spellings:
                return organisations()[spelling]
    return max(spellings, key=lambda name: (not name.isupper() or len(name) < 6, len(name)))
