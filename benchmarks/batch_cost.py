"""What a batch of 200 articles costs, language aside, by the size of the lake that it comes into.

    python -m benchmarks.batch_cost [--corpus DIR] [--sizes 1000,100000]

For each size a lake is made as `benchmarks.growth` makes it (1,000 stories loaded and linked, the rest written as
stories that share nothing, without quotations and names) and published. A process of its own then commits, links and
publishes three batches; the least of their CPU seconds and the peak of its memory are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from benchmarks.growth import NOW, Texts, _load, _pad
from etl.lake import open_lake, publish, resolve_lake

BATCH = 200
_REAL = 1_000
_ROUNDS = 3


def build(texts: Texts, size: int, folder: Path) -> None:
    """A published lake of `size` stories."""
    with open_lake(folder) as lake:
        real = min(size, _REAL)
        _load(lake, [texts.make(n) for n in range(real)], 0)
        resolve_lake(lake, NOW)
        if size > real:
            _pad(lake, folder, real, size - real)
        publish(lake, folder, NOW, index=False)


def measure(corpus: Path, folder: Path) -> dict[str, float]:
    """CPU seconds by step of the cheapest batch, and the peak of this process's memory in MB."""
    texts, rounds = Texts(corpus), []
    with open_lake(folder) as lake:
        for number in range(_ROUNDS):
            first = 10_000_000 + number * BATCH
            batch = [texts.make(n) for n in range(first, first + BATCH)]
            marks = [time.process_time()]
            _load(lake, batch, first)
            marks.append(time.process_time())
            resolve_lake(lake, NOW)
            marks.append(time.process_time())
            publish(lake, folder, NOW)
            marks.append(time.process_time())
            rounds.append([after - before for before, after in pairwise(marks)])
    commit, link, published = min(rounds, key=sum)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"commit": commit, "link": link, "publish": published, "peak_mb": peak}


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="folder of the benchmark texts; by default $COPYDESK_EVAL/bench")
    parser.add_argument("--sizes", default="1000,100000", help="stories in the lake before, by commas")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    corpus = options.corpus or Path(os.environ.get("COPYDESK_EVAL", ".")) / "bench"
    if options.measure:
        print(json.dumps(measure(corpus, options.measure)))
        return
    if not corpus.is_dir():
        sys.exit("batch_cost: NOT MEASURED, no corpus named")
    least: dict[str, float] = {}
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            build(Texts(corpus), size, Path(folder))
            command = [sys.executable, "-m", "benchmarks.batch_cost", "--corpus", str(corpus), "--measure", folder]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        found["cpu"] = found["commit"] + found["link"] + found["publish"]
        least = least or found
        print(
            f"{BATCH} to {size:>9,}: {found['cpu']:.2f} s CPU ({found['cpu'] / least['cpu']:.2f} x the first size): "
            f"commit {found['commit']:.2f}, link {found['link']:.2f}, publish {found['publish']:.2f}; "
            f"peak {found['peak_mb']:,.0f} MB ({found['peak_mb'] / least['peak_mb']:.2f} x)",
            flush=True,
        )


if __name__ == "__main__":
    main()
