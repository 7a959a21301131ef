"""Datelines that nothing marks: on their own line, run on into the sentence, or glued to its first word.

Only a city that copy prints alone, or any town followed by its state or country, is read this way; both in capitals.
"""

from __future__ import annotations

import re

from etl import gazetteer
from etl.desk.dateline_towns import ALONE_GLUED, Town, knows_region, resolve_town, stands_alone
from etl.desk.dateline_words import WORD, words

_CAPS_WORD = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ſ](?:[A-ZÀ-ÖØ-ÞĀ-ſ\u0300-\u036f.'’]|(?<!\.)-){0,59}")
# A capital, or a figure that a word follows ("12 people", "2nd qtr"); a row of figures is a table.
_SENTENCE = re.compile(r"\s*[\"'“‘«<($£€¥`]*(?:[^\W\d_]|\d[\d,.:/-]*\s?(?=[^\W\d_])|$)")
_SPACE = re.compile(r"\s*")
_BRACKETS = re.compile(r"\([^()]*\)")
# Capitals up to a mark: "PARIS CLIMATE DEAL: what to know", "LONDON BRIDGE - police".
_LABEL = re.compile(r"(?:[A-Z][A-Z.'’]+ ?){1,5}(?::| ?[–—]| --? )")
_MAX_WORDS = 8
_LINE_SEEN = 200


def skip_space(text: str, at: int) -> int:
    """Where the white space at `at` ends."""
    space = _SPACE.match(text, at)
    return space.end() if space else at


def begins_sentence(text: str, at: int) -> bool:
    """Whether a sentence can begin at `at`, white space skipped: a capital, a figure, a quotation mark, the end."""
    match = _SENTENCE.match(text, at)
    return match is not None and not text[match.end() - 1 : match.end()].islower()


def is_shouted(text: str, at: int, count: int) -> bool:
    """Whether the next `count` words are in capitals, as in headlines and heads of tables ("LONDON GOLD FIXING")."""
    line = _BRACKETS.sub(" ", text[at : at + _LINE_SEEN].partition("\n")[0])
    tokens = line.replace("/", " ").split()
    found = [token for token in tokens if any(c.isalpha() for c in token)][:count]
    if not found or any(word.upper() != word for word in found):
        # "ZURICH EXCHANGES 1300 - ..."
        return len(tokens) > 1 and len(tokens[0]) > 4 and tokens[0].isupper() and tokens[1].isdigit()
    return len(found) > 1 or len(line) < 40


def read_open(text: str, begin: int) -> tuple[tuple[Town, ...], int, str] | None:
    """The towns at `begin`, where they end, and the rule that told it; None if no unmarked dateline stands there."""
    if not text[begin : begin + 2].isupper():
        return None
    towns: list[Town] = []
    at = begin
    while True:
        read = _read_town(text, at)
        if read is None:
            return None
        town, at, rule = read
        towns.append(town)
        if text[at : at + 1] != "/":
            return tuple(towns), at, rule
        at += 2 if text[at + 1 : at + 2] == " " else 1


def _read_town(text: str, at: int) -> tuple[Town, int, str] | None:
    run = _caps_run(text, at)
    if not run:
        return None
    whole = text[at : run[-1]]
    if text[run[-1] : run[-1] + 1] == ",":
        region_end = _region_end(text, run[-1] + 1, whole)
        region = " ".join(text[run[-1] + 1 : region_end].split())
        if region_end is not None and _is_town_before_region(whole, region):
            return Town(" ".join(whole.split()), region), region_end, _rule_at(text, region_end)
        return None
    options = [(end, _rule_at(text, end)) for end in run if _may_end(text, end)]
    options += [(end, "dateline.glued") for end in _glued_ends(text, at, run)]
    options = [option for option in options if stands_alone(text[at : option[0]])]
    if not options:
        return None
    # "MEXICO CITYMexican banks": of MEXICO and MEXICO CITY the longer; "MONTREALIMF chief": the better known city.
    end, rule = max(options, key=lambda o: (_token_of(run, o[0]), gazetteer.city_weight(text[at : o[0]]), o[0]))
    return Town(" ".join(text[at:end].split()), None), end, rule


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


def _token_of(run: list[int], end: int) -> int:
    """The number of the word that `end` lies in."""
    return next(number for number, stop in enumerate(run) if end <= stop)


def _glued_ends(text: str, at: int, run: list[int]) -> list[int]:
    """Where a city may end that runs into the first word: "DETROITGeneral Motors", "NEW YORKA group"."""
    last = run[-1]
    token = run[-2] + 1 if len(run) > 1 else at
    if text[last : last + 1].islower() and text[last - 1].isalpha():
        return [last - 1]
    if gazetteer.is_country(text[token:last]):  # "ALGERIA" is not Algeri and a word
        return []
    if text[last : last + 1].isdigit() and text[last + 1 : last + 3].isalpha():  # "INDIANAPOLIS1st qtr"
        return [last]
    return [
        end
        for end in range(last - 1, max(token + 1, at + 3), -1)
        if text[end].isupper()
        and text[end:last] not in words().suffixes
        and stands_alone(text[at:end], ALONE_GLUED)
        and not is_shouted(text, end, 3)
    ]


def _is_town_before_region(city: str, region: str) -> bool:
    """A known town, or one that is no acronym ("NASA, Europe's partner" is none), or any before "N.J."."""
    return gazetteer.is_city(city) or len(city) > 5 or (region.endswith(".") and len(city) > 2)


def _region_end(text: str, at: int, city: str) -> int | None:
    """Where the state or country after a comma ends, None if none stands there or no sentence follows."""
    at = skip_space(text, at)
    for word in reversed(_words_at(text, at, 4)):
        if knows_region(text[at : word.end()].rstrip()) and _may_end(text, word.end()):
            return word.end()
        for end in range(word.end() - 1, word.start() + 1, -1):  # glued: "OntarioFord", "Calif.California", "VAShr"
            if _may_be_glued(text, end) and _is_glued_region(city, text[at:end]):
                return end
        if text[word.end() : word.end() + 1].isdigit() and knows_region(text[at : word.end()]):
            return word.end()  # "Mo.2nd qtr"
    return None


def _may_be_glued(text: str, at: int) -> bool:
    """Whether a new word may begin at `at`: a capital after a small letter or a point, or before a small letter."""
    return text[at].isupper() and (text[at - 1].islower() or text[at - 1] == "." or text[at + 1 : at + 2].islower())


def _is_glued_region(city: str, region: str) -> bool:
    """Two small letters ("Pa", but also "De" of a name) are a state only if the town lies there."""
    if len(region) < 3 and not region.isupper():
        place = resolve_town(Town(" ".join(city.split()), region)) if knows_region(region) else None
        return place is not None and place.kind == "city"
    return knows_region(region)


def _words_at(text: str, at: int, count: int) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    for _ in range(count):
        word = WORD.match(text, at)
        if word is None:
            break
        found.append(word)
        if text[word.end() : word.end() + 1] not in (" ", "\n"):
            break
        at = word.end() + 1
    return found


def _may_end(text: str, end: int) -> bool:
    """Whether a dateline may end at `end` without a mark: no word in capitals that makes a name of it may follow."""
    after = text[end : end + 1]
    if after == "/":
        return True
    if after and not after.isspace() and after not in "<(":
        return False
    at = skip_space(text, end)
    following = WORD.match(text, at)
    if following and _makes_a_name(following[0].rstrip(".,")):
        return False
    if label := _LABEL.match(text, at):
        return not label[0].strip(" -–—:").isupper()
    return at < len(text) and begins_sentence(text, at) and not is_shouted(text, at, 3)


def _makes_a_name(word: str) -> bool:
    """Whether the word after a city belongs to it: "WASHINGTON POST", "WASHINGTON Post", "CHICAGO MERCANTILE"."""
    return word in words().names or word.upper() in words().press


def _rule_at(text: str, end: int) -> str:
    return "dateline.line" if text[end : end + 3].lstrip(" \r\t").startswith("\n") else "dateline.open"
