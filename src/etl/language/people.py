"""People of one story: which mentions are one person, and who a pronoun, title or surname can mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from etl.language.lexicon import given_names, titles
from etl.language.personnames import PersonName, fold, may_be_one, parse_person

_FEMALE_WORDS = re.compile(
    r"(?:woman|girl|actress|mother|daughter|sister|wife|widow|queen|princess|businesswoman|she|her|herself)$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Person:
    cluster: int
    names: list[PersonName]
    last_seen: tuple[int, int] = (-1, -1)
    positions: list[tuple[int, int]] = field(default_factory=list)

    def is_met_by(self, name: PersonName) -> bool:
        full = [known for known in self.names if len(known.words) > 1]
        return bool(full) and all(may_be_one(known, name) for known in full)


Sighting = tuple[int, int, str]
"""Piece number, offset and printed name of one mention."""


def cluster_people(sightings: Sequence[Sighting]) -> list[int]:
    """Return the number of the person for each mention, persons numbered from 0 in order of their full names.

    Full names are joined first, wherever they stand, because headlines and datelines use the surname before the
    story gives the name. A single word then goes to the person whose surname it is, else whose other name it is; of
    several, to the one named last before it.
    """
    people: list[_Person] = []
    numbers = [-1] * len(sightings)
    parsed = [parse_person(printed) for _, _, printed in sightings]
    for at, name in enumerate(parsed):
        if len(name.words) > 1:
            numbers[at] = _join_full(people, name, sightings[at][:2])
    for at, name in enumerate(parsed):
        if numbers[at] < 0:
            numbers[at] = _join_single(people, name, sightings[at][:2])
    return numbers


def _join_full(people: list[_Person], name: PersonName, where: tuple[int, int]) -> int:
    for person in reversed(people):
        if person.is_met_by(name):
            break
    else:
        person = _Person(len(people), [])
        people.append(person)
    if name not in person.names:
        person.names.append(name)
    person.positions.append(where)
    return person.cluster


def _join_single(people: list[_Person], name: PersonName, where: tuple[int, int]) -> int:
    best: tuple[int, tuple[int, int], int] | None = None
    for person in people:
        rank = max((_rank(known, name) for known in person.names), default=0)
        if rank:
            before = max((p for p in person.positions if p <= where), default=(-1, 0))
            best = max(best, (rank, before, person.cluster)) if best else (rank, before, person.cluster)
    if best is None:
        people.append(_Person(len(people), [name]))
        best = (0, where, len(people) - 1)
    people[best[2]].positions.append(where)
    return best[2]


def _rank(known: PersonName, single: PersonName) -> int:
    if not single.words or not known.words:
        return 0
    word = single.words[0]
    if known.surname == word:
        return 3
    return 2 if word in known.words else 0


def fullest(names: Iterable[str]) -> str:
    """Return the name with the most parts; of equals, the first whose letters are not all capitals."""
    best = ""
    score = (-1, False, -1)
    for name in names:
        parsed = parse_person(name)
        spelled_out = sum(len(word) > 1 for word in parsed.words)
        new = (spelled_out, not name.isupper(), len(parsed.words))
        if new > score:
            best, score = name, new
    return best


# --- gender, for pronouns --------------------------------------------------------------------


@lru_cache(maxsize=1)
def _gendered_titles() -> dict[str, str]:
    known = {fold(word): "m" for word in titles("honorific_m")}
    known.update({fold(word): "f" for word in titles("honorific_f")})
    return known


def gender_of(names: Iterable[str], before: Iterable[str] = ()) -> str | None:
    """Return m, f or None for a person: by the titles printed before the name, else by the given name.

    Args:
        names: the names printed for the person.
        before: the words that stand directly before each mention ("Mr.", "spokeswoman").
    """
    for word in before:
        folded = fold(word)
        if folded in _gendered_titles():
            return _gendered_titles()[folded]
        if folded.endswith("woman") or _FEMALE_WORDS.match(folded):
            return "f"
        if folded.endswith("man") and folded not in ("woman", "german", "roman", "human"):
            return "m"
    for name in names:
        words = parse_person(name).words
        if len(words) > 1 and (gender := given_names().get(words[0])) in ("m", "f"):
            return gender
    return None
