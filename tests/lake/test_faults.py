"""Processes that die or race leave the tables that one undisturbed run leaves."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from etl import schema
from etl.lake import open_lake
from tests.lake import faults, rows

ROOT = Path(__file__).parents[2]

# Statements and syncs of a run of two batches: 1 opens the lake, 3 to 15 and 16 to 28 load a batch each (15 and
# 28 are the COMMITs), 29 to 51 link, from 52 on it publishes: files from 60, database 76, state 78.
FUSES = ("28+0.01", "51+0.01", "64", "77")


def script(*arguments: object, module: str = "tests.lake.faults") -> None:
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])))
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


def contents(warehouse: Path) -> dict[str, object]:
    """Core tables without who loaded them, published Parquet, and published tables of the database."""
    with open_lake(warehouse, read_only=True) as lake:
        found: dict[str, object] = {
            t.name: rows.table_rows(lake, t.name) for t in schema.CORE if t.name not in ("runs",)
        }
    for table in schema.PUBLISHED:
        paths = sorted((warehouse / "parquet" / table.name).rglob("*.parquet"))
        found[f"parquet {table.name}"] = [pq.read_table(p, partitioning=None).to_pylist() for p in paths]
        with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
            order = ", ".join(table.key)
            found[f"database {table.name}"] = con.execute(f"SELECT * FROM {table.name} ORDER BY {order}").fetchall()
    return found


@pytest.fixture(scope="module")
def undisturbed(empty_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    warehouse = Path(shutil.copytree(empty_lake, tmp_path_factory.mktemp("undisturbed") / "warehouse"))
    faults.run(warehouse, faults.BATCHES[:2])
    return contents(warehouse)


def test_a_run_after_a_kill_gives_the_tables_of_an_undisturbed_one(
    empty_lake: Path, tmp_path: Path, undisturbed: dict[str, object]
) -> None:
    script("kill", empty_lake, tmp_path, *FUSES)
    for fuse in FUSES:
        assert contents(tmp_path / str(fuse)) == undisturbed, f"killed at statement {fuse}"
        assert not [*(tmp_path / str(fuse)).rglob("*.tmp")]


def test_two_processes_loading_the_same_batches_double_nothing_and_block_no_reader(warehouse: Path) -> None:
    script("race", warehouse)
    with open_lake(warehouse, read_only=True) as lake:
        for table in ("raw_files", "deliveries", "articles", "quotes", "mentions", "article_entities"):
            key = ", ".join(schema.core(table).key)
            counted = lake.con.execute(f"SELECT count(*), count(DISTINCT ({key})) FROM lake.{table}").fetchone()
            assert counted == (15, 15), table


def test_first_runs_at_once_share_one_lake(tmp_path: Path, undisturbed: dict[str, object]) -> None:
    script("first", tmp_path)
    assert contents(tmp_path / "warehouse") == undisturbed
