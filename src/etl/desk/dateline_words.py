"""The words and patterns of datelines, compiled once from the data files of the desk."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from etl.gazetteer import fold_name

_L = r"[^\W\d_]"
# White space that no blank line interrupts.
_WS = r"[ \t\u00a0\r]*+\n?+[ \t\u00a0\r]*+"
# "}" stands inside a word where a line was hit in transmission: "ME}LBOURNE".
_WORD = rf"{_L}(?:{_L}|[\u0300-\u036f.'’‘`´}}]|(?<!\.)[-&](?={_L})){{0,59}}"
_SEP = rf"[.,:]?{_WS}(?:/?-{{1,3}}(?![-\d])|[—–―|•]|_{{1,3}}|(?<=\s)/(?=\s))|{_WS}:(?=\s)"
# Days are mistyped: "2O", "l7", "119".
_DAY = r"(?:\d{1,3}|[lI]\d?|\d[OolI])(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?:de\s+)?(?:19|20)\d\d)?"
# Any word beside a figure; whether the word is a month is asked of the table afterwards, which is far quicker.
_DATE = (
    r"(?P<date>(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+)?"
    rf"(?:(?P<month>{_L}{{3,12}})\.?,?\s{{0,2}}(?P<day>{_DAY})(?!\w)"
    rf"|(?P<day2>\d{{1,2}})(?:\.|er|º|st|nd|rd|th)?\s+(?:de\s+)?(?P<month2>{_L}{{3,12}})\.?){_YEAR})"
)
_AGENCY = (
    r"[(\[]\s*(?P<bracket>[^()\[\]\n]{2,40}?)\s*[)\]]|/\s*(?P<slash>[^/\n\d]{2,40}?)\s*/\.?"
    rf"|(?P<bare>{_L}[\w.-]*(?: {_L}[\w.-]*)?)\)?(?={_WS}(?:{_SEP}))"
)
# "MADRID 3 feb. (EUROPA PRESS)": the figure is of the date, not of the word before it.
_DAY_MONTH_NEXT = rf"\d?\.?\s+(?:de\s+)?{_L}{{3,12}}\.?\s*[(\[]"
# A word that a figure follows begins the date, save in RIO DE JANEIRO ("janeiro" is January).
_PLACE_WORD = rf"(?!(?<![Rr][Ii][Oo] [Dd][Ee] ){_L}{{2,12}}+\.?+{_WS}(?:\d(?!{_DAY_MONTH_NEXT})|[lI]\d?\b)){_WORD}"
_PARTS = re.compile(r"/|\svia\s|\s[-–]\s")
# A line that is set in begins a paragraph, so no name runs on into it.
_GAP = r"(?:[ \t\u00a0]+|[ \t\r]*\n ?(?=\S))"
_COMMA = r"\s?,[ \t\u00a0]*(?:\r?\n ?)?(?=\S)"

WORD = re.compile(_WORD)
HEAD = re.compile(rf"{_PLACE_WORD}(?:(?:{_GAP}|{_COMMA}|\s?/\s?){_PLACE_WORD}){{0,11}}")
"""Runs over the words that may be places; a run of twelve is no dateline."""
TAIL = re.compile(rf"(?:{_WS}[,.]{{0,2}}{_WS}{_DATE})?(?:{_WS}[,.]?{_WS}(?:{_AGENCY}))?(?P<sep>{_WS}(?:{_SEP}))?")
"""Date, agency and separator, each of which may be absent."""
BRACKETED = re.compile(
    rf"[(\[]\s*(?P<head>{_PLACE_WORD}(?:(?:{_GAP}|{_COMMA}|\s?/\s?){_PLACE_WORD}){{0,7}})"
    rf"(?:{_WS}[,.]?{_WS}{_DATE})?\s*[)\]](?P<sep>{_WS}(?:{_SEP}))?"
)
"""A place in brackets, with or without its date."""
DATE = re.compile(rf"\s*{_DATE}(?P<sep>{_WS}(?:{_SEP}))?")
AGENCY = re.compile(rf"(?:{_AGENCY})(?P<sep>{_WS}(?:{_SEP}))?")


def _file(name: str) -> str:
    return (resources.files("etl.desk") / "data" / name).read_text(encoding="utf-8")


def data_rows(name: str) -> list[dict[str, str]]:
    """Rows of a TSV file of the desk; lines that start with "#" are comments."""
    lines = [line for line in _file(name).splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def months() -> Mapping[str, int]:
    """Month names and short forms of the wire languages, casefolded, to 1..12."""
    table: dict[str, int] = {}
    for row in data_rows("dateline_months.tsv"):
        for name in row["names"].split("|"):
            table.setdefault(name.casefold(), int(row["month"]))
    return table


@dataclass(frozen=True, slots=True)
class Words:
    """`data/dateline_words.tsv` and the agencies, folded as places are."""

    agencies: frozenset[str]
    names: frozenset[str]
    press: frozenset[str]
    suffixes: frozenset[str]
    before: frozenset[str]
    spots: Mapping[str, tuple[str, str]]


def agency_key(text: str) -> str:
    """The form in which agency names are compared."""
    return " ".join(text.casefold().replace("!", "").split())


@cache
def words() -> Words:
    """The word lists of datelines; cached."""
    by_use: dict[str, set[str]] = {}
    spots: dict[str, tuple[str, str]] = {}
    for row in data_rows("dateline_words.tsv"):
        by_use.setdefault(row["use"], set()).add(row["word"])
        if row["use"] == "spot":
            spots[fold_name(row["word"])] = (row["city"] or "", row["country"] or "")
    agencies = {form for entry in tomllib.loads(_file("agencies.toml"))["agency"] for form in entry["as"]}
    return Words(
        agencies=frozenset(agency_key(name) for name in agencies | by_use["agency"]),
        names=frozenset(by_use["name"] | by_use["press"]),
        press=frozenset(by_use["press"]),
        suffixes=frozenset(by_use["suffix"]),
        before=frozenset(by_use["before"]),
        spots=spots,
    )


def is_agency(name: str) -> bool:
    """Whether `name` is an agency, or holds one among others: "Reuters/IFR", "dpa/lby", "Newsfile Corp. - May 5"."""
    known = words().agencies
    key = agency_key(name)
    if key in known:
        return True
    parts = [part.strip() for part in _PARTS.split(key)]
    return len(parts) > 1 and any(part in known for part in parts)


@cache
def weekdays() -> Mapping[str, int]:
    """Days of the week in the wire languages, casefolded, to 0 (Monday) .. 6."""
    return {
        name.casefold(): int(row["weekday"])
        for row in data_rows("times_weekdays.tsv")
        for name in row["names"].split("|")
    }
