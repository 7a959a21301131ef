"""Staged batches into the lake, some in one commit: copied in, or registered where they lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from etl import schema
from etl.ingest.plan import RawFile
from etl.ingest.worker import STAGED, Staged
from etl.lake import Lake, commit_batch
from etl.lake.register import StagedBatch, register_batches
from etl.lake.stage import remove_staged

if TYPE_CHECKING:
    from etl.ingest.run import Run


def commit(lake: Lake, run: Run, group: Sequence[Staged]) -> None:
    """Load staged batches in one commit, and drop what is no longer needed of the stage.

    Loading the same batch twice, or beside another run that loads it, leaves one copy of its rows.
    """
    files = {s.batch.batch_id: [f for f in s.batch.files if f.path not in s.changed] for s in group}
    deliveries = delivery_rows(file for some in files.values() for file in some)
    if registers(lake, run):
        shas = {batch_id: tuple(file.sha256 for file in some) for batch_id, some in files.items()}
        batches = [StagedBatch(s.batch.batch_id, shas[s.batch.batch_id], s.files) for s in group]
        marks = {"run_id": run.run_id, "fingerprint": run.fingerprint}
        register_batches(lake, batches, deliveries, seen_at=run.started_at, force=run.force, **marks)
        return
    tables: dict[str, pa.Table | list[str]] = {
        name: [s.files[name] for s in group if name in s.files] for name in STAGED
    }
    commit_batch(
        lake,
        {name: paths for name, paths in tables.items() if paths} | {"deliveries": deliveries},
        batch_id=group[0].batch.batch_id,
        run_id=run.run_id,
        files=[(file.sha256, run.fingerprint) for some in files.values() for file in some],
        loaded_at=run.started_at,
        force=run.force,
    )
    for staged in group:
        remove_staged(staged.folder)


def registers(lake: Lake, run: Run) -> bool:
    """Whether staged files become the lake's own where they lie. An embedded lake is a folder that may be moved."""
    return bool(run.settings.cluster) and lake.location.catalog_file is None


def delivery_rows(files: Iterable[RawFile]) -> pa.Table:
    """Rows of `deliveries`: where files were found."""
    names = ("location", "path", "raw_sha256", "file_bytes", "modified_ns")
    rows = [(f.location, f.path, f.sha256, f.size, f.modified_ns) for f in files]
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table({n: pa.array(c, schema.COLUMNS[n][0]) for n, c in zip(names, columns, strict=True)})
