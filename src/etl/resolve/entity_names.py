"""Blocks of names, and the pairs within a block that may be variants of one name.

A pair of variants always lies in one block: people by the last part of the surname in a spelling-blind form, all else
by the name without articles, punctuation and the legal form of a company. So the whole lake is never compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from etl.chains import fold
from etl.language.lexicon import nicknames
from etl.language.personnames import PersonName, parse_person, spelling_keys
from etl.resolve.entities import Edge, Facts, Name
from etl.resolve.entity_senses import countries_of, fields_of, is_far

NEEDS_EVIDENCE = frozenset({"middle_name", "initials", "nickname", "transliteration", "suffix"})
"""Rules that join two people only where something besides the names speaks for it."""

_LEGAL = frozenset(
    {"inc", "incorporated", "corp", "corporation", "co", "company", "cos", "companies", "ltd", "limited", "llc", "llp"}
    | {"lp", "plc", "ag", "gmbh", "sa", "nv", "spa", "ab", "asa", "oyj", "kk"}
)
_SMALL = frozenset({"the", "a", "an"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names of one block that may be one entity, and the rule that says so."""

    one: Name
    other: Name
    rule: str


@lru_cache(maxsize=65_536)
def _latin(word: str) -> str:
    return spelling_keys(PersonName((word,)))[0]


@lru_cache(maxsize=65_536)
def person_parts(name: str) -> PersonName:
    """The words of a person's name, hyphens parting words too: "Kim Jong-un" and "Kim Jong Un" have the same."""
    parsed = parse_person(name)
    return PersonName(tuple(part for word in parsed.words for part in word.split("-") if part), parsed.suffix)


def plain_name(name: str) -> str:
    """A name that is no person's without articles, punctuation and legal form: "The Acme Co., Inc." is "acme"."""
    words = re.findall(r"[^\W_]+", re.sub(r"['’.]", "", fold(name).replace("&", " and ")))
    bare = [word for word in words if word not in _SMALL] or words
    short = list(bare)
    while len(short) > 1 and short[-1] in _LEGAL:
        short.pop()
    while len(short) > 1 and short[-1] == "and":
        short.pop()
    return " ".join(short)


