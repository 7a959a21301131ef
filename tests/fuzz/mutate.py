"""Read mutations of every golden case and keep those that break something.

    python -m tests.fuzz.mutate [--seconds 300] [--seed 0] [--findings DIR]

Input number N of a seed is always the same bytes, so that a finding can be made again. Ends with status 1 if
anything was found.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.fuzz.checks import check
from tests.fuzz.mutators import mutate, prolong
from tests.readers.cases import GOLDEN

_LARGEST_SEED = 64 * 1024
_EACH_LONG = 47
"""Every so many inputs one is long; a prime, so that each golden case has its turn."""
_MEMORY = 1 << 30
"""Bytes of address space beyond what the process starts with; more than that raises MemoryError."""


def seeds() -> list[bytes]:
    """The delivered file of every golden case."""
    found = [path.read_bytes() for path in sorted(GOLDEN.glob("*/*/input.*"))]
    return [data for data in found if len(data) <= _LARGEST_SEED]


def make(seed: int, number: int, files: list[bytes]) -> bytes:
    """Input `number` of a seed: the files in turn, each changed by chance, now and then into a long one."""
    chance, data = random.Random(f"{seed}/{number}"), files[number % len(files)]
    if number % _EACH_LONG == 0:
        return prolong(chance, data, files)
    return mutate(chance, data, files)


def _bound_memory() -> None:
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + _MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


def run(seconds: float, seed: int, findings: Path) -> tuple[int, int, int]:
    """How many inputs were read, how many stories and rejects they gave, how many inputs broke something."""
    files, ends = seeds(), time.monotonic() + seconds
    number = items = 0
    seen: Counter[str] = Counter()
    while time.monotonic() < ends:
        data = make(seed, number, files)
        try:
            items += check(data)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} {Path(place.filename).name}:{place.lineno}"
            seen[where] += 1
            if seen[where] <= 3:
                findings.mkdir(parents=True, exist_ok=True)
                (findings / f"{seed}-{number}").write_bytes(data)
                print(f"input {number}: {where}: {str(error)[:200]}", flush=True)
        number += 1
    return number, items, seen.total()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--findings", type=Path, default=Path("build/fuzz"), help="folder for inputs that broke something"
    )
    options = parser.parse_args()
    _bound_memory()
    number, items, broken = run(options.seconds, options.seed, options.findings)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{number} inputs, {items} stories and rejects, {broken} inputs broke something, peak memory {peak} MB")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
