"""Fit the line that turns the tagger's scores into probabilities, on held-out stories.

    python -m training.calibrate DATA WEIGHTS

Prints slope and offset for `training.export --calibration`, and a table: of names said with some confidence, the share
that is right. DATA and the split are those of training, so nothing here was trained on.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np

from etl.language.tagger.decode import decode
from etl.language.tagger.network import Network
from etl.language.tagger.weights import parse_weights
from training.corpora import LABELS, TAGS, UNKNOWN, load_corpora, read_lists, spans_of
from training.samples import PAD, encode
from training.train import HERE, split


def judged_names(data: Path, weights: Path) -> tuple[np.ndarray, np.ndarray]:
    """Log odds (N,) of all names found in held-out stories, and whether each is right (N,)."""
    raw = weights.read_bytes()
    parsed = parse_weights(raw, hashlib.sha256(raw).hexdigest())
    network = Network(parsed)
    odds, right = [], []
    for corpus in split(load_corpora(data, read_lists(HERE / "lists.txt")))[1]:
        for story in corpus.stories:
            sample = encode([s for s in story if s[0]], parsed.lexicon, 0)
            forms, tags = sample.forms[PAD:], sample.tags[PAD:]
            gold = set(spans_of([TAGS[t] if 0 <= t < len(TAGS) else "O" for t in tags]))
            for first, stop, label, score in decode(network.scores(forms)):
                name = (first, stop, LABELS[label])
                open_misc = LABELS[label] == "MISC" and any(t == len(TAGS) for t in tags[first:stop])
                if UNKNOWN not in tags[first:stop] and not open_misc:
                    odds.append(score)
                    right.append(name in gold)
    return np.array(odds), np.array(right, float)


def fit(odds: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Logistic regression of `right` on `odds` by Newton's method."""
    x = np.stack([odds, np.ones_like(odds)], axis=1)
    line = np.zeros(2)
    for _ in range(30):
        p = 1 / (1 + np.exp(-(x @ line)))
        hessian = (x * (p * (1 - p))[:, None]).T @ x
        line += np.linalg.solve(hessian + 1e-6 * np.eye(2), x.T @ (right - p))
    return float(line[0]), float(line[1])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("weights", type=Path)
    args = parser.parse_args()
    odds, right = judged_names(args.data, args.weights)
    slope, offset = fit(odds, right)
    print(f"--calibration {slope:.3f} {offset:.3f}   ({len(odds)} names)")
    said = 1 / (1 + np.exp(-(slope * odds + offset)))
    for low in np.arange(0.2, 1.0, 0.1):
        inside = (said >= low) & (said < low + 0.1)
        if inside.any():
            print(f"said {low:.1f}-{low + 0.1:.1f}: {inside.sum():5} names, right {100 * right[inside].mean():.0f} %")


if __name__ == "__main__":
    main()
