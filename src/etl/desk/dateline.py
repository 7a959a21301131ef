"""Datelines: where a story was filed, as printed before its first sentence.

    dateline := place {"/" place} ["," region] ["," date] [agency] separator

with every part but one of them optional and the separator often lost. What stands before a date, a known agency or a
dash is a place if it is printed as one (in capitals) or known as one (gazetteer); what stands before nothing of the
kind must be a city that copy prints alone, or be followed by its state or country, and a sentence must begin after it.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from etl import gazetteer
from etl.desk.dateline_words import WORD, agency_key, months, patterns, words
from etl.records import Dateline, Place

# Stars of an alert, or a letter that slipped in before the capitals: "****RIO DE JANEIRO, ", "c CHICAGO, ".
_LEAD_IN = re.compile(r"[\s\ufeff]*(?:\*+\s*|[a-z] (?=[A-Z]{3}))?")
_SPACE = re.compile(r"\s*")
_WORD = re.compile(WORD)
_CAPS_WORD = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ſ][A-ZÀ-ÖØ-ÞĀ-ſ\u0300-\u036f.'’-]*")
_SENTENCE = re.compile(r"[\"'“‘«<(]*(?:[^\W\d_]|\d|$)")
_BRACKETS = re.compile(r"\([^()]*\)")
_MAX_WORDS = 8
# What stands alone in a dateline without a dash: 5.0 is a city of 100,000 (see gazetteer.city_weight).
_ALONE = 5.0
_ALONE_TITLE = 5.3
_STANDS_ALWAYS = 10.0


@dataclass(frozen=True, slots=True)
class _Town:
    """One place of a dateline as printed."""

    city: str
    region: str | None


def parse_dateline(text: str, start: int = 0) -> Dateline | None:
    """Return the dateline that `text` has at `start`, where the first paragraph of the body begins, or None.

    `start` and `end` of the result cover it with its separator and the white space after, so that the story begins
    at `end`. The rule names what gave it away: `dateline.agency`, `.date`, `.dash`, `.line`, `.open`, `.glued`.
    """
    lead = _LEAD_IN.match(text, start)
    begin = lead.end() if lead else start
    if _BYLINE.match(text, begin):
        return None
    found = _agency_first(text, begin) or _date_first(text, begin)
    if found is None:
        head = patterns().head.match(text, begin)
        if head is None:
            return None
        found = _marked(text, begin, head.end()) or _unmarked(text, begin)
    if found is None or found.end is None:
        return None
    first = _SPACE.match(text, start)
    return replace(found, start=first.end() if first else start, end=_skip_space(text, found.end))


def _skip_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


_MAX_OPENING = 2000
_MAX_LINES = 8
_MAX_HEADLINE = 160
_NOTE = re.compile(r"\([^()]{3,600}(?:\([^()]*\)[^()]*)*\)")
_BYLINE = re.compile(r"(?:By|BY|by|Von|Par|Por|Door|Di|Af|Av)\s+[^\W\d_]")
_CAPS_START = re.compile(r"(?<=\s)[A-ZÀ-ÖØ-Þ]{2}")
_LINE = re.compile(r"[^\n]*")


def find_dateline(text: str) -> Dateline | None:
    """Return the first dateline of the opening of a story, past headline, update notes and bylines, or None.

    A byline may run into it: "By Ann Lee OSLO (Reuters) - ...". The search ends where running text begins.
    """
    at = _skip_space(text, 0)
    headlines = 0
    for _ in range(_MAX_LINES):
        if at >= min(len(text), _MAX_OPENING):
            break
        found = parse_dateline(text, at)
        if found is not None:
            return found if not headlines or _is_sure(found) else None
        line = _LINE.match(text, at)
        line_end = line.end() if line else len(text)
        if note := _NOTE.match(text, at):
            at = _skip_space(text, note.end())
            continue
        if _BYLINE.match(text, at):
            found = _after_byline(text, at, line_end)
            if found is not None:
                return found
        elif _may_be_headline(text, at, line_end):
            headlines += 1
        else:
            break
        at = _skip_space(text, line_end)
    return None


def _is_sure(found: Dateline) -> bool:
    """Whether a dateline is told by more than its first words: after a headline nothing less will do."""
    return found.rule in ("dateline.agency", "dateline.date", "dateline.dash", "dateline.agency_only")


def _after_byline(text: str, at: int, line_end: int) -> Dateline | None:
    for caps in _CAPS_START.finditer(text, at, line_end):
        found = parse_dateline(text, caps.start())
        if found is not None and found.city is not None and _is_known(found.city, found.region):
            return found
    return None


def _may_be_headline(text: str, at: int, line_end: int) -> bool:
    """A line by itself, short, without a full stop."""
    line = text[at:line_end].rstrip()
    if not 3 < len(line) <= _MAX_HEADLINE or line.endswith((".", '."', ",", ";")):
        return False
    return text[line_end : line_end + 2] in ("\n\n", "\n ", "\n\t") and not line[0].islower()


# --- what is known of places -----------------------------------------------------------------


def _is_caps(name: str) -> bool:
    """Whether `name` is printed in capitals; one small letter in a long word is a slip ("WALtHAM", "FLa")."""
    letters = [c for c in name if c.isalpha()]
    small = sum(c.islower() for c in letters)
    return len(letters) > 1 and (small == 0 or (small == 1 and len(letters) > 5 and letters[0].isupper()))


def _is_title(name: str) -> bool:
    """Whether every word but particles ("Rio de Janeiro") begins with a capital."""
    return all(w[0].isupper() or len(w) <= 3 for w in name.split()) and name[:1].isupper()


@lru_cache(maxsize=8192)
def _knows_region(name: str) -> bool:
    parts = [part.strip() for part in name.split(",")]
    return all(
        gazetteer.is_country(part) or gazetteer.is_region(part) or gazetteer.is_area(part) for part in parts if part
    )


@lru_cache(maxsize=8192)
def _resolve(city: str, region: str | None) -> Place | None:
    spot = words().spots.get(gazetteer.fold_name(city))
    if spot is not None:
        return gazetteer.resolve(spot[0], spot[1]) if spot[0] else None
    name = _without_opening(city)
    last = region.rsplit(",", 1)[-1].strip() if region else None
    return gazetteer.resolve(name, region.split(",")[0].strip() if region else None) or (
        gazetteer.resolve(name, last) if last else None
    )


def _without_opening(city: str) -> str:
    """The city without a word of position: "NEAR MOSUL"."""
    first, _, rest = city.partition(" ")
    return rest if rest and first.upper() in words().before else city


@lru_cache(maxsize=8192)
def _is_known(city: str, region: str | None) -> bool:
    """Whether the gazetteer knows the town, or at least the state or country printed beside it."""
    if region is not None:
        return _knows_region(region)
    name = _without_opening(city)
    return gazetteer.is_city(name) or gazetteer.is_country(name) or gazetteer.fold_name(city) in words().spots


def _stands_alone(city: str, weight: float = _ALONE) -> bool:
    known = gazetteer.city_weight(city)
    if known >= weight and (len(city) > 3 or known >= _STANDS_ALWAYS):
        return True
    return gazetteer.fold_name(city) in words().spots


def _split(head: str) -> tuple[_Town, ...]:
    """The towns of "FOSHAN, China/TOKYO" with what is printed beside each."""
    towns = []
    for piece in head.split("/"):
        city, _, region = (part.strip(" .") if n else part.strip() for n, part in enumerate(piece.partition(",")))
        if not region:
            city, region = _lost_comma(city)
        towns.append(_Town(city, " ".join(region.split()) or None))
    return tuple(towns)


def _lost_comma(city: str) -> tuple[str, str]:
    """The form "FARMINGTON Conn.": the state in small letters after a town in capitals."""
    for count in (1, 2):
        parts = city.rsplit(" ", count)
        region = " ".join(parts[1:])
        if len(parts) > count and parts[0].isupper() and not region.isupper() and _knows_region(region):
            return parts[0], region
    return city, ""


# --- a date, an agency or a dash gives it away -----------------------------------------------


def _marked(text: str, begin: int, head_end: int) -> Dateline | None:
    """A dateline whose place is followed by a date, an agency or a separator."""
    tail = patterns().tail.match(text, head_end)
    if tail is None:
        return None
    head = " ".join(text[begin:head_end].split())
    date = tail["date"] or tail["odd"]
    if tail["odd"] and not _is_like_month(tail["odd"]):
        return None
    agency = tail["bracket"] or tail["slash"] or tail["bare"]
    if agency is None and date is None:
        head, agency = _trailing_agency(head) if tail["sep"] else (head, None)
    towns = _split(head)
    if not (date or agency or tail["sep"]) or not all(_is_placelike(t) for t in towns):
        return None
    end = tail.end()
    if tail["sep"] and date is None and (late := patterns().date.match(text, end)) and late["sep"]:
        date, end = late["date"], late.end()  # "MACON, Ga. - March 4 - "
    if tail["sep"] and agency is None and (by := _agency_at(text, end)):
        agency, end = by["bracket"], by.end()  # "MACON, Ga.--(BUSINESS WIRE)--"
    if agency is not None:
        accepted = _accept_agency(towns, agency, date, tail["sep"])
        rule = "dateline.agency"
    elif date is not None:
        accepted = _accept_date(towns, tail["sep"], text, end, is_slip=tail["odd"] is not None)
        rule = "dateline.date"
    else:
        accepted = _accept_dash(towns, text, end)
        rule = "dateline.dash"
    return _dateline(head, towns, date, agency, end, rule) if accepted else None


def _is_like_month(date: str) -> bool:
    """Whether the word of a mistyped date is near a month: "Narch 2", "MArxh 5"."""
    word = date.split()[0].strip(".").casefold()
    return bool(difflib.get_close_matches(word, months(), n=1, cutoff=0.7))


def _trailing_agency(head: str) -> tuple[str, str | None]:
    """The agency that stands last without brackets: "SEOUL AFP - "."""
    place, _, last = head.rpartition(" ")
    if place and agency_key(last) in words().agencies and last.isupper():
        return place.rstrip(", "), last
    return head, None


def _is_placelike(town: _Town) -> bool:
    if not town.city or len(town.city.split()) > _MAX_WORDS or "." in town.city.rstrip(".")[3:].replace(". ", ""):
        return False
    return town.region is None or len(town.region.split()) <= _MAX_WORDS


def _accept_agency(towns: tuple[_Town, ...], agency: str, date: str | None, sep: str | None) -> bool:
    """Any place in capitals, or a known one, before a known agency; only known ones before an unknown bracket."""
    caps = _is_caps(towns[0].city)
    if is_agency(agency):
        return caps or all(_is_known(t.city, t.region) for t in towns)
    return sep is not None and caps and (date is not None or all(_is_known(t.city, t.region) for t in towns))


def _accept_date(towns: tuple[_Town, ...], sep: str | None, text: str, end: int, *, is_slip: bool) -> bool:
    caps = _is_caps(towns[0].city)
    known = all(_is_known(t.city, t.region) for t in towns)
    if sep is None:
        return caps and known and _begins_sentence(text, end)
    return known or (caps and not is_slip and len(towns[0].city.split()) <= 3)


def _accept_dash(towns: tuple[_Town, ...], text: str, end: int) -> bool:
    """A dash alone also stands in headlines and tables: every town must be known, and a sentence must follow."""
    if not _begins_sentence(text, end):
        return False
    for town in towns:
        if town.region is not None:
            if not _knows_region(town.region) or not (_is_caps(town.city) or gazetteer.is_city(town.city)):
                return False
        elif not _stands_alone(town.city, 4.0 if _is_caps(town.city) else _ALONE_TITLE):
            return False
    return _is_caps(towns[0].city) or _is_title(towns[0].city)


def is_agency(name: str) -> bool:
    """Whether `name` is an agency, or two of them ("Reuters/IFR", "tca/dpa")."""
    known = words().agencies
    key = agency_key(name)
    return key in known or all(agency_key(part) in known for part in re.split(r"[/]| - ", name))


def _begins_sentence(text: str, at: int) -> bool:
    """Whether a sentence can begin at `at`, white space skipped: a capital, a figure, a quotation mark."""
    at = _skip_space(text, at)
    match = _SENTENCE.match(text, at)
    if match is None or match.end() == match.start():
        return at == len(text)
    last = text[match.end() - 1]
    return not last.islower()


# --- no place: agency or date alone ----------------------------------------------------------


def _agency_at(text: str, at: int) -> re.Match[str] | None:
    """The bracket of a known agency at `at`, with its separator."""
    at = _skip_space(text, at)
    if text[at : at + 1] not in ("(", "["):
        return None
    match = patterns().agency.match(text, at)
    return match if match and match["bracket"] and is_agency(match["bracket"]) else None


def _agency_first(text: str, begin: int) -> Dateline | None:
    """ "An agency alone, as in "(Reuters) - Text", or before the place: "(ANSA) - Rome, October 11 - Text"."""
    match = _agency_at(text, begin)
    if match is None:
        return None
    if match["sep"] is None and not _begins_sentence(text, match.end()):
        return None
    bare = _dateline("", (), None, match["bracket"], match.end(), "dateline.agency_only")
    after = _skip_space(text, match.end())
    head = patterns().head.match(text, after)
    inner = _marked(text, after, head.end()) if head else None
    if inner is not None and inner.agency is None:
        return replace(inner, agency=match["bracket"], rule="dateline.agency")
    return bare


