"""Witnesses that find names without the model: listed organisations, the gazetteer, and what the story calls a town."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from etl import gazetteer
from etl.language.found import Found, View
from etl.language.lexicon import (
    common_words,
    family_names,
    given_names,
    kind_words,
    mixed_words,
    organisations,
    titles,
)
from etl.language.personnames import fold
from etl.language.phrase_index import PhraseIndex

_PERSON, _ORG, _GPE, _LOC, _NORP = "PERSON", "ORG", "GPE", "LOC", "NORP"


# --- listed organisations ----------------------------------------------------------------------


@lru_cache(maxsize=1)
def _organisation_index() -> PhraseIndex[str]:
    return PhraseIndex(organisations())


def find_listed(view: View) -> Iterator[Found]:
    """Yield listed organisations."""
    for start, end, _ in _organisation_index().find(view.text, view.tokens):
        if view.text[start:end].lower() in common_words() and not view.before(start)[-1:].isalnum():
            # Example: "Amnesty for the rebels was refused." A capital at the start tells nothing.
            continue
        yield Found(view.number, start, end, _ORG, "listed_organisation", 0.95)


# --- places ------------------------------------------------------------------------------------


@lru_cache(maxsize=65_536)
def place_label(name: str) -> str | None:
    """Return GPE for countries, states and well-known cities, LOC for areas, NORP for peoples; else None."""
    if name.islower() or name in ("Us", "Central", "Western", "Eastern", "Northern", "Southern", "Islam"):
        return None
    if gazetteer.is_country(name):
        return _GPE
    if gazetteer.country_of_demonym(name):
        return _NORP
    places = gazetteer.lookup(name)
    if places and places[0].kind == "area":
        return _GPE if places[0].country_code and name.split()[-1] not in kind_words() else _LOC
    return None


@lru_cache(maxsize=65_536)
def _is_known_state(name: str) -> bool:
    places = gazetteer.lookup(name)
    return any(p.kind == "region" and p.country_code in ("US", "CA", "AU", "GB", "IN") for p in places[:2])


def find_places(view: View) -> Iterator[Found]:
    """Yield countries, areas and states of four words or fewer, the longest first, where a capital begins them."""
    done = 0
    for at, word in enumerate(view.words):
        if at < done or not word[0].isupper() or len(word) < 2:
            continue
        for size in (4, 3, 2, 1):
            if at + size > len(view.words):
                continue
            start, end = view.tokens[at][0], view.tokens[at + size - 1][1]
            label = _unmarked_place(view, start, end) if view.words[at + size - 1][0].isupper() else None
            if label:
                done = at + size
                yield Found(view.number, start, end, label, "gazetteer", 0.85)
                break


def _unmarked_place(view: View, start: int, end: int) -> str | None:
    name = view.text[start:end]
    label = place_label(name)
    if label not in (_GPE, _LOC) and not (len(name) > 3 and _is_known_state(name)):
        return None
    # Example: "China Daily", "Jordan Smith", "New Jersey Devils": part of a longer name that nobody has marked.
    follower = view.after(end)
    preceder = view.before(start)
    if follower[:1].isupper() and not follower.isupper() and view.text[end : end + 1] == " ":
        return None
    if preceder[:1].isupper() and len(preceder) > 1 and preceder.lower() not in common_words() and "." not in preceder:
        return None
    return label if label in (_GPE, _LOC) else _GPE


def find_demonyms(view: View) -> Iterator[Found]:
    """Yield peoples and their adjectives ("Turkish", "Swedes")."""
    for (start, end), word in zip(view.tokens, view.words, strict=True):
        if len(word) > 3 and word[0].isupper() and place_label(word) == _NORP:
            yield Found(view.number, side_start(view, start), end, _NORP, "demonym", 0.9)


_COMPASS = re.compile(r"(?:North|South|East|West|Central|Latin|Northern|Southern|Eastern|Western|Sub-Saharan) $")


def side_start(view: View, start: int) -> int:
    """Return where a people's name begins with its side of the compass: "South Korean", "West Indian"."""
    match = _COMPASS.search(view.text, max(0, start - 14), start)
    return match.start() if match and match.start() in view.at else start


_SETTLEMENT = re.compile(
    r"\b(?:[Tt]own|[Vv]illage|[Cc]ity|[Cc]ities|[Tt]owns|[Vv]illages|port|capital|suburb|province|district|state|island|"
    r"municipality|county|region)s?\s+of\s+(?P<name>(?:[A-Z][\w’'-]+|al-[A-Z][\w’'-]+)(?:\s[A-Z][\w’'-]+){0,2})"
)
_DIVISION = re.compile(
    r"(?<![\w’'.-])(?P<name>(?:[A-Z][\w’'-]*[a-z])(?:[\s-][A-Z][\w’'-]*[a-z]){0,1})"
    r"\s+(?:province|district|county|prefecture|oblast|township)\b"
)


def find_settlements(view: View) -> Iterator[Found]:
    """Yield what the story itself calls a town, a province and so on: "the village of Onna", "Diyala province"."""
    for pattern in (_SETTLEMENT, _DIVISION):
        for match in pattern.finditer(view.text):
            start, end = match.span("name")
            name = match["name"]
            if start not in view.at or name.lower() in common_words() or name in _SIDES or place_label(name) == _NORP:
                continue
            if name.endswith(("’s", "'s")):
                end -= 2
            yield Found(view.number, start, end, _GPE, "settlement", 0.9)


