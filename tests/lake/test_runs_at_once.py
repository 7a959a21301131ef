"""Several `copydesk run`s on one warehouse at once: each finishes, the tables are those of one run."""

import time
from pathlib import Path

import duckdb

from etl.lake import open_lake
from etl.lake.doctor import examine
from tests.lake import rows
from warehouses import RAW, copydesk, lake_rows, published_rows, start

RUNS = 3


def test_runs_at_once_all_finish_and_a_reader_sees_whole_snapshots(tmp_path: Path) -> None:
    warehouse, alone = tmp_path / "w", tmp_path / "alone"
    running = [start("run", RAW, "-w", warehouse, "--processes", "1", "--batch-files", "4") for _ in range(RUNS)]
    reads = 0
    while any(process.poll() is None for process in running):
        reads += _read_whole(warehouse)
        time.sleep(0.05)
    ended = [(process.returncode, process.stderr.read() if process.stderr else "") for process in running]
    for process in running:
        process.communicate()
    # 2: the damaged samples are refused by the run that loaded them; 0: another run was there first
    assert {code for code, _ in ended} <= {0, 2}, ended
    assert reads > 1
    assert copydesk("run", RAW, "-w", alone, "--batch-files", "4").returncode == 2
    assert lake_rows(warehouse) == lake_rows(alone)
    assert published_rows(warehouse) == published_rows(alone)
    with open_lake(warehouse, read_only=True) as lake:
        assert examine(lake, warehouse, rows.NOW.replace(year=2026)) == []
        states = lake.con.execute("SELECT DISTINCT run_state FROM lake.runs").fetchall()
    assert states == [("finished",)]


def _read_whole(warehouse: Path) -> bool:
    """Read the published database as an analyst does: no quotation without its story. False while there is none."""
    database = warehouse / "copydesk.duckdb"
    if not database.exists():
        return False
    with duckdb.connect(str(database), read_only=True) as con:
        stray = con.execute("SELECT count(*) FROM quotes ANTI JOIN articles USING (article_id)").fetchall()
    assert stray == [(0,)]
    return True
