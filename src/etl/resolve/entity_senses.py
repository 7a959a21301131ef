"""Namesakes: stories that bear one full name, parted by role, place and company of names.

The first stories of a name settle who bears it. Later ones go to a bearer that is settled, or to one of their own.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

from etl import gazetteer
from etl.chains import fold
from etl.ids import make_id
from etl.resolve.groups import Sets

FIRST = 50
"""Stories of a name, by published time, that settle its bearers: so what a batch costs does not grow with the lake."""

_DOMINANT = 0.9
_ENOUGH = 10
_NEAR = frozenset(
    frozenset(pair.split())
    for pair in (
        "politics business", "politics military", "politics law", "politics faith", "politics science", "business law",
        "business science", "science law", "military law", "business military", "business sport", "arts business",
        "science military", "science faith",
    )
)  # fmt: skip
"""Walks of life between which people move: a role in both does not make two people."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One story that bears the name: what it says of the bearer, and numbers of the other people it names."""

    article_id: str
    role: str | None = None
    affiliation: str | None = None
    published_at: datetime | None = None
    company: frozenset[int] = frozenset()

    @property
    def age(self) -> tuple[bool, float, str]:
        """Sort key: earliest published first, stories without a time last."""
        return self.published_at is None, self.published_at.timestamp() if self.published_at else 0.0, self.article_id


@dataclass(frozen=True, slots=True)
class Sense:
    """One bearer of a name: the stories about them and what set them apart; the first story anchors the id."""

    anchor: str
    articles: frozenset[str]
    evidence: str


