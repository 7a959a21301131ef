"""Sketches of texts: hashed word 4-grams, a quarter of them where the text is long, and the figures in it.

What is held of a text depends on that text alone, so a sketch made years ago is compared with one made
today. Short texts hold all of their grams, since a brief has none to spare. Texts are worked on many at a time, as
arrays of their characters, words and grams; a text at a time would cost five times as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Hashes = NDArray[np.uint64]

WORDS = 4
"""Words in a gram."""
SHORT = 128
"""A text of no more different grams holds all of them."""
RATE = 4
"""One gram in so many is held of a longer text."""
GRAM_BITS = 36
"""Bits of the hash of a gram or figure. Two of a million long texts share one by chance in a few cases, two never."""

# Characters that are worked on at once: their arrays fit a processor's cache.
_AT_ONCE = 1 << 17
# Beyond ASCII these are marks; everything else there is taken for letters.
_MARKS = (
    (0x80, 0xA9), (0xAB, 0xB4), (0xB6, 0xB9), (0xBB, 0xBF), (0x2000, 0x206F), (0x2190, 0x2BFF), (0x3000, 0x303F),
    (0xFF00, 0xFF0F),
)  # fmt: skip
_BASE = 0x9E3779B97F4A7C15
_MULTIPLIERS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))
_SHIFT = np.uint64(32)
_CUT = np.uint64(64 - GRAM_BITS)
_SAMPLED = (12, RATE - 1)


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of numbers, one after the other: list n is `values[starts[n]:starts[n + 1]]`."""

    values: Numbers
    starts: Numbers

    @property
    def sizes(self) -> Numbers:
        """How long each list is."""
        return np.diff(self.starts)

    def take(self, rows: Numbers) -> Lists:
        """The lists at these places, in their order."""
        sizes = self.sizes[rows]
        return Lists(self.values[stretches(self.starts[rows], sizes)], offsets(sizes))

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Lists:
        """All lists of some of these, in order."""
        found = list(parts)
        values = np.concatenate([part.values for part in found]) if found else np.empty(0, np.int64)
        sizes = np.concatenate([part.sizes for part in found]) if found else np.empty(0, np.int64)
        return Lists(values, offsets(sizes))


@dataclass(frozen=True, slots=True)
class Sketches:
    """What is held of some texts, a row each.

    `text_ids` are equal for texts of the same words, 0 for one too short to have a gram; `grams` are hashes, sorted;
    `sampled` counts those that a longer text would hold; `figures` are hashes of the numbers as printed, sorted.
    """

    text_ids: Numbers
    sampled: Numbers
    is_short: NDArray[np.bool_]
    grams: Lists
    figures: Lists

    def take(self, rows: Numbers) -> Sketches:
        """The sketches in these rows, in their order."""
        return Sketches(
            self.text_ids[rows],
            self.sampled[rows],
            self.is_short[rows],
            self.grams.take(rows),
            self.figures.take(rows),
        )


def offsets(sizes: Numbers) -> Numbers:
    """Where lists of these sizes begin when they stand one after the other, and where the last ends."""
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts


def stretches(starts: Numbers, sizes: Numbers) -> Numbers:
    """All places of some stretches, one stretch after the other."""
    begins = offsets(sizes)
    result: Numbers = np.repeat(starts - begins[:-1], sizes) + np.arange(begins[-1])
    return result


def sketch(texts: Sequence[str]) -> Sketches:
    """The sketches of texts. Case, punctuation and line ends do not count."""
    parts = [_sketched(part) for part in _portions(texts)] or [_sketched([])]
    return Sketches(
        np.concatenate([part.text_ids for part in parts]),
        np.concatenate([part.sampled for part in parts]),
        np.concatenate([part.is_short for part in parts]),
        Lists.joined(part.grams for part in parts),
        Lists.joined(part.figures for part in parts),
    )


def _portions(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start, size = 0, 0
    for end, text in enumerate(texts):
        if size and size + len(text) > _AT_ONCE:
            yield texts[start:end]
            start, size = end, 0
        size += len(text) + 1
    if start < len(texts):
        yield texts[start:]


def _sketched(texts: Sequence[str]) -> Sketches:
    codes = np.frombuffer("\n".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    begins = offsets(np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts)))
    # Every code point beyond the table is the last letter in it.
    letters = _letters().take(codes, mode="clip")
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(letters * _powers(len(codes))[0][: len(codes)], out=sums[1:])
    hashes, sizes = _grams(letters, sums, begins)
    ids, grams, sizes = _unique(hashes, sizes)
    is_short = sizes <= SHORT
    chosen = (grams >> _SAMPLED[0]) & _SAMPLED[1] == 0
    sampled = _count(chosen, offsets(sizes))
    kept = chosen | np.repeat(is_short, sizes)
    held = Lists(grams[kept], offsets(_count(kept, offsets(sizes))))
    return Sketches(ids, sampled, is_short, held, _figures(codes, sums, begins))


# --- words and grams -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _letters() -> NDArray[np.uint16]:
    """The small letter of each code point of the first plane, 0 where it parts words."""
    found = np.fromiter((ord(chr(code).lower()[0]) for code in range(0x10000)), np.uint16, 0x10000)
    for code in range(0x80):
        if not (chr(code).isalnum() or chr(code) == "_"):
            found[code] = 0
    for first, last in _MARKS:
        found[first : last + 1] = 0
    return found


def _powers(count: int) -> tuple[Hashes, Hashes]:
    """At least `count` powers of the base of the hash, modulo 2^64, and their inverses."""
    return _powers_table(max(_AT_ONCE, 1 << count.bit_length()))


