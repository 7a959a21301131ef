"""The lake under load: writers at once beside a reader, and a re-run over files that are loaded already.

    python -m benchmarks.load writers [--writers 4] [--batches 50] [--same] [--catalog sqlite|postgres:...]
    python -m benchmarks.load rerun [--files 100000]

`writers` forks processes that load batches of made rows, each its own or, with `--same`, all the same ones, while a
reader looks at whole snapshots: every file's rows are there together, none doubled, never fewer than before. `rerun`
plans a run over many small files twice: the first time each is opened and hashed, the second time none may be opened.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from benchmarks.faults import BATCH, SETTLED, Place, in_child, items, place
from etl.ingest.plan import list_files, make_plan
from etl.lake.connect import embedded, on_postgres
from etl.settings import Settings
from tests.lake import sound


def writers(where: Place, count: int, batches: int, *, same: bool) -> int:
    """Load at once; print what came of it; 0 if nothing is lost, doubled or torn."""
    in_child(lambda: where.open().close())
    began = time.monotonic()

    def load(writer: int) -> None:
        with where.open() as lake:
            for number in range(batches):
                own = number if same else writer * batches + number
                sound.load(lake, items(own), f"{writer}-{own}")

    wanted = batches * BATCH * (1 if same else count)
    children = [_fork(lambda w=writer: load(w)) for writer in range(count)]  # type: ignore[misc]
    reader = _fork(lambda: _watch(where, wanted))
    codes = _wait(children)
    seconds = time.monotonic() - began
    (watched,) = _wait([reader])
    print(
        f"{count} writers, {batches} batches each, {'the same' if same else 'their own'}: exit codes {codes}, "
        f"{wanted} files wanted, {seconds:.1f} s, reader {'saw whole snapshots only' if watched == 0 else 'FAILED'}"
    )
    return int(any(codes) or watched != 0)


def _fork(work: Callable[[], object]) -> int:
    """Start `work` in a child process; give its id."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)


def _wait(children: list[int]) -> list[int]:
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _watch(where: Place, wanted: int) -> None:
    """Read whole snapshots until all files are there; an assertion fails on the first that is not sound."""
    seen, reads = 0, 0
    with where.open() as lake:
        while seen < wanted:
            lake.con.execute("BEGIN")
            counts = {
                lake.con.execute(f"SELECT count(*), count(DISTINCT raw_sha256) FROM lake.{table}").fetchall()[0]
                for table in SETTLED
            }
            lake.con.execute("ROLLBACK")
            assert len(counts) == 1, f"torn: {counts}"
            ((rows, files),) = counts
            assert rows == files >= seen, f"doubled or backwards: {counts} after {seen}"
            assert files <= wanted, f"more files than were loaded: {files}"
            seen, reads = files, reads + 1
    print(f"reader: {reads} snapshots read, {seen} files at the end")


def rerun(files: int, folder: Path) -> int:
    """Plan twice over `files` small files; print both times and how many files the second opened."""
    for number in range(files):
        path = folder / f"feed-{number % 7}" / f"{number // 1000}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Council {number} passed its budget on Monday.\n" * 40, encoding="utf-8")
    settings = Settings(folder / "w")
    began = time.perf_counter()
    plan = make_plan(list_files([folder]), {}, {}, "rules", settings)
    first = time.perf_counter() - began
    known = {(f.location, f.size, f.modified_ns): f.sha256 for f in plan.files}
    loaded = dict.fromkeys(known.values(), "rules")
    began = time.perf_counter()
    make_plan(list_files([folder]), known, loaded, "rules", settings)
    second = time.perf_counter() - began
    opened: list[object] = []  # counted in a pass of its own, since counting costs
    sys.addaudithook(lambda event, values: opened.append(values[0]) if event == "open" else None)
    again = make_plan(list_files([folder]), known, loaded, "rules", settings)
    count = sum(str(name).startswith(str(folder)) for name in opened)
    print(
        f"{files} files: listed and hashed in {first:.2f} s; again in {second:.2f} s (1/{first / second:.1f}), "
        f"{count} opened, {len(again.batches)} batches"
    )
    return int(bool(count or again.batches))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["writers", "rerun"])
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--batches", type=int, default=50)
    parser.add_argument("--same", action="store_true")
    parser.add_argument("--catalog", default="sqlite")
    parser.add_argument("--files", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.what == "rerun":
            return rerun(options.files, Path(folder))
        where = Path(folder) / "w"
        # The place of a Postgres catalog is made with a connection, and a process that has one must not be forked.
        made = _fork(lambda: place(options.catalog, where))
        assert _wait([made]) == [0]
        return writers(_place_again(options.catalog, where), options.writers, options.batches, same=options.same)


def _place_again(catalog: str, where: Path) -> Place:
    return Place(where, embedded(where) if catalog == "sqlite" else on_postgres(where, catalog))


if __name__ == "__main__":
    sys.exit(main())
