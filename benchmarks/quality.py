"""Carry the floors into the package: `python -m benchmarks.quality` writes src/etl/lake/data/quality.tsv.

A floor that nobody has raised yet says nothing and is left out. Run it after `python -m benchmarks.gates --raise`;
tests/lake/test_quality.py fails while the two differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import etl
from benchmarks.gates import Gate, load_gates

TARGET = Path(__file__).parent.parent / "src" / "etl" / "lake" / "data" / "quality.tsv"

_HEAD = """\
# Accuracy that this version is held to, on gold sets. Written by `python -m benchmarks.quality` from
# benchmarks/floors.toml; do not edit.
task\tset\tmeasure\tvalue\tversion\tdate
"""


def figures() -> Iterator[tuple[str, str, str, str]]:
    """Task, set, measure and value (0 to 1) of every gate whose floor has been raised."""
    for gate in load_gates():
        if gate.floor == (1.0 if gate.at_most else 0.0):
            continue
        gold, _, measure = gate.name.partition(": ")
        yield gate.task, gold, measure or gate.measure, f"{_share(gate):.4f}"


def _share(gate: Gate) -> float:
    # Some scorers print percentages.
    return gate.floor / 100 if gate.floor > 1 else gate.floor


def main() -> None:
    today = datetime.now(UTC).date().isoformat()
    lines = ["\t".join((*figure, etl.__version__, today)) + "\n" for figure in figures()]
    TARGET.write_text(_HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
