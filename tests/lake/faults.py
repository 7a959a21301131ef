"""Processes that race, or are killed at a chosen instant. Run by `test_faults.py` in an interpreter of its own.

It imports first and forks then, so that a child costs no start; nothing may open a lake before the fork.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from etl.lake import connect, durable, open_lake, publish, resolve_lake
from tests.lake import rows

BATCHES = [rows.numbered(3, start=3 * n) for n in range(5)]


class Bomb:
    """A connection or module that kills its own process at the n-th use, counted over all bombs.

    With a `delay` the process dies so many seconds after that use has begun, inside of it or soon after.
    """

    left = 0
    delay = 0.0

    def __init__(self, inner: Any, names: Sequence[str]) -> None:
        self._inner, self._names = inner, names

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._names:
            return found

        def used(*args: Any, **kwargs: Any) -> Any:
            Bomb.left -= 1
            if Bomb.left == 0 and Bomb.delay:
                signal.setitimer(signal.ITIMER_REAL, Bomb.delay)  # nobody handles the alarm: the system ends us
            elif Bomb.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return found(*args, **kwargs)

        return used


def fork(work: Callable[[], object]) -> int:
    """Start `work` in a child process; give its id."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def wait(children: Sequence[int]) -> list[int]:
    """Exit codes of children, negative for a signal."""
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def run(warehouse: Path, batches: Sequence[list[rows.Item]]) -> None:
    """What a run does to the lake: load, link, publish."""
    with open_lake(warehouse) as lake:
        for items in batches:
            rows.load(lake, items, batch_id=items[0].name)
        resolve_lake(lake, as_of=rows.NOW)
        publish(lake, warehouse, rows.NOW)


def armed_run(warehouse: Path, fuse: int, delay: float) -> None:
    """A run that is killed at its `fuse`-th statement or sync to disk, or `delay` seconds after it began."""
    Bomb.left, Bomb.delay = fuse, delay
    plain = connect.connect_duckdb
    connect.connect_duckdb = lambda *a, **k: Bomb(plain(*a, **k), ["execute"])  # type: ignore[assignment,return-value]
    durable.os = Bomb(os, ["fsync"])  # type: ignore[assignment]
    run(warehouse, BATCHES[:2])
    print(f"fuse {fuse} was longer than the run", file=sys.stderr)


def kill(empty: Path, folder: Path, fuses: Sequence[str]) -> None:
    """For each fuse ("28" or "28+0.004") a warehouse in `folder` where a run was killed, and was run again."""
    for fuse in fuses:
        warehouse = Path(shutil.copytree(empty, folder / fuse))
        use, _, delay = fuse.partition("+")
        (code,) = wait([fork(lambda w=warehouse, u=int(use), d=float(delay or 0): armed_run(w, u, d))])  # type: ignore[misc]
        assert code in (-signal.SIGKILL, -signal.SIGALRM), f"fuse {fuse}: expected a kill, got exit code {code}"
        assert wait([fork(lambda w=warehouse: run(w, BATCHES[:2]))]) == [0]  # type: ignore[misc]


def race(warehouse: Path) -> None:
    """Two processes load the same batches, in opposite orders, while a third reads and checks."""
    ready, start = os.pipe()

    def load(batches: Sequence[list[rows.Item]]) -> None:
        with open_lake(warehouse) as lake:
            os.read(ready, 1)
            for items in batches:
                rows.load(lake, items, batch_id=f"{os.getpid()}-{items[0].name}")

    writers = [fork(lambda: load(BATCHES)), fork(lambda: load(BATCHES[::-1]))]
    reader = fork(lambda: check_while(warehouse, writers))
    os.write(start, b"..")
    assert wait(writers) == [0, 0]
    assert wait([reader]) == [0]


def check_while(warehouse: Path, writers: Sequence[int]) -> None:
    """Read whole snapshots until all files are there: no torn batch, nothing doubled, never backwards."""
    del writers
    seen, reads = 0, 0
    wanted = sum(len(items) for items in BATCHES)
    with open_lake(warehouse, read_only=True) as lake:
        while seen < wanted:
            lake.con.execute("BEGIN")
            counts = [
                lake.con.execute(f"SELECT count(*), count(DISTINCT raw_sha256) FROM lake.{t}").fetchone()
                for t in ("raw_files", "articles", "quotes", "mentions")
            ]
            lake.con.execute("ROLLBACK")
            assert len(set(counts)) == 1, f"torn: {counts}"
            assert counts[0] is not None
            assert counts[0][0] == counts[0][1] >= seen, f"doubled or backwards: {counts} after {seen}"
            seen, reads = counts[0][0], reads + 1
    assert reads > 1


def first_opens(folder: Path) -> None:
    """Two first runs at once make one lake between them."""
    warehouse = folder / "warehouse"
    assert wait([fork(lambda: run(warehouse, BATCHES[:2])) for _ in range(2)]) == [0, 0]


if __name__ == "__main__":
    if sys.argv[1] == "kill":
        kill(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
    elif sys.argv[1] == "race":
        race(Path(sys.argv[2]))
    else:
        first_opens(Path(sys.argv[2]))
