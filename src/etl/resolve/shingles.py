"""Sketches of texts: hashed word 4-grams, a quarter of them where the text is long, and the figures in it.

What is held of a text depends on that text alone, so a sketch made years ago is compared with one made
today. Short texts hold all of their grams, since a brief has none to spare.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grams = NDArray[np.uint64]

WORDS = 4
"""Words in a gram."""
SHORT = 128
"""A text of no more different grams holds all of them."""
RATE = 4
"""One gram in so many is held of a longer text."""

# Marks beyond ASCII; everything else beyond it is taken for letters.
_MARKS = re.compile("[\x80-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\u2000-\u206f\u2190-\u2bff\u3000-\u303f\uff00-\uff0f]+")
_WORD_BYTES = bytes(n if n >= 0x80 or chr(n).isalnum() or chr(n) == "_" else 0x20 for n in range(256))
_FIGURE = re.compile(r"[0-9][0-9.,/-]*")
_MULTIPLIERS = np.array([0x9E3779B97F4A7C15, 0xFF51AFD7ED558CCD], dtype=np.uint64)
_SHIFT = np.uint64(32)
_SAMPLE = (np.uint64(40), np.uint64(RATE - 1))
_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is held of one text.

    `text_id` is equal for texts of the same words, 0 for one too short to have a gram; `grams` are hashes, sorted;
    `sampled` counts those that a longer text would hold; `figures` are hashes of the numbers as printed.
    """

    text_id: int
    grams: Grams
    sampled: int
    is_short: bool
    figures: frozenset[int]


class _WordHashes(dict[bytes, int]):
    """Word to number; the same in every process, which `hash` is not."""

    def __missing__(self, word: bytes) -> int:
        number = zlib.crc32(word)
        self[word] = number
        return number


def sketches(texts: Iterable[str]) -> Iterator[Sketch]:
    """The sketch of each text. Case, punctuation and line ends do not count."""
    numbers = _WordHashes()
    for text in texts:
        yield _sketch(text, numbers)


def _sketch(text: str, numbers: _WordHashes) -> Sketch:
    lowered = text.lower()
    if not lowered.isascii():
        lowered = _MARKS.sub(" ", lowered)
    words = lowered.encode("utf-8", "surrogatepass").translate(_WORD_BYTES).split()
    count = len(words) - WORDS + 1
    if count < 1:
        return Sketch(0, np.empty(0, np.uint64), 0, True, frozenset())
    codes = np.fromiter(map(numbers.__getitem__, words), np.uint64, len(words))
    hashes = codes[:count] * _MULTIPLIERS[0]
    for shift in range(1, WORDS):
        hashes = (hashes ^ codes[shift : shift + count]) * _MULTIPLIERS[1]
        hashes ^= hashes >> _SHIFT
    hashes.sort()
    grams: Grams = hashes[np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))]
    digest = hashlib.blake2b(grams.tobytes(), digest_size=_ID_BYTES).digest()
    # signed 64 bits and never 0, which stands for no text
    text_id = int.from_bytes(digest, "big", signed=True) or 1
    sampled = grams[(grams >> _SAMPLE[0]) & _SAMPLE[1] == 0]
    is_short = len(grams) <= SHORT
    figures = frozenset(numbers[found.rstrip(".,/-").encode()] for found in _FIGURE.findall(text))
    return Sketch(text_id, grams if is_short else sampled, len(sampled), is_short, figures)