def _date_first(text: str, begin: int) -> Dateline | None:
    """ "A date alone, "May 11 - A former executive ...": a date, a dash and a sentence in running text."""
    if not text[begin : begin + 1].isalnum():
        return None
    match = patterns().date.match(text, begin)
    if match is None:
        return None
    date, end = match["date"], match.end()
    by = _agency_at(text, end)
    if by is not None:
        return _dateline("", (), date, by["bracket"], by.end(), "dateline.agency_only")
    at = _skip_space(text, end)
    first = _WORD.match(text, at)
    if match["sep"] is None or first is None or not first[0][0].isupper() or _is_shouted(text, at, 2):
        return None
    return _dateline("", (), date, None, end, "dateline.date_only")


# --- nothing gives it away: the dash was lost ------------------------------------------------


def _unmarked(text: str, begin: int) -> Dateline | None:
    """A dateline on its own line, run on into the sentence, or glued to its first word."""
    if not text[begin : begin + 2].isupper():
        return None
    towns: list[_Town] = []
    at = begin
    rule = "dateline.open"
    while True:
        read = _read_town(text, at)
        if read is None:
            return None
        town, at, rule = read
        towns.append(town)
        if text[at : at + 1] != "/":
            break
        at += 1
    head = " ".join(text[begin:at].split())
    return _dateline(head, tuple(towns), None, None, at, rule)


