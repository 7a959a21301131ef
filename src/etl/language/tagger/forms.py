"""What the network sees of a word: hashed pieces of its spelling, its shape, and what lists say of it.

All features depend on the form of a word alone (see `casing`), so they are computed once per form and kept.
Words are found in lists by a 32-bit hash: the lists travel as sorted arrays, without text.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from etl.language.tagger.casing import MARK

BREAK = "\n"
"""The form that stands between paragraphs; one more than a sentence can see stands before the first."""

WORDS, AFFIXES, SHAPES, GRAMS = 16384, 8192, 1024, 16384
"""Rows of the hashed tables: whole words, first and last letters, shapes, letter groups. Row 0 is the break's."""

_DIGITS = str.maketrans("123456789’", "000000000'")


def hash32(text: str, seed: int = 0) -> int:
    """A stable 32-bit hash, the same on every machine."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"), seed)


def normal(word: str) -> str:
    """The word as the lists spell it: small letters, straight apostrophes."""
    return word.lower().replace("’", "'")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Lists of words as sorted hashes.

    `words` (N, uint32) are hashes of the words that have a vector; `vectors` (N + 1, 50, int8) their vectors, row 0
    for words without one; `case` (N + 1, uint8) how English writes them, an index into `CASES`;
    `places` (M, uint32) and `place_bits` (M + 1, uint8) what the gazetteer says of a word.
    """

    words: npt.NDArray[np.uint32]
    vectors: npt.NDArray[np.int8]
    case: npt.NDArray[np.uint8]
    places: npt.NDArray[np.uint32]
    place_bits: npt.NDArray[np.uint8]

    def row(self, low: str) -> int:
        """Row of a lower-case word's vector: of itself, with its digits made 0, or of its last part; else 0."""
        for key in (low, low.translate(_DIGITS), low.rpartition("-")[2]):
            value = hash32(key)
            at = int(self.words.searchsorted(np.uint32(value)))
            if at < len(self.words) and int(self.words[at]) == value:
                return at + 1
        return 0

    def usual_case(self, low: str) -> str:
        """How English writes a lower-case word: a letter of `CASES`."""
        return CASES[int(self.case[self.row(low)])]

    def place(self, low: str) -> int:
        """Bits of the gazetteer: 1 country, 2 city, 4 part of a longer place name, 8 town."""
        value = hash32(low)
        at = int(self.places.searchsorted(np.uint32(value)))
        return int(self.place_bits[at + 1]) if at < len(self.places) and int(self.places[at]) == value else 0


CASES = "?cmn"
"""Unknown, common word, either, name: the letters of `casing.forms_of`."""


@dataclass(frozen=True, slots=True)
class Features:
    """Features of one form: rows of the tables, and the letter groups as a tuple of any length."""

    vector: int
    word: int
    affixes: tuple[int, int, int, int, int]
    shape: int
    place: int
    grams: tuple[int, ...]
    memory: int
    """Key under which copies of the word in a story are gathered; 0 for words that are not worth it."""


_BREAK = Features(0, 0, (0, 0, 0, 0, 0), 0, 0, (0,), 0)
_RUN = re.compile(r"(.)\1{2,}")


def _slot(text: str, rows: int, seed: int = 0) -> int:
    return hash32(text, seed) % (rows - 1) + 1


def shape(word: str) -> str:
    """Kinds of characters in order: "O'Brien-2" is X'Xxxx-d; runs longer than three are cut to three."""
    kinds = "".join("d" if c.isdigit() else c if not c.isalpha() else "X" if c.isupper() else "x" for c in word)
    return _RUN.sub(r"\1\1\1", kinds)


def features(form: str, lexicon: Lexicon) -> Features:
    """Compute the features of a form (a word, a marked word of a headline, or `BREAK`)."""
    if form == BREAK:
        return _BREAK
    if form[0] == MARK:
        look, low = MARK + form[1] + shape(form[2:]), normal(form[2:])
    else:
        look, low = shape(form), normal(form)
    low0 = low.translate(_DIGITS)
    edged = f"<{low0[:24]}>"
    grams = {edged[i : i + n] for n in (3, 4) for i in range(len(edged) - n + 1)} or {edged}
    row = lexicon.row(low)
    is_name_like = (form[0].isalpha() and (form[0].isupper() or row == 0)) or form[0] == MARK
    return Features(
        vector=row,
        word=_slot(low0, WORDS),
        affixes=(
            _slot(low0[:2], AFFIXES, 1),
            _slot(low0[:3], AFFIXES, 2),
            _slot(low0[-2:], AFFIXES, 3),
            _slot(low0[-3:], AFFIXES, 4),
            _slot(low0[-4:], AFFIXES, 5),
        ),
        shape=_slot(look, SHAPES, 6),
        place=lexicon.place(low),
        grams=tuple(sorted(_slot(gram, GRAMS, 7) for gram in grams)),
        memory=hash32(low, 8) or 1 if is_name_like and len(low) > 1 else 0,
    )


def feature_arrays(
    forms: Sequence[str], lexicon: Lexicon
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Features of many forms as arrays.

    Returns:
        columns (N, 9): vector, word, five affixes, shape, place; the letter groups of all forms in one line;
        where each form's groups begin (N,); memory keys (N,).
    """
    found = [features(form, lexicon) for form in forms]
    columns = np.array([(f.vector, f.word, *f.affixes, f.shape, f.place) for f in found], np.int64).reshape(-1, 9)
    grams = np.fromiter((g for f in found for g in f.grams), np.int64)
    starts = np.cumsum([0] + [len(f.grams) for f in found], dtype=np.int64)[:-1]
    return columns, grams, starts, np.array([f.memory for f in found], np.int64)