@lru_cache(maxsize=1)
def _fields() -> dict[str, str]:
    text = (files("etl.resolve") / "data" / "fields.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {word: name for name, words in rows for word in words.split()}


def fields_of(roles: Iterable[str]) -> frozenset[str]:
    """Walks of life that printed roles tell: {"sport"} for "the club's goalkeeper"."""
    known = _fields()
    words = {word for role in roles for word in re.findall(r"[\w-]+", fold(role))}
    return frozenset(known[word] for word in words if word in known)


def is_far(one: str, other: str) -> bool:
    """True for walks of life that one person is not expected to have both of."""
    return one != other and frozenset((one, other)) not in _NEAR


@lru_cache(maxsize=16_384)
def _countries(text: str) -> frozenset[str]:
    words = re.findall(r"[A-Z][\w.’'-]*", text)
    found = set()
    for size in (1, 2):
        for at in range(len(words) - size + 1):
            name = " ".join(words[at : at + size])
            code = gazetteer.country_code(name) if gazetteer.is_country(name) else gazetteer.country_of_demonym(name)
            if code:
                found.add(code)
    return frozenset(found)


def countries_of(texts: Iterable[str]) -> frozenset[str]:
    """Countries that roles and affiliations name: {"IE"} for "Irish finance minister"."""
    return frozenset(code for text in texts for code in _countries(text))


def may_be_several(roles: Iterable[str], affiliations: Iterable[str]) -> bool:
    """True when what stories say of a name could be said of two people: worth looking at story by story."""
    roles, affiliations = set(roles), set(affiliations)
    known = fields_of(roles)
    if any(is_far(a, b) for a in known for b in known):
        return True
    if len(countries_of(roles | affiliations)) > 1:
        return True
    return known == {"business"} and len({fold(a) for a in affiliations}) > 1


@dataclass(slots=True)
class _Group:
    members: list[Occurrence]
    fields: frozenset[str]
    countries: frozenset[str]
    affiliations: frozenset[str]

    @property
    def speaks(self) -> bool:
        return bool(self.fields or self.countries)

    def add(self, other: _Group) -> None:
        self.members = sorted((*self.members, *other.members), key=lambda o: o.age)
        self.fields |= other.fields
        self.countries |= other.countries
        self.affiliations |= other.affiliations

    def differs(self, other: _Group) -> bool:
        if not self.fields & other.fields and any(is_far(a, b) for a in self.fields for b in other.fields):
            return True
        if self.countries and other.countries and not self.countries & other.countries:
            return True
        both = self.affiliations and other.affiliations
        alike = self.fields == other.fields == frozenset({"business"})
        return bool(alike and both and not self.affiliations & other.affiliations)


def split(occurrences: Sequence[Occurrence]) -> list[Sense]:
    """The bearers of one name, earliest first; a single one where nothing parts the stories.

    Stories that name another person in common, or give the same affiliation, are of one bearer whatever else they say.
    Stories that say nothing go to the bearer most others are of; without such a one they are bearers of their own.
    """
    ordered = sorted(occurrences, key=lambda o: o.age)
    groups = sorted(_bridged(ordered), key=lambda g: (-len(g.members), g.members[0].age))
    senses: list[_Group] = []
    for group in (g for g in groups if g.speaks):
        fit = [s for s in senses if not s.differs(group)]
        close = [s for s in fit if s.fields & group.fields] or fit
        if close:
            close[0].add(group)
        else:
            senses.append(group)
    if len(senses) < 2:
        return one_bearer(ordered)
    silent = [g for g in groups if not g.speaks]
    most = max(senses, key=lambda s: (len(s.members), s.members[0].article_id))
    spoken = sum(len(s.members) for s in senses)
    settled = len(most.members) >= _ENOUGH and len(most.members) >= _DOMINANT * spoken
    for group in silent:
        if settled:
            most.add(group)
        else:
            senses.append(group)
    return sorted((_sense(s.members) for s in senses), key=lambda s: [o.article_id for o in ordered].index(s.anchor))


def one_bearer(occurrences: Sequence[Occurrence]) -> list[Sense]:
    """All stories as one bearer's."""
    return [_sense(sorted(occurrences, key=lambda o: o.age))]


def _bridged(ordered: Sequence[Occurrence]) -> list[_Group]:
    sets: Sets[int] = Sets()
    first: dict[str, int] = {}
    for number, story in enumerate(ordered):
        keys = [str(other) for other in sorted(story.company)]
        if story.affiliation:
            keys.append("affiliation " + fold(story.affiliation))
        for key in keys:
            sets.join(first.setdefault(key, number), number)
    members: dict[int, list[Occurrence]] = defaultdict(list)
    for number, story in enumerate(ordered):
        members[sets.find(number)].append(story)
    return [_group(some) for some in members.values()]


def _group(stories: list[Occurrence]) -> _Group:
    roles = [s.role for s in stories if s.role]
    affiliations = [s.affiliation for s in stories if s.affiliation]
    return _Group(
        stories, fields_of(roles), countries_of((*roles, *affiliations)), frozenset(fold(text) for text in affiliations)
    )


def _sense(stories: Sequence[Occurrence]) -> Sense:
    said = Counter(text for s in stories for text in (s.role, s.affiliation) if text)
    most = sorted(said, key=lambda text: (-said[text], text))[:3]
    return Sense(
        stories[0].article_id,
        frozenset(s.article_id for s in stories),
        f"said to be: {'; '.join(most)}" if most else "no role, place or company in common with another bearer",
    )


def sense_ids(name: str, base: str, senses: Sequence[Sense]) -> list[str]:
    """An id for each sense: the earliest keeps the id of the name, the others are made from their first story."""
    return [base, *(make_id("ent", "PERSON", fold(name), sense.anchor) for sense in senses[1:])]


# --- later stories -------------------------------------------------------------------------------


def place_later(
    name: str, base: str, first: Sequence[Occurrence], senses: Sequence[Sense], later: Iterable[Occurrence]
) -> dict[str, tuple[str, str]]:
    """Article to (entity_id, evidence) of later stories that mean another bearer than the one with the id `base`.

    Each goes by what the first stories settled and by what it says itself, never by other later ones: to the bearer
    in whose company it is, else to one of the same walk of life, else, if it speaks against all, to one that is made
    from walk of life and country; a story that says nothing goes to the bearer of most stories.
    """
    members = {story.article_id: story for story in first}
    ids = sense_ids(name, base, senses)
    settled = [
        (_group([members[a] for a in sorted(sense.articles)]), (ident, sense.evidence))
        for sense, ident in zip(senses, ids, strict=True)
    ]
    company = [frozenset(n for m in group.members for n in m.company) for group, _ in settled]
    most = max(range(len(settled)), key=lambda n: (len(settled[n][0].members), -n))
    found = {}
    for story in later:
        where = _place(_group([story]), story.company, [group for group, _ in settled], company, most)
        ident, evidence = settled[where][1] if where is not None else _stranger(name, story)
        if ident != base:
            found[story.article_id] = ident, evidence
    return found


def _place(
    group: _Group, beside: frozenset[int], settled: Sequence[_Group], company: Sequence[frozenset[int]], most: int
) -> int | None:
    """Number of the settled bearer that a later story means, None for a stranger."""
    every = range(len(settled))
    if tied := [n for n in every if beside & company[n] or group.affiliations & settled[n].affiliations]:
        return most if most in tied else tied[0]
    if not group.speaks:
        return most
    fit = [n for n in every if not settled[n].differs(group)]
    close = [n for n in fit if settled[n].fields & group.fields] or fit
    return None if not close else most if most in close else close[0]


def _stranger(name: str, story: Occurrence) -> tuple[str, str]:
    group = _group([story])
    ident = make_id("ent", "PERSON", fold(name), *sorted(group.fields), *sorted(group.countries))
    return ident, _sense([story]).evidence
