"""Corrections of what the model found: labels and borders, by the words that stand in and beside a name."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from etl import gazetteer
from etl.language.found import Found, View
from etl.language.lexicon import common_words, family_names, given_names, kind_words, mixed_words, never_names, titles
from etl.language.personnames import fold
from etl.language.witnesses import DAYS, LOCATIVE, is_sure_given, place_label

_PERSON, _ORG, _GPE, _LOC, _NORP = "PERSON", "ORG", "GPE", "LOC", "NORP"
SURE = 0.65
_VERY_SURE = 0.8
"""A model that is this sure of a name is not corrected by circumstance, only by lists."""


def correct(view: View, f: Found) -> Found:
    """Return the finding with its borders and its label set right."""
    f = _lengthen(view, _cut_title(view, _cut_place(view, f)))
    name = view.text[f.start : f.end]
    label, rule = _label_of(view, f, name, name.split())
    if label is not None and label != f.label:
        f = replace(f, label=label, rule=rule)
    return _complete_person(view, f)


_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


def is_no_name(view: View, f: Found) -> bool:
    """True for what a model marks because it begins with a capital: common words, and parts of titles."""
    text = view.text[f.start : f.end]
    if f.label == _PERSON and (text in _title_words() or not _LATIN.search(text)):
        return True
    if f.confidence >= SURE:
        return False
    if f.label in (_ORG, _PERSON, _LOC, _GPE) and all(word.lower() in common_words() for word in text.split()):
        return " " not in text or not _in_sentence(view, f.start)
    if all(word.strip(".,") in never_names() or not any(c.isalpha() for c in word) for word in text.split()):
        return True
    # Example: "Interior" in "Interior Minister Murat Sahin" and "State" in "Secretary of State" are marked.
    if f.label != _ORG or " " in text:
        return False
    return f"{text} {view.after(f.end)}" in titles("office") or f"Secretary of {text}" in _before(view, f)


def _before(view: View, f: Found) -> str:
    return view.text[max(0, f.start - 13) : f.end]


def _in_sentence(view: View, start: int) -> bool:
    return view.before(start)[-1:].isalnum() or view.before(start) == ","


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


# --- borders -----------------------------------------------------------------------------------

_AND_COMPANY = re.compile(
    r"\s+(?:and|&)\s+(?:Co|Cos|Company|Sons|Bros|Brothers)\b\.?(?:,?\s+(?:Inc|Ltd|LLC|LP|plc)\b\.?)?"
)
_TAIL = re.compile(r"(?:\s+(?:and|of|for|the|&)){1,2}(?:\s+[A-Z][\w’'-]*[a-z])+")


def _lengthen(view: View, f: Found) -> Found:
    """Return an organisation with the "and" part of what it is for or of, which models cut off.

    Example: "Institute for the Study of Peace and Armed Conflict". The organisation must begin with a word that tells
    so, and nothing behind it may be another name of the model.
    """
    if f.label == _ORG and (partner := _AND_COMPANY.match(view.text, f.end)):
        return replace(f, end=partner.end())
    if f.label != _ORG or not _is_of_something(view.text[f.start : f.end]):
        return f
    tail = _TAIL.match(view.text, f.end)
    if tail is None or any(f.end < name.start and name.label != _ORG for name in view.marked(f.end, tail.end())):
        return f
    end = tail.end()
    if len(tail.group().split()) < 3 or any(f.end < name.start and end < name.end for name in view.marked(f.end, end)):
        return f
    return replace(f, end=end)


def _is_of_something(name: str) -> bool:
    words = name.split()
    heads = (words[n - 1] for n, word in enumerate(words) if n and word in ("of", "for", "on"))
    return any(kind_words().get(word) == _ORG for word in heads)


def _complete_person(view: View, f: Found) -> Found:
    """Return a person's name with the given name before it that nobody marked: "Tomasz" of "Tomasz Kubiak"."""
    if f.label != _PERSON or " " in view.text[f.start : f.end]:
        return f
    place = view.at.get(f.start, 0) - 1
    word = view.words[place] if place >= 0 else ""
    if not word[:1].isupper() or not word[1:].islower() or len(word) < 3 or _is_known_word(word):
        return f
    start, end = view.tokens[place]
    is_free = view.text[end : f.start] == " " and not view.marked(start, end)
    return replace(f, start=start, rule="given_name") if is_free else f


def _is_known_word(word: str) -> bool:
    small = word.lower()
    if small in common_words() or small in mixed_words():
        return True
    return word.rstrip(".") in _title_words() or word in kind_words() or word in DAYS or place_label(word) is not None


def _cut_title(view: View, f: Found) -> Found:
    """Return the person that an organisation turns out to be: "National Security Adviser Brent Scowcroft"."""
    if f.label != _ORG or " " not in view.text[f.start : f.end]:
        return f
    start = title_end(view.text, f.start, f.end)
    words = view.text[start : f.end].split()
    if start == f.start or len(words) < 2 or fold(words[0]) not in given_names():
        return f
    return replace(f, start=start, label=_PERSON, rule="title")


def _cut_place(view: View, f: Found) -> Found:
    """Return a person's name without the place before it: the model marks the last three of "Mayor of Lodz Jan Kos"."""
    words = view.text[f.start : f.end].split()
    if f.label != _PERSON or len(words) < 3 or view.before(f.start) != "of" or not gazetteer.is_city(words[0]):
        return f
    return replace(f, start=f.start + len(words[0]) + 1)


# --- labels ------------------------------------------------------------------------------------


_STORMS = frozenset({"Hurricane", "Typhoon", "Cyclone", "Storm", "Superstorm"})


