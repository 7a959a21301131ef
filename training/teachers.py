"""What trained networks have to say of a corpus whose tags are only half checked by people.

`clean` masks tags, `soften` mixes them with what the teachers say.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from training.batches import FormTable
from training.corpora import O_OR_MISC, TAGS, UNKNOWN, Corpus
from training.network import Network
from training.samples import PAD, encode

SOFT = O_OR_MISC + 1
"""From this tag on, a tag is a row of soft targets, see `soften`."""
_MISC = [i for i, tag in enumerate(TAGS) if tag.endswith("MISC")]


def load_network(path: Path, vectors: torch.Tensor) -> Network:
    """The network of a trained state."""
    state = torch.load(path, weights_only=False)
    network = Network(vectors, state["width"])
    network.load_state_dict(state["network"])
    return network.eval()


def clean(corpus: Corpus, teacher: Network, table: FormTable) -> tuple[int, int]:
    """Mask the tags of `corpus` that a network trained without it is sure are wrong, in place.

    A word that the corpus leaves "O or MISC" becomes MISC where the network is sure of that.

    Returns:
        the numbers of masked tags and of words made MISC.
    """
    masked = filled = 0
    for story in corpus.stories:
        said = _say([teacher], story, table)
        row = PAD
        for words, tags in story:
            for i, tag in enumerate(tags):
                q = said[row + i]
                if tag != UNKNOWN and float(q[_allowed(tag)].sum()) < 0.03 and float(q.max()) > 0.8:
                    tags[i] = UNKNOWN
                    masked += 1
                elif tag == O_OR_MISC and float(q[_MISC].sum()) > 0.8:
                    tags[i] = int(q.argmax())
                    filled += 1
            row += len(words) + 1
    return masked, filled


def _allowed(tag: int) -> list[int]:
    """Tags that do not contradict a tag: a border that differs is no reason to mask."""
    if tag == O_OR_MISC:
        return [0, *_MISC]
    if tag == 0:
        return [0]
    return [tag, tag + 1] if tag % 2 else [tag - 1, tag]


def _say(teachers: list[Network], story: list[tuple[list[str], list[int]]], table: FormTable) -> np.ndarray:
    """Mean probabilities (N, 9) of the teachers over the forms of a story."""
    batch = table.batch([encode([s for s in story if s[0]], table.lexicon, 0)])
    with torch.no_grad():
        return torch.stack([teacher(batch).softmax(1) for teacher in teachers]).mean(0).numpy()


def soften(corpus: Corpus, teachers: list[Network], table: FormTable) -> torch.Tensor:
    """Replace the tags of `corpus`, in place, by mixtures of the corpus's word and the teachers'.

    A teacher was trained without the corpus, or with it but on other draws: where the corpus errs, as half-automatic
    tags do, the teachers mostly disagree with it. Tag `SOFT + i` then means row i of the returned targets (N, 9).
    """
    targets: list[np.ndarray] = []
    one = np.eye(len(TAGS), dtype=np.float32)
    misc = [0, *_MISC]
    for story in corpus.stories:
        said = _say(teachers, story, table)
        row = PAD
        for words, tags in story:
            for i, tag in enumerate(tags):
                q = said[row + i]
                if tag == O_OR_MISC:
                    own = np.zeros_like(q)
                    own[misc] = q[misc] / q[misc].sum()
                else:
                    own = q if tag == UNKNOWN else one[tag]
                tags[i] = SOFT + len(targets)
                targets.append(own + (q - own) * _trust(own, q))
            row += len(words) + 1
    return torch.tensor(np.array(targets))


def _trust(own: np.ndarray, said: np.ndarray) -> float:
    """Share of the teachers in a target: most, and nearly all where they are sure that the corpus is wrong."""
    return 0.75 if float(said[own.argmax()]) > 0.03 or float(said.max()) < 0.8 else 0.9
