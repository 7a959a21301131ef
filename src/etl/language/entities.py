"""Entities of one story: mentions gathered under the people, organisations and places they name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from etl.language.aliases import is_acronym, stated
from etl.language.desk_facts import DeskFacts
from etl.language.found import Found, Text, make_views
from etl.language.lexicon import kind_words, organisations
from etl.language.people import Sighting, cluster_people, fullest
from etl.language.personnames import fold
from etl.language.places import Resolver
from etl.language.roles import Role, find_roles
from etl.records import Mention, Place, StoryEntity

_PLACES = frozenset({"GPE", "LOC", "FAC"})
# fmt: off
_COMPANY = frozenset((
    "inc", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "plc", "ag", "gmbh", "sa", "nv", "spa",
    "group", "holdings",
))
# fmt: on

_Key = tuple[str, str]
"""What makes two mentions one entity: the kind of thing, and its number or folded name within that kind."""


def gather_entities(
    texts: Sequence[Text], found: Sequence[Found], facts: DeskFacts
) -> tuple[tuple[Mention, ...], tuple[StoryEntity, ...]]:
    """Return the mentions in order and one entity per cluster, clusters numbered by first appearance."""
    resolver = Resolver(texts, found, facts)
    places = [resolver.place(f) if f.label in _PLACES else None for f in found]
    keys = _join_aliases(texts, found, _keys(texts, found, places))
    numbers = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    clusters = [numbers[key] for key in keys]
    roles = find_roles(texts, found, clusters)
    groups: dict[int, list[int]] = {}
    for n, c in enumerate(clusters):
        groups.setdefault(c, []).append(n)
    names = [_printed(texts, f) for f in found]
    entities = tuple(
        _entity(c, [found[n] for n in group], [names[n] for n in group], [places[n] for n in group], roles.get(c))
        for c, group in groups.items()
    )
    return tuple(_mention(texts, f, c) for f, c in zip(found, clusters, strict=True)), entities


def _mention(texts: Sequence[Text], f: Found, cluster: int) -> Mention:
    piece = texts[f.piece][0]
    return Mention(piece.part, piece.start + f.start, piece.start + f.end, f.label, cluster, f.rule, f.confidence)


def _printed(texts: Sequence[Text], f: Found) -> str:
    return " ".join(texts[f.piece][0].text[f.start : f.end].split())


# --- which mentions are one ----------------------------------------------------------------------


def _keys(texts: Sequence[Text], found: Sequence[Found], places: Sequence[Place | None]) -> list[_Key]:
    people = [_sighting(texts, f) for f in found if f.label == "PERSON"]
    numbers = iter(cluster_people(people))
    keys = []
    for f, place in zip(found, places, strict=True):
        printed = _printed(texts, f)
        if f.label == "PERSON":
            keys.append(("PERSON", str(next(numbers))))
        elif place is not None and place.geonames_id is not None:
            keys.append(("PLACE", str(place.geonames_id)))
        else:
            keys.append(_thing_key(f.label, printed))
    return keys


def _sighting(texts: Sequence[Text], f: Found) -> Sighting:
    words = texts[f.piece][0].text[max(0, f.start - 24) : f.start].split()
    return Sighting(f.piece, f.start, _printed(texts, f), words[-1] if words else "")


def _thing_key(label: str, printed: str) -> _Key:
    if label in _PLACES:
        return "PLACE", fold(printed)
    if label == "NORP":
        return label, fold(printed).removesuffix("s")
    if label != "ORG":
        return label, fold(printed)
    words = fold(organisations().get(printed, printed)).split()
    while len(words) > 1 and words[-1] in _COMPANY:
        words.pop()
    return label, " ".join(words)


def _join_aliases(texts: Sequence[Text], found: Sequence[Found], keys: list[_Key]) -> list[_Key]:
    """Give one key to names that the story says are one, to acronyms and to short forms of organisations."""
    same: dict[_Key, _Key] = {}

    def root(key: _Key) -> _Key:
        while key in same:
            key = same[key]
        return key

    pairs = [(keys[a], keys[b]) for a, b in stated(make_views(texts), found)]
    pairs += _short_organisations(texts, found, keys)
    for a, b in pairs:
        # Example: "Urfa" (a place) "is a shortened version of Sanliurfa"; a person is never an organisation's alias.
        if a[0] == b[0] and root(a) != root(b):
            same[root(a)] = root(b)
    return [root(key) for key in keys]


def _short_organisations(
    texts: Sequence[Text], found: Sequence[Found], keys: Sequence[_Key]
) -> list[tuple[_Key, _Key]]:
    names = {keys[n]: _printed(texts, f) for n, f in enumerate(found) if f.label == "ORG"}
    long = {key: name for key, name in names.items() if " " in name}
    pairs = []
    for key, name in names.items():
        if " " in name:
            continue
        if name.isupper() or "." in name:
            fits = [other for other, full in long.items() if is_acronym(name, full)]
        elif name in kind_words():
            continue
        else:
            fits = [other for other, full in long.items() if full.split()[0] == name]
        if len(fits) == 1:
            pairs.append((key, fits[0]))
    return pairs


# --- what an entity is called ------------------------------------------------------------------------


def _entity(
    cluster: int, group: Sequence[Found], names: Sequence[str], places: Sequence[Place | None], role: Role | None
) -> StoryEntity:
    label = Counter(f.label for f in group).most_common(1)[0][0]
    name = fullest(names) if label == "PERSON" else _thing_name(label, names)
    place = next((p for p in places if p is not None), None)
    if role is None:
        return StoryEntity(cluster, name, label, place=place)
    return StoryEntity(cluster, name, label, *role.fields(), is_pseudonym=role.is_pseudonym, place=place)


def _thing_name(label: str, names: Iterable[str]) -> str:
    """Return the longest spelling that is not in capitals; of listed organisations the name they stand for."""
    spellings = list(names)
    if label == "ORG":
        for spelling in spellings:
            if organisations().get(spelling) in spellings:
                return organisations()[spelling]
    if label == "NORP":
        return min(spellings, key=len)
    return max(spellings, key=lambda name: (not name.isupper() or len(name) < 6, len(name)))