def block_of(label: str, name: str) -> str | None:
    """The block of a name, None for one that no rule may join: a bare surname, a single letter."""
    if label == "PERSON":
        words = person_parts(name).words
        return f"PERSON {_latin(words[-1])}" if len(words) > 1 else None
    plain = plain_name(name)
    if label == "NORP" and len(plain) > 4:
        plain = plain.removesuffix("s")
    return f"{label} {plain}" if len(plain) > 1 else None


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs of variants in one block, of which one is among the names `about`."""

    about: frozenset[str]
    pairs: tuple[Pair, ...]


def pairs(block: Sequence[Name], changed: Collection[str] | None = None) -> Found:
    """Pairs of variants in one block: those of the changed names and of all names that are like one of them.

    `changed` None: all pairs. A name that could be either of two that contradict each other ("J. Kos" beside "Jan
    Kos" and "Jutta Kos") is joined to neither.
    """
    ordered = sorted(block, key=lambda n: n.entity_id)
    if not ordered or ordered[0].label != "PERSON":
        return Found(
            frozenset(n.entity_id for n in ordered), tuple(Pair(ordered[0], n, "spelling") for n in ordered[1:])
        )
    like = _Likeness(ordered)
    names = {name for name in ordered if changed is None or name.entity_id in changed}
    about = names.union(*(like.near(name) for name in names))
    found = {}
    for name in sorted(about, key=lambda n: n.entity_id):
        for other, rule in like.near(name).items():
            one, two = sorted((name, other), key=lambda n: n.entity_id)
            if (one, two) not in found and _all_agree(like.near(one), two) and _all_agree(like.near(two), one):
                found[one, two] = Pair(one, two, rule)
    ranked = sorted(found.values(), key=lambda p: (p.one.entity_id, p.other.entity_id))
    return Found(frozenset(n.entity_id for n in about), tuple(ranked))


def _all_agree(names: Iterable[Name], name: Name) -> bool:
    """True when each of the names may be a variant of `name`."""
    parts = person_parts(name.name)
    return all(other is name or person_rule(parts, person_parts(other.name)) for other in names)


class _Likeness:
    """Names of one surname by what they have in common, so that not all pairs of a common surname are tried."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._by_token: dict[str, list[Name]] = defaultdict(list)
        self._near: dict[Name, dict[Name, str]] = {}
        for name in names:
            for token in _tokens(name):
                self._by_token[token].append(name)

    def near(self, name: Name) -> dict[Name, str]:
        """Names that may be one person with `name`, each with the rule that says so."""
        if name not in self._near:
            parts = person_parts(name.name)
            first = parts.words[0]
            # Initials are compared with every name that begins with the letter.
            sought = _tokens(name) | {first[0] if len(first) > 1 else f"{first[0]}*"}
            some = {n for token in sought if len(first) == 1 or token[-1] != "*" for n in self._by_token.get(token, ())}
            found = {n: person_rule(parts, person_parts(n.name)) for n in some if n is not name}
            self._near[name] = {n: rule for n, rule in found.items() if rule}
        return self._near[name]


def _tokens(name: Name) -> set[str]:
    words = person_parts(name.name).words
    spelled = {words[0][0]} if len(words[0]) == 1 else {_latin(words[0]), f"{words[0][0]}*"}
    return {f"={''.join(words)}"} | spelled | {f"~{short}" for short in nicknames(words[0])}


def person_rule(a: PersonName, b: PersonName) -> str | None:
    """The rule by which two names of two or more words may be one person's, None where they contradict each other."""
    if a.suffix and b.suffix and a.suffix != b.suffix:
        return None
    if "".join(a.words) == "".join(b.words):
        return "spelling" if a.suffix == b.suffix else "suffix"
    if a.words[-1] != b.words[-1]:
        return "transliteration" if _same_latin(a.words, b.words) else None
    one, other = a.words[:-1], b.words[:-1]
    if not one or not other:
        return None
    first = _given_rule(one[0], other[0])
    if first is None or not _middle_agree(one[1:], other[1:]):
        return None
    if a.suffix != b.suffix:
        return "suffix"
    spelled_out = any(len(word) > 1 for word in (one[len(other) :] or other[len(one) :]))
    return "middle_name" if first == "middle_initial" and spelled_out else first


def _given_rule(a: str, b: str) -> str | None:
    if a == b:
        return "middle_initial"
    if 1 in (len(a), len(b)):
        return "initials" if a[0] == b[0] else None
    if _latin(a) == _latin(b):
        return "transliteration"
    return "nickname" if nicknames(a) & nicknames(b) else None


def _middle_agree(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Middle names may be left out or cut to initials, but George W. is not George H.W."""
    return all(x == y or (1 in (len(x), len(y)) and x[0] == y[0]) for x, y in zip(a, b, strict=False))


def _same_latin(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return len(a) == len(b) and all(_latin(x) == _latin(y) for x, y in zip(a, b, strict=True))


def decide(pair: Pair, facts: Mapping[str, Facts], shared: int) -> Edge | None:
    """The edge of a pair, None where the evidence is against it or a weak rule has none for it.

    `shared` is the number of other people that stories about both name.
    """
    one, other = facts.get(pair.one.entity_id, Facts()), facts.get(pair.other.entity_id, Facts())
    names = f"{pair.one.name!r} and {pair.other.name!r}"
    if pair.one.label != "PERSON":
        return Edge(pair.one.entity_id, pair.other.entity_id, pair.rule, f"{names} have the same words")
    if not shared and _contradict(one, other):
        return None
    support = _support(one, other, shared)
    if pair.rule in NEEDS_EVIDENCE and not support:
        return None
    evidence = f"{names}; {support}" if support else f"{names}; nothing speaks against it"
    return Edge(pair.one.entity_id, pair.other.entity_id, pair.rule, evidence)


def _contradict(one: Facts, other: Facts) -> bool:
    ours, theirs = fields_of(one.roles), fields_of(other.roles)
    if ours and theirs and not ours & theirs and any(is_far(a, b) for a in ours for b in theirs):
        return True
    here, there = (countries_of(f.roles | f.affiliations) for f in (one, other))
    return bool(here and there and not here & there)


def _support(one: Facts, other: Facts, shared: int) -> str:
    if shared:
        return f"{shared} other people named beside both"
    for word, ours, theirs in (
        ("affiliation", one.affiliations, other.affiliations),
        ("role", one.roles, other.roles),
    ):
        same = {fold(text) for text in ours} & {fold(text) for text in theirs}
        if same:
            return f"same {word}: {min(same)}"
    return ""
