"""Quality floors: predict on the gold sets, score, compare with `benchmarks/floors.toml`.

    COPYDESK_EVAL=/path/to/gold python -m benchmarks.gates [--raise] [--only TEXT]

Exit status 1 when a figure is below its floor. `--raise` writes reached figures into the file where they are
higher; lowering a floor is done by hand and needs a `reason` on the gate.
Without COPYDESK_EVAL nothing is measured, and the command says so.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.predict import predict, predict_formats, predict_html, read_documents
from benchmarks.story import score as score_story

FLOORS = Path(__file__).parent / "floors.toml"


@dataclass(frozen=True, slots=True)
class Gate:
    """One figure that must hold: what to score, where the figure stands in the scorer's output.

    `where` ("genre=news,interview") keeps the gold documents whose key has one of these values; empty keeps all.
    """

    name: str
    task: str
    gold: str
    score: tuple[str, ...]
    measure: str
    floor: float
    at_most: bool = False
    reason: str = ""
    where: str = ""

    def holds(self, reached: float) -> bool:
        return reached <= self.floor if self.at_most else reached >= self.floor


def load_gates() -> list[Gate]:
    """The gates of the floors file, in order; an unknown key is an error."""
    found = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    return [Gate(**{**gate, "score": tuple(gate["score"])}) for gate in found["gate"]]


def pick(output: str, measure: str) -> float:
    """The figure `measure` of a scorer's output.

    `a.b.c` walks JSON; `B3 F1` finds in plain text the first line that opens with `B3` and takes the number after `F1`.
    """
    if output.lstrip().startswith("{"):
        value = json.loads(output)
        for key in measure.split("."):
            value = value[key]
        return float(value)
    line_start, key = measure.rsplit(" ", 1) if " " in measure else ("", measure)
    for line in output.splitlines():
        found = re.search(rf"{re.escape(key)}[:\s]+(-?[\d.]+)", line)
        if line.strip().startswith(line_start) and found:
            return float(found[1])
    raise ValueError(f"no {measure!r} in the scorer's output:\n{output[:2000]}")


class Scores:
    """Predictions and scorer outputs of one gate run: each gold file is predicted once, each scorer call made once."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._folder = folder
        self._predicted: dict[tuple[str, str, str], tuple[Path, Path]] = {}
        self._outputs: dict[tuple[str, ...], str] = {}

    def figure(self, gate: Gate) -> float:
        """The figure that a gate asks for."""
        if gate.task == "story":
            call: tuple[str, ...] = (gate.task, gate.gold)
            if call not in self._outputs:
                self._outputs[call] = json.dumps(score_story(self._root / gate.gold))
        else:
            gold, predictions = self._predictions(gate)
            call = tuple(part.format(gold=gold, pred=predictions) for part in gate.score)
            if call not in self._outputs:
                command = [sys.executable, str(self._root / call[0]), *call[1:]]
                self._outputs[call] = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return pick(self._outputs[call], gate.measure)

    def _predictions(self, gate: Gate) -> tuple[Path, Path]:
        key = (gate.task, gate.gold, gate.where)
        if key not in self._predicted:
            began = time.monotonic()
            gold = self._plain(self._root / gate.gold, len(self._predicted))
            if gate.where:
                gold = self._kept(gold, gate.where, len(self._predicted))
            made = self._folder / f"{len(self._predicted)}.predictions.jsonl"
            with made.open("w", encoding="utf-8") as out:
                out.writelines(json.dumps(p, ensure_ascii=False) + "\n" for p in self._predict(gate, gold))
            print(f"  predicted {gate.gold} in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            self._predicted[key] = gold, made
        return self._predicted[key]

    def _plain(self, gold: Path, number: int) -> Path:
        """The gold file unpacked: not every scorer reads gzip."""
        if gold.suffix != ".gz":
            return gold
        plain = self._folder / f"{number}.{gold.stem}"
        plain.write_bytes(gzip.decompress(gold.read_bytes()))
        return plain

    def _kept(self, gold: Path, where: str, number: int) -> Path:
        """The lines of a gold file whose key has one of the wanted values."""
        key, _, values = where.partition("=")
        lines = gold.read_text(encoding="utf-8").split("\n")
        kept = [line for line in lines if line.strip() and json.loads(line)[key] in values.split(",")]
        if not kept:
            raise ValueError(f"no line of {gold.name} has {where}")
        plain = self._folder / f"{number}.kept.jsonl"
        plain.write_text("\n".join(kept) + "\n", encoding="utf-8")
        return plain

    def _predict(self, gate: Gate, gold: Path) -> Iterator[dict[str, object]]:
        if gate.task == "formats":
            return predict_formats(gold)
        documents = list(read_documents(gold.read_text(encoding="utf-8").split("\n")))
        return predict_html(documents, gold.parent) if gate.task == "html" else predict(gate.task, documents)


def measure(gates: list[Gate], root: Path) -> Iterator[tuple[Gate, float]]:
    """Each gate with the figure reached."""
    with tempfile.TemporaryDirectory() as folder:
        scores = Scores(root, Path(folder))
        for gate in gates:
            yield gate, scores.figure(gate)


def step(reached: float, *, down: bool) -> float:
    """The figure to half a point, rounded to the lenient side: machines differ in the last digits of a model."""
    unit = 0.005 if reached <= 1 else 0.5
    return round((math.floor if down else math.ceil)(reached / unit + (1e-9 if down else -1e-9)) * unit, 4)


def raise_floors(reached: dict[str, float], ceilings: set[str]) -> None:
    """Write better figures into the floors file, keeping everything else of it."""
    lines = FLOORS.read_text(encoding="utf-8").splitlines(keepends=True)
    name, at_most = "", False
    for number, line in enumerate(lines):
        if found := re.match(r'name = "(.*)"', line):
            name = found[1]
            at_most = name in ceilings
        if line.startswith("floor = ") and name in reached:
            lines[number] = f"floor = {step(reached[name], down=not at_most):g}\n"
    FLOORS.write_text("".join(lines), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raise", dest="raise_", action="store_true", help="write reached figures that beat a floor")
    parser.add_argument("--only", default="", help="only gates whose name holds this text")
    options = parser.parse_args()
    root = os.environ.get("COPYDESK_EVAL")
    if not root:
        print("quality gates: NOT RUN. COPYDESK_EVAL does not name a folder of gold data.")
        return 0
    gates = [gate for gate in load_gates() if options.only in gate.name]
    better: dict[str, float] = {}
    failed = 0
    for gate, reached in measure(gates, Path(root).resolve()):
        ok = gate.holds(reached)
        failed += not ok
        if ok and step(reached, down=not gate.at_most) != gate.floor:
            better[gate.name] = reached
        bound = "at most" if gate.at_most else "at least"
        print(f"{'ok  ' if ok else 'FAIL'} {gate.name:<52} {reached:8.4g}  {bound} {gate.floor:g}", flush=True)
    if options.raise_ and better:
        raise_floors(better, {gate.name for gate in gates if gate.at_most})
        print(f"raised {len(better)} floors in {FLOORS.name}")
    print(f"quality gates: {len(gates) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
