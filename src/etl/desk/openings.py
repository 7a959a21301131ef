"""What stands at the top of a story as lines: bylines, affiliations, bureau lines, headlines."""

from __future__ import annotations

import re

from etl.desk.credits import parse_byline
from etl.desk.lexicon import agency_of, credit_words
from etl.desk.names import is_name, without_links
from etl.records import Credit

_LONGEST_BYLINE = 240
_LONGEST_GLUED = 140
_CAPITALS = re.compile(r"(?<=\s)[^\W\d_a-z]{2,}")
_NOT_A_NAME = re.compile(
    r"^(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|"
    r"september|october|november|december|the|contrast|comparison|far|then|now|all|any|some|most|\d)\b(?!\s+associated\b)",
    re.I,
)
_WORD = re.compile(r"[^\s,;/|&]+")
_JOINERS = frozenset(
    ("and", "with", "und", "et", "y", "e", "en", "och", "og", "for", "of", "the", "in", "at", "-", "–", "—")
)
_BUREAU = re.compile(
    r"\b(?:bureau|news service|newspapers|newspaper|news agency|press agency|newswire|newswires|news|herald|times|"
    r"tribune|gazette|chronicle|inquirer|journal|sentinel|observer|redaktion|agence|agencia)\b(?:\s+staff)?\s*$",
    re.I,
)
_CAPITAL_WORD = re.compile(r"^[^\W\d_a-zà-ÿ]|^\W*[A-Z0-9]")
_SENTENCE_END = re.compile(r"[.;:,…]['\"”’»)]*$")
_SHORTENED = re.compile(r"(?:\b(?:[A-Z]\.)+|\b(?:Inc|Corp|Co|Ltd|Jr|Sr|No|vs|Bros|Cos|St)\.)$")


def byline_credits(text: str, at: int) -> tuple[Credit, ...]:
    """The credits of a line that is a byline with "By", () when the line is something else."""
    text = without_links(text)
    words = credit_words()
    opening = words.opening.match(text)
    if opening is None or len(text) > _LONGEST_BYLINE or _NOT_A_NAME.match(text[opening.end() :]):
        return ()
    people = parse_byline(text, at)
    if not people or not _is_plausible(text[opening.end() :], people):
        return ()
    return people


def bare_byline_credits(text: str, at: int) -> tuple[Credit, ...]:
    """The credits of a line that is a byline without "By": names and an agency or title ("A Name | AP")."""
    text = without_links(text)
    if (
        len(" ".join(text.split())) > 120
        or text.endswith(_FULL_STOPS)
        or ":" in text
        or any(ch.isdigit() for ch in text)
    ):
        return ()
    if "|" not in text and "," not in text and "/" not in text and " - " not in text:
        return ()
    people = parse_byline(text, at)
    named = [credit for credit in people if credit.name]
    if not named or not all(is_name(credit.name or "") and " " in (credit.name or "") for credit in named):
        return ()
    if any(agency_of(credit.affiliation or "") or credit.title for credit in named) and _is_plausible(text, people):
        return people
    return ()


_FULL_STOPS = (".", "!", "?", '."', ".”")


def _is_plausible(rest: str, people: tuple[Credit, ...]) -> bool:
    """Whether the words after "By" can be names and titles and nothing else."""
    if any(credit.affiliation and agency_of(credit.affiliation) for credit in people) and len(rest.split()) <= 5:
        return True
    if " - " in rest and "(" in rest.partition(" - ")[0]:
        return False  # "By A B NEW YORK (Reuters) - The ..." is a byline glued to its story
    if rest.rstrip().endswith(_FULL_STOPS) and not _SHORTENED.search(rest.rstrip()):
        return False
    words = credit_words()
    titled = any(credit.title for credit in people)
    lower = 0
    for word in _WORD.findall(rest):
        low = word.casefold()
        if word[0].islower() and low not in words.particles and low not in _JOINERS and "@" not in word:
            lower += 1
    if lower and not (titled and lower <= 5):
        return False
    first = people[0].name
    return first is None or " " in first or first.isupper() or len(people) > 1 or titled


def glued_byline(text: str) -> list[int]:
    """Where a dateline may begin in a paragraph that opens with a byline: "By A B NEW YORK (Reuters) - The ..."."""
    opening = credit_words().opening.match(text)
    if opening is None:
        return []
    return [found.start() for found in _CAPITALS.finditer(text, opening.end(), opening.end() + _LONGEST_GLUED)]


def affiliation_line(text: str) -> bool:
    """Whether a line under a byline is the writer's outlet or title ("Associated Press", "AP Business Writer")."""
    if len(text) > 70 or text.endswith(_FULL_STOPS):
        return False
    if agency_of(text) is not None:
        return True
    words = credit_words()
    if not (words.titles.search(text) or words.orgs.search(text)):
        return False
    return len(text.split()) <= 8 and bool(_CAPITAL_WORD.match(text))


def bureau_line(text: str) -> bool:
    """Whether a short line names the outlet or bureau that filed the story."""
    if len(text) > 60 or _SENTENCE_END.search(text):
        return False
    if agency_of(text) is not None:
        return True
    parts = text.split()
    return (
        2 <= len(parts) <= 7
        and bool(_BUREAU.search(text))
        and all(_CAPITAL_WORD.match(part) or part.casefold() in _JOINERS for part in parts)
    )


def may_be_headline(text: str) -> bool:
    """Whether a line has the form of a headline: short, no sentence's end, not a list item."""
    if len(text) > 280 or text.count("\n") > 3 or not any(ch.isalpha() for ch in text):
        return False
    if _SENTENCE_END.search(text):
        return bool(_SHORTENED.search(text)) and len(text.split()) <= 18
    if text[0] in "-*•([" and not text.startswith(("(UPDATE", "[", "(")):
        return False
    return len(text.split()) <= 40
