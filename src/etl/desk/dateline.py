"""Datelines: where a story was filed, as printed before its first sentence.

    dateline := place {"/" place} ["," region] ["," date] [agency] separator

with every part but one of them optional and the separator often lost. What stands before a date, a known agency or a
dash is a place if it is printed as one (in capitals) or known as one (gazetteer); what nothing marks is read by
`etl.desk.dateline_open`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from etl.desk.dateline_accept import LONGEST_INITIALS, accepts_agency, accepts_dash, accepts_date
from etl.desk.dateline_open import begins_sentence, is_shouted, read_open, skip_space
from etl.desk.dateline_towns import (
    Town,
    is_caps,
    is_known,
    is_placelike,
    is_title,
    knows_region,
    resolve_town,
    split_towns,
    stands_alone,
)
from etl.desk.dateline_words import AGENCY, BRACKETED, DATE, HEAD, TAIL, WORD, is_agency, months, weekdays
from etl.records import Dateline

# Stars of an alert, or a letter that slipped in before the capitals: "****RIO DE JANEIRO, ", "c CHICAGO, ".
_LEAD_IN = re.compile(r"[\s\ufeff]*(?:\*+\s*|[a-z] (?=[A-Z]{3}))?")
_BYLINE = re.compile(r"(?:By|BY|by|Von|Par|Por|Door|Di|Af|Av)\s+[^\W\d_]")
_NOTE = re.compile(r"\([^()]{3,600}(?:\([^()]*\)[^()]*)*\)")
_CAPS_START = re.compile(r"(?<=\s)[A-ZÀ-ÖØ-Þ]{2}")
_LINE = re.compile(r"[^\n]*")
_STRICT_DAY = re.compile(r"([12]?\d|3[01]|0\d)(?:st|nd|rd|th)?")
_MAX_OPENING = 2000
_MAX_LINES = 8
_MAX_HEADLINE = 160
_LONGEST_SHORT_MONTH = 4
_LIKE_MONTH = 0.7  # "Narch", "MArxh" and "Apri" are above, words of tables ("REPORT 3 -") below


@dataclass(frozen=True, slots=True)
class _Found:
    """A dateline on its way: the place part as printed, its towns, date and agency, and where it ends."""

    head: str
    towns: tuple[Town, ...]
    date: str | None
    agency: str | None
    end: int
    rule: str


def parse_dateline(text: str, start: int = 0) -> Dateline | None:
    """Return the dateline that `text` has at `start`, where the first paragraph of the body begins, or None.

    `start` and `end` of the result cover it with its separator and the white space after, so that the story begins
    at `end`. `place`, `city`, `region`, `date_text` and `agency` are as printed, white space collapsed. The rule names
    what gave it away: `dateline.agency`, `.agency_only`, `.date`, `.date_only`, `.dash`, `.bracket`, or nothing:
    `.line`, `.open`, `.glued`.
    """
    lead = _LEAD_IN.match(text, start)
    begin = lead.end() if lead else start
    if begin >= len(text) or _BYLINE.match(text, begin):
        return None
    if text[begin] in "([":
        found = _agency_first(text, begin) or _bracketed(text, begin)
    else:
        found = _date_first(text, begin) or _marked(text, begin) or _open(text, begin)
    if found is None or (text[begin - 1 : begin] == "*" and not (found.date or found.agency)):
        return None  # "****TOKYO - bank buys dollars" is an alert, "****PARIS, March 5 - " a story
    return _to_dateline(found, skip_space(text, start), skip_space(text, found.end))


def read_dateline_field(printed: str) -> Dateline | None:
    """Return the dateline that a file carries in a field of its own, None where the field holds something else.

    The field is trusted to name a place, so that small towns ("Peine") need no mark; time stamps, which some services
    put there, are refused. `start` and `end` are None.
    """
    text = " ".join(printed.split())
    found = parse_dateline(f"{text} - ") or parse_dateline(text)
    if found is not None:
        return replace(found, start=None, end=None, rule="dateline.field")
    match = HEAD.fullmatch(text)
    towns = split_towns(text) if match else ()
    if not towns or not all(is_placelike(town) and is_title(town.city) for town in towns):
        return None
    return _to_dateline(_Found(text, towns, None, None, len(text), "dateline.field"), None, None)


def _to_dateline(found: _Found, start: int | None, end: int | None) -> Dateline:
    first = found.towns[0] if found.towns else None
    place = found.head or None
    return Dateline(
        printed=", ".join(part for part in (place, found.date) if part),
        place=place,
        city=first.city if first else None,
        region=first.region if first else None,
        date_text=found.date,
        agency=found.agency,
        start=start,
        end=end,
        rule=found.rule,
        resolved=resolve_town(first) if first else None,
    )


# --- past headline, note and byline ----------------------------------------------------------


def find_dateline(text: str) -> Dateline | None:
    """Return the first dateline of the opening of a story, past headline, update notes and bylines, or None.

    A byline may run into it: "By Ann Lee OSLO (Reuters) - ...". The search ends where running text begins.
    """
    at = skip_space(text, 0)
    headlines = 0
    for _ in range(_MAX_LINES):
        if at >= min(len(text), _MAX_OPENING):
            break
        found = parse_dateline(text, at)
        if found is not None:
            return found if not headlines or _is_sure(found) else None
        if note := _NOTE.match(text, at):
            at = skip_space(text, note.end())
            continue
        line = _LINE.match(text, at)
        line_end = line.end() if line else len(text)
        if _BYLINE.match(text, at):
            if found := _after_byline(text, at, line_end):
                return found
        elif _may_be_headline(text, at, line_end):
            headlines += 1
        else:
            break
        at = skip_space(text, line_end)
    return None


def _is_sure(found: Dateline) -> bool:
    """Whether a dateline is told by more than its first words: after a headline nothing less will do."""
    return found.rule in (
        "dateline.agency",
        "dateline.date",
        "dateline.dash",
        "dateline.bracket",
        "dateline.agency_only",
    )


def _after_byline(text: str, at: int, line_end: int) -> Dateline | None:
    for caps in _CAPS_START.finditer(text, at, line_end):
        found = parse_dateline(text, caps.start())
        if found is not None and found.city is not None and is_known(Town(found.city, found.region)):
            return found
    return None


def _may_be_headline(text: str, at: int, line_end: int) -> bool:
    """A line by itself, short, without a full stop."""
    line = text[at:line_end].rstrip()
    if not 3 < len(line) <= _MAX_HEADLINE or (line.endswith((".", '."', ",", ";")) and not line.isupper()):
        return False
    return text[line_end : line_end + 2] in ("\n\n", "\n ", "\n\t") and not line[0].islower()


# --- a date, an agency or a dash gives it away -----------------------------------------------


def _marked(text: str, begin: int) -> _Found | None:
    """A dateline whose place is followed by a date, an agency or a separator."""
    match = HEAD.match(text, begin)
    if match is None:
        return None
    head, end = match[0], match.end()
    if text[end : end + 2].lstrip().startswith("/"):
        head, end = _before_slash(head, end)
    tail = TAIL.match(text, end)
    if tail is None or tail.end() == end:
        return None
    date, is_slip = _date_of(tail)
    if tail["date"] and date is None:
        return None
    agency, sep, end = _agency_and_sep(tail, tail.end("date") if date else end)
    if agency is None and sep is None and not _is_set_off(head, tail):
        return None
    is_wrapped = "\n" in head
    head, date, agency = _trailing(" ".join(head.split()), date, agency, sep)
    towns = split_towns(head)
    if is_wrapped and not all(map(is_known, towns)):
        return None  # a headline above the dateline
    return _judge(text, _Found(head, towns, date, agency, end, ""), sep, is_slip=is_slip)


def _agency_and_sep(tail: re.Match[str], before: int) -> tuple[str | None, str | None, int]:
    """Agency, separator and end of a tail; without brackets only a known agency is one, or initials."""
    bare = tail["bare"]
    if bare and not is_agency(bare) and not (tail["date"] and bare.isupper() and len(bare) <= LONGEST_INITIALS):
        return None, None, before  # "OSLO, May 3 Acme -- the maker of kilns -- said"
    sep = tail["sep"] or ("/" if tail["slash"] else None)
    return tail["bracket"] or tail["slash"] or bare, sep, tail.end()


def _is_set_off(head: str, tail: re.Match[str]) -> bool:
    """Whether a date without anything after it stands apart from the place: "Toledo April 15" is a row of a table."""
    return head.isupper() or "," in head or tail[0].lstrip().startswith(",")


def _trailing(head: str, date: str | None, agency: str | None, sep: str | None) -> tuple[str, str | None, str | None]:
    """Agency and date that stand in the place part for want of brackets or a day, and a full stop, taken off it."""
    if date is None and agency is None and sep is not None:
        head, agency = _trailing_agency(head)
    if date is None:
        head, date = _trailing_date(head)
    if head.endswith(".") and head.count(".") == 1 and "," not in head:
        head = head[:-1]  # "LIMA.- "
    return head, date, agency


def _judge(text: str, found: _Found, sep: str | None, *, is_slip: bool) -> _Found | None:
    """The dateline with its rule, completed by what stands after a first separator; None if it is none."""
    if not (found.date or found.agency or sep) or not all(is_placelike(town) for town in found.towns):
        return None
    date, agency, end = found.date, found.agency, found.end
    if sep and date is None and (late := DATE.match(text, end)) and late["sep"]:
        date, is_slip = _date_of(late)  # "MACON, Ga. - March 4 - "
        end = late.end() if date else end
    if sep and agency is None and (by := _agency_at(text, end)):
        agency, end = by["bracket"] or by["bare"], by.end()  # "MACON, Ga.--(BUSINESS WIRE)--"
    if agency is not None:
        accepted, rule = accepts_agency(found.towns, agency, date, sep), "dateline.agency"
    elif date is not None:
        accepted, rule = accepts_date(found.towns, sep, text, end, is_slip=is_slip), "dateline.date"
    else:
        accepted, rule = accepts_dash(found.towns, sep or "", text, end), "dateline.dash"
    if agency is not None:
        agency, _, issued = " ".join(agency.split()).partition(" - ")  # "(Newsfile Corp. - May 5, 2015)"
        date = date or issued or None
    return _Found(found.head, found.towns, date, agency, end, rule) if accepted else None


def _before_slash(head: str, end: int) -> tuple[str, int]:
    """The head without an agency between slashes: "AUSTIN, Texas /PRNewswire/ --"."""
    place, slash, last = head.rpartition("/")
    if place and is_agency(last.strip()):
        return place.rstrip(), end - len(slash + last)
    return head, end


def _date_of(match: re.Match[str]) -> tuple[str | None, bool]:
    """The date of a match as printed, None if its word is no month; and whether it is mistyped ("Narch 2")."""
    if match["date"] is None:
        return None, False
    month = (match["month"] or match["month2"]).casefold()
    printed = " ".join(match["date"].split())
    if len(month) > _LONGEST_SHORT_MONTH:
        printed = printed.removesuffix(".")  # the full stop of "21 января. /ТАСС/", not the point of "21 gen."
    if month in months() and (match["day2"] or _STRICT_DAY.fullmatch(match["day"])):
        return printed, False
    if match["sep"] is None and "bracket" in match.re.groupindex and match["bracket"] is None:
        return None, False
    return (printed, True) if _is_like_month(month) else (None, False)


@lru_cache(maxsize=4096)
def _is_like_month(word: str) -> bool:
    return bool(difflib.get_close_matches(word, months(), n=1, cutoff=_LIKE_MONTH))


def _trailing_agency(head: str) -> tuple[str, str | None]:
    """The agency that stands last without brackets: "SEOUL AFP - "."""
    place, _, last = head.rpartition(" ")
    if place.endswith(",") and knows_region(last):  # "ERIE, PA - ": not the Press Association
        return head, None
    if place and last.isupper() and is_agency(last) and all(map(is_known, split_towns(place.rstrip(", ")))):
        return place.rstrip(", "), last
    return head, None


def _trailing_date(head: str) -> tuple[str, str | None]:
    """A month that lost its day, or a day of the week: "SYDNEY, April - ", "LONDON, Monday (Reuter) - "."""
    place, _, last = head.rpartition(",")
    word = last.strip().rstrip(".").casefold()
    if place and (word in months() or word in weekdays()):
        return place.rstrip(), last.strip()
    return head, None


# --- no place: agency or date alone ----------------------------------------------------------


def _agency_at(text: str, at: int) -> re.Match[str] | None:
    """The bracket of a known agency at `at`, with its separator."""
    at = skip_space(text, at)
    if text[at : at + 1] not in ("(", "["):
        return None
    match = AGENCY.match(text, at)
    return match if match and match["bracket"] and is_agency(match["bracket"]) else None


def _agency_first(text: str, begin: int) -> _Found | None:
    """An agency alone, as in "(Reuters) - Text", or before the place: "(ANSA) - Rome, October 11 - Text"."""
    match = _agency_at(text, begin)
    if match is None or (match["sep"] is None and not begins_sentence(text, match.end())):
        return None
    agency = " ".join(match["bracket"].split())
    inner = _marked(text, skip_space(text, match.end()))
    if inner is not None and inner.agency is None:
        return _Found(inner.head, inner.towns, inner.date, agency, inner.end, "dateline.agency")
    return _Found("", (), None, agency, match.end(), "dateline.agency_only")


def _bracketed(text: str, begin: int) -> _Found | None:
    """The place itself in brackets: "[NAIROBI] Farmers ...", "(LIMA, Peru) - Miners ..."."""
    match = BRACKETED.match(text, begin)
    if match is None:
        return None
    head = " ".join(match["head"].split())
    head, date = _trailing_date(head)
    if match["date"]:
        date, is_slip = _date_of(match)
        if date is None or is_slip:
            return None
    towns = split_towns(head)
    if not all(map(is_placelike, towns)):
        return None
    is_sure = all(knows_region(t.region) if t.region else stands_alone(t.city) for t in towns)
    if not is_sure or not is_caps(towns[0].city) or not begins_sentence(text, match.end()):
        return None
    return _Found(head, towns, date, None, match.end(), "dateline.bracket")


def _date_first(text: str, begin: int) -> _Found | None:
    """A date alone, "May 11 - A former executive ...": a date, a dash and a sentence in running text."""
    match = DATE.match(text, begin)
    if match is None:
        return None
    date, is_slip = _date_of(match)
    if date is None or is_slip:
        return None
    if by := _agency_at(text, match.end()):
        return _Found("", (), date, " ".join(by["bracket"].split()), by.end(), "dateline.agency_only")
    at = skip_space(text, match.end())
    first = WORD.match(text, at)
    if match["sep"] is None or first is None or not first[0][0].isupper() or is_shouted(text, at, 2):
        return None
    return _Found("", (), date, None, match.end(), "dateline.date_only")


def _open(text: str, begin: int) -> _Found | None:
    read = read_open(text, begin)
    if read is None:
        return None
    towns, end, rule = read
    return _Found(" ".join(text[begin:end].split()), towns, None, None, end, rule)
