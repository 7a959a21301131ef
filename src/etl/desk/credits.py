"""Bylines and credit lines: who reported, wrote, edited, compiled and translated a story.

The words come from `data/credits.toml`; how a list of names is read, from `etl.desk.names`.
"""

from __future__ import annotations

import re
from functools import cache

from etl.desk.contributors import is_contribution, read_contributors
from etl.desk.lexicon import agency_of, any_of, credit_words, load
from etl.desk.names import filled, is_name, read_people, split_title, without_links
from etl.records import Credit

_LONGEST_TAIL = 600
_DESK = re.compile(r"\s+(?:pour\s+le\s+service|für\s+den\s+deutschen\s+dienst|per\s+la\s+redazione)\b[^,;()]*", re.I)


def parse_byline(text: str, at: int | None = None) -> tuple[Credit, ...]:
    """The authors a byline names, with title, affiliation, place and contact; () when it names nobody.

    `text` is the line as printed, with or without "By". `at` is where it begins in the story's text;
    without it the credits carry no offsets. Agency-only lines give one credit without a name.
    """
    text = without_links(text)
    words = credit_words()
    opening = words.opening.match(text)
    start = opening.end() if opening else 0
    language = words.opening_language.get(" ".join(opening["by"].casefold().split()), "en") if opening else "en"
    kind = words.kinds.search(text, start)
    end = kind.start() if kind else len(text)
    more = next((marker[0] for marker in _markers(text) if marker[0] > start), end) if ";" in text else end
    authors = read_people(text, start, min(end, more), language=language, role="author", rule="byline", at=at)
    if more >= end:
        return authors
    # "Story by A; Photos by B"
    return authors + parse_credits(text[more:], None if at is None else at + more)


def parse_credits(tail: str, at: int | None = None) -> tuple[Credit, ...]:
    """The people of closing credits such as "(Reporting by A in P; Writing by B; Editing by C)".

    Sentences like "A in P contributed to this report" and "A reported from P" count too. `at` is where
    `tail` begins in the story's text; without it the credits carry no offsets.
    """
    found = list(_markers(tail))
    people: list[Credit] = []
    for number, (_, end, roles, language) in enumerate(found):
        stop = found[number + 1][0] if number + 1 < len(found) else len(tail)
        stop = _sentence_end(tail, end, stop)
        for role in roles:
            people += read_people(tail, end, stop, language=language, role=role, rule=f"credits.{role}", at=at)
    if not found:
        people += read_contributors(tail, at)
    elif tail.lstrip()[:1] == "(":
        people = [*_named_before(tail, found[0][0], found[0][3], at), *people]
    return tuple(people)


def has_credits(text: str) -> bool:
    """Whether `text` as a whole is a credit line: it opens with a role or tells who contributed."""
    head = text.lstrip(" \t\r\n([_*—–-")
    if _role_pattern().match(text, len(text) - len(head)):
        return True
    if text[0] == "(" and len(text) < _LONGEST_TAIL:
        first = next(iter(_markers(text)), None)
        if first is not None and _named_before(text, first[0], first[3], None):
            return True
    return is_contribution(text)


def _named_before(text: str, end: int, language: str, at: int | None) -> tuple[Credit, ...]:
    """People who stand in a bracket before its first role: "(A, avec B à Marseille, édité par C)".

    They reported the story, or translated it where the desk of a language is named ("A pour le service français").
    () when what stands there is not a list of names.
    """
    start = text.find("(") + 1
    desk = _DESK.search(text, start, end)
    role = "translation" if desk else "reporting"
    people = read_people(
        text, start, desk.start() if desk else end, language=language, role=role, rule=f"credits.{role}", at=at
    )
    named = [person.name for person in people]
    return people if named and all(name and is_name(name) for name in named) else ()


def _markers(text: str) -> list[tuple[int, int, tuple[str, ...], str]]:
    """Role phrases in order: start, end, roles, language."""
    found = []
    for match in _role_pattern().finditer(text):
        language = match.lastgroup or "en"
        code = language.split("_")[0]
        roles = _roles(match[language], code)
        if roles:
            found.append((match.start(language), match.end(), roles, code))
    return found


