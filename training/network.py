"""The network in PyTorch. `etl.language.tagger.network` computes the same in numpy."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from etl.language.tagger.forms import AFFIXES, GRAMS, SHAPES, WORDS
from training.corpora import TAGS

DILATIONS = (1, 2, 3, 1)
MEMORY_AT = 2  # the layer before which a word looks at its other copies in the story
SIZES = {"word": 32, "affix": 16, "shape": 24, "gram": 32, "place": 8, "vector": 50}
HIDDEN = 256


@dataclass(frozen=True, slots=True)
class Batch:
    """Stories end to end. `form` (N,) indexes the forms of the batch, which the other fields describe;
    `copy` (N,) numbers words by spelling and story; `style` (N,) is the corpus, 0 for none."""

    form: Tensor
    columns: Tensor
    grams: Tensor
    gram_starts: Tensor
    copy: Tensor
    style: Tensor
    tags: Tensor


class RootMeanSquareNorm(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-5) * self.weight + self.bias


class Network(nn.Module):
    """Word encoder, four residual convolutions, a memory of the story, tag scores."""

    def __init__(self, vectors: Tensor, width: int = 128, styles: int = 5) -> None:
        """`vectors` are the lexicon's, in real numbers; they are not trained."""
        super().__init__()
        self.vectors = vectors
        self.word = nn.Embedding(WORDS, SIZES["word"])
        self.affix = nn.Embedding(AFFIXES, SIZES["affix"])
        self.shape = nn.Embedding(SHAPES, SIZES["shape"])
        self.place = nn.Embedding(16, SIZES["place"])
        self.gram = nn.EmbeddingBag(GRAMS, SIZES["gram"], mode="mean")
        for table in (self.word, self.affix, self.shape, self.place, self.gram):
            nn.init.normal_(table.weight, 0, 0.3)
        pieces = (
            SIZES["word"] + 5 * SIZES["affix"] + SIZES["shape"] + SIZES["place"] + SIZES["gram"] + SIZES["vector"] + 1
        )
        self.mix1 = nn.Linear(pieces, HIDDEN)
        self.norm1 = RootMeanSquareNorm(HIDDEN)
        self.mix2 = nn.Linear(HIDDEN, width)
        self.layers = nn.ModuleList(nn.Conv1d(width, width, 3, padding=d, dilation=d) for d in DILATIONS)
        self.norms = nn.ModuleList(RootMeanSquareNorm(width) for _ in DILATIONS)
        self.memory = nn.Linear(width, width)
        self.style = nn.Embedding(styles, width)
        nn.init.zeros_(self.style.weight)
        self.out = nn.Linear(width, len(TAGS))

    def encode(self, batch: Batch) -> Tensor:
        """Vectors of the batch's forms. A form's dropout is one for all its copies, lest the memory leak it."""
        columns = batch.columns
        word, gram = self.word(columns[:, 1]), self.gram(batch.grams, batch.gram_starts)
        known = (columns[:, 0] > 0).float()[:, None]
        vector, place = self.vectors[columns[:, 0]], self.place(columns[:, 8])
        if self.training:
            n = len(columns)
            word = word * (torch.rand(n, 1) > 0.2)
            gram = gram * (torch.rand(n, 1) > 0.1)
            place = place * (torch.rand(n, 1) > 0.2)
            kept = (torch.rand(n, 1) > 0.1).float()
            vector, known = vector * kept, known * kept
        pieces = [
            word,
            *(self.affix(columns[:, i]) for i in range(2, 7)),
            self.shape(columns[:, 7]),
            place,
            gram,
            vector,
            known,
        ]
        x = functional.dropout(torch.cat(pieces, 1), 0.15, self.training)
        return self.mix2(functional.dropout(functional.relu(self.norm1(self.mix1(x))), 0.1, self.training))

    def forward(self, batch: Batch) -> Tensor:
        """Tag scores (N, 9)."""
        z = self.encode(batch)[batch.form]
        for i, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            if i == MEMORY_AT:
                z = z + self._recall(z, batch.copy) + (self.style(batch.style) * (batch.style > 0)[:, None])
            y = layer(functional.dropout(z, 0.1, self.training).T[None])[0].T
            z = z + functional.relu(norm(y))
        return self.out(functional.dropout(z, 0.1, self.training))

    def _recall(self, z: Tensor, copy: Tensor) -> Tensor:
        """What a word takes from the mean state of its other copies; nothing for single ones."""
        count = int(copy.max()) + 1
        total = torch.zeros(count, z.shape[1]).index_add(0, copy, z)
        copies = torch.zeros(count).index_add(0, copy, torch.ones(len(z)))[copy][:, None]
        others = (total[copy] - z) / (copies - 1).clamp(min=1)
        return self.memory(others) * (copies > 1)
