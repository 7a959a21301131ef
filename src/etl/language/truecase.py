"""Lines in capitals given back their small letters, so that what reads case can read them.

The evidence for each word is the story's own running text, then the lists of this package: "SYRIA REBELS SAY" becomes
"Syria rebels say". Length is kept, so that offsets hold.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from etl import gazetteer
from etl.language.lexicon import common_words, family_names, given_names, mixed_words, organisations

_WORD = re.compile(r"[^\W\d_]+(?:[.&][^\W\d_]+)*\.?")
_SENTENCE_START = frozenset('.!?:"“‘(—–-*')
_ENGLISH_ENDING = re.compile(r"(?:INGS?|ED|LY|TIONS?|MENTS?|NESS|ITY|ITIES|ABLE|IBLE|OUS|IVE|FUL|LESS|ISM|IZE|ISE)$")
_KEPT_SHORT = 3
"""Unknown words of so few letters stay as they are: most are initials of something."""


def in_capitals(text: str) -> bool:
    """True when nearly all letters of a line are capitals and it has two words or more."""
    head = text[:40]
    if 3 * sum(map(str.islower, head)) > len(head):
        return False
    letters = [c for c in text if c.isalpha()]
    small = sum(c.islower() for c in letters)
    return len(letters) > 5 and small * 6 < len(letters) and len(text.split()) > 1


def truecase_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines of one story, those in capitals truecased; lengths are unchanged."""
    capital = [in_capitals(line) for line in lines]
    if not any(capital):
        return list(lines)
    usual = _usual_forms(line for line, is_capital in zip(lines, capital, strict=True) if not is_capital)
    return [_truecase(line, usual) if is_capital else line for line, is_capital in zip(lines, capital, strict=True)]


def _usual_forms(lines: Iterable[str]) -> dict[str, str]:
    """Return for each lower-case word the form that the running text uses most, away from sentence starts."""
    counts: dict[str, Counter[str]] = {}
    for line in lines:
        for match in _WORD.finditer(line):
            before = line[: match.start()].rstrip()[-1:]
            if before and before not in _SENTENCE_START:
                word = match.group().rstrip(".") if match.group().count(".") == 1 else match.group()
                counts.setdefault(word.lower(), Counter())[word] += 1
    return {word: forms.most_common(1)[0][0] for word, forms in counts.items()}


def _truecase(line: str, usual: dict[str, str]) -> str:
    pieces = []
    done = 0
    for match in _WORD.finditer(line):
        word = match.group()
        form = _form_of(word, usual, line[match.start() - 1 : match.start()])
        if match.start() == 0:
            form = form[0].upper() + form[1:]
        pieces += [line[done : match.start()], form if len(form) == len(word) else word]
        done = match.end()
    return "".join(pieces) + line[done:]


def _form_of(word: str, usual: dict[str, str], before: str) -> str:
    if word in ("S", "T", "LL", "RE", "VE", "D") and before in ("'", "’"):
        return word.lower()
    stop = "." if word.count(".") == 1 and word.endswith(".") else ""
    bare = word.removesuffix(".") if stop else word
    return (usual.get(bare.lower()) or _listed_form(bare)) + stop


@lru_cache(maxsize=1)
def _acronyms() -> frozenset[str]:
    return frozenset(form for form in organisations() if form.isupper() and form != "WHO")


def _is_short_country(word: str) -> bool:
    return len(word) <= _KEPT_SHORT and word.lower() not in _SMALL and gazetteer.is_country(word)


def _is_inflected(low: str) -> bool:
    stems = (low.removesuffix("s"), low.removesuffix("es"), low.removesuffix("er"))
    return any(stem != low and stem in common_words() for stem in stems)


@lru_cache(maxsize=16_384)
def _listed_form(word: str) -> str:
    """Return the form of a word in capitals that the story does not use otherwise."""
    low = word.lower()
    if word in _acronyms() or "." in word or "&" in word or _is_short_country(word):
        return word
    if low in common_words() or low in mixed_words() or low in _SMALL:
        return low
    if low in family_names() or low in given_names() or gazetteer.lookup(word) or gazetteer.country_of_demonym(word):
        return word.capitalize()
    if _ENGLISH_ENDING.search(word) or _is_inflected(low):
        return low
    return word.capitalize() if len(word) > _KEPT_SHORT else word


_SMALL = frozenset(
    {"a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "is", "it", "of", "on", "or", "the", "to"}
    | {"with", "after", "over", "than", "us", "we", "he", "she", "they", "his", "her", "its", "not", "no", "i", "be"}
    | {"who", "what", "up", "off", "out", "if", "so", "was", "are", "has", "had", "new", "two", "one", "car"}
)
