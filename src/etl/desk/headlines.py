"""Headlines: in sentence case, with the capitals that the story's own text shows, and derived where a file has none."""

from __future__ import annotations

import re
from functools import cache

from etl.desk.lexicon import load

_WORD = re.compile(r"<[^<>]{1,40}>|[^\W\d_](?:[\w]|[.'’&](?=\w))*")
_KEPT_WORD = re.compile(r"<|.*\d|(?:\w\.)+\w?$")
_RUNNING_SLUG = re.compile(r"\s*\(?[A-Z][A-Z ]{1,24}(?:\s\d{1,2})?\)?\s*(?:-{1,2}\s*|:\s+)(?=\S)")
_VERSION_SLUG = re.compile(
    r"\s*\(?(?:CORRECT(?:ED|ION)|UPDATE|WRAPUP|RPT|REPEAT|REFILE|EXCLUSIVE|ALERT|URGENT|FACTBOX|TIMELINE|EXPLAINER|ANALYSIS|BRIEF|"
    r"INTERVIEW|KILL|WITHDRAWN|MANDATORY\sKILL)(?:\s\d{1,2})?\)?\s*(?:-{1,2}|:)\s*(?=\S)"
)
_ENGLISH = (None, "en")
_FEWEST_CAPITALS = 3
_LONG = 4
_SHARE = 0.85
_LOOKS = 4
_AROUND = 8
_FIRST_PERSON = ("i", "i'", "i’")
_MOST_WORDS = 60
_LONGEST_DERIVED = 240
_SENTENCE = re.compile(r"(?<=[^\W\d_]{2}[.!?])[\"”»]?\s+(?=[^\W\d_a-z])")
_OPENING = re.compile(r"(?<=[a-zà-ÿ])[.?!][\"”]?\s[\"“]?\w")
_OPENERS = "\"“”'‘’«»(["
_SENTENCE_ENDS = ".!?:;\n"


def sentence_case(
    headline: str, text: str, body: list[tuple[int, int]], names: tuple[str, ...], language: str | None
) -> str | None:
    """`headline` as a sentence prints it: capitals where the body, or one of `names`, prints the word so.

    Only a headline in capitals, or in the title case of English, changes. None when there is no body to tell
    names by, or the body has no small letters itself (old wires in capitals).
    """
    words = list(_WORD.finditer(headline))
    letters = [word[0] for word in words if word[0][0] != "<"][:_MOST_WORDS]
    if not letters:
        return headline
    is_capitals = sum(map(str.isupper, letters)) >= _SHARE * len(letters) and len(letters) > 1
    if not is_capitals and (language not in _ENGLISH or not _is_title_case(letters)):
        return headline
    shown = _Shown(text, body, names)
    if not shown.has_small_letters:
        return None
    slug = (_VERSION_SLUG if is_capitals else _RUNNING_SLUG).match(headline)
    start = slug.end() if slug is not None else 0
    pieces = [headline[:start]]
    position = start
    for word in words:
        if word.start() >= start:
            pieces += headline[position : word.start()], shown.as_printed(word[0])
            position = word.end()
    pieces.append(headline[position:])
    return _with_first_capital("".join(pieces), start)


@cache
def _small() -> frozenset[str]:
    return frozenset(load("headlines.toml")["small"])


@cache
def _always() -> dict[str, str]:
    return {word.lower(): word for word in load("headlines.toml")["always"]}


def _is_title_case(words: list[str]) -> bool:
    """Whether every longer word begins with a capital, more of them than a name or two would have."""
    long = [word for word in words if len(word) >= _LONG and word.casefold() not in _small()]
    if len(long) < _FEWEST_CAPITALS or len(words) < _LONG:
        return False
    return all(word[0].isupper() for word in long)


def _with_first_capital(text: str, start: int) -> str:
    """The text with a capital at `start` and after the end of a sentence ("Ferry sinks. 3 dead")."""
    for found in reversed(list(_OPENING.finditer(text, start))):
        at = found.end() - 1
        if not text[at + 1 : at + 2].isupper():
            text = text[:at] + text[at].upper() + text[at + 1 :]
    first = next((number for number in range(start, len(text)) if text[number].isalnum()), None)
    if first is None or text[first + 1 : first + 2].isupper():
        return text
    return text[:first] + text[first].upper() + text[first + 1 :]


