"""Clusters of near-duplicates: average linkage over verified pairs.

Following pairs from one to the next would chain stories together through a brief of set phrases, or through
a copy into which a paragraph of another story was put. Here two clusters become one only if their
texts share enough on the average of all pairs between them, those that share nothing included.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

import numpy as np

from etl.resolve.pairing import count_shared, facts_of, postings, verified
from etl.resolve.shingles import sketch

LEAST_AVERAGE = 0.25

Pair = tuple[int, int, float]
"""Two text ids, the lesser first, and the share of the shorter text."""


def cluster_texts(texts: Sequence[str]) -> tuple[list[int], list[Pair]]:
    """For each text the position of its cluster's first text, and the verified pairs by position.

    Depends on the set of texts only. Texts of the same words are taken as one, so that a hundred copies of a
    story do not make its grams common; a pair names the first of them.
    """
    found = sketch(texts)
    known, first = np.unique(found.text_ids, return_index=True)
    first = np.sort(first[known != 0])
    kept = found.take(first)
    numbers = np.arange(len(first))
    shared, _, _ = count_shared(np.empty(0, np.int64), postings(kept.grams, numbers), 0)
    joined = verified(shared, facts_of(kept, numbers), kept.figures.take)
    shares = list(zip(joined.left.tolist(), joined.right.tolist(), joined.share.tolist(), strict=True))
    ids = kept.text_ids.tolist()
    names = cluster(ids, [(min(ids[a], ids[b]), max(ids[a], ids[b]), share) for a, b, share in shares])
    head: dict[int, int] = {}
    labels = [
        head.setdefault(names[text], position) if text else position
        for position, text in enumerate(found.text_ids.tolist())
    ]
    places = first.tolist()
    return labels, [(places[a], places[b], share) for a, b, share in shares]


def cluster(texts: Iterable[int], pairs: Iterable[Pair]) -> dict[int, int]:
    """For each text id the least id of its cluster.

    A cluster never leaves the set of texts that pairs join, so each such set may be clustered by itself.
    """
    found = list(pairs)
    order = sorted({text for one, other, _ in found for text in (one, other)})
    place = {text: n for n, text in enumerate(order)}
    labels = _linked(len(order), sorted((place[a], place[b], share) for a, b, share in found))
    names = {text: text for text in texts}
    return names | {text: order[label] for text, label in zip(order, labels, strict=True)}


def _linked(count: int, pairs: Iterable[Pair]) -> list[int]:
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