def _read_town(text: str, at: int) -> tuple[_Town, int, str] | None:
    """The town at `at`, where it ends, and how that was told."""
    run = _caps_run(text, at)
    if not run:
        return None
    whole = text[at : run[-1]]
    if text[run[-1] : run[-1] + 1] == ",":
        region_end = _region_end(text, run[-1] + 1)
        if region_end is not None and _is_town_before_region(whole):
            region = " ".join(text[run[-1] + 1 : region_end].split())
            return _Town(" ".join(whole.split()), region), region_end, _rule_at(text, region_end)
        return None
    options = [(end, _rule_at(text, end)) for end in run if _may_end(text, end)]
    options += [(end, "dateline.glued") for end in _glued_ends(text, at, run)]
    options = [option for option in options if _stands_alone(text[at : option[0]])]
    if not options:
        return None
    # "MEXICO CITYMexican banks": of MEXICO and MEXICO CITY the longer; "MONTREALIMF chief": the better known city.
    end, rule = max(options, key=lambda o: (_token_of(run, o[0]), gazetteer.city_weight(text[at : o[0]]), o[0]))
    return _Town(" ".join(text[at:end].split()), None), end, rule


def _caps_run(text: str, at: int) -> list[int]:
    """Where each word of the run of capitals at `at` ends."""
    ends: list[int] = []
    for _ in range(_MAX_WORDS):
        word = _CAPS_WORD.match(text, at)
        if word is None or (word.end() - at == 1 and text[at + 1 : at + 2].islower()):
            break
        ends.append(word.end())
        if text[word.end() : word.end() + 1] not in (" ", "\n"):
            break
        at = word.end() + 1
    return ends


