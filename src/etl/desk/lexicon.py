"""The desk's word lists, loaded once from the data files of this package."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@cache
def load(name: str) -> Mapping[str, Any]:
    """The data file `data/<name>` of the desk, parsed; cached."""
    return tomllib.loads((resources.files("etl.desk") / "data" / name).read_text(encoding="utf-8"))


_ARTICLE = re.compile(r"^the\s+", re.I)


@cache
def houses() -> tuple[str, ...]:
    """The data files of single agencies and distributors, in the order of their names."""
    folder = resources.files("etl.desk") / "data" / "houses"
    return tuple(sorted(f"houses/{file.name}" for file in folder.iterdir() if file.name.endswith(".toml")))


@cache
def agencies() -> Mapping[str, str]:
    """Printed forms of agency names, casefolded, and the name `agency` columns hold for each."""
    table: dict[str, str] = {}
    for entry in (*load("agencies.toml")["agency"], *load("credits.toml")["agency"]):
        for printed in entry["as"]:
            table.setdefault(_ARTICLE.sub("", printed).casefold(), entry["name"])
    return table


_MISPRINT_ROOM = 1
_SHORT = 3


def agency_of(text: str) -> str | None:
    """The agency that `text` names as a whole ("The Associated Press" is "AP"), None when it names none.

    One stray letter at the end of a long name is forgiven: 1987 wires print "Reutersd".
    """
    name = _ARTICLE.sub("", " ".join(text.split()).strip(" .,;()[]"))
    low = name.casefold()
    table = agencies()
    if len(low) <= _SHORT and name.istitle():
        return None  # "Ana" is a person, "ANA" an agency
    found = table.get(low)
    if found is None and len(low) > 6 and low[:-_MISPRINT_ROOM].isalpha():
        found = table.get(low[:-_MISPRINT_ROOM])
    return found


@cache
def agency_pattern() -> re.Pattern[str]:
    """Matches a known agency's name at the start of a text, longest first."""
    names = sorted(agencies(), key=len, reverse=True)
    return re.compile(r"(?:the\s+)?(?:" + "|".join(map(re.escape, names)) + r")(?![\w-])", re.I)


@dataclass(frozen=True, slots=True)
class Tongue:
    """How one language words bylines and credits."""

    code: str
    separators: re.Pattern[str]
    place: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class CreditWords:
    """Word lists of `data/credits.toml`, casefolded."""

    titles: re.Pattern[str]
    orgs: re.Pattern[str]
    surnames: frozenset[str]
    beats: frozenset[str]
    kinds: re.Pattern[str]
    particles: frozenset[str]
    suffixes: frozenset[str]
    regions: frozenset[str]
    opening: re.Pattern[str]
    opening_language: Mapping[str, str]
    tongues: Mapping[str, Tongue]


def any_of(words: list[str]) -> str:
    """A regular expression alternation of literal words, longest first."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))


@cache
def credit_words() -> CreditWords:
    """The compiled word lists of bylines and credits; cached."""
    data = load("credits.toml")
    opening = data["opening"]
    return CreditWords(
        titles=re.compile(rf"(?<!\w)(?:{any_of(data['title_words'])})(?!\w)", re.I),
        orgs=re.compile(
            rf"(?<![\w.])(?:{any_of([w for w in data['org_words'] if w[0] != '.'])})(?!\w)|\.(?:com|org)\b", re.I
        ),
        surnames=frozenset(data["surname_words"]),
        beats=frozenset(data["beat_words"]),
        kinds=re.compile(rf"\s*[-–—]\s*(?:{any_of(data['kinds'])})\s*$", re.I),
        particles=frozenset(data["particles"]),
        suffixes=frozenset(data["suffixes"]),
        regions=frozenset(data["regions"]),
        opening=re.compile(rf"\s*(?P<by>{any_of(list(opening))})(?:\s*:\s*|\s+)", re.I),
        opening_language=opening,
        tongues={entry["code"]: _tongue(entry["code"], entry["joiners"], entry["place"]) for entry in data["language"]},
    )


def _tongue(code: str, joiners: list[str], places: list[str]) -> Tongue:
    joined = "|".join(rf"(?i:{re.escape(word)})" if len(word) > 1 else re.escape(word) for word in joiners)
    return Tongue(
        code=code,
        separators=re.compile(rf"\s*[;|/&+]\s*|\s*,\s*(?:(?:{joined})\s+)?|\s+(?:{joined})\s+|\s+[-–—]\s+"),
        place=re.compile(rf"\s+(?:{any_of(places)})\s+(?=\w)"),
    )
