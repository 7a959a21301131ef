"""Train the names tagger.

    python -m training.train DATA GLOVE OUT [--without gmb] [--cleaner STATE] [--teacher STATE] [--steps N] [--seed N]

DATA is the folder of corpora, GLOVE the `data` folder of the GloVe package, OUT a file for the trained state (input of
`training.export`, and cleaner or teacher of later runs, see `training.teachers`). Five to ten minutes on one core. The
same seed on the same machine gives the same weights.
"""

from __future__ import annotations

import argparse
import copy
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from etl.language.tagger.forms import Lexicon
from training.batches import FormTable
from training.corpora import O_OR_MISC, TAGS, UNKNOWN, Corpus, load_corpora, read_lists
from training.furniture import Furniture
from training.lexicon import build_lexicon
from training.network import Batch, Network
from training.samples import Sample, Sampler, Shares, encode
from training.teachers import SOFT, clean, load_network, soften

HERE = Path(__file__).parent
COPIES = {"docred": 2, "crossner": 2, "pud": 4}
TOKENS_A_STEP = 3000
HELD_OUT = 30  # every thirtieth story measures and calibrates, and is never trained on


def batches(sampler: Sampler, table: FormTable) -> Iterator[Batch]:
    """Batches of about `TOKENS_A_STEP` tokens, without end."""
    samples: list[Sample] = []
    for sample in sampler:
        samples.append(sample)
        if sum(len(s.forms) for s in samples) >= TOKENS_A_STEP:
            yield table.batch(samples)
            samples = []


def loss_of(scores: torch.Tensor, tags: torch.Tensor, targets: torch.Tensor | None = None) -> torch.Tensor:
    """Mean cross entropy. "O or MISC" counts the sum of its tags, unknown tags nothing, soft tags their targets."""
    log_p = scores.log_softmax(1)
    plain = (tags >= 0) & (tags < O_OR_MISC)
    either = tags == O_OR_MISC
    allowed = [0, *(i for i, tag in enumerate(TAGS) if tag.endswith("MISC"))]
    total = -log_p[plain].gather(1, tags[plain][:, None]).sum() - log_p[either][:, allowed].logsumexp(1).sum()
    soft = tags >= SOFT
    if targets is not None:
        total = total - (targets[tags[soft] - SOFT] * log_p[soft]).sum()
    return total / (tags != UNKNOWN).sum()


def split(corpora: list[Corpus]) -> tuple[list[Corpus], list[Corpus]]:
    """Part the stories to train on from those held out."""
    train = [Corpus(c.name, [s for i, s in enumerate(c.stories) if i % HELD_OUT]) for c in corpora]
    return train, [Corpus(c.name, c.stories[::HELD_OUT]) for c in corpora]


def learning_rate(step: int, steps: int, top: float) -> float:
    """A short rise, then a straight fall to a fiftieth."""
    return top * min(1.0, (step + 1) / 100) * max(0.02, 1 - step / steps)


def train(
    sampler: Sampler,
    table: FormTable,
    network: Network,
    steps: int,
    targets: torch.Tensor | None = None,
    top: float = 2e-3,
) -> Network:
    """Train; return the moving average of the network's weights, which does better than the last ones."""
    average = copy.deepcopy(network).eval()
    optimiser = torch.optim.Adam(network.parameters(), betas=(0.9, 0.99))
    started, running = time.process_time(), 0.0
    for step, batch in zip(range(steps), batches(sampler, table), strict=False):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, steps, top)
        loss = loss_of(network(batch), batch.tags, targets)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        keep = min(0.998, (step + 1) / (step + 10))
        with torch.no_grad():
            for mean, now in zip(average.parameters(), network.parameters(), strict=True):
                mean.lerp_(now, 1 - keep)
        running += loss.item()
        if step % 200 == 199:
            print(f"{step + 1}/{steps} loss {running / 200:.4f} cpu {time.process_time() - started:.0f} s", flush=True)
            running = 0.0
    return average


def score(network: Network, table: FormTable, corpora: list[Corpus], style: int | None = None) -> dict[str, float]:
    """Token accuracy on marked and capitalised words of held-out stories: a quick look, not a figure to report."""
    out = {}
    for number, corpus in enumerate(corpora):
        right = seen = 0
        for story in corpus.stories:
            batch = table.batch(
                [encode([s for s in story if s[0]], table.lexicon, number + 1 if style is None else style)]
            )
            with torch.no_grad():
                best = network(batch).argmax(1)
            counted = (batch.tags > 0) & (batch.tags < O_OR_MISC)
            right += int((best == batch.tags)[counted].sum())
            seen += int(counted.sum())
        out[corpus.name] = round(100 * right / max(seen, 1), 2)
    return out


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("glove", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--without", action="append", default=[], help="leave a corpus out: gmb, docred, crossner, pud")
    parser.add_argument("--cleaner", type=Path, help="a state trained without gmb")
    parser.add_argument("--teacher", type=Path, action="append", default=[], help="a trained state; may be repeated")
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    lists = read_lists(HERE / "lists.txt")
    corpora = load_corpora(args.data, lists)
    kept = [Corpus(c.name, [] if c.name in args.without else c.stories) for c in corpora]
    training, held_out = split(kept)
    lexicon, step, cities = build_lexicon(args.glove, training)
    table = FormTable(lexicon)
    vectors = torch.tensor(lexicon.vectors.astype(np.float32) * step)
    furniture = Furniture(training, cities, lists, rng)
    if args.cleaner:
        print(
            "masked, made MISC", clean(training[0], load_network(args.cleaner, vectors), FormTable(lexicon)), flush=True
        )
    teachers = [load_network(path, vectors) for path in args.teacher]
    targets = soften(training[0], teachers, FormTable(lexicon)) if teachers else None
    sampler = Sampler(training, COPIES, lexicon, furniture, Shares(), rng)
    network = Network(vectors, args.width)
    print("parameters", sum(p.numel() for p in network.parameters()), "stories", len(sampler.stories), flush=True)
    network = train(sampler, table, network, args.steps, targets)
    print("held out", score(network, table, held_out), "without style", score(network, table, held_out, 0))
    state = {
        "network": network.state_dict(),
        "lexicon": {f: getattr(lexicon, f) for f in Lexicon.__slots__},
        "step": step,
    }
    torch.save({**state, "seed": args.seed, "without": args.without, "width": args.width}, args.out)


if __name__ == "__main__":
    main()
