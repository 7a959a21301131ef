"""Files that are loaded are read again: the rows of these rules replace those of earlier ones."""

import shutil
from pathlib import Path

import pytest

from etl.lake import history, open_lake
from warehouses import copydesk, lake_rows, published_rows


@pytest.fixture
def older(loaded: Path, tmp_path: Path) -> Path:
    """The samples as rules of an earlier version might have read them."""
    warehouse = Path(shutil.copytree(loaded, tmp_path / "older"))
    with open_lake(warehouse) as lake:
        lake.con.execute("UPDATE lake.articles SET headline = 'Before' WHERE format = 'ninjs'")
        lake.con.execute("UPDATE lake.articles SET byline = 'Before' WHERE format <> 'ninjs'")
    return warehouse


def test_a_backfill_reads_what_was_chosen_says_what_changed_and_can_be_taken_back(loaded: Path, older: Path) -> None:
    before = lake_rows(older)
    with open_lake(older, read_only=True) as lake:
        snapshot = lake.snapshot()
        chosen, others = lake.con.execute(
            "SELECT count(*) FILTER (format = 'ninjs'), count(*) FILTER (format <> 'ninjs') FROM lake.articles"
        ).fetchall()[0]
    done = copydesk("backfill", "-w", older, "--format", "ninjs")
    assert done.returncode == 0, done.stderr
    assert f"articles                  0 added        0 removed{chosen:>9} changed" in done.stdout
    assert f"copydesk restore {snapshot}" in done.stdout
    with open_lake(older, read_only=True) as lake:
        still = lake.con.execute("SELECT count(*) FROM lake.articles WHERE byline = 'Before'").fetchall()
        assert still == [(others,)]
        assert [d.table for d in history.diff_tables(lake, snapshot, lake.snapshot())] == ["articles"]
    assert copydesk("restore", str(snapshot), "-w", older).returncode == 0
    assert lake_rows(older) == before
    assert copydesk("backfill", "-w", older, "-q").returncode == 2  # the damaged samples are refused again
    assert lake_rows(older) == lake_rows(loaded)
    assert published_rows(older) == published_rows(loaded)


def test_a_backfill_of_nothing_and_of_files_that_are_gone(older: Path) -> None:
    done = copydesk("backfill", "-w", older, "--since", "2124-01-01")
    assert (done.returncode, done.stdout) == (0, "no file to read again\n")
    with open_lake(older) as lake:
        lake.con.execute("UPDATE lake.deliveries SET location = '/gone' || location")
    before = lake_rows(older)
    done = copydesk("backfill", "-w", older, "--feed", "herald")
    assert done.returncode == 1
    assert "1 files are no longer where they were found" in done.stderr
    assert lake_rows(older) == before
