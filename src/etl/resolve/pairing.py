"""Near-duplicate texts by shared grams: which pairs, and how much of the shorter text they share.

Containment, not Jaccard, is the measure: a truncated copy shares nearly all of itself with the whole story, and
little of the story with itself. Grams that many texts hold are passed over (standing phrases of market
reports and briefs), but still count in the length that the share is taken of.

Old texts are never compared with one another again. A gram that has become common since takes its
share back from the pairs that it spoke for, so pairs are the same in whatever order and batches the texts came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.resolve.shingles import RATE, SHORT, Sketch

Ids = NDArray[np.int64]

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
FEWEST_FIGURES = 2
"""Fewer figures than this prove nothing."""
ALIKE = 0.95
"""Texts that share so much are copies though a figure was corrected."""


@dataclass(frozen=True, slots=True)
class Held:
    """Grams held, text by text: `grams[i]` is in text `texts[i]`."""

    grams: NDArray[np.uint64]
    texts: Ids


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What verifying a pair needs of a text besides its grams; see `Sketch`."""

    held: int
    sampled: int
    is_short: bool
    figures: frozenset[int]


@dataclass(frozen=True, slots=True)
class Counted:
    """Pairs of text ids (lesser one first) and a number of grams for each."""

    left: Ids
    right: Ids
    count: Ids


def facts_of(sketch: Sketch) -> TextFacts:
    """The facts of one sketch."""
    return TextFacts(len(sketch.grams), sketch.sampled, sketch.is_short, sketch.figures)


def held(found: Sequence[Sketch]) -> Held:
    """The grams of some sketches (of different texts)."""
    if not found:
        return Held(np.empty(0, np.uint64), np.empty(0, np.int64))
    sizes = [len(sketch.grams) for sketch in found]
    texts = np.repeat(np.array([sketch.text_id for sketch in found], np.int64), sizes)
    return Held(np.concatenate([sketch.grams for sketch in found]), texts)


def count_shared(old: Held, new: Held) -> tuple[Counted, Counted, Held]:
    """What texts that are new share, among themselves and with old ones.

    `old` holds every old text of each gram in `new`; of a common one any TOO_COMMON + 1. Returns the pairs with a
    new text and the grams that both hold; the pairs of old texts and the grams to take back from them; and
    what of `new` is to be kept for later (a gram known to be common needs no more texts).
    """
    grams = np.concatenate([old.grams, new.grams])
    order = np.argsort(grams, kind="stable")  # stable: old texts of a gram stand before new ones
    grams = grams[order]
    names, codes = np.unique(np.concatenate([old.texts, new.texts]), return_inverse=True)
    codes = codes[order]
    is_new = order >= len(old.grams)
    starts = np.flatnonzero(np.concatenate((np.ones(min(len(grams), 1), bool), grams[1:] != grams[:-1])))
    lengths = np.diff(np.append(starts, len(grams)))
    before = lengths - np.add.reduceat(is_new, starts) if len(starts) else lengths
    fresh = np.flatnonzero((lengths <= TOO_COMMON) & (lengths > before))
    turned = np.flatnonzero((lengths > TOO_COMMON) & (before <= TOO_COMMON))
    shared = _pairs(names, codes, starts, lengths, fresh, is_new)
    taken = _pairs(names, codes, starts, before, turned, None)
    place = np.arange(len(grams)) - np.repeat(starts, lengths)
    kept = is_new & (place <= TOO_COMMON)
    return shared, taken, Held(grams[kept], names[codes[kept]])


def _pairs(names: Ids, codes: Ids, starts: Ids, lengths: Ids, chosen: Ids, is_new: NDArray[np.bool_] | None) -> Counted:
    """Pairs within the chosen runs of `codes` (with at least one new text, if `is_new` is given), counted."""
    found = [np.empty(0, np.int64)]
    for length in np.unique(lengths[chosen]):
        rows = starts[chosen[lengths[chosen] == length]][:, None] + np.arange(length)
        for one, other in zip(*np.triu_indices(int(length), k=1), strict=True):
            first, second = rows[:, one], rows[:, other]
            if is_new is not None:
                # new texts stand behind old ones: a pair has a new text if its second is new
                fresh = is_new[second]
                first, second = first[fresh], second[fresh]
            low = np.minimum(codes[first], codes[second])
            found.append(low * len(names) + np.maximum(codes[first], codes[second]))
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    left, right = np.divmod(keys, max(len(names), 1))
    return Counted(names[left], names[right], counts)


def verified(pairs: Counted, facts: Mapping[int, TextFacts]) -> list[tuple[int, int, int, float]]:
    """The pairs that share enough, as (lesser id, greater id, grams shared, share of the shorter text)."""
    least = LEAST_SHARED // RATE
    found = []
    for left, right, count in zip(pairs.left.tolist(), pairs.right.tolist(), pairs.count.tolist(), strict=True):
        if count >= least and (share := _share(facts[left], facts[right], count)) is not None:
            found.append((left, right, count, share))
    return found


def _share(one: TextFacts, other: TextFacts, count: int) -> float | None:
    """The share of the shorter text, or None where the pair is no pair of copies."""
    both_short = one.is_short and other.is_short
    # a short text holds more grams than a long one has sampled: only those that both could hold are counted
    size = min(one.held, other.held) if both_short else min(one.sampled, other.sampled)
    if not size or count < (LEAST_SHARED if both_short else LEAST_SHARED // RATE + 1):
        return None
    share = min(count / size, 1.0)
    least = LEAST_SHARE
    if both_short:
        least = LEAST_SHARE_BRIEF
    elif any(text.is_short and text.held <= SHORT // 2 for text in (one, other)):
        least = LEAST_SHARE_IN_STORY
    if share < least:
        return None
    return share if share >= ALIKE or not (one.is_short or other.is_short) or _figures_agree(one, other) else None


def _figures_agree(one: TextFacts, other: TextFacts) -> bool:
    """False for two briefs of one formula: the words are the same, the figures are not."""
    fewer = min(len(one.figures), len(other.figures))
    return fewer < FEWEST_FIGURES or len(one.figures & other.figures) >= LEAST_FIGURES * fewer
