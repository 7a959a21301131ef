"""Near-duplicate texts by shared word 4-grams: which pairs, and how much of the shorter text they share.

Containment, not Jaccard, is the measure: a truncated copy shares nearly all of itself with the whole story, and
little of the story with itself. Grams that many texts hold are passed over (standing phrases of market
reports and briefs), but still count in the length that the share is taken of.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grams = NDArray[np.uint64]

WORDS = 4
"""Words in a gram."""
TOO_COMMON = 64
"""Grams in more different texts than this say nothing of copying."""
LEAST_SHARED = 8
LEAST_SHARE = 0.3
"""A pair is verified when it shares so many grams, and so much of the shorter text."""

_WORD = re.compile(r"\w+")
_MULTIPLIERS = np.array([0x9E3779B97F4A7C15, 0xFF51AFD7ED558CCD], dtype=np.uint64)
_SHIFT = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Verified pairs: positions of the texts (`left` < `right`) and the share of the shorter one's grams."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    share: NDArray[np.float64]

    def __iter__(self) -> Iterator[tuple[int, int, float]]:
        """The pairs one by one, in order."""
        return zip(self.left.tolist(), self.right.tolist(), self.share.tolist(), strict=True)


class _WordHashes(dict[str, int]):
    """Word to number; the same in every process, which `hash` is not."""

    def __missing__(self, word: str) -> int:
        number = zlib.crc32(word.encode("utf-8", "surrogatepass"))
        self[word] = number
        return number


def text_grams(texts: Iterable[str]) -> list[Grams]:
    """The different word grams of each text as sorted hashes. Case, punctuation and line ends do not count."""
    numbers = _WordHashes()
    return [_grams(text, numbers) for text in texts]


def _grams(text: str, numbers: _WordHashes) -> Grams:
    words = _WORD.findall(text.lower())
    count = len(words) - WORDS + 1
    if count < 1:
        return np.empty(0, np.uint64)
    codes = np.fromiter(map(numbers.__getitem__, words), np.uint64, len(words))
    hashes = codes[:count] * _MULTIPLIERS[0]
    for shift in range(1, WORDS):
        hashes = (hashes ^ codes[shift : shift + count]) * _MULTIPLIERS[1]
        hashes ^= hashes >> _SHIFT
    hashes.sort()
    grams: Grams = hashes[np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))]
    return grams


def verified_pairs(grams: Sequence[Grams]) -> Pairs:
    """All pairs of texts that share enough, whatever order the texts stand in."""
    sizes = np.array([len(g) for g in grams], dtype=np.int64)
    keys, counts = _shared(grams, sizes)
    left, right = np.divmod(keys, max(len(grams), 1))
    share = counts / np.minimum(sizes[left], sizes[right])
    kept = (counts >= LEAST_SHARED) & (share >= LEAST_SHARE)
    return Pairs(left[kept], right[kept], share[kept])


def _shared(grams: Sequence[Grams], sizes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs as left * count + right, and how many uncommon grams they share."""
    if not sizes.sum():
        return np.empty(0, np.int64), np.empty(0, np.int64)
    owners = np.repeat(np.arange(len(grams), dtype=np.int64), sizes)
    every = np.concatenate(grams)
    # stable, so that owners of one gram stay in order and left < right
    order = np.argsort(every, kind="stable")
    every, owners = every[order], owners[order]
    starts = np.flatnonzero(np.concatenate(([True], every[1:] != every[:-1])))
    lengths = np.diff(np.append(starts, len(every)))
    found = [np.empty(0, np.int64)]
    for length in range(2, TOO_COMMON + 1):
        rows = owners[starts[lengths == length][:, None] + np.arange(length)]
        for one, other in zip(*np.triu_indices(length, k=1), strict=True) if len(rows) else ():
            found.append(rows[:, one] * len(grams) + rows[:, other])
    return np.unique(np.concatenate(found), return_counts=True)
