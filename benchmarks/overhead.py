"""What Prefect costs: the flow against `copydesk run` over the same files, in alternation.

    python -m benchmarks.overhead --files 1000 --rounds 3

Three ways into new warehouses: the command; the flow on a server that stands; `python -m flows`, which starts a
temporary server first. Prints seconds of wall and of CPU (of all processes, a standing server's share apart), the
medians, and their ratios to the command.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.desk import Desk, deliver, dispatch, running, wait_for

_TICKS = os.sysconf("SC_CLK_TCK")
_COMMAND = ["-c", "from etl.cli import main; main()", "run", "-q"]
_FLOW = ["-m", "flows"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copydesk-overhead-") as folder:
        raw, dice = Path(folder) / "files", random.Random(1)
        for number in range(told.files):
            deliver(raw, f"feed/{number:05}.txt", dispatch(number, dice))
        # No schedule of this desk comes due: its server stands idle.
        with running(Desk(Path(folder) / "desk", '[schedules]\nreport = "0 0 1 1 *"\n')) as desk:
            wait_for("the server", lambda: "serving deployments=" in desk.log.read_text(), 300)
            _compare(desk, raw, Path(folder), told.rounds)


def _compare(desk: Desk, raw: Path, folder: Path, rounds: int) -> None:
    ways = {
        "command": (_COMMAND, desk.environ),
        "flow": (_FLOW, desk.environ | {"PREFECT_API_URL": desk.api}),
        "flow_with_its_server": (_FLOW, desk.environ | {"PREFECT_HOME": str(folder / "home")}),
    }
    wall: dict[str, list[float]] = {way: [] for way in ways}
    cpu: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(rounds):
        for way, (arguments, environ) in ways.items():
            command = [sys.executable, *arguments, str(raw), "-w", str(folder / f"{way}-{number}")]
            before, began = _server_cpu(desk), time.monotonic()
            spent = _run(command, environ)
            wall[way].append(time.monotonic() - began)
            cpu[way].append(spent)
            print(f"{way:<22} wall {wall[way][-1]:7.1f} s  cpu {spent:7.1f} s  standing server "
                  f"{_server_cpu(desk) - before:5.1f} s", flush=True)  # fmt: skip
    for way in ways:
        ratio = [statistics.median(found[way]) / statistics.median(found["command"]) for found in (wall, cpu)]
        print(f"{way:<22} median wall {statistics.median(wall[way]):.1f} s ({ratio[0]:.2f}x), "
              f"cpu {statistics.median(cpu[way]):.1f} s ({ratio[1]:.2f}x)")  # fmt: skip


def _run(command: list[str], environ: dict[str, str]) -> float:
    """CPU seconds of the command and of all that it waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _server_cpu(desk: Desk) -> float:
    fields = (Path("/proc") / str(desk.pid_of("server")) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


if __name__ == "__main__":
    main()
