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
# "}" stands inside a word where a line was hit in transmission: "ME}LBOURNE".
WORD = rf"{_L}(?:{_L}|[\u0300-\u036f.'’‘`´}}]|[-&](?={_L}))*"
GAP = r"(?:[ \t\u00a0]+|[ \t]*\n[ \t]*(?=\S))"
SEP = r"[.,:]?\s*(?:/?-{1,3}(?![-\d])|[—–―]|_{1,3})|\s*:(?=\s)"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º)?|\d[Oo]"
_YEAR = r"(?:,?\s+(?:de\s+)?(?:19|20)\d\d)?"


def _file(name: str) -> str:
    return (resources.files("etl.desk") / "data" / name).read_text(encoding="utf-8")


def _rows(name: str) -> list[dict[str, str]]:
    lines = [line for line in _file(name).splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def months() -> Mapping[str, int]:
    """Month names and short forms of the wire languages, casefolded, to 1..12."""
    table: dict[str, int] = {}
    for row in _rows("dateline_months.tsv"):
        for name in row["names"].split("|"):
            table.setdefault(name.casefold(), int(row["month"]))
    return table


def month_pattern() -> str:
    """Alternation of all month names, longest first, for patterns that ignore case."""
    return "|".join(sorted((re.escape(name) for name in months()), key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Words:
    """`data/dateline_words.tsv` and the agencies, folded as places are."""

    agencies: frozenset[str]
    names: frozenset[str]
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
    for row in _rows("dateline_words.tsv"):
        by_use.setdefault(row["use"], set()).add(row["word"])
        if row["use"] == "spot":
            spots[fold_name(row["word"])] = (row["city"] or "", row["country"] or "")
    agencies = {form for entry in tomllib.loads(_file("agencies.toml"))["agency"] for form in entry["as"]}
    return Words(
        agencies=frozenset(agency_key(name) for name in agencies | by_use["agency"]),
        names=frozenset(by_use["name"]),
        suffixes=frozenset(by_use["suffix"]),
        before=frozenset(by_use["before"]),
        spots=spots,
    )


@dataclass(frozen=True, slots=True)
class Patterns:
    """`head` runs over place words; `tail` over date, agency and separator; `date` is a date with its
    separator."""

    head: re.Pattern[str]
    tail: re.Pattern[str]
    date: re.Pattern[str]
    agency: re.Pattern[str]


@cache
def patterns() -> Patterns:
    """The grammar of datelines as regular expressions; cached."""
    # "janeiro" is a month, but not in RIO DE JANEIRO.
    month = rf"(?<!\brio de )(?:{month_pattern()})(?!{_L})"
    day = rf"(?:{_DAY})(?!\w)"
    weekday = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+)?"
    # A mistyped month ("Narch 2", "APri 7") is read only before a separator.
    # Days are mistyped too: "2O", "l7", "119". A month may have lost its day: "OSLO, April - ".
    slip = r"(?:\d{1,3}|[lI]\d?|\d[OolI])(?!\w)"
    mark = r"(?=\s*[,.]?\s*(?:-(?!\w)|\s-|\(|[—–]))"
    odd = rf"(?:{_L}{{3,10}}\.?\s{{1,2}}{slip}{mark}|(?<=,\s){month}\.?(?=\s*(?:-(?!\w)|[—–])))"
    date = rf"{weekday}(?:{month}\.?,?\s{{0,2}}{day}|{day}\.?\s+(?:de\s+)?{month}\.?){_YEAR}"
    bare = "|".join(sorted((re.escape(a) for a in words().agencies), key=len, reverse=True))
    agency = (
        rf"[(\[]\s*(?P<bracket>[^()\[\]\n]{{2,40}}?)\s*[)\]]|/\s*(?P<slash>(?:{bare})[^/\n]{{0,24}})\s*/\.?"
        rf"|(?P<bare>{bare})\)?(?=\s*(?:{SEP}))"
    )
    word = rf"(?!{month}\.?\s{{0,12}}\d|{odd}){WORD}"
    head = rf"{word}(?:(?:{GAP}|\s?,\s*|\s?/\s?(?!(?:{bare})[^/\n]{{0,24}}/)){word}){{0,11}}"
    when = rf"(?:\s*[,.]{{0,2}}\s*(?P<date>{date})|\s*[,.]{{0,2}}\s*(?P<odd>{odd}))?"
    tail = rf"{when}(?:\s*[,.]?\s*(?:{agency}))?(?P<sep>\s*(?:{SEP}))?"
    return Patterns(
        head=re.compile(head, re.I),
        tail=re.compile(tail, re.I),
        date=re.compile(rf"\s*(?P<date>{date})(?P<sep>\s*(?:{SEP}))?", re.I),
        agency=re.compile(rf"(?:{agency})(?P<sep>\s*(?:{SEP}))?", re.I),
    )