class _Shown:
    """What a story's own text shows of a word's capitals."""

    def __init__(self, text: str, body: list[tuple[int, int]], names: tuple[str, ...]) -> None:
        self.text = text[body[0][0] : body[-1][1]] if body else ""
        self.low = self.text.lower()
        self.small = _small()
        self.always = _always()
        self.names = {part.lower(): part for name in names for part in name.split() if not part.islower()}
        # "ß" and "İ" can change the length: offsets would not hold.
        self.has_small_letters = len(self.low) == len(self.text) and any(map(str.islower, self.text[:200]))

    def as_printed(self, word: str) -> str:
        """The word in the case that running text gives it."""
        low = word.lower()
        if low in self.small:
            return low
        if not word.isalpha() and _KEPT_WORD.match(word):
            return word
        stem = low[:-2] if low.endswith(("'s", "’s")) else low
        found = self._form(stem)
        if found is None or found == stem:
            return self._unseen(stem, found) + low[len(stem) :]
        return found + low[len(stem) :]

    def _unseen(self, stem: str, found: str | None) -> str:
        """A word that the body does not print with a capital: a name of the dateline or byline may, or its like."""
        if stem[:2] in _FIRST_PERSON:
            return "I" + stem[1:]
        known = self.always.get(stem)
        if known is None and found is None:
            known = self.names.get(stem)
            if known is not None and known.isupper():
                known = known.title()
        return known or stem

    def _form(self, stem: str) -> str | None:
        """The form most seen inside sentences; None when the body never holds the word."""
        small = 0
        seen: str | None = None
        is_seen = False
        capitals = 0
        low, text = self.low, self.text
        at = low.find(stem)
        looks = 0
        while at != -1 and looks < _LOOKS:
            end = at + len(stem)
            if not (at and low[at - 1].isalnum()) and not low[end : end + 1].isalnum():
                looks += 1
                form = text[at:end]
                if form == stem:
                    small += 1
                elif self._shows_nothing(form, at, end):
                    is_seen = True
                else:
                    capitals += 1
                    seen = form
            at = low.find(stem, end)
        if seen is not None and capitals > small:
            return seen
        if small or is_seen:
            return stem
        return None

    def _opens_sentence(self, at: int) -> bool:
        text = self.text
        while at and (text[at - 1] == " " or text[at - 1] in _OPENERS):
            at -= 1
        return at == 0 or text[at - 1] in _SENTENCE_ENDS

    def _shows_nothing(self, form: str, start: int, end: int) -> bool:
        """Whether the capital may be that of a sentence's first word, or of a headline in capitals that is quoted."""
        if form[1:].isupper():
            return self._among_capitals(start, end)
        return self._opens_sentence(start) and not self._goes_on_in_capitals(end)

    def _among_capitals(self, start: int, end: int) -> bool:
        """Whether the letters on one side are capitals as well."""
        sides = self.text[max(0, start - _AROUND) : start], self.text[end : end + _AROUND]
        return any(sum(map(str.isupper, side)) > 2 and not any(map(str.islower, side)) for side in sides)

    def _goes_on_in_capitals(self, end: int) -> bool:
        """Whether the next word has a capital too: "Mona Reid said" shows a name even where it opens a sentence."""
        return self.text[end : end + 1] == " " and self.text[end + 1 : end + 2].isupper()


def derived_headline(body: list[tuple[int, int]], text: str) -> tuple[str, int] | None:
    """The body's first line, as the headline of an alert that came without one, and where it stands; None without."""
    if not body:
        return None
    start, end = body[0]
    line = text[start:end].split("\n", 1)[0]
    if len(line) > _LONGEST_DERIVED:
        stop = _SENTENCE.search(line)
        line = line[: stop.start()] if stop is not None else line[:_LONGEST_DERIVED].rpartition(" ")[0]
    return " ".join(line.split()), start
