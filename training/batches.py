"""From samples to batches: the forms of a batch, each described once."""

from __future__ import annotations

import numpy as np
import torch

from etl.language.tagger.forms import Features, Lexicon, features
from training.network import Batch
from training.samples import Sample


class FormTable:
    """Features of all forms met so far, each computed once."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Start empty."""
        self.lexicon = lexicon
        self.number: dict[str, int] = {}
        self.found: list[Features] = []

    def numbers(self, forms: list[str]) -> np.ndarray:
        for form in forms:
            if form not in self.number:
                self.number[form] = len(self.found)
                self.found.append(features(form, self.lexicon))
        return np.array([self.number[form] for form in forms])

    def batch(self, samples: list[Sample]) -> Batch:
        """Lay samples end to end."""
        number = self.numbers([form for s in samples for form in s.forms])
        unique, form = np.unique(number, return_inverse=True)
        found = [self.found[i] for i in unique]
        columns = np.array([(f.vector, f.word, *f.affixes, f.shape, f.place) for f in found])
        starts = np.cumsum([0] + [len(f.grams) for f in found])[:-1]
        memory = np.array([f.memory for f in found])[form]
        story = np.repeat(np.arange(len(samples)), [len(s.forms) for s in samples])
        key = np.where(memory > 0, (story.astype(np.int64) << 32) | memory, -1 - np.arange(len(form)))
        return Batch(
            form=torch.tensor(form),
            columns=torch.tensor(columns),
            grams=torch.tensor([g for f in found for g in f.grams]),
            gram_starts=torch.tensor(starts),
            copy=torch.tensor(np.unique(key, return_inverse=True)[1]),
            style=torch.tensor(np.repeat([s.style for s in samples], [len(s.forms) for s in samples])),
            tags=torch.tensor([tag for s in samples for tag in s.tags]),
        )
