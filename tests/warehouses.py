"""Runs of the real command in real processes, and the tables that they leave, for tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb

from etl import schema
from etl.lake import open_lake

RAW = Path(__file__).parent.parent / "raw"

# What a second run of the same bytes may write differently: who wrote it and when.
RUN_COLUMNS = {"run_id", "batch_id", "loaded_at", "seen_at"}

COMMAND = [sys.executable, "-c", "from etl.cli import main; main()"]


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start `copydesk` with these arguments."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def copydesk(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `copydesk` with these arguments to its end."""
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=300)


def lake_rows(warehouse: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every core table but `runs`, sorted, without the columns that name the run."""
    found = {}
    with open_lake(warehouse, read_only=True) as lake:
        for table in schema.CORE:
            if table.name == "runs":
                continue
            columns = ", ".join(c for c in table.columns if c not in RUN_COLUMNS)
            rows = lake.con.execute(f"SELECT {columns} FROM lake.{table.name}").fetchall()
            found[table.name] = sorted(rows, key=repr)
    return found


def published_rows(warehouse: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every published table, sorted."""
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        return {
            table.name: sorted(con.execute(f"SELECT * FROM {table.name}").fetchall(), key=repr)
            for table in schema.PUBLISHED
        }
