"""The whole command over a folder: stories a second, peak memory, a run that finds nothing new."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.speed import Figure
from benchmarks.speed.reading import reuters_files, reuters_stories

_COMMAND = [sys.executable, "-c", "from etl.cli import main; main()", "run"]


def _run(raw: Path, warehouse: Path, processes: int) -> float:
    began = time.monotonic()
    subprocess.run(
        [*_COMMAND, str(raw), "-w", str(warehouse), "--processes", str(processes), "-q"],
        check=False,
        capture_output=True,
    )
    return time.monotonic() - began


def whole_figures(corpus: Path) -> Iterator[Figure]:
    """Wall-clock figures of `copydesk run` on Reuters SGML, one process against two, and the no-op run."""
    count = len(reuters_stories(corpus))
    with tempfile.TemporaryDirectory() as place:
        raw = Path(place) / "raw"
        raw.mkdir()
        for number, data in enumerate(reuters_files(corpus)):
            (raw / f"{number}.sgm").write_bytes(data)
        one = _run(raw, Path(place) / "one", 1)
        two = _run(raw, Path(place) / "two", 2)
        again = _run(raw, Path(place) / "two", 2)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield Figure("whole run, 2 processes", "stories/s", count / two, "1 process", count / one)
    yield Figure("run with nothing new", "runs/s", 1 / again, "first run", 1 / two)
    yield Figure("peak memory of a process", "MB", peak, "2 GB", 2048)
