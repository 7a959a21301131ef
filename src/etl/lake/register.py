"""Registering: what workers have staged becomes the lake's own where it lies, many batches in one commit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from etl import schema
from etl.lake import ddl
from etl.lake.check import check_files
from etl.lake.commit import Committed, checked_deliveries, delete_files, files_present, upsert_deliveries
from etl.lake.connect import Lake
from etl.lake.transaction import transaction

_READERS = 8
"""Files whose schema is looked at at once: in an object store each look is a wait."""


@dataclass(frozen=True, slots=True)
class StagedBatch:
    """A batch as a worker left it: the SHA-256 of its files, its staged Parquet by core table."""

    batch_id: str
    files: tuple[str, ...]
    staged: Mapping[str, str]


def register_batches(
    lake: Lake,
    batches: Sequence[StagedBatch],
    deliveries: pa.Table,
    *,
    run_id: str,
    fingerprint: str,
    seen_at: datetime,
    force: Collection[str] = (),
) -> Committed:
    """Load batches in one commit without copying a row, or none of them.

    A batch whose files are all in the lake with this fingerprint is left out, and its staged files stay
    unregistered. Of another, rows that the lake holds of its files already are replaced. Registered files
    belong to the lake, which merges and deletes them as it sees fit: leave them alone, and never remove what
    was staged because of what this returned, since a commit may have taken place before the one that is heard of.

    Args:
        lake: open for writing.
        batches: what was staged, every column filled in.
        deliveries: where the files of all batches were found.
        run_id: names the run in the commit.
        fingerprint: what all batches were made with.
        seen_at: the run's own time.
        force: SHA-256 of files to replace even if they are there with this very fingerprint.

    Raises:
        SchemaMismatchError: a file does not fit `etl.schema`; nothing has been written.
        LakeError: other writers were faster every time; nothing has been written.
        duckdb.Error, OSError: the lake or a staged file could not be reached.
    """
    _check(batches)
    rows = checked_deliveries(deliveries, run_id=run_id, seen_at=seen_at)
    every = [sha for batch in batches for sha in batch.files]

    def work() -> tuple[Committed, bool]:
        present = files_present(lake, every)
        already = {sha for sha in every if present.get(sha) == fingerprint and sha not in force}
        fresh = [batch for batch in batches if not already.issuperset(batch.files)]
        delete_files(lake, {sha for batch in fresh for sha in batch.files} & present.keys())
        for table in dict.fromkeys(name for batch in fresh for name in batch.staged):
            _add(lake, table, [batch.staged[table] for batch in fresh if table in batch.staged])
        changed = upsert_deliveries(lake, rows)
        loaded = tuple(sorted({sha for batch in fresh for sha in batch.files}))
        return Committed(loaded, tuple(sorted(already - set(loaded)))), bool(fresh) or changed

    names = [batch.batch_id for batch in batches]
    message = f"load {names[0]}" + (f" and {len(names) - 1} more" if len(names) > 1 else "")
    return transaction(lake.con, work, message=message, extra={"run_id": run_id, "batch_ids": " ".join(names)})


def _check(batches: Sequence[StagedBatch]) -> None:
    """DuckLake takes files with null where none may be, and fails when it merges them: look first."""
    wanted = [(schema.core(table), path) for batch in batches for table, path in batch.staged.items()]
    with ThreadPoolExecutor(_READERS) as readers:
        for _ in readers.map(lambda pair: check_files(pair[0], [pair[1]]), wanted):
            pass


def _add(lake: Lake, table: str, paths: Sequence[str]) -> None:
    quoted = ", ".join(ddl.quote_text(path) for path in paths)
    lake.con.execute(f"CALL ducklake_add_data_files('lake', '{table}', [{quoted}])")
