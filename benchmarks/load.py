"""The lake under load: writers at once, beside readers, publishers and upkeep.

    python -m benchmarks.load [--writers 4] [--batches 50] [--same] [--upkeep] [--catalog sqlite|postgres]

Processes load batches of made rows, each its own or, with `--same`, all the same ones, while a reader looks at whole
states: every file's rows are there together, none doubled, never fewer than before. With `--upkeep` two processes
link and publish all the while and one maintains as greedily as it may: it merges what is small, lets go of snapshots
that were aged before, and removes files that look like those of a dead writer. In the end the lake is linked and
published once more and `copydesk doctor` must be silent.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks.catalogs import fork, in_child, on_catalog, wait
from etl.lake import open_lake, publish, resolve_lake
from etl.lake.doctor import examine
from etl.lake.maintain import maintain
from tests.lake import rows, sound

BATCH = 12
AGED = 10
"""Batches, and stray files, that are old when the load begins."""
SETTLED = ("raw_files", "articles", "quotes", "mentions", "article_entities")


def items(number: int) -> list[rows.Item]:
    """The stories of batch `number`."""
    return rows.numbered(BATCH, start=BATCH * number)


def under_load(warehouse: Path, count: int, batches: int, *, same: bool, upkeep: bool) -> int:
    """Load at once; print what came of it; 0 if nothing is lost, doubled or torn."""
    in_child(lambda: _prepare(warehouse, aged=upkeep))
    wanted = BATCH * (batches * (1 if same else count) + (AGED if upkeep else 0))
    began = time.monotonic()
    done = warehouse / "done"
    writers = [fork(lambda w=writer: _load(warehouse, w, batches, same=same)) for writer in range(count)]  # type: ignore[misc]
    reader = fork(lambda: _watch(warehouse, wanted, done, published=upkeep))
    others = [fork(lambda: _publish(warehouse, done)) for _ in range(2)] if upkeep else []
    others += [fork(lambda: _maintain(warehouse, done))] if upkeep else []
    codes = wait(writers)
    seconds = time.monotonic() - began
    done.touch()
    watched, *beside = wait([reader, *others])
    found = in_child(lambda: _examined(warehouse)) if upkeep else ""
    print(
        f"{count} writers, {batches} batches each, {'the same' if same else 'their own'}: exit codes {codes}, "
        f"{wanted} files wanted, {seconds:.1f} s, reader {'saw whole states only' if watched == 0 else 'FAILED'}"
        + (f"; two publishers and upkeep beside: exit codes {beside}, doctor: {found or 'silent'}" if upkeep else "")
    )
    return int(any(codes) or watched != 0 or any(beside) or bool(found))


def _prepare(warehouse: Path, *, aged: bool) -> None:
    """Make the lake, and for upkeep snapshots and stray files of three days ago."""
    with open_lake(warehouse) as lake:
        if not aged:
            return
        for number in range(AGED):
            sound.load(lake, items(100_000 + number), f"aged-{number}")
        lake.con.execute(
            "UPDATE __ducklake_metadata_lake.ducklake_snapshot "
            "SET snapshot_time = (snapshot_time::TIMESTAMPTZ - INTERVAL 3 DAY)::VARCHAR::"
            + ("TIMESTAMPTZ" if os.environ.get("COPYDESK_CATALOG") else "VARCHAR")
        )
    for number in range(AGED):
        stray = warehouse / "lake" / "data" / "main" / "quotes" / f"ducklake-stray-{number}.parquet"
        stray.write_bytes(b"of a writer that died")
        os.utime(stray, (time.time() - 3 * 86_400,) * 2)


def _load(warehouse: Path, writer: int, batches: int, *, same: bool) -> None:
    with open_lake(warehouse) as lake:
        for number in range(batches):
            own = number if same else writer * batches + number
            sound.load(lake, items(own), f"{writer}-{own}")


def _watch(warehouse: Path, wanted: int, done: Path, *, published: bool) -> None:
    """Read whole states until the writers are done; an assertion fails on the first that is not sound."""
    seen, reads, last = 0, 0, False
    while not last:
        last = done.exists()
        found = _published_counts(warehouse) if published else _lake_counts(warehouse)
        assert len(set(found)) == 1, f"torn: {found}"
        stories, files = found[0]
        assert stories == files >= seen, f"doubled or backwards: {found} after {seen}"
        seen, reads = files, reads + 1
        time.sleep(0.05)
    assert published or seen == wanted, f"{seen} files at the end, {wanted} were loaded"
    print(f"reader: {reads} states read, {seen} files at the end")


def _lake_counts(warehouse: Path) -> list[tuple[int, int]]:
    with open_lake(warehouse, read_only=True) as lake:
        lake.con.execute("BEGIN")
        counts = "SELECT count(*), count(DISTINCT raw_sha256) FROM lake."
        return [lake.con.execute(counts + table).fetchall()[0] for table in SETTLED]


def _published_counts(warehouse: Path) -> list[tuple[int, int]]:
    """As an analyst reads: while upkeep merges, several statements on an embedded lake are no snapshot."""
    if not (warehouse / "copydesk.duckdb").exists():
        return [(0, 0)]
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        counts = "SELECT count(*), count(DISTINCT article_id) FROM "
        return [con.execute(counts + table).fetchall()[0] for table in ("articles", "quotes", "mentions")]


def _publish(warehouse: Path, done: Path) -> None:
    published = 0
    while not done.exists():
        with open_lake(warehouse) as lake:
            resolve_lake(lake, as_of=rows.NOW)
            publish(lake, warehouse, rows.NOW)
        published += 1
    print(f"publisher: published {published} times")


def _maintain(warehouse: Path, done: Path) -> None:
    merged, expired, orphans, times = 0, 0, 0, 0
    while not done.exists():
        with open_lake(warehouse) as lake:
            upkeep = maintain(lake, now=datetime.now(UTC), keep=timedelta(0))
        merged, expired, orphans = merged + upkeep.merged, expired + upkeep.expired, orphans + upkeep.orphans
        times += 1
    print(f"upkeep: {times} times, {merged} files merged, {expired} snapshots let go, {orphans} stray files removed")


def _examined(warehouse: Path) -> str:
    with open_lake(warehouse) as lake:
        resolve_lake(lake, as_of=rows.NOW)
        publish(lake, warehouse, rows.NOW)
        return "; ".join(f"{f.count} x {f.table}: {f.rule}" for f in examine(lake, warehouse, rows.NOW))


def main() -> int:
    """Load in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--batches", type=int, default=50)
    parser.add_argument("--same", action="store_true")
    parser.add_argument("--upkeep", action="store_true")
    parser.add_argument("--catalog", choices=["sqlite", "postgres"], default="sqlite")
    options = parser.parse_args()
    with on_catalog(options.catalog), tempfile.TemporaryDirectory() as folder:
        print(f"{options.catalog}:")
        warehouse = Path(folder) / "w"
        return under_load(warehouse, options.writers, options.batches, same=options.same, upkeep=options.upkeep)


if __name__ == "__main__":
    sys.exit(main())
