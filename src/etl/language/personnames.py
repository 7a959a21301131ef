"""What the parts of a person's name are, and when two names can be one person."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from etl.language.lexicon import nicknames, titles

_PARTICLE_PREFIX = re.compile(r"^(?:al|el|ul|ad|as|ar|an|az)[-‑](?=\w)")
_DOTS = re.compile(r"[.’'`]")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in its parts, folded: lower case, without accents, stops and apostrophes.

    `words` are all parts without titles, particles and suffixes; the last is taken as the surname.
    """

    words: tuple[str, ...]
    suffix: str | None = None

    @property
    def surname(self) -> str:
        """The last part of the name."""
        return self.words[-1] if self.words else ""


@lru_cache(maxsize=1)
def _folded_titles() -> frozenset[str]:
    kinds = ("honorific", "honorific_m", "honorific_f", "office")
    words = frozenset(fold(word) for kind in kinds for title in titles(kind) for word in title.split())
    # These are given names too: Dean Smith, Earl Warren, Duke Ellington.
    return words - {"dean", "earl", "duke", "prince", "marshal", "m", "of", "don"}


@lru_cache(maxsize=1)
def _particles() -> frozenset[str]:
    return frozenset(fold(word) for word in titles("particle"))


@lru_cache(maxsize=1)
def _suffixes() -> frozenset[str]:
    return frozenset(fold(word) for word in titles("suffix"))


def fold(text: str) -> str:
    """Return lower case without accents, full stops and apostrophes."""
    return _DOTS.sub("", strip_accents(text).casefold()).replace("‑", "-")


_LETTERS = str.maketrans("łŁøØđĐıħŧ", "lLoOdDiht")
"""Letters that Unicode does not take apart."""


def strip_accents(text: str) -> str:
    """Return the text without diacritics, its case kept: "Brudziński" becomes "Brudzinski"."""
    if text.isascii():
        return text
    text = text.translate(_LETTERS)
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=4096)
def parse_person(name: str) -> PersonName:
    """Split a printed name. Particles are dropped, so that "al-Tamimi" and "Tamimi" have the same surname."""
    words = [_PARTICLE_PREFIX.sub("", fold(part).strip(",")) for part in re.split(r"\s+|(?<=[A-Z]\.)(?=[A-Z])", name)]
    words = [word for word in words if word]
    suffix = None
    while len(words) > 1 and words[-1] in _suffixes():
        suffix = words.pop()
    while len(words) > 1 and words[0] in _folded_titles():
        words.pop(0)
    kept = [w for n, w in enumerate(words) if w not in _particles() or (n == 0 and len(words) == 2)]
    return PersonName(tuple(kept or words), suffix)


def may_be_one(a: PersonName, b: PersonName) -> bool:
    """True when two names of two or more parts can belong to one person.

    Either one name is found whole within the other, or surnames agree and the given names in front of them do not
    contradict each other: equal, an initial of the other, or a known short form of it.
    """
    if not a.words or not b.words or (a.suffix and b.suffix and a.suffix != b.suffix):
        return False
    if _holds(a.words, b.words) or _holds(b.words, a.words):
        return True
    if not _near(a.surname, b.surname):
        return False
    return _given_agree(a.words[:-1], b.words[:-1]) or _goes_by_middle_name(a.words, b.words)


def _holds(long: tuple[str, ...], short: tuple[str, ...]) -> bool:
    size = len(short)
    return any(long[n : n + size] == short for n in range(len(long) - size + 1))


def _near(a: str, b: str) -> bool:
    """Equal, or one letter apart in a long name, or two transliterations such as Haniyeh and Haniya."""
    if a == b or _latinised(a) == _latinised(b):
        return True
    if min(len(a), len(b)) < 6 or a[:2] != b[:2] or abs(len(a) - len(b)) > 1:
        return False
    return _within_one_edit(a, b)


_SPELLINGS = tuple(
    (re.compile(old), new)
    for old, new in (
        (r"(?:eh|ah|a)$", "a"),
        ("ou|oo", "u"),
        ("ee|iy|y|i", "i"),
        ("q|kh|k|c(?=[aou])", "k"),
        ("dh|d", "d"),
        (r"(.)\1", r"\1"),
        ("ff?$", "v"),
    )
)
"""Letters that transliterations from Arabic, Persian and Russian choose among."""


@lru_cache(maxsize=4096)
def _latinised(name: str) -> str:
    if len(name) < 5:
        return name
    for pattern, new in _SPELLINGS:
        name = pattern.sub(new, name)
    return name


def _within_one_edit(a: str, b: str) -> bool:
    if len(a) > len(b):
        a, b = b, a
    start = 0
    while start < len(a) and a[start] == b[start]:
        start += 1
    return a[start:] == b[start + 1 :] or a[start + 1 :] == b[start + 1 :]


def _given_agree(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    if not a or not b:
        return True
    if not _same_given(a[0], b[0]):
        return False
    # Middle names must not contradict: George W. is not George H.W.
    return all(_same_given(x, y) for x, y in zip(a[1:], b[1:], strict=False))


def _goes_by_middle_name(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """True when the shorter name is a part of the longer: Jens Otto Harry Jespersen is Otto Jespersen."""
    short, long = sorted((a, b), key=len)
    return len(short) > 1 and all(word in long for word in short)


def _same_given(a: str, b: str) -> bool:
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    if len(short) == 1:
        return long.startswith(short)
    return bool(nicknames(a) & nicknames(b))


def spelling_keys(name: PersonName) -> tuple[str, ...]:
    """Return keys of which two names share one whenever their surnames may be two spellings of one."""
    surname = name.surname
    latin = "=" + _latinised(surname)
    return (latin, "~" + surname[:2]) if len(surname) > 5 else (latin,)