def _roles(phrase: str, code: str) -> tuple[str, ...]:
    table = _role_table(code)
    if phrase.casefold().endswith(" from"):
        return ("additional_reporting",)
    roles = []
    for word in re.split(r"\s*(?:,|/|&|(?<!\w)(?:and|und|et|y|e|en)(?!\w))\s*", phrase.casefold()):
        low = " ".join(word.split())
        role = table.get(low)
        if role is not None and role not in roles:
            roles.append(role)
    return tuple(roles)


@cache
def _role_table(code: str) -> dict[str, str]:
    table: dict[str, str] = {}
    entry = next(entry for entry in load("credits.toml")["language"] if entry["code"] == code)
    for role, words in entry["roles"].items():
        for word in words:
            table[word] = role
            for more in entry["additional"]:
                table[f"{more} {word}"] = "additional_reporting" if role == "reporting" else role
    return table


@cache
def _role_pattern() -> re.Pattern[str]:
    """One group a language holds the role phrase; the match ends where the names begin."""
    branches = []
    for entry in load("credits.toml")["language"]:
        code = entry["code"]
        words = any_of(list(_role_table(code)))
        joiners = any_of([word for word in entry["joiners"] if word not in ("with", "avec", "con")])
        phrase = rf"(?:{words})(?:\s*(?:,|/|&|\b(?:{joiners})\b)\s*(?:{words}))*"
        by = any_of([word for word in entry["by"] if word != ":"])
        colon = r"|\s*:" if ":" in entry["by"] else ""
        phrases = any_of(entry.get("phrases", []))
        if phrases:
            branches.append(rf"(?P<{code}_phrase>{phrases})(?!\w)")
        branches.append(rf"(?P<{code}>{phrase})(?:\s+(?:{by})(?!\w)\s*:?{colon})")
    # "Writing Ed Stoddard": the "by" is lost, the role opens its part and a name follows.
    english = any_of([word for word in _role_table("en") if word.endswith("ing")])
    name_ahead = r"(?-i:(?=[A-Z][\w'’.-]*\s+(?:[A-Z]|d[aei]\s|van\s|von\s)))"
    lost = rf"(?:^|(?<=[;,.(]))\s*(?P<en_lost>{english})\s*:?\s+(?!by\b){name_ahead}"
    return re.compile(r"(?<!\w)(?<!\bla\s)(?:" + "|".join(branches) + ")" + "|" + lost, re.I)


_STOP = re.compile(
    r"(?<!\bSt)(?<!\bDr)(?<!\bMr)(?<!\bJr)(?<!\bSr)(?<!\bMs)(?<=[^\W\d_]{2})\.\)?\s+(?=[A-Z(\[])"
    r"|\)|\(\(|\n\s*\n|\s(?=\S+@)|\s*\["
)


def _sentence_end(text: str, start: int, stop: int) -> int:
    """Where the list of names that begins at `start` ends: at a full stop, closing bracket or blank line."""
    opened = text.find("(", start, stop)
    for found in _STOP.finditer(text, start, stop):
        if found[0] == ")" and opened != -1 and opened < found.start():
            opened = -1
            continue
        return found.start()
    return stop


def agency_in(people: tuple[Credit, ...]) -> str | None:
    """The agency named in the affiliations of these credits, by its usual short name."""
    for credit in people:
        for text in (credit.affiliation, credit.title):
            found = next(filter(None, map(agency_of, (text, *text.split("-")))), None) if text else None
            if found is not None:
                return found
    return None


def with_affiliation(credit: Credit, line: str) -> Credit:
    """The credit with what the line under the byline says: an outlet, or a title with its outlet."""
    text = " ".join(line.split())
    if agency_of(text) is None and credit_words().titles.search(text):
        title, affiliation = split_title(text)
        return filled(credit, title=title, affiliation=affiliation)
    return filled(credit, affiliation=text)
