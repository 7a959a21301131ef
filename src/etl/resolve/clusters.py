"""Clusters of near-duplicates: average linkage over verified pairs.

Following pairs from one to the next would chain stories together through a brief of set phrases, or through
a copy into which a paragraph of another story was put. Here two clusters become one only if their
texts share enough on the average of all pairs between them, those that share nothing included.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

import numpy as np

from etl.resolve.shingles import Grams, Pairs, text_grams, verified_pairs

LEAST_AVERAGE = 0.25


def cluster_texts(texts: Iterable[str]) -> tuple[list[int], Pairs]:
    """For each text the position of its cluster's first text, and the verified pairs; see `cluster_grams`."""
    return cluster_grams(text_grams(texts))


def cluster_grams(grams: Sequence[Grams]) -> tuple[list[int], Pairs]:
    """For each text, given by its grams, the position of its cluster's first text, and the verified pairs.

    Depends on the texts and their order only; sort them by id to make it independent of arrival. Texts of the same
    words are taken as one text, so that a hundred copies of a story do not make its grams common.
    """
    first: dict[bytes, int] = {}
    same = [first.setdefault(g.tobytes(), n) if len(g) else n for n, g in enumerate(grams)]
    kept = sorted(set(same))
    found = verified_pairs([grams[n] for n in kept])
    labels = _linked(len(kept), found)
    place = {n: i for i, n in enumerate(kept)}
    back = np.array(kept, dtype=np.int64)
    copies = [(one, n) for n, one in enumerate(same) if one != n]
    pairs = Pairs(
        np.concatenate([back[found.left], np.array([c[0] for c in copies], np.int64)]),
        np.concatenate([back[found.right], np.array([c[1] for c in copies], np.int64)]),
        np.concatenate([found.share, np.ones(len(copies))]),
    )
    return [kept[labels[place[one]]] for one in same], pairs


def _linked(count: int, pairs: Pairs) -> list[int]:
    """Position of the cluster's first member for each of `count` texts."""
    sums: list[dict[int, float]] = [{} for _ in range(count)]
    heap = []
    for one, other, share in pairs:
        sums[one][other] = sums[other][one] = share
        heap.append((-share, one, other, 2))
    heapq.heapify(heap)
    members = [[n] for n in range(count)]
    while heap:
        average, one, other, size = heapq.heappop(heap)
        if -average < LEAST_AVERAGE:
            break
        # An entry counts only while both clusters are what they were when it was made.
        if not members[one] or not members[other] or size != len(members[one]) + len(members[other]):
            continue
        if other not in sums[one]:
            continue
        _merge(one, other, members, sums)
        for third, total in sums[one].items():
            low, high = min(one, third), max(one, third)
            both = len(members[low]) + len(members[high])
            heapq.heappush(heap, (-total / (len(members[low]) * len(members[high])), low, high, both))
    labels = list(range(count))
    for group in members:
        for member in group:
            labels[member] = min(group)
    return labels


def _merge(one: int, other: int, members: list[list[int]], sums: list[dict[int, float]]) -> None:
    """Make cluster `other` part of cluster `one`, adding up what each shares with third clusters."""
    for third, total in sums[other].items():
        del sums[third][other]
        if third != one:
            sums[one][third] = sums[third][one] = sums[one].get(third, 0.0) + total
    sums[other] = {}
    members[one] += members[other]
    members[other] = []
