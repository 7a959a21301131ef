"""Loading a batch: all of its tables in one commit, once, whoever else is loading."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from etl import schema
from etl.lake import ddl
from etl.lake.check import SchemaMismatchError, check_files, conform
from etl.lake.connect import Lake
from etl.lake.transaction import transaction

BATCH_TABLES: tuple[str, ...] = (
    "raw_files",
    "deliveries",
    "articles",
    "quotes",
    "mentions",
    "article_entities",
    "rejects",
    "warnings",
)
"""The tables that a batch may hold; the others belong to runs and to the resolve stage."""

Rows: TypeAlias = "pa.Table | Sequence[str]"
"""Rows of one table: an Arrow table, or Parquet files (paths or s3://) that a worker wrote with the table's schema."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of a batch: the files it loaded and those that were there already, by SHA-256."""

    loaded: tuple[str, ...]
    already: tuple[str, ...]


def commit_batch(
    lake: Lake,
    batch: Mapping[str, Rows],
    *,
    batch_id: str,
    run_id: str,
    files: Iterable[tuple[str, str]],
    loaded_at: datetime,
    force: Collection[str] = (),
) -> Committed:
    """Load the rows of a batch of files, or none of them.

    `files` are the (SHA-256, pipeline fingerprint) of every file of the batch. A file that is in the lake
    with that fingerprint is left alone; one with another fingerprint has its rows replaced. Columns
    `run_id`, `batch_id`, `loaded_at` and `seen_at` are filled in where an Arrow table lacks them.

    Args:
        lake: open for writing.
        batch: rows by table name. Rows of staged Parquet that are of no file in `files` are left out.
        batch_id: names the batch in the commit message.
        run_id: names the run there.
        files: every file of the batch.
        loaded_at: the run's own time for it.
        force: SHA-256 of files to replace even if they are there with this very fingerprint.

    Raises:
        SchemaMismatchError: the rows do not fit `etl.schema`; nothing has been written.
        LakeError: other writers were faster every time; nothing has been written.
        duckdb.Error: the lake could not be written.
    """
    stamps = {"run_id": run_id, "batch_id": batch_id, "loaded_at": loaded_at, "seen_at": loaded_at}
    checked = _check(batch, stamps)
    wanted = dict(files)
    _check_files_named(checked, set(wanted))

    def work() -> tuple[Committed, bool]:
        present = files_present(lake, list(wanted))
        already = {sha for sha, mark in wanted.items() if present.get(sha) == mark and sha not in force}
        fresh = wanted.keys() - already
        if fresh:
            delete_files(lake, present.keys() - already)
            for name, rows in checked.items():
                if name != "deliveries":
                    _insert(lake, schema.core(name), rows, set(fresh))
        changed = upsert_deliveries(lake, checked.get("deliveries"))
        return Committed(tuple(sorted(fresh)), tuple(sorted(already))), bool(fresh) or changed

    extra = {"run_id": run_id, "batch_id": batch_id}
    return transaction(lake.con, work, message=f"load {batch_id}", extra=extra)


def record_deliveries(lake: Lake, deliveries: pa.Table, *, run_id: str, seen_at: datetime) -> None:
    """Remember where files that are loaded already were found (`deliveries` rows; `seen_at` of old ones stays)."""
    rows = checked_deliveries(deliveries, run_id=run_id, seen_at=seen_at)
    transaction(lake.con, lambda: (None, upsert_deliveries(lake, rows)), message="deliveries", extra={"run_id": run_id})


def checked_deliveries(deliveries: pa.Table, *, run_id: str, seen_at: datetime) -> pa.Table:
    """`deliveries` rows, stamped, as the table takes them; SchemaMismatchError if it does not."""
    return conform(schema.core("deliveries"), _stamp(deliveries, {"run_id": run_id, "seen_at": seen_at}))


def record_unreadable(lake: Lake, refused: pa.Table, *, looked_at: Sequence[str], run_id: str) -> None:
    """Write `rejects` rows of files that could not be opened, which have no hash to be keyed by.

    `looked_at` are the paths of every file of the run: an earlier row of one of them goes, so that a file which
    has become readable is no longer listed as refused.
    """
    table = schema.core("rejects")
    rows = conform(table, refused)

    def work() -> tuple[None, bool]:
        condition = "raw_sha256 IS NULL AND path IN (SELECT unnest(?::VARCHAR[]))"
        found = lake.con.execute(f"SELECT count(*) FROM lake.rejects WHERE {condition}", [list(looked_at)]).fetchall()
        if not rows.num_rows and not found[0][0]:
            return None, False
        lake.con.execute(f"DELETE FROM lake.rejects WHERE {condition}", [list(looked_at)])
        insert_rows(lake, table, rows)
        return None, True

    transaction(lake.con, work, message="unreadable files", extra={"run_id": run_id})


def _check(batch: Mapping[str, Rows], stamps: Mapping[str, object]) -> dict[str, Rows]:
    checked: dict[str, Rows] = {}
    for name, rows in batch.items():
        if name not in BATCH_TABLES:
            raise SchemaMismatchError(f"a batch has no table {name!r}; it may have {', '.join(BATCH_TABLES)}")
        table = schema.core(name)
        if isinstance(rows, pa.Table):
            checked[name] = conform(table, _stamp(rows, {k: v for k, v in stamps.items() if k in table.columns}))
        elif name == "deliveries":
            raise SchemaMismatchError("deliveries come as an Arrow table, since they are merged, not added")
        else:
            check_files(table, rows)
            checked[name] = tuple(rows)
    return checked


def _stamp(rows: pa.Table, stamps: Mapping[str, object]) -> pa.Table:
    for name, value in stamps.items():
        if name not in rows.schema.names:
            dtype = schema.COLUMNS[name][0]
            rows = rows.append_column(name, pa.repeat(pa.scalar(value, dtype), rows.num_rows))
    return rows


def _check_files_named(batch: Mapping[str, Rows], files: set[str]) -> None:
    """A row of a file that `files` does not name could never be replaced: refuse it."""
    for name, rows in batch.items():
        if isinstance(rows, pa.Table):
            stray = set(pc.unique(rows.column("raw_sha256")).to_pylist()) - files
            if stray:
                raise SchemaMismatchError(f"{name} has rows of files that the batch does not name: {sorted(stray)[:3]}")
    rows = batch.get("raw_files")
    if isinstance(rows, pa.Table) and set(rows.column("raw_sha256").to_pylist()) != files:
        raise SchemaMismatchError(f"raw_files must have one row for each of the {len(files)} files of the batch")


def files_present(lake: Lake, shas: list[str]) -> dict[str, str]:
    """Those of the files that the lake holds, with their fingerprints."""
    rows = lake.con.execute(
        "SELECT raw_sha256, fingerprint FROM lake.raw_files WHERE raw_sha256 IN (SELECT unnest(?::VARCHAR[]))", [shas]
    )
    return dict(rows.fetchall())


def delete_files(lake: Lake, shas: Iterable[str]) -> None:
    """Delete all rows of files, inside the caller's transaction; where they were found stays."""
    wanted = sorted(shas)
    if wanted:
        for name in BATCH_TABLES:
            if name != "deliveries":
                condition = "raw_sha256 IN (SELECT unnest(?::VARCHAR[]))"
                lake.con.execute(f"DELETE FROM lake.{name} WHERE {condition}", [wanted])


def _insert(lake: Lake, table: schema.Table, rows: Rows, fresh: set[str]) -> None:
    """Add the rows of the files in `fresh` to a table."""
    wanted = sorted(fresh)
    if isinstance(rows, pa.Table):
        rows = rows.filter(pc.is_in(rows.column("raw_sha256"), pa.array(wanted, pa.string())))
        if rows.num_rows:
            insert_rows(lake, table, rows)
    elif rows:
        columns = ddl.column_list(table)
        lake.con.execute(
            f"""INSERT INTO lake.{table.name} ({columns})
                SELECT {columns} FROM read_parquet(?::VARCHAR[], hive_partitioning = false)
                WHERE raw_sha256 IN (SELECT unnest(?::VARCHAR[]))""",
            [list(rows), wanted],
        )


def insert_rows(lake: Lake, table: schema.Table, rows: pa.Table) -> None:
    """Append Arrow rows to a core table, inside the caller's transaction."""
    lake.con.register("incoming", rows)
    try:
        columns = ddl.column_list(table)
        lake.con.execute(f"INSERT INTO lake.{table.name} ({columns}) SELECT {columns} FROM incoming")
    finally:
        lake.con.unregister("incoming")


def upsert_deliveries(lake: Lake, rows: Rows | None) -> bool:
    """Merge `deliveries` rows by place and content, inside the caller's transaction.

    Returns whether anything was written.
    """
    if not isinstance(rows, pa.Table) or not rows.num_rows:
        return False
    lake.con.register("found", rows)
    try:
        merged = lake.con.execute(
            """SELECT f.* REPLACE (least(f.seen_at, coalesce(old.seen_at, f.seen_at)) AS seen_at)
               FROM found f LEFT JOIN lake.deliveries old USING (location, raw_sha256)
               WHERE old.location IS NULL OR old.modified_ns <> f.modified_ns OR old.file_bytes <> f.file_bytes"""
        ).to_arrow_table()
    finally:
        lake.con.unregister("found")
    if not merged.num_rows:
        return False
    lake.con.register("merged", merged)
    try:
        lake.con.execute(
            "DELETE FROM lake.deliveries WHERE (location, raw_sha256) IN (SELECT (location, raw_sha256) FROM merged)"
        )
    finally:
        lake.con.unregister("merged")
    insert_rows(lake, schema.core("deliveries"), merged)
    return True