def _is_town_before_region(city: str) -> bool:
    """A known town, or one that is no acronym ("NASA, Europe's partner" is none)."""
    return gazetteer.is_city(city) or len(city) > 5


def _region_end(text: str, at: int) -> int | None:
    """Where the state or country after a comma ends, None if none stands there or no sentence follows."""
    at = _skip_space(text, at)
    for word in reversed(_iter_words(text, at, 4)):
        if _knows_region(text[at : word.end()].rstrip()) and _may_end(text, word.end()):
            return word.end()
        for end in range(word.end() - 1, word.start() + 1, -1):  # glued: "OntarioFord", "Calif.California", "VAShr"
            if _may_be_glued(text, end) and (end - at > 2 or text[at:end].isupper()) and _knows_region(text[at:end]):
                return end
    return None


def _may_be_glued(text: str, at: int) -> bool:
    """Whether a new word may begin at `at`: a capital after a small letter or a point, or before a small letter."""
    return text[at].isupper() and (text[at - 1].islower() or text[at - 1] == "." or text[at + 1 : at + 2].islower())


def _iter_words(text: str, at: int, count: int) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    for _ in range(count):
        word = _WORD.match(text, at)
        if word is None:
            break
        found.append(word)
        if text[word.end() : word.end() + 1] not in (" ", "\n"):
            break
        at = word.end() + 1
    return found


