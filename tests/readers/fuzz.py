"""Fuzzing by hand: many mutated files of each format through its reader and through recognition.

    PYTHONPATH=src:.:tests/readers python tests/readers/fuzz.py 6000 [FORMAT ...]

Stops at the first exception; prints how many inputs were tried and the slowest of them.
"""

import importlib
import sys
import time
from types import ModuleType

from cases import check_whole, delivery, inputs, mutations
from hypothesis import HealthCheck, Phase, given, settings

from etl.readers import read

FORMATS = ("anpa", "iptc7901", "reuters_sgml", "rss", "jsonlines", "eml", "html", "warc")
SEEDS = ("STORY", "ITEM", "ELEMENT", "PLAIN", "MULTI", "INFO")


def fuzz(format_name: str, count: int) -> tuple[int, float]:
    """Try so many inputs; how many were tried, and the processor seconds of the slowest."""
    reader = importlib.import_module(f"etl.readers.{format_name}")
    tests: ModuleType = importlib.import_module(f"test_{format_name}")
    seeds = inputs(format_name) + [seed for name in SEEDS if isinstance(seed := getattr(tests, name, None), bytes)]
    tried, slowest = 0, 0.0

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(mutations(seeds, tests.TOKENS))
    def try_one(data: bytes) -> None:
        nonlocal tried, slowest
        start = time.process_time()
        check_whole(data, list(reader.read(delivery(data))))
        list(read(delivery(data)).items)
        tried, slowest = tried + 1, max(slowest, time.process_time() - start)

    try_one()
    return tried, slowest


def main() -> None:
    count, *formats = sys.argv[1:] or ["1000"]
    for format_name in formats or FORMATS:
        tried, slowest = fuzz(format_name, int(count))
        sys.stdout.write(f"{format_name}: {tried} inputs, slowest {slowest:.3f} s\n")


if __name__ == "__main__":
    main()
