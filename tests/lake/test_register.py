"""Registering staged files: once, whatever is tried again, and for as long as a snapshot reads them."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl import schema
from etl.lake import open_lake
from etl.lake.check import SchemaMismatchError, conform
from etl.lake.connect import Lake
from etl.lake.register import StagedBatch, register_batches
from etl.lake.stage import sweep_stage
from tests.lake import rows, sound

ITEMS = rows.numbered(12)


def stage(folder: Path) -> StagedBatch:
    """The items as a worker leaves them in a folder of its own."""
    folder.mkdir(parents=True)
    staged = {}
    for name, table in rows.stamped(sound.batch(ITEMS)).items():
        if name != "deliveries" and table.num_rows:
            staged[name] = str(folder / f"{name}.parquet")
            pq.write_table(conform(schema.core(name), table), staged[name])
    return StagedBatch("batch-1", tuple(item.sha for item in ITEMS), staged)


def register(lake: Lake, batch: StagedBatch, fingerprint: str = rows.FINGERPRINT, **more: frozenset[str]) -> bool:
    """Whether the batch was loaded, not found there."""
    deliveries = sound.batch(ITEMS)["deliveries"]
    marks = {"run_id": "run-1", "fingerprint": fingerprint}
    return bool(register_batches(lake, [batch], deliveries, seen_at=rows.NOW, **marks, **more).loaded)  # type: ignore[arg-type]


def on_disk(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*.parquet")}


def test_a_second_attempt_finds_the_first_and_only_its_leftovers_are_swept(warehouse: Path) -> None:
    first, second = (stage(warehouse / "stage" / "run-1" / name) for name in ("batch-1-a", "batch-1-b"))
    with open_lake(warehouse) as lake:
        assert register(lake, first)
        assert not register(lake, second)
        assert sweep_stage(lake, set()) == 1
        assert on_disk(warehouse / "stage") == set(first.staged.values())
        lake.con.execute("DELETE FROM lake.articles")
        assert sweep_stage(lake, set()) == 0
        assert on_disk(warehouse / "stage") == set(first.staged.values()), "an older snapshot still reads them"
        assert lake.con.execute("SELECT count(*) FROM lake.quotes").fetchall() == [(12,)]


def test_files_that_were_loaded_otherwise_are_replaced_row_by_row(warehouse: Path, tmp_path: Path) -> None:
    with open_lake(warehouse) as lake:
        rows.load(lake, ITEMS[:4])
        assert register(lake, stage(tmp_path / "a"))
        assert register(lake, stage(tmp_path / "b"), force=frozenset([ITEMS[0].sha]))
        for name in ("raw_files", "articles", "quotes", "mentions", "deliveries"):
            key = ", ".join(schema.core(name).key)
            found = lake.con.execute(f"SELECT count(*), count(DISTINCT ({key})) FROM lake.{name}").fetchall()
            assert found == [(12, 12)], name


class Unheard:
    """A connection whose first COMMIT takes place, but whose answer is lost with the server."""

    def __init__(self, inner: duckdb.DuckDBPyConnection) -> None:
        self._inner, self.lost = inner, 0

    def execute(self, statement: str, *values: object) -> object:
        done = self._inner.execute(statement, *values)  # type: ignore[arg-type]
        if statement == "COMMIT" and not self.lost:
            self.lost += 1
            raise duckdb.TransactionException("server closed the connection unexpectedly")
        return done

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def test_a_commit_of_which_nothing_was_heard_is_looked_up_and_not_done_twice(warehouse: Path) -> None:
    batch = stage(warehouse / "stage" / "run-1" / "batch-1-a")
    with open_lake(warehouse) as lake:
        lake.con = unheard = Unheard(lake.con)  # type: ignore[assignment]
        assert not register(lake, batch), "it was there when it was tried again"
        assert unheard.lost == 1
        assert lake.con.execute("SELECT count(*) FROM lake.articles").fetchall() == [(12,)]
        assert sweep_stage(lake, set()) == 0
        assert on_disk(warehouse / "stage") == set(batch.staged.values())


def test_a_file_that_may_hold_null_where_none_may_be_is_refused(warehouse: Path, tmp_path: Path) -> None:
    batch = stage(tmp_path / "a")
    loose = pa.schema([pa.field(f.name, f.type) for f in schema.core("quotes").schema])
    pq.write_table(pq.read_table(batch.staged["quotes"]).cast(loose), batch.staged["quotes"])
    with open_lake(warehouse) as lake:
        before = lake.snapshot()
        with pytest.raises(SchemaMismatchError, match=r"quotes needs"):
            register(lake, batch)
        assert lake.snapshot() == before