_SIDES = frozenset({"The", "This", "That", "Northern", "Southern", "Eastern", "Western", "Central", "Each", "Every"})


# --- full names --------------------------------------------------------------------------------

_TOWN = 100_000
DAYS = frozenset(
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "January", "February", "March"}
    | {"April", "May", "June", "July", "August", "September", "October", "November", "December"}
)
_NOT_GIVEN = frozenset({"april", "may", "june", "august", "christmas", "santa", "virginia", "georgia", "nova"})


def find_full_names(view: View) -> Iterator[Found]:
    """Yield a listed given name followed by a family name ("Bryan Hull"), wherever it stands unmarked."""
    words = view.words
    for at in range(len(words) - 1):
        word = words[at]
        if not is_sure_given(word):
            continue
        last = at + 1
        if is_initial(words[last]) and last + 1 < len(words):
            last += 1
        start, end = view.tokens[at][0], view.tokens[last][1]
        is_one_run = view.text[start:end].count(" ") == last - at
        if is_one_run and _may_be_family(word, words[last]):
            yield Found(view.number, start, end, _PERSON, "full_name", 0.7)


@lru_cache(maxsize=1)
def _titled_pattern() -> re.Pattern[str]:
    kinds = ("honorific", "honorific_m", "honorific_f", "office")
    words = sorted({word for kind in kinds for word in titles(kind) if len(word) > 1}, key=lambda w: (-len(w), w))
    part = r"(?:[A-Z][\w’'-]*[a-z][\w’'-]*|[A-Z]\.)"
    between = rf"(?:{part}|al|bin|du|de|da|van|von|der|den|la|del)"
    listed = "|".join(map(re.escape, words))
    return re.compile(rf"\b(?:{listed})\.?\s(?P<name>{part}(?:(?:\s{between})*\s{part})?)")


def find_titled(view: View) -> Iterator[Found]:
    """Yield the name behind a title that nobody marked: "Finance Minister Barend du Toit"."""
    for match in _titled_pattern().finditer(view.text):
        words = match["name"].split()
        start, end = match.span("name")
        end -= 2 if words[-1].endswith(("'s", "’s")) else 0
        if start in view.at and not any(_is_thing(word) for word in words):
            yield Found(view.number, start, end, _PERSON, "title", 0.8)


def _is_thing(word: str) -> bool:
    small = word.lower()
    if word in DAYS or word in kind_words() or word in titles("office") or place_label(word):
        return True
    return word[0].isupper() and (small in common_words() or small in mixed_words())


def is_sure_given(word: str) -> bool:
    """True for given names that are no words: "In", "My" and "Law" stand in the census too."""
    small = word.lower()
    if len(word) < 3 or not word[0].isupper() or fold(word) not in given_names():
        return False
    return word[1:].islower() and small not in common_words() and small not in mixed_words() and small not in _NOT_GIVEN


def _may_be_family(given: str, word: str) -> bool:
    """True for a listed family name; for any unknown name where the given name is no city's ("Adam Schiff")."""
    small = word.lower()
    if not word[:1].isupper() or len(word) < 3 or small in common_words() or small in mixed_words():
        return False
    if word in DAYS:
        return False
    if fold(word) in family_names():
        return True
    is_thing = word in kind_words() or word in titles("office") or place_label(word)
    return not is_thing and gazetteer.population(given) < _TOWN


def is_initial(word: str) -> bool:
    """True for "J." and "J"."""
    return len(word) <= 2 and word[:1].isupper() and word[1:] in ("", ".")


def is_given(word: str) -> bool:
    """True for given names and initials: "Moses", "J."."""
    return word[:1].isupper() and (fold(word) in given_names() or (is_initial(word) and word[1:] == "."))


def is_surname(words: list[str]) -> bool:
    """True when the last of a person's names may stand for the person alone.

    Countries do not, nor do common words unless a given name stands before: what the model takes for "Beautiful Lie"
    must not make a person of every lie.
    """
    last = words[-1]
    if len(last) < 3 or not last[0].isupper() or place_label(last):
        return False
    return last.lower() not in common_words() or fold(words[0]) in given_names()


LOCATIVE = frozenset({"in", "near", "outside", "around", "throughout", "across", "toward", "towards", "In", "Near"})


def is_placed(view: View, start: int, end: int) -> bool:
    """True where a surname that is also a city's name stands for the city: "in Washington, D.C."."""
    before = view.before(start)
    return (before in LOCATIVE or before in ("from", "to", "at", "of")) and (
        gazetteer.population(view.text[start:end]) >= _TOWN
    )


def is_place_or_word(name: str) -> bool:
    """True for names that mean too much to stand for a company alone: places, common words, words of kinds."""
    if " " in name:
        return place_label(name) is not None
    small = name.lower()
    is_word = small in common_words() or small in mixed_words() or name in kind_words()
    return is_word or place_label(name) is not None or gazetteer.population(name) >= _TOWN