def _label_of(view: View, f: Found, name: str, words: list[str]) -> tuple[str | None, str]:
    if (label := place_label(name)) and not (f.label == _PERSON and len(words) > 1):
        return label, "gazetteer"
    if f.label == _PERSON and words[0] in _STORMS:
        return "EVENT", "storm"
    if f.confidence >= SURE:
        return _full_person(f, words) if f.confidence < _VERY_SURE else (None, "")
    return _label_of_long(view, f, words) if len(words) > 1 else _label_of_single(view, f, name)


def _label_of_long(view: View, f: Found, words: list[str]) -> tuple[str | None, str]:
    given = fold(words[0]) in given_names()
    if f.label in (_ORG, _GPE, _LOC) and len(words) < 4 and _is_person_by_apposition(view.text, f.end):
        return _PERSON, "apposition"
    if f.label == _PERSON and view.before(f.start) in LOCATIVE and not given and gazetteer.is_city(" ".join(words)):
        return _GPE, "locative"
    if f.label == _PERSON and given:
        return None, ""
    if f.label != _PERSON and _INITIALS.match(" ".join(words)) and not place_label(words[0]):
        return _PERSON, "initials"
    head = next((words[n - 1] for n, word in enumerate(words) if n and word in ("of", "for", "on")), words[-1])
    label = kind_words().get(head.rstrip("."))
    if label is None:
        return _full_person(f, words)
    if f.label in ("WORK_OF_ART", "PRODUCT", "LAW", "EVENT") or {label, f.label} <= {"GPE", "LOC", "FAC"}:
        return None, ""
    return (None, "") if label == _ORG and f.label == "FAC" else (label, "kind_word")


_INITIALS = re.compile(r"(?:[A-Z]\.[ -]?){1,3} ?[A-Z][\w’'-]*[a-z]$")
"""Example: "L.K. Evans"; "U.S. Steel" begins with a place."""


def _full_person(f: Found, words: list[str]) -> tuple[str | None, str]:
    """A given and a family name make a person, unless lists know a thing of the name ("Palmer House")."""
    if f.label not in (_ORG, _GPE, _LOC, "MISC") or len(words) != 2 or not is_sure_given(words[0]):
        return None, ""
    is_listed = fold(words[1]) in family_names() and words[1][1:].islower()
    return (_PERSON, "given_name") if is_listed and not gazetteer.lookup(" ".join(words)) else (None, "")


def _label_of_single(view: View, f: Found, name: str) -> tuple[str | None, str]:
    if f.label in (_PERSON, _NORP) or name in kind_words():
        return None, ""
    if follows_title(view, f.start):
        return _PERSON, "title"
    if _is_person_by_apposition(view.text, f.end):
        return _PERSON, "apposition"
    before = view.before(f.start)
    if not name[1:].islower() or view.after(f.end) in ("'s", "’s") or before in ("the", "The"):
        return None, ""
    if before in LOCATIVE and f.label in (_ORG, "PRODUCT", "WORK_OF_ART"):
        return _GPE if gazetteer.is_city(name) else _LOC, "locative"
    if f.label == _ORG and _is_family(name) and not gazetteer.population(name):
        return _PERSON, "family_name"
    return None, ""


def _is_family(word: str) -> bool:
    folded = fold(word)
    return folded in family_names() or folded in given_names()


_APPOSITION = re.compile(r",\s+(?:an?|the)\s+(?P<phrase>[^,.;:()“”\"]{3,60})")
# fmt: off
_FOR_GROUPS_TOO = frozenset((
    "ally", "member", "partner", "rival", "champion", "leader", "operator", "owner", "producer", "dealer", "broker",
    "agent", "publisher", "defender", "contractor", "critic", "opponent", "broadcaster", "representative", "investor",
    "watchdog", "advocate", "promoter", "creator", "developer", "founder", "recruiter", "trader", "retiree", "model",
    "manager", "miner", "explorer", "builder", "head", "associate", "counsel", "merchant", "guide", "major", "forward",
))
# fmt: on


def _is_person_by_apposition(text: str, end: int) -> bool:
    """True for "Kubiak, a fire service spokesman": what stands behind the comma only a person can be."""
    match = _APPOSITION.match(text, end)
    if match is None:
        return False
    head = re.split(r"\s(?:for|of|at|with|from|in|to|on|who|and)\s", match["phrase"], maxsplit=1)[0].split()
    return bool(head) and head[-1] in titles("role") and head[-1] not in _FOR_GROUPS_TOO


# --- finer labels ------------------------------------------------------------------------------


def refine(view: View, f: Found) -> Found:
    """Return a place or miscellaneous name with its finer label, which models of the CoNLL habit do not give.

    A place is GPE when the gazetteer knows a country, state or town of the name, FAC or LOC when its last word tells
    so, else LOC. A miscellaneous name is NORP for peoples, faiths and parties, EVENT or LAW by its last word.
    """
    if f.label not in (_LOC, "MISC"):
        return f
    name = view.text[f.start : f.end]
    kind = kind_words().get(name.split()[-1].rstrip("."))
    if f.label == "MISC":
        label = _NORP if place_label(name) == _NORP or kind == _NORP or _is_people(name) else kind
        return replace(f, label=label) if label in (_NORP, "EVENT", "LAW") else f
    if label := place_label(name):
        return replace(f, label=label if label != _NORP else _LOC)
    if kind in ("FAC", _LOC):
        return replace(f, label=kind)
    places = gazetteer.lookup(name)
    return replace(f, label=_GPE) if kind == _GPE or (places and places[0].kind != "area") else f


def _is_people(name: str) -> bool:
    return gazetteer.country_of_demonym(name.split()[-1]) is not None
