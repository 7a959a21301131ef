"""From tag scores to names: the best tag of each word, made to follow the rules of BIO only where it breaks them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

LABELS = ("PERSON", "ORG", "LOC", "MISC")
_TAGS = 1 + 2 * len(LABELS)


def _follows(tag: int, before: int) -> bool:
    """May `tag` stand after `before`? Tags are 0 for O, odd for B, even for I of label (tag - 1) // 2."""
    return tag % 2 == 1 or tag == 0 or before in (tag, tag - 1)


def decode(scores: npt.NDArray[np.float32]) -> list[tuple[int, int, int, float]]:
    """Names as (first, stop, label number, log odds) over the rows of `scores` (N, 9).

    The log odds are those of the name's least certain word against its best other tag, before calibration.
    """
    best = scores.argmax(1)
    marked = np.flatnonzero(best)
    tags = best.tolist()
    out: list[list[int]] = []
    for first, stop in _runs(marked.tolist()):
        if not all(_follows(tags[i], tags[i - 1] if i > first else 0) for i in range(first, stop)):
            tags[first:stop] = _best_path(scores[first:stop])
        for i in range(first, stop):
            if tags[i] % 2 == 1:
                out.append([i, i + 1, (tags[i] - 1) // 2])
            elif tags[i]:
                out[-1][1] = i + 1
    return [(a, b, label, _log_odds(scores[a:b], tags[a:b])) for a, b, label in out]


def _runs(marked: list[int]) -> list[tuple[int, int]]:
    """Unbroken runs of row numbers, as (first, stop)."""
    out: list[tuple[int, int]] = []
    for i in marked:
        if out and out[-1][1] == i:
            out[-1] = (out[-1][0], i + 1)
        else:
            out.append((i, i + 1))
    return out


def _best_path(scores: npt.NDArray[np.float32]) -> list[int]:
    """The best lawful tags of a short run (Viterbi)."""
    rows = scores.tolist()
    totals = [score if _follows(tag, 0) else -math.inf for tag, score in enumerate(rows[0])]
    back: list[list[int]] = []
    for row in rows[1:]:
        best = max(range(_TAGS), key=totals.__getitem__)
        came = [best] * _TAGS
        for inner in range(2, _TAGS, 2):
            came[inner] = inner if totals[inner] > totals[inner - 1] else inner - 1
        totals = [totals[before] + score for before, score in zip(came, row, strict=True)]
        back.append(came)
    tag = max(range(_TAGS), key=totals.__getitem__)
    path = [tag]
    for came in reversed(back):
        tag = came[tag]
        path.append(tag)
    return path[::-1]


def _log_odds(scores: npt.NDArray[np.float32], tags: list[int]) -> float:
    """Log odds of the least certain word, against its best other tag."""
    least = math.inf
    for row, tag in zip(scores.tolist(), tags, strict=True):
        score = row[tag]
        row[tag] = -math.inf
        others = max(row)  # against the runner-up: the rest hardly counts
        least = min(least, score - others)
    return least
