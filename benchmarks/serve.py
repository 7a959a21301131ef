"""A desk left alone: `copydesk serve` by the minute, files arriving at random, a run and the server killed.

    python -m benchmarks.serve --minutes 15

At the end every file that arrived must stand in the published tables once, the killed run must be marked Crashed,
and no two runs may have overlapped. Prints the figures as `name  value`; exit code 1 if one of these does not hold.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.desk import Desk, deliver, dispatch, running, wait_for

CONFIG = """
[schedules]
ingest = "1m"
report = "5m"
"""


def main() -> int:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--per-minute", type=float, default=40, help="files that arrive, on average")
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copydesk-serve-") as folder:
        desk = Desk(Path(folder), CONFIG, crash_after=90)
        with running(desk):
            return _watch(desk, told.minutes, told.per_minute, random.Random(told.seed))


def _watch(desk: Desk, minutes: float, per_minute: float, dice: random.Random) -> int:
    began, stop, arrived = time.monotonic(), threading.Event(), list[str]()
    wait_for("the deployments", lambda: "serving deployments=" in desk.log.read_text(), 300)
    print(f"start_seconds           {time.monotonic() - began:.1f}", flush=True)
    writer = threading.Thread(target=_arrive, args=(desk.raw, per_minute, dice, stop, arrived))
    writer.start()
    try:
        _pause(began, minutes / 3)
        killed = _kill_run(desk)
        crashed_after = _seconds_until_crashed(desk, killed)
        print(f"run_killed_crashed_s    {crashed_after:.1f}", flush=True)
        _pause(began, 2 * minutes / 3)
        print(f"server_back_seconds     {_kill_server(desk):.1f}", flush=True)
        _pause(began, minutes)
    finally:
        stop.set()
        writer.join()
    wait_for("the last files", lambda: len(_published(desk)) >= len(arrived) or None, 600)
    runs = desk.runs()
    ended = desk.interrupt()
    return _tell(desk, arrived, runs, killed, ended)


def _pause(began: float, minutes: float) -> None:
    time.sleep(max(0.0, began + 60 * minutes - time.monotonic()))


def _arrive(raw: Path, per_minute: float, dice: random.Random, stop: threading.Event, arrived: list[str]) -> None:
    """Files into three feeds at random moments, written beside and renamed, some in bursts."""
    while not stop.wait(dice.expovariate(per_minute / 60 / 3)):
        for _ in range(dice.choice((1, 1, 1, 2, 10))):
            name = f"feed-{dice.randrange(3)}/{len(arrived):05}.txt"
            deliver(raw, name, dispatch(len(arrived), dice))
            arrived.append(name)


def _kill_run(desk: Desk) -> dict[str, Any]:
    """kill -9 of an ingest run, with its workers, once it has planned batches."""

    def reading() -> dict[str, Any] | None:
        for run in desk.runs():
            lines = desk.post("/logs/filter", {"logs": {"flow_run_id": {"any_": [run["id"]]}}})
            planned = any(line["message"].endswith(("batches=1", "batches=2")) for line in lines)
            if run["state_type"] == "RUNNING" and planned:
                return run
        return None

    run = wait_for("a run with something to read", reading, 300)
    for pid in desk.processes(run["id"]):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return run


def _seconds_until_crashed(desk: Desk, run: dict[str, Any]) -> float:
    began = time.monotonic()
    wait_for("Crashed", lambda: any(r["id"] == run["id"] and r["state_type"] == "CRASHED" for r in desk.runs()), 300)
    return time.monotonic() - began


def _kill_server(desk: Desk) -> float:
    began, pid = time.monotonic(), desk.pid_of("server")
    os.kill(pid, signal.SIGKILL)
    wait_for("the server", lambda: desk.pid_of("server") != pid and desk.runs() is not None, 300)
    return time.monotonic() - began


def _published(desk: Desk) -> list[str]:
    try:
        with duckdb.connect(str(desk.warehouse / "copydesk.duckdb"), read_only=True) as con:
            return [path for (path,) in con.execute("SELECT path FROM articles ORDER BY path").fetchall()]
    except duckdb.IOException:
        return []


def _tell(desk: Desk, arrived: list[str], runs: list[dict[str, Any]], killed: dict[str, Any], ended: int) -> int:
    published = _published(desk)
    spans = sorted(
        (datetime.fromisoformat(run["start_time"]), datetime.fromisoformat(run["end_time"]))
        for run in runs
        if run["end_time"] and run["total_run_time"]  # one that was cancelled before it began has none
    )
    overlaps = sum(after < end for (_, end), (after, _) in pairwise(spans))
    lates = [
        run["estimated_start_time_delta"] for run in runs if run["start_time"] and run["state_type"] == "COMPLETED"
    ]
    left = desk.processes()
    missing, doubled = len(set(arrived) - set(published)), len(published) - len(set(published))
    figures = {
        "files_arrived": len(arrived),
        "files_published": len(set(published)),
        "missing": missing,
        "doubled": doubled,
        "runs": dict(Counter(run["state_name"] for run in runs)),
        "runs_that_overlapped": overlaps,
        "late_seconds_median": f"{statistics.median(lates):.1f}",
        "late_seconds_most": f"{max(lates):.1f}",
        "killed_run": next(run["state_name"] for run in runs if run["id"] == killed["id"]),
        "exit_code_of_ctrl_c": ended,
        "processes_left": len(left),
    }
    for name, value in figures.items():
        print(f"{name:<23} {value}")
    return 1 if missing or doubled or overlaps or left or ended else 0


if __name__ == "__main__":
    sys.exit(main())