def _may_end(text: str, end: int) -> bool:
    """Whether a dateline may end at `end` without a mark: a word in capitals that makes a name of it may not follow."""
    after = text[end : end + 1]
    if after == "/":
        return True
    if after and not after.isspace() and after != "<":
        return False
    at = _skip_space(text, end)
    following = _WORD.match(text, at)
    if following and following[0].rstrip(".,").upper() in words().names and following[0].isupper():
        return False
    return at < len(text) and _begins_sentence(text, at) and not _is_shouted(text, at, 3)


def _is_shouted(text: str, at: int, count: int) -> bool:
    """Whether the next `count` words are in capitals, as in headlines and heads of tables, or the line ends before."""
    line = _BRACKETS.sub(" ", text[at : at + 200].partition("\n")[0])
    tokens = line.replace("/", " ").split()
    found = [token for token in tokens if any(c.isalpha() for c in token)][:count]
    if not found or any(word.upper() != word for word in found):
        return len(tokens) > 1 and len(tokens[0]) > 4 and tokens[0].isupper() and tokens[1].isdigit()
    return len(found) > 1 or len(line) < 40


def _rule_at(text: str, end: int) -> str:
    return "dateline.line" if text[end : end + 2].strip(" \r\t") in ("\n", "\n\n") else "dateline.open"


def _token_of(run: list[int], end: int) -> int:
    """The number of the word that `end` lies in."""
    return next(number for number, stop in enumerate(run) if end <= stop)


def _glued_ends(text: str, at: int, run: list[int]) -> list[int]:
    """Where a city may end that runs into the first word: "DETROITGeneral Motors", "NEW YORKA group"."""
    last = run[-1]
    token = run[-2] + 1 if len(run) > 1 else at
    if text[last : last + 1].islower() and text[last - 1].isalpha():
        return [last - 1]
    return [
        end
        for end in range(last - 1, token + 1, -1)
        if text[end].isupper() and text[end:last] not in words().suffixes and end - at > 3
    ]


# --- the result ------------------------------------------------------------------------------


def _dateline(
    head: str, towns: tuple[_Town, ...], date: str | None, agency: str | None, end: int, rule: str
) -> Dateline:
    place = head.strip(" ,") or None
    first = towns[0] if towns else None
    date = " ".join(date.split()) if date else None
    return Dateline(
        printed=", ".join(part for part in (place, date) if part),
        place=place,
        city=first.city if first else None,
        region=first.region if first else None,
        date_text=date,
        agency=" ".join(agency.split()) if agency else None,
        start=None,
        end=end,
        rule=rule,
        resolved=_resolve(first.city, first.region) if first else None,
    )
