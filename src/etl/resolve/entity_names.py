"""Blocks of names, and the pairs within a block that may be variants of one name.

A pair of variants always lies in one block: people by the last part of the surname in a spelling-blind form, all else
by the name without articles, punctuation and the legal form of a company. So the whole lake is never compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

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


def pairs(block: Sequence[Name]) -> list[Pair]:
    """Pairs of variants in one block.

    A name that could be either of two that contradict each other ("J. Kos" beside "Jan Kos" and "Jutta Kos") is
    joined to neither.
    """
    ordered = sorted(block, key=lambda n: n.entity_id)
    if not ordered:
        return []
    if ordered[0].label != "PERSON":
        return [Pair(ordered[0], other, "spelling") for other in ordered[1:]]
    found = {
        (one, other): rule
        for one, other in _near_people(ordered)
        if (rule := person_rule(person_parts(one.name), person_parts(other.name)))
    }
    near: dict[Name, set[Name]] = defaultdict(set)
    for one, other in found:
        near[one].add(other)
        near[other].add(one)
    return [
        Pair(one, other, rule)
        for (one, other), rule in sorted(found.items(), key=lambda item: (item[0][0].entity_id, item[0][1].entity_id))
        if _all_agree(near[one], other) and _all_agree(near[other], one)
    ]


def _all_agree(names: set[Name], name: Name) -> bool:
    """True when each of the names may be a variant of `name`."""
    parts = person_parts(name.name)
    return all(other is name or person_rule(parts, person_parts(other.name)) for other in names)


def _near_people(names: Sequence[Name]) -> Iterator[tuple[Name, Name]]:
    """Pairs whose given names have something in common, without trying all pairs of a common surname."""
    by_token: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        words = person_parts(name.name).words
        tokens = {f"={''.join(words)}", words[0][0]} if len(words[0]) == 1 else {f"={''.join(words)}", _latin(words[0])}
        for token in tokens | {f"~{short}" for short in nicknames(words[0])}:
            by_token[token].append(name)
        if len(words[0]) > 1:
            by_token[f"{words[0][0]}*"].append(name)
    seen = set()
    for token, some in by_token.items():
        if token.endswith("*"):
            found = [(a, b) for a in by_token.get(token[0], ()) for b in some]
        else:
            found = list(combinations(some, 2))
        for one, other in found:
            pair = (one, other) if one.entity_id < other.entity_id else (other, one)
            if one is not other and pair not in seen:
                seen.add(pair)
                yield pair


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
