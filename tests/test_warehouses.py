"""A warehouse that an earlier version wrote opens, migrates, and gives the rows it was written with."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from etl import schema
from etl.lake import open_lake, publish, resolve_lake
from etl.lake.doctor import examine

WAREHOUSES = sorted((Path(__file__).parent / "golden" / "warehouses").glob("*.zip"))
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_there_is_one_of_this_version() -> None:
    assert "0.1.0" in {path.stem for path in WAREHOUSES}


@pytest.mark.parametrize("kept", WAREHOUSES, ids=lambda path: path.stem)
def test_it_opens_migrates_and_is_sound(kept: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(kept) as archive:
        archive.extractall(tmp_path)
        held = dict(line.split() for line in archive.read("rows.txt").decode().splitlines())
    with open_lake(tmp_path) as lake:
        for table, count in held.items():
            assert lake.con.execute(f"SELECT count(*) FROM lake.{table}").fetchall() == [(int(count),)], table
        resolve_lake(lake, as_of=NOW)
        publish(lake, tmp_path, NOW)
        assert examine(lake, tmp_path, NOW) == []
        for table_now in schema.CORE:
            assert lake.con.execute(f"SELECT * FROM lake.{table_now.name}").description is not None
    with duckdb.connect(str(tmp_path / "copydesk.duckdb"), read_only=True) as con:
        quoted = con.execute("SELECT count(*) FROM quotes WHERE speaker_name = 'Loretta Quaid'").fetchall()
    assert quoted[0][0] > 0
