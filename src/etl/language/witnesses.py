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
    if label := kind_words().get(head.rstrip(".")):
        if label in ("GPE", "LOC", "FAC") and f.label in ("GPE", "LOC", "FAC"):
            return None, ""
        if f.label in ("WORK_OF_ART", "PRODUCT", "LAW", "EVENT") or (label == "ORG" and f.label in ("FAC",)):
            return None, ""
        return label, "kind_word"
    if f.label in (_ORG, _GPE, _LOC) and given and len(words) == 2 and _is_family(words[1]):
        return _PERSON, "given_name"
    return None, ""


def _label_of_single(view: View, f: Found, name: str) -> tuple[str | None, str]:
    if f.label in (_PERSON, _NORP) or f.confidence >= _SURE:
        return None, ""
    if follows_title(view, f.start):
        return _PERSON, "title"
    if not name[1:].islower():
        return None, ""
    if view.before(f.start) in _LOCATIVE and f.label in (_ORG, "PRODUCT", "WORK_OF_ART"):
        return _GPE if gazetteer.is_city(name) else _LOC, "locative"
    if f.label == _ORG and _is_family(name) and not gazetteer.population(name):
        return _PERSON, "family_name"
    return None, ""


def _is_family(word: str) -> bool:
    folded = fold(word)
    return folded in family_names() or folded in given_names()
