"""The network in numpy: word encoder, four residual convolutions, a memory of the story, tag scores.

`training/network.py` is the same network in PyTorch. What depends on a form alone - its vector and its share in the
first convolution - is computed once and kept, up to `KEPT` forms.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from etl.language.tagger.forms import BREAK, feature_arrays
from etl.language.tagger.weights import Weights

Real = npt.NDArray[np.float32]

DILATIONS = (1, 2, 3, 1)
MEMORY_AT = 2
"""The layer before which a word looks at its other copies in the story."""
PAD = sum(DILATIONS)
"""Breaks before and after a story: as far as the network sees."""
KEPT = 16_000
"""Forms kept, at four vectors each: 33 MB. It must hold those of one pass, see `tagger.LONGEST`. When it is full, the
half that was used least goes."""


def _norm(x: Real, weight: Real, bias: Real) -> Real:
    """Root mean square norm over rows, in place."""
    squares: Real = np.einsum("ij,ij->i", x, x)
    squares /= x.shape[1]
    squares += np.float32(1e-5)
    x /= np.sqrt(squares)[:, None]
    x *= weight
    x += bias
    return x


class Network:
    """Scores of nine tags (O, then B and I of PER, ORG, LOC, MISC) for the forms of one story."""

    def __init__(self, weights: Weights) -> None:
        """Unpack the weights. Nothing is shared between instances; one instance serves one thread."""
        self._weights = weights
        dense = weights.dense
        self._convolutions = [self._taps(dense[f"layers.{i}.weight"]) for i in range(len(DILATIONS))]
        self._mix1, self._mix2 = dense["mix1.weight"].T.copy(), dense["mix2.weight"].T.copy()
        self._memory, self._out = dense["memory.weight"].T.copy(), dense["out.weight"].T.copy()
        self._width = self._mix2.shape[1]
        self._recall_bias = dense["memory.bias"]
        self._clear()

    @staticmethod
    def _taps(weight: Real) -> Real:
        """(out, in, 3) of a convolution as (3 * in, out): left, middle, right."""
        return np.ascontiguousarray(np.concatenate([weight[:, :, tap].T for tap in range(3)]))

    # --- forms -------------------------------------------------------------------------------

    def _clear(self) -> None:
        self._row: dict[str, int] = {}
        self._table: Real = np.empty((KEPT, 4 * self._width), np.float32)  # takes memory as it fills, not now
        self._memory_key = np.zeros(KEPT, np.int64)
        self._used = np.zeros(KEPT, np.int64)
        self._add([BREAK])

    def _add(self, forms: Sequence[str]) -> None:
        """Compute and keep new forms, for which there is room."""
        vectors, memory = self._encode(forms)
        width, taps = self._width, self._convolutions[0]
        begin, end = len(self._row), len(self._row) + len(forms)
        self._table[begin:end, :width] = vectors
        for tap in range(3):
            columns = slice((tap + 1) * width, (tap + 2) * width)
            self._table[begin:end, columns] = vectors @ taps[tap * width : (tap + 1) * width]
        self._memory_key[begin:end], self._used[begin:end] = memory, 0
        self._row.update(zip(forms, range(begin, end), strict=True))

    def _encode(self, forms: Sequence[str]) -> tuple[Real, npt.NDArray[np.int64]]:
        """Vectors (M, width) and memory keys (M,) of forms."""
        weights, dense = self._weights, self._weights.dense
        columns, grams, starts, memory = feature_arrays(forms, weights.lexicon)

        def rows(table: str, column: int) -> Real:
            return weights.tables[table][columns[:, column]] * np.float32(weights.step(table))

        counts = np.diff(np.append(starts, len(grams))).astype(np.float32)
        gram = np.add.reduceat(weights.tables["gram"][grams].astype(np.float32), starts, axis=0)
        pieces = [
            rows("word", 1),
            *(rows("affix", column) for column in range(2, 7)),
            rows("shape", 7),
            rows("place", 8),
            gram * (np.float32(weights.step("gram")) / counts)[:, None],
            weights.lexicon.vectors[columns[:, 0]] * np.float32(weights.step("vectors")),
            (columns[:, :1] > 0).astype(np.float32),
        ]
        x = np.concatenate(pieces, axis=1) @ self._mix1 + dense["mix1.bias"]
        x = np.maximum(_norm(x, dense["norm1.weight"], dense["norm1.bias"]), 0)
        return (x @ self._mix2 + dense["mix2.bias"]).astype(np.float32, copy=False), memory

    def _rows(self, forms: Sequence[str]) -> npt.NDArray[np.int64]:
        new = [form for form in dict.fromkeys(forms) if form not in self._row]
        if len(self._row) + len(new) > KEPT:
            self._forget(set(forms))
            new = [form for form in dict.fromkeys(forms) if form not in self._row]
        for begin in range(0, len(new), 1000):  # bounds what encoding takes
            self._add(new[begin : begin + 1000])
        rows = np.fromiter(map(self._row.__getitem__, forms), np.int64, len(forms))
        self._used[rows] += 1
        return rows

    def _forget(self, needed: set[str]) -> None:
        """Drop forms that few stories used, so that `needed` ones find room beside at most half of the others."""
        forms = list(self._row)
        keep = max(0, min(KEPT // 2, KEPT - len(needed)))
        order = np.sort(np.argsort(-self._used[: len(forms)], kind="stable")[:keep])
        self._row = {forms[at]: new for new, at in enumerate(order)}
        for begin in range(0, len(order), 1000):  # rows only move down, so they may move in place
            part = order[begin : begin + 1000]
            self._table[begin : begin + len(part)] = self._table[part]
        self._memory_key[: len(order)], self._used[: len(order)] = self._memory_key[order], self._used[order] // 2

    # --- stories -----------------------------------------------------------------------------

    def scores(self, forms: Sequence[str]) -> Real:
        """Tag scores (N, 9) of the N forms of a story, which has `BREAK` between its paragraphs."""
        rows = self._rows([BREAK] * PAD + list(forms) + [BREAK] * PAD)
        dense = self._weights.dense
        z = self._first(rows)
        for i in range(1, len(DILATIONS)):
            if i == MEMORY_AT:
                self._recall(z, self._memory_key[rows])
            z += np.maximum(self._convolve(z, i), 0)
        return z[PAD : len(z) - PAD] @ self._out + dense["out.bias"]

    def _first(self, rows: npt.NDArray[np.int64]) -> Real:
        """Vectors after the first layer, whose three products were kept with each form."""
        width, dense = self._width, self._weights.dense
        kept = self._table[rows]
        z = np.ascontiguousarray(kept[:, :width])
        y = kept[:, 2 * width : 3 * width] + dense["layers.0.bias"]
        y[1:] += kept[:-1, width : 2 * width]
        y[:-1] += kept[1:, 3 * width :]
        z += np.maximum(_norm(y, dense["norms.0.weight"], dense["norms.0.bias"]), 0)
        return z

    def _convolve(self, z: Real, layer: int) -> Real:
        dense, dilation, width = self._weights.dense, DILATIONS[layer], self._width
        wide = np.zeros((len(z), 3 * width), np.float32)
        wide[dilation:, :width] = z[:-dilation]
        wide[:, width : 2 * width] = z
        wide[:-dilation, 2 * width :] = z[dilation:]
        y = wide @ self._convolutions[layer]
        y += dense[f"layers.{layer}.bias"]
        return _norm(y, dense[f"norms.{layer}.weight"], dense[f"norms.{layer}.bias"])

    def _recall(self, z: Real, keys: npt.NDArray[np.int64]) -> None:
        """Add to each word what it takes from the mean state of its other copies in the story, in place."""
        marked = np.flatnonzero(keys)
        _, word, count = np.unique(keys[marked], return_inverse=True, return_counts=True)
        repeated = count[word] > 1
        at = marked[repeated]
        if len(at):
            order = at[np.argsort(word[repeated], kind="stable")]
            sizes = count[count > 1]
            begins = np.cumsum(sizes) - sizes
            states = z[order]
            totals = np.repeat(np.add.reduceat(states, begins, axis=0), sizes, axis=0)
            others = ((totals - states) / (np.repeat(sizes, sizes) - 1)[:, None]).astype(np.float32)
            z[order] += others @ self._memory + self._recall_bias
        z += self._weights.dense["style"]
