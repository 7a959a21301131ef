"""Witnesses other than the model: lists, the gazetteer, and the words that stand in and beside a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from etl import gazetteer
from etl.language.found import Found, View
from etl.language.lexicon import common_words, family_names, given_names, kind_words, organisations, titles
from etl.language.personnames import fold
from etl.language.phrases import PhraseIndex

_PERSON, _ORG, _GPE, _LOC, _NORP = "PERSON", "ORG", "GPE", "LOC", "NORP"
_SURE = 0.9
"""A model that is this sure of a name is not corrected by circumstance, only by lists."""


# --- listed organisations ----------------------------------------------------------------------


@lru_cache(maxsize=1)
def _organisation_index() -> PhraseIndex[str]:
    return PhraseIndex(organisations())


def find_listed(view: View) -> Iterator[Found]:
    """Yield listed organisations."""
    for start, end, _ in _organisation_index().find(view.text, view.tokens):
        yield Found(view.number, start, end, _ORG, "listed_organisation", 0.95)


# --- titles ------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _title_pattern() -> re.Pattern[str]:
    kinds = ("honorific", "honorific_m", "honorific_f", "office")
    words = sorted({word for kind in kinds for word in titles(kind)}, key=lambda word: (-len(word), word))
    return re.compile(r"(?:(?:former|ex|Former)[ -])?(?:" + "|".join(map(re.escape, words)) + r")\.?\s+(?=\S)")


def title_end(text: str, start: int, end: int) -> int:
    """Return where the name begins behind the titles at its start."""
    while match := _title_pattern().match(text, start, end):
        start = match.end()
    return start


@lru_cache(maxsize=1)
def _title_words() -> frozenset[str]:
    kinds = ("honorific", "honorific_m", "honorific_f", "office")
    return frozenset(word.split()[-1] for kind in kinds for word in titles(kind) if len(word) > 1)


def follows_title(view: View, start: int) -> bool:
    """True when a title or form of address stands directly before: "Ms. Pugh", "Prime Minister May"."""
    word = view.before(start)
    if word == ".":
        word = view.before(start, 2)
    return word.rstrip(".") in _title_words()


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
        return _GPE if places[0].country_code else _LOC
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
            yield Found(view.number, start, end, _NORP, "demonym", 0.9)


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


def find_full_names(view: View) -> Iterator[Found]:
    """Yield a listed given name followed by a listed family name ("Bryan Hull"), wherever it stands unmarked."""
    words = view.words
    for at in range(len(words) - 1):
        word = words[at]
        if not (word[:1].isupper() and word[1:].islower() and fold(word) in given_names()):
            continue
        last = at + 1
        if is_initial(words[last]) and last + 1 < len(words):
            last += 1
        start, end = view.tokens[at][0], view.tokens[last][1]
        if (
            words[last][1:].islower()
            and fold(words[last]) in family_names()
            and view.text[start:end].count(" ") == last - at
        ):
            yield Found(view.number, start, end, _PERSON, "full_name", 0.7)


def is_initial(word: str) -> bool:
    """True for "J." and "J"."""
    return len(word) <= 2 and word[:1].isupper() and word[1:] in ("", ".")


def is_no_name(view: View, f: Found) -> bool:
    """True for what a model marks because it begins with a capital: common words, and parts of titles."""
    if f.confidence >= _SURE:
        return False
    text = view.text[f.start : f.end]
    if f.label in (_ORG, _PERSON, _LOC, _GPE) and all(word.lower() in common_words() for word in text.split()):
        return " " not in text or not _in_sentence(view, f.start)
    # Example: "Interior" in "Interior Minister Murat Sahin" is marked as an organisation.
    return f.label == _ORG and f"{text} {view.after(f.end)}" in titles("office")


def _in_sentence(view: View, start: int) -> bool:
    return view.before(start)[-1:].isalnum() or view.before(start) == ","


# --- what stands in and beside a name ----------------------------------------------------------

_LOCATIVE = frozenset({"in", "near", "outside", "around", "throughout", "across", "toward", "towards", "In", "Near"})


def correct_label(view: View, f: Found) -> Found:
    """Return the finding with the label that the words in it and beside it tell, where they tell one."""
    name = view.text[f.start : f.end]
    words = name.split()
    label, rule = _label_of(view, f, name, words)
    if label is None or label == f.label:
        return f
    return replace(f, label=label, rule=rule)


_TAIL = re.compile(r"(?:\s+(?:and|of|for|the|&)){1,2}(?:\s+[A-Z][\w’'-]*[a-z])+")


def lengthen(view: View, f: Found) -> Found:
    """Return an organisation with the "and" part of what it is for or of, which models cut off.

    Example: "Institute for the Study of Peace and Armed Conflict". The organisation must begin with a word that tells
    so, and nothing behind it may be another name of the model.
    """
    if f.label != _ORG or not _is_of_something(view.text[f.start : f.end]):
        return f
    tail = _TAIL.match(view.text, f.end)
    if tail is None or any(f.end < name.start < tail.end() and name.label != _ORG for name in view.names):
        return f
    end = tail.end()
    if len(tail.group().split()) < 3 or any(f.end < name.start < end < name.end for name in view.names):
        return f
    return replace(f, end=end)


def _is_of_something(name: str) -> bool:
    words = name.split()
    heads = (words[n - 1] for n, word in enumerate(words) if n and word in ("of", "for", "on"))
    return any(kind_words().get(word) == _ORG for word in heads)


def _label_of(view: View, f: Found, name: str, words: list[str]) -> tuple[str | None, str]:
    if (label := place_label(name)) and not (f.label == _PERSON and len(words) > 1):
        if label == _GPE and f.label == _LOC:
            return None, ""
        return label, "gazetteer"
    if len(words) > 1:
        return _label_of_long(f, words)
    return _label_of_single(view, f, name)


def _label_of_long(f: Found, words: list[str]) -> tuple[str | None, str]:
    given = fold(words[0]) in given_names()
    if f.label == _PERSON and given:
        return None, ""
    head = next((words[n - 1] for n, word in enumerate(words) if n and word in ("of", "for", "on")), words[-1])
    label = kind_words().get(head.rstrip("."))
    if label is None:
        return _full_person(f, words)
    if f.label in ("WORK_OF_ART", "PRODUCT", "LAW", "EVENT") or {label, f.label} <= {"GPE", "LOC", "FAC"}:
        return None, ""
    return (None, "") if label == _ORG and f.label == "FAC" else (label, "kind_word")


def _full_person(f: Found, words: list[str]) -> tuple[str | None, str]:
    """A given and a family name make a person, unless the list of kinds knows the second ("Palmer House")."""
    if f.label in (_ORG, _GPE, _LOC) and len(words) == 2 and all(word[:1].isupper() for word in words):
        given, family = fold(words[0]), fold(words[1])
        if given in given_names() and family in family_names() and not words[0].isupper():
            return _PERSON, "given_name"
    return None, ""


def _label_of_single(view: View, f: Found, name: str) -> tuple[str | None, str]:
    if f.label in (_PERSON, _NORP) or f.confidence >= _SURE:
        return None, ""
    if follows_title(view, f.start):
        return _PERSON, "title"
    before = view.before(f.start)
    if not name[1:].islower() or view.after(f.end) in ("'s", "’s") or before in ("the", "The"):
        return None, ""
    if before in _LOCATIVE and f.label in (_ORG, "PRODUCT", "WORK_OF_ART"):
        return _GPE if gazetteer.is_city(name) else _LOC, "locative"
    if f.label == _ORG and _is_family(name) and not gazetteer.population(name):
        return _PERSON, "family_name"
    return None, ""


def _is_family(word: str) -> bool:
    folded = fold(word)
    return folded in family_names() or folded in given_names()


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
