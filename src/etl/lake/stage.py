"""Parquet that a worker leaves for the commit, so that only file names travel back."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from etl import schema
from etl.lake.check import conform


def stage_batch(batch: Mapping[str, pa.Table], folder: Path, *, name: str) -> dict[str, tuple[Path, ...]]:
    """Write each table of a batch to `folder/<table>/<name>.parquet`; give the paths by table.

    `name` must be new for every attempt: a committed file belongs to the lake from then on, which merges
    and deletes it as it sees fit, and a file added twice doubles its rows. Tables without rows are left out.

    Raises:
        SchemaMismatchError: the rows do not fit the schema.
        FileExistsError: the name has been used.
    """
    staged: dict[str, tuple[Path, ...]] = {}
    for table_name, rows in batch.items():
        table = schema.core(table_name)
        checked = conform(table, rows)
        if not checked.num_rows:
            continue
        path = folder / table_name / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            pq.write_table(checked, file, compression="zstd", compression_level=3)
            file.flush()
            os.fsync(file.fileno())
        staged[table_name] = (path,)
    return staged