@lru_cache(maxsize=1)
def _powers_table(count: int) -> tuple[Hashes, Hashes]:
    found = []
    for base in (_BASE, pow(_BASE, -1, 1 << 64)):
        steps = np.full(count, base, np.uint64)
        steps[0] = 1
        found.append(np.multiply.accumulate(steps))
    return found[0], found[1]


def _hashed(sums: Hashes, starts: Numbers, ends: Numbers) -> Hashes:
    """The hash of each stretch of letters: a polynomial in them, wherever they stand."""
    result: Hashes = (sums[ends] - sums[starts]) * _powers(len(sums))[1][starts]
    return result


def _mixed(hashes: Hashes) -> Hashes:
    result: Hashes = (hashes ^ (hashes >> _SHIFT)) * _MULTIPLIERS[2]
    return result ^ (result >> _SHIFT)


def _grams(letters: NDArray[np.uint16], sums: Hashes, begins: Numbers) -> tuple[Hashes, Numbers]:
    """The hashes of all grams, text after text and sorted in each, and how many each text has."""
    inside = np.zeros(len(letters) + 2, np.bool_)
    np.not_equal(letters, 0, out=inside[1:-1])
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    starts = edges[::2]
    words = _hashed(sums, starts, edges[1::2])
    firsts = np.searchsorted(starts, begins)
    counts = np.diff(firsts)
    sizes = np.maximum(counts - WORDS + 1, 0)
    if len(words) < WORDS:
        return np.empty(0, np.uint64), sizes
    count = len(words) - WORDS + 1
    hashes = words[:count] * _MULTIPLIERS[0]
    for shift in range(1, WORDS):
        hashes = (hashes ^ words[shift : shift + count]) * _MULTIPLIERS[1]
        hashes ^= hashes >> _SHIFT
    # A gram may not run from one text into the next.
    within = hashes[stretches(firsts[:-1], sizes)]
    for start, end in pairwise(offsets(sizes).tolist()):
        within[start:end].sort()
    return within, sizes


def _unique(hashes: Hashes, sizes: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Text ids; the different grams of each text, cut to GRAM_BITS; and how many those are."""
    fresh = _is_fresh(hashes, sizes)
    sums = np.zeros(len(hashes) + 1, np.uint64)
    np.cumsum(_mixed(hashes) * fresh, out=sums[1:])
    begins = offsets(sizes)
    ids = _mixed(sums[begins[1:]] - sums[begins[:-1]]).view(np.int64)
    ids[ids == 0] = 1
    ids[sizes == 0] = 0
    grams = (hashes >> _CUT).view(np.int64)
    fresh = _is_fresh(grams, sizes)
    return ids, grams[fresh], _count(fresh, begins)


def _is_fresh(values: NDArray[Any], sizes: Numbers) -> NDArray[np.bool_]:
    """True where a value is the first of its kind in its text; values are sorted text by text."""
    fresh = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    fresh[offsets(sizes[sizes > 0])[:-1]] = True
    return fresh


def _count(chosen: NDArray[np.bool_], begins: Numbers) -> Numbers:
    """How many are chosen in each stretch."""
    return np.diff(offsets(chosen.astype(np.int64))[begins])


# --- figures -------------------------------------------------------------------------------------------------------

_FIRST_MARK, _MARK_COUNT = np.uint32(ord(",")), 14  # , - . / 0 1 2 3 4 5 6 7 8 9


def _figures(codes: NDArray[np.uint32], sums: Hashes, begins: Numbers) -> Lists:
    """The numbers of each text ("1,250.5", "8-1/2", "3/4/87") as hashes; marks between digits are all one.

    Years and powers of ten are left out: a formula ("due 1992, in denominations of 1,000 and 10,000") has them itself.
    """
    is_mark = codes - _FIRST_MARK < _MARK_COUNT
    runs = np.flatnonzero(is_mark[1:] & ~is_mark[:-1])
    digits = np.flatnonzero(codes - np.uint32(ord("0")) < 10)
    if not len(digits):
        return Lists(np.empty(0, np.int64), np.zeros(len(begins), np.int64))
    run = np.searchsorted(runs, digits)
    ends = np.flatnonzero(np.append(run[1:] != run[:-1], True))
    starts = np.concatenate(([0], ends[:-1] + 1))
    telling = ~_is_common(codes, digits, starts, ends)
    starts, ends = starts[telling], ends[telling]
    hashes = (_mixed(_hashed(sums, digits[starts], digits[ends] + 1)) >> _CUT).view(np.int64)
    texts = np.searchsorted(begins, digits[starts], side="right") - 1
    texts, hashes = np.divmod(np.unique((texts << GRAM_BITS) | hashes), 1 << GRAM_BITS)
    return Lists(hashes, np.searchsorted(texts, np.arange(len(begins))))


def _is_common(codes: NDArray[np.uint32], digits: Numbers, starts: Numbers, ends: Numbers) -> NDArray[np.bool_]:
    """True for figures that are years or powers of ten; a figure is `digits[start:end + 1]`, places in `codes`."""
    found = codes[digits] - np.uint32(ord("0"))
    counts = ends - starts + 1
    sums = np.add.reduceat(found, starts)
    first, second = found[starts], found[np.minimum(starts + 1, ends)]
    century = (first == 1) & (second == 9) | (first == 2) & (second == 0)
    is_year = century & (counts == 4) & (digits[ends] - digits[starts] == 3)
    result: NDArray[np.bool_] = is_year | (first == 1) & (sums == 1) & (counts > 1)
    return result
