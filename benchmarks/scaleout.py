"""What grows with registered batches: the catalog, the time of a commit, of opening the lake and of upkeep.

    python -m benchmarks.scaleout [--commits 60] [--batches 10]

Batches are made rows in staged Parquet, as workers leave it; no language is read. The catalog is a PostgreSQL database
of its own. Times are wall clock of one process: compare them with one another, not with another machine's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.catalogs import on_catalog
from etl import schema
from etl.lake import Lake, open_lake
from etl.lake.check import conform
from etl.lake.connect import connect_duckdb
from etl.lake.maintain import maintain
from etl.lake.register import StagedBatch, register_batches
from tests.lake import rows, sound

BATCH = 12
"""Stories of a batch."""


def items(number: int) -> list[rows.Item]:
    """The stories of batch `number`."""
    return rows.numbered(BATCH, start=BATCH * number)


def staged(folder: Path, number: int) -> StagedBatch:
    """Batch `number` as a worker leaves it."""
    found = rows.stamped(sound.batch(items(number)))
    found.pop("deliveries")
    home = folder / "stage" / "run-1" / f"batch-{number}"
    home.mkdir(parents=True)
    paths = {}
    for name, table in found.items():
        if table.num_rows:
            paths[name] = str(home / f"{name}.parquet")
            pq.write_table(conform(schema.core(name), table), paths[name])
    return StagedBatch(f"batch-{number}", tuple(item.sha for item in items(number)), paths)


def commit(lake: Lake, batches: list[StagedBatch]) -> float:
    """Seconds of one commit."""
    nowhere = schema.core("deliveries").schema.empty_table().drop_columns(["run_id", "seen_at"])
    began = time.perf_counter()
    register_batches(lake, batches, nowhere, run_id="run-1", fingerprint=rows.FINGERPRINT, seen_at=rows.NOW)
    return time.perf_counter() - began


def catalog_bytes() -> int:
    target = os.environ["COPYDESK_CATALOG"].removeprefix("postgres:")
    con = connect_duckdb(("postgres_scanner",))
    con.execute(f"ATTACH '{target}' AS pg (TYPE postgres, READ_ONLY)")
    found = con.execute("FROM postgres_query('pg', 'SELECT pg_database_size(current_database())')").fetchall()
    con.close()
    return int(found[0][0])


def opened(warehouse: Path) -> float:
    """Seconds to open the lake and count its articles."""
    began = time.perf_counter()
    with open_lake(warehouse) as lake:
        lake.con.execute("SELECT count(*), max(published_at) FROM lake.articles").fetchall()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commits", type=int, default=60)
    parser.add_argument("--batches", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, on_catalog("postgres"):
        where = Path(name) / "w"
        open_lake(where).close()
        before, at_first = catalog_bytes(), opened(where)
        times = []
        with open_lake(where) as lake:
            for number in range(options.commits):
                first = number * options.batches
                times.append(commit(lake, [staged(where, first + n) for n in range(options.batches)]))
        count = options.commits * options.batches
        third = max(1, options.commits // 3)
        early, late = statistics.median(times[:third]), statistics.median(times[-third:])
        grown = catalog_bytes() - before
        print(f"{count} batches of {BATCH} stories in {options.commits} commits")
        print(f"commit: median {early:.2f} s of the first third, {late:.2f} s of the last, {late / early:.2f} x")
        print(f"catalog: {grown / count / 1024:.1f} KiB a batch, {grown / 1024 / 1024:.1f} MiB")
        print(f"open and count: {at_first:.2f} s empty, {opened(where):.2f} s now")
        began = time.perf_counter()
        with open_lake(where) as lake:
            done = maintain(lake, now=datetime.now(UTC) + timedelta(days=2), keep=timedelta(0))
        print(f"maintain: {time.perf_counter() - began:.1f} s, {done.merged} files into {done.made}")
        print(f"open and count after: {opened(where):.2f} s")


if __name__ == "__main__":
    main()
