"""People of one story: which mentions are one person, and who a pronoun, title or surname can mean."""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from etl.language.lexicon import given_names, titles
from etl.language.personnames import PersonName, fold, may_be_one, parse_person, spelling_keys

_FEMALE_WORDS = re.compile(
    r"(?:woman|girl|actress|mother|daughter|sister|wife|widow|queen|princess|businesswoman|she|her|herself)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A person's name as printed at an offset of a piece, with the word that stands directly before it."""

    piece: int
    start: int
    printed: str
    before: str = ""


@dataclass(slots=True)
class _Person:
    cluster: int
    names: list[PersonName]
    gender: str | None = None
    title_gender: str | None = None
    places: list[tuple[int, int]] = field(default_factory=list)

    def is_met_by(self, name: PersonName, title_gender: str | None) -> bool:
        # Given names do not speak here: Sam Kos may be Samantha Kos.
        if _differ(self.title_gender, title_gender):
            return False
        full = [known for known in self.names if len(known.words) > 1]
        return bool(full) and all(may_be_one(known, name) for known in full)

    def add(self, name: PersonName, sighting: Sighting, where: tuple[int, int]) -> None:
        if name not in self.names:
            self.names.append(name)
        self.gender = self.gender or gender_of((sighting.printed,), (sighting.before,))
        self.title_gender = self.title_gender or gender_of((), (sighting.before,))
        insort(self.places, where)


def cluster_people(sightings: Sequence[Sighting]) -> list[int]:
    """Return the number of the person for each mention, persons numbered from 0 in order of their full names.

    Full names are joined first, wherever they stand, because headlines and datelines use the surname before the
    story gives the name. A single word then goes to the person whose surname it is, else whose other name it is; of
    several, to the one the story has named most often before, because only that one is called by the surname alone.
    """
    people = _People()
    numbers = [-1] * len(sightings)
    parsed = [parse_person(sighting.printed) for sighting in sightings]
    for is_single, find in ((False, people.by_full_name), (True, people.by_one_name)):
        for at, (sighting, name) in enumerate(zip(sightings, parsed, strict=True)):
            if (len(name.words) < 2) is is_single:
                where = sighting.piece, sighting.start
                person = find(name, gender_of((), (sighting.before,)), where) or people.new()
                people.add(person, name, sighting)
                numbers[at] = person.cluster
    return numbers


class _People:
    """The people of a story, found by the words of their names, so that a list of thousands stays quick."""

    def __init__(self) -> None:
        self._all: list[_Person] = []
        self._by_key: dict[str, dict[int, _Person]] = {}

    def new(self) -> _Person:
        self._all.append(_Person(len(self._all), []))
        return self._all[-1]

    def add(self, person: _Person, name: PersonName, sighting: Sighting) -> None:
        if name not in person.names:
            for key in (*name.words, *spelling_keys(name)):
                self._by_key.setdefault(key, {})[person.cluster] = person
        person.add(name, sighting, (sighting.piece, sighting.start))

    def by_full_name(self, name: PersonName, title_gender: str | None, _where: tuple[int, int]) -> _Person | None:
        """Return the person named last whose names this one fits."""
        near = self._with((*name.words, *spelling_keys(name)))
        return next((person for person in reversed(near) if person.is_met_by(name, title_gender)), None)

    def by_one_name(self, name: PersonName, title_gender: str | None, where: tuple[int, int]) -> _Person | None:
        """Return the person a single word means at a place of the story."""
        best: tuple[tuple[int, int, tuple[int, int]], _Person] | None = None
        for person in self._with(name.words):
            rank = 0 if _differ(person.gender, title_gender) else max(_rank(known, name) for known in person.names)
            if rank:
                before = bisect_right(person.places, where)
                score = rank, before, person.places[before - 1] if before else (-1, 0)
                if best is None or score > best[0]:
                    best = score, person
        return best[1] if best else None

    def _with(self, keys: Iterable[str]) -> list[_Person]:
        found = {number: person for key in keys for number, person in self._by_key.get(key, {}).items()}
        return [found[number] for number in sorted(found)]


def _differ(a: str | None, b: str | None) -> bool:
    return a is not None and b is not None and a != b


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
