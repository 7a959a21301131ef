"""Near-duplicate texts by shared grams: which pairs, and how much of the shorter text they share.

Containment, not Jaccard, is the measure: a truncated copy shares nearly all of itself with the whole story, and
little of the story with itself. Grams that many texts hold are passed over (standing phrases of market
reports and briefs), but still count in the length that the share is taken of.

Old texts are never compared with one another again. A gram that has become common since takes its
share back from the pairs that it spoke for, so pairs are the same in whatever order and batches the texts came.

Texts go by number here, new ones by greater numbers than old ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.resolve.shingles import GRAM_BITS, RATE, SHORT, Lists, Numbers, Sketches, stretches

NUMBER_BITS = 63 - GRAM_BITS
"""Bits of a text's number in a posting: 134 million texts."""
TOO_COMMON = 64
"""Grams in more different texts than this say nothing of copying."""
LEAST_SHARED = 8
LEAST_SHARE = 0.3
"""A pair is verified when it shares so many grams, and so much of the shorter text."""
LEAST_SHARE_BRIEF = 0.5
"""What two briefs must share: a formula ("is issuing a 50 mln dlr bond due April 2, paying") is half of one."""
LEAST_SHARE_IN_STORY = 0.4
"""What a brief of no more than half of SHORT must share with a longer text."""
LEAST_FIGURES = 2 / 3
"""How many of the figures of the text that has fewer the other must have, where one is short."""
TINY = 24
"""A text of fewer grams must be in the other as a whole: a name and a figure are all that tells such texts apart."""
ALIKE = 0.95
"""Texts that share so much are copies though a figure was corrected."""

FEWEST = LEAST_SHARED // RATE + 1
"""No pair that shares fewer grams is ever verified."""

_NUMBER = (1 << NUMBER_BITS) - 1


@dataclass(frozen=True, slots=True)
class Facts:
    """What verifying a pair needs of texts besides their grams, a row each in order of number; see `Sketches`."""

    numbers: Numbers
    held: Numbers
    sampled: Numbers
    is_short: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Counted:
    """Pairs of texts (lesser number first), how many grams both hold and what share of the shorter text that is."""

    left: Numbers
    right: Numbers
    count: Numbers
    share: NDArray[np.float64]

    def take(self, chosen: NDArray[np.bool_]) -> Counted:
        """The chosen ones."""
        return Counted(self.left[chosen], self.right[chosen], self.count[chosen], self.share[chosen])


def facts_of(sketches: Sketches, numbers: Numbers) -> Facts:
    """The facts of sketched texts, which have these numbers, in order."""
    return Facts(numbers, sketches.grams.sizes, sketches.sampled, sketches.is_short)


def counted(left: Numbers, right: Numbers, count: Numbers) -> Counted:
    """Pairs whose share is not known yet."""
    return Counted(left, right, count, np.zeros(len(left)))


def postings(grams: Lists, numbers: Numbers) -> Numbers:
    """Each gram of each text with the text's number, as one number that sorts by gram, then by text."""
    return (grams.values << NUMBER_BITS) | np.repeat(numbers, grams.sizes)


def count_shared(old: Numbers, new: Numbers, first_new: int) -> tuple[Counted, Counted, Numbers]:
    """What texts that are new (of number `first_new` on) share, among themselves and with old ones.

    `old` are the postings of every old text for each gram in `new`; of a common one any TOO_COMMON + 1. Returns the
    pairs with a new text and the grams that both hold; the pairs of old texts and the grams to take back from
    them; and which postings of `new` are to be kept for later, sorted (a gram known to be common needs no more texts).
    """
    found = np.sort(np.concatenate([old, new]))
    grams, numbers = found >> NUMBER_BITS, found & _NUMBER
    starts = np.flatnonzero(np.concatenate((np.ones(min(len(grams), 1), np.bool_), grams[1:] != grams[:-1])))
    lengths = np.diff(np.append(starts, len(grams)))
    is_new = numbers >= first_new
    before = np.searchsorted(found, (grams[starts] << NUMBER_BITS) | first_new) - starts
    place = np.arange(len(grams)) - np.repeat(starts, lengths)
    telling = np.repeat(lengths <= TOO_COMMON, lengths)
    turned = np.repeat((lengths > TOO_COMMON) & (before <= TOO_COMMON), lengths)
    shared = _pairs(numbers, place, np.flatnonzero(is_new & telling))
    taken = _pairs(numbers, place, np.flatnonzero(turned & ~is_new))
    return shared, taken, found[is_new & (place <= TOO_COMMON)]


def _pairs(numbers: Numbers, place: Numbers, seconds: Numbers) -> Counted:
    """The texts at `seconds`, each paired with all that stand before it in the run of its gram, counted."""
    before = place[seconds]
    keys = numbers[stretches(seconds - before, before)] << NUMBER_BITS
    keys |= np.repeat(numbers[seconds], before)
    keys.sort()
    starts = np.flatnonzero(np.concatenate((np.ones(min(len(keys), 1), np.bool_), keys[1:] != keys[:-1])))
    return counted(keys[starts] >> NUMBER_BITS, keys[starts] & _NUMBER, np.diff(np.append(starts, len(keys))))


def verified(pairs: Counted, facts: Facts, figures: Callable[[Numbers], Lists]) -> Counted:
    """The pairs that share enough. `figures` gives the figures of texts by number."""
    pairs = pairs.take(pairs.count >= FEWEST)
    one, other = (np.searchsorted(facts.numbers, numbers) for numbers in (pairs.left, pairs.right))
    short, both_short = facts.is_short[one] | facts.is_short[other], facts.is_short[one] & facts.is_short[other]
    # a short text holds more grams than a long one has sampled: only those that both could hold are counted
    held, sampled = (np.minimum(sizes[one], sizes[other]) for sizes in (facts.held, facts.sampled))
    size = np.where(both_short, held, sampled)
    share = np.minimum(pairs.count / np.maximum(size, 1), 1.0)
    brief = facts.is_short & (facts.held <= SHORT // 2)
    least = np.where(brief[one] | brief[other], LEAST_SHARE_IN_STORY, LEAST_SHARE)
    least[both_short] = LEAST_SHARE_BRIEF
    least[both_short & (held < TINY)] = ALIKE
    enough = (share >= least) & (size > 0) & (pairs.count >= np.where(both_short, LEAST_SHARED, FEWEST))
    doubtful = enough & short & (share < ALIKE)
    places = np.flatnonzero(doubtful)
    enough[places] = _figures_agree(figures(pairs.left[places]), figures(pairs.right[places]))
    return Counted(pairs.left, pairs.right, pairs.count, share).take(enough)


def _figures_agree(one: Lists, other: Lists) -> NDArray[np.bool_]:
    """False for two briefs of one formula: the words are the same, the figures are not. Lists are row by row."""
    rows = np.arange(len(one.sizes))
    keyed = np.concatenate([(np.repeat(rows, lists.sizes) << GRAM_BITS) | lists.values for lists in (one, other)])
    keyed.sort()
    both = np.bincount(keyed[1:][keyed[1:] == keyed[:-1]] >> GRAM_BITS, minlength=len(rows))
    fewer = np.minimum(one.sizes, other.sizes)
    result: NDArray[np.bool_] = both >= LEAST_FIGURES * fewer
    return result
