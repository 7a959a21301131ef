"""A run over files that are loaded already: how long, beside listing and hashing them the first time.

    python -m benchmarks.rerun [--files 100000] [--bytes 4000] [--catalog sqlite|postgres]

Makes that many small files in folders of a thousand, plans a run over them (each is opened and hashed), has the lake
hold them, and plans again. The second plan may open none: an audit hook counts. Also the whole second run, from begin
to finish with linking and publishing, is timed. Page cache is warm both times: a cold disk makes the first slower, not
the second.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from benchmarks.catalogs import on_catalog
from etl import schema
from etl.ingest.fingerprint import fingerprint
from etl.ingest.listing import list_files
from etl.ingest.plan import Plan, make_plan
from etl.ingest.run import begin, finish, first_tally
from etl.lake import commit_batch, open_lake, publish, resolve_lake
from etl.settings import Settings

NOW = datetime(2026, 5, 1, tzinfo=UTC)

T = TypeVar("T")


def timed(what: str, work: Callable[[], T]) -> tuple[T, float]:
    """Do it, print what it took; give its result and its CPU seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{what:<58} {cpu:7.2f} s CPU {wall:7.2f} s wall", flush=True)
    return result, cpu


def make_files(folder: Path, count: int, size: int) -> None:
    """Write `count` files of about `size` bytes."""
    for number in range(count):
        path = folder / f"feed-{number % 7}" / f"{number // 7000}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Council {number} passed its budget on Monday.\n" * (size // 44 + 1), encoding="utf-8")


def hold(warehouse: Path, plan: Plan, mark: str) -> None:
    """Have the lake hold all files of a plan, one story each, without reading them."""
    files = [file for batch in plan.batches for file in batch.files]
    with open_lake(warehouse) as lake:
        for start in range(0, len(files), 20_000):
            some = files[start : start + 20_000]
            shas, paths = [f.sha256 for f in some], [f.path for f in some]
            places: dict[str, Sequence[object]] = {
                "location": [f.location for f in some],
                "file_bytes": [f.size for f in some],
                "modified_ns": [f.modified_ns for f in some],
            }
            marks = [mark] * len(some)
            held = {
                "raw_files": table("raw_files", len(some), raw_sha256=shas, path=paths, fingerprint=marks),
                "deliveries": table("deliveries", len(some), raw_sha256=shas, path=paths, **places),
            }
            commit_batch(
                lake, held, batch_id=f"b{start}", run_id="r", files=[(sha, mark) for sha in shas], loaded_at=NOW
            )
        resolve_lake(lake, NOW)
        publish(lake, warehouse, NOW)


def table(name: str, count: int, **values: Sequence[object]) -> pa.Table:
    """Rows of a core table; columns that are not given hold something of the right kind."""
    arrays = []
    for column in schema.core(name).schema:
        if column.name in values:
            arrays.append(pa.array(values[column.name], column.type))
        elif pa.types.is_timestamp(column.type):
            arrays.append(pa.array([NOW] * count, column.type))
        elif column.nullable:
            arrays.append(pa.nulls(count, column.type))
        elif pa.types.is_list(column.type):
            arrays.append(pa.array([[]] * count, column.type))
        else:
            arrays.append(pa.array(["x" if pa.types.is_string(column.type) else 0] * count).cast(column.type))
    return pa.Table.from_arrays(arrays, schema=schema.core(name).schema)


def rerun(count: int, size: int, folder: Path) -> int:
    """Print the times, the ratio and how many files were opened; 0 if none was."""
    raw, settings, mark = folder / "raw", Settings(folder / "w"), fingerprint()
    make_files(raw, count, size)
    with open_lake(settings.warehouse) as lake:
        plan, first = timed(
            f"{count} files of {size} bytes listed and hashed",
            lambda: make_plan(list_files([raw]), lake, mark, settings),
        )
    hold(settings.warehouse, plan, mark)
    with open_lake(settings.warehouse) as lake:
        listing, _ = timed("listed again", lambda: list_files([raw]))
        timed("compared with what the lake remembers", lambda: make_plan(listing, lake, mark, settings))
        _, second = timed("both", lambda: make_plan(list_files([raw]), lake, mark, settings))
        opened: list[str] = []
        sys.addaudithook(lambda event, values: opened.append(str(values[0])) if event == "open" else None)
        again = make_plan(list_files([raw]), lake, mark, settings)
        count_opened = sum(name.startswith(str(raw)) for name in opened)
    _whole(raw, settings)
    print(
        f"again takes 1/{first / second:.1f} of the CPU time; {count_opened} files opened, {len(again.batches)} batches"
    )
    return int(bool(count_opened or again.batches or again.known))


def _whole(raw: Path, settings: Settings) -> None:
    run, _ = timed(
        "begin: open the lake, list, compare", lambda: begin(list_files([raw]), settings, command="run", now=NOW)
    )
    timed("finish: link, publish (nothing to do)", lambda: finish(run, first_tally(run), now=NOW))


def main() -> int:
    """Run it in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=4_000)
    parser.add_argument("--catalog", choices=["sqlite", "postgres"], default="sqlite")
    options = parser.parse_args()
    with on_catalog(options.catalog), tempfile.TemporaryDirectory() as folder:
        return rerun(options.files, options.bytes, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
