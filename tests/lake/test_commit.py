"""One commit a batch, once, whoever else is loading."""

import fcntl
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl import schema
from etl.lake import transaction as transactions
from etl.lake.check import SchemaMismatchError, conform
from etl.lake.commit import commit_batch, record_deliveries
from etl.lake.connect import Lake, open_lake
from etl.lake.runs import finish_run, start_run
from etl.lake.transaction import LakeError, transaction
from tests.lake import rows

TABLES = ("raw_files", "deliveries", "articles", "quotes", "mentions", "article_entities", "rejects", "warnings")


def loaded(lake: Lake) -> dict[str, str]:
    """Content hashes that the lake holds, and the fingerprint of each."""
    return dict(lake.con.execute("SELECT raw_sha256, fingerprint FROM lake.raw_files").fetchall())


def test_the_same_batch_twice_is_loaded_once(warehouse: Path) -> None:
    items = rows.numbered(3)
    with open_lake(warehouse) as lake:
        first = rows.load(lake, items)
        before = {name: rows.table_rows(lake, name) for name in TABLES}
        snapshot = lake.snapshot()
        second = rows.load(lake, items, batch_id="batch-2")
        assert {name: rows.table_rows(lake, name) for name in TABLES} == before
        assert lake.snapshot() == snapshot
    shas = tuple(sorted(item.sha for item in items))
    assert (first.loaded, first.already) == (shas, ())
    assert (second.loaded, second.already) == ((), shas)
    assert len(before["articles"]) == len(before["quotes"]) == 3


def test_a_newer_fingerprint_replaces_exactly_the_files_rows(warehouse: Path) -> None:
    kept, replaced = rows.numbered(2)
    changed = rows.Item(name=replaced.name, body=replaced.body, guid=replaced.guid, quotes=())
    with open_lake(warehouse) as lake:
        rows.load(lake, [kept, replaced])
        outcome = rows.load(lake, [changed], fingerprint="rules-2")
        assert outcome.loaded == (replaced.sha,)
        assert loaded(lake) == {kept.sha: "rules-1", replaced.sha: "rules-2"}
        assert [q[2] for q in rows.table_rows(lake, "quotes")] == [kept.article_id]
        assert len(rows.table_rows(lake, "articles")) == 2


def test_a_batch_that_is_partly_loaded_adds_only_the_rest(warehouse: Path) -> None:
    items = rows.numbered(3)
    with open_lake(warehouse) as lake:
        rows.load(lake, items[:1])
        outcome = rows.load(lake, items, batch_id="batch-2")
        assert outcome.already == (items[0].sha,)
        batches = lake.con.execute("SELECT batch_id, count(*) FROM lake.raw_files GROUP BY 1 ORDER BY 1").fetchall()
        assert batches == [("batch-1", 1), ("batch-2", 2)]
        assert len(rows.table_rows(lake, "articles")) == 3


def _write(path: Path, name: str, table: pa.Table) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(conform(schema.core(name), table), path)
    return str(path)


def test_staged_files_load_like_rows(tmp_path: Path) -> None:
    items = rows.numbered(4)
    full = rows.stamped(rows.batch(items))
    deliveries = full.pop("deliveries")
    with open_lake(tmp_path / "a") as lake, open_lake(tmp_path / "b") as other:
        staged = {
            name: [_write(tmp_path / "a" / "stage" / f"{name}.parquet", name, table)] for name, table in full.items()
        }
        marks = [(item.sha, rows.FINGERPRINT) for item in items]
        stamp = {"batch_id": "b", "run_id": "run-1", "loaded_at": rows.NOW}
        rows.load(lake, items[:1])
        commit_batch(lake, {**staged, "deliveries": deliveries}, files=marks, **stamp)
        again = commit_batch(lake, staged, files=marks, **stamp)
        shutil.rmtree(tmp_path / "a" / "stage")
        rows.load(other, items)
        assert again.loaded == ()
        for name in TABLES:
            assert rows.table_rows(lake, name) == rows.table_rows(other, name), name


def test_columns_that_are_null_at_first_are_read_as_they_were_written(warehouse: Path) -> None:
    """DuckLake's own bounds of such a column are wrong: sorting, counting and filtering must not trust them."""
    with open_lake(warehouse) as lake:
        lake.con.execute("CREATE TABLE lake.internal.years (year INTEGER)")
        for commit in ([None, 2019], [2024]):
            lake.con.execute("BEGIN")
            for year in commit:
                lake.con.execute("INSERT INTO lake.internal.years SELECT ? FROM range(20)", [year])
            lake.con.execute("COMMIT")
        query = "SELECT year, count(*) FROM lake.internal.years WHERE year < 2030 GROUP BY year ORDER BY year"
        assert lake.con.execute(query).fetchall() == [(2019, 20), (2024, 20)]
        assert lake.con.execute("SELECT year FROM lake.internal.years ORDER BY year LIMIT 1").fetchall() == [(2019,)]


def test_null_in_a_required_column_is_refused_before_anything_is_written(warehouse: Path) -> None:
    items = rows.numbered(2)
    batch = rows.batch(items)
    bodies = pa.array([None, "x"], pa.string())
    batch["articles"] = batch["articles"].set_column(batch["articles"].schema.get_field_index("body"), "body", bodies)
    files = [(item.sha, rows.FINGERPRINT) for item in items]
    with open_lake(warehouse) as lake:
        before = lake.snapshot()
        with pytest.raises(
            SchemaMismatchError, match=r"articles\.body is required, but 1 of 2 rows hold null \(first: row 0"
        ):
            commit_batch(lake, batch, batch_id="b", run_id="r", files=files, loaded_at=rows.NOW)
        assert lake.snapshot() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop_columns(["body"]), "missing columns \\['body'\\]"),
        (lambda t: t.append_column("colour", pa.array(["red"])), "unknown columns \\['colour'\\]"),
        (lambda t: t.set_column(0, "article_id", pa.array([b"\xff"])), "need string"),
        (lambda t: t.set_column(t.schema.get_field_index("raw_sha256"), "raw_sha256", pa.array(["f"])), "not name"),
    ],
    ids=["missing", "unknown", "type", "stray file"],
)  # fmt: skip
def test_a_batch_that_does_not_fit_is_refused(warehouse: Path, change, message: str) -> None:
    items = rows.numbered(1)
    batch = rows.batch(items)
    batch["articles"] = change(batch["articles"])
    with open_lake(warehouse) as lake, pytest.raises(SchemaMismatchError, match=message):
        commit_batch(
            lake, batch, batch_id="b", run_id="r", files=[(items[0].sha, rows.FINGERPRINT)], loaded_at=rows.NOW
        )


def test_deliveries_remember_first_sight_and_latest_listing(warehouse: Path) -> None:
    (item,) = rows.numbered(1)
    later = datetime(2024, 6, 1, tzinfo=UTC)
    seen = {"raw_sha256": item.sha, "file_bytes": 9, "modified_ns": 11, "path": "copy.txt"}
    first, second = f"/in/north/{item.name}", "/in/south/copy.txt"
    with open_lake(warehouse) as lake:
        rows.load(lake, [item])
        again = pa.Table.from_pylist([{"location": first, **seen}, {"location": second, **seen}])
        record_deliveries(lake, again, run_id="run-2", seen_at=later)
        snapshot = lake.snapshot()
        record_deliveries(lake, again, run_id="run-3", seen_at=later)
        assert lake.snapshot() == snapshot
        found = lake.con.execute("SELECT location, file_bytes, modified_ns, raw_sha256 FROM lake.deliveries ORDER BY 1")
        assert found.fetchall() == [(first, 9, 11, item.sha), (second, 9, 11, item.sha)]
        times = dict(lake.con.execute("SELECT location, seen_at FROM lake.deliveries").fetchall())
        assert times == {first: rows.NOW, second: later}


def test_a_forced_file_is_replaced_though_its_fingerprint_is_there(warehouse: Path) -> None:
    (item,) = rows.numbered(1)
    mark = [(item.sha, rows.FINGERPRINT)]
    with open_lake(warehouse) as lake:
        rows.load(lake, [item])
        again = commit_batch(
            lake, rows.batch([item]), batch_id="b2", run_id="r2", files=mark, loaded_at=rows.NOW, force={item.sha}
        )
        assert again.loaded == (item.sha,)
        assert lake.con.execute("SELECT raw_sha256, batch_id FROM lake.raw_files").fetchall() == [(item.sha, "b2")]


RUN = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from etl.lake.connect import Lake, open_lake
from etl.lake.runs import start_run
lake = open_lake(Path(sys.argv[1]))
start_run(lake, run_id=sys.argv[2], command="run", fingerprint="f", started_at=datetime(2024, 5, 1, tzinfo=UTC))
print("started", flush=True)
sys.stdin.read()
"""


def test_a_run_that_died_is_marked_by_the_next_and_a_live_one_is_not(warehouse: Path) -> None:
    with open_lake(warehouse):
        pass
    others = [
        subprocess.Popen(
            [sys.executable, "-c", RUN, str(warehouse), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for name in ("r-dead", "r-live")
    ]
    for other in others:
        assert other.stdout is not None
        assert other.stdout.readline() == b"started\n"
    others[0].kill()
    others[0].wait()
    counts = {"files_loaded": 4, "files_skipped": 1, "story_count": 4, "reject_count": 0}
    with open_lake(warehouse) as lake:
        start_run(lake, run_id="r-mine", command="run", fingerprint="f", started_at=rows.NOW)
        finish_run(lake, run_id="r-mine", finished_at=rows.NOW, files_seen=5, **counts)
        found = lake.con.execute("SELECT run_id, run_state, files_seen FROM lake.runs ORDER BY 1").fetchall()
    for other in others:
        other.communicate()
    assert found == [("r-dead", "failed", None), ("r-live", "running", None), ("r-mine", "finished", 5)]


def test_reading_where_there_is_no_lake_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match=r"no lake at .*; `copydesk run RAW` makes one"):
        open_lake(tmp_path, read_only=True)


def test_a_column_that_the_schema_gained_is_added(warehouse: Path) -> None:
    with open_lake(warehouse) as lake:
        rows.load(lake, rows.numbered(1))
        lake.con.execute("ALTER TABLE lake.quotes DROP COLUMN speaker_role")
    with pytest.raises(LakeError, match="older than this version"):
        open_lake(warehouse, read_only=True)
    with open_lake(warehouse) as lake:
        rows.load(lake, rows.numbered(1, start=1))
        assert len(rows.table_rows(lake, "quotes")) == 2


def test_a_column_of_another_type_is_refused_by_name(warehouse: Path) -> None:
    with open_lake(warehouse) as lake:
        lake.con.execute("ALTER TABLE lake.runs DROP COLUMN command")
        lake.con.execute("ALTER TABLE lake.runs ADD COLUMN command BIGINT")
    with pytest.raises(LakeError, match="table runs, column command: found BIGINT, this version needs VARCHAR"):
        open_lake(warehouse)


def test_staged_files_whose_columns_may_hold_null_are_refused(warehouse: Path) -> None:
    (item,) = rows.numbered(1)
    loose = pa.schema([pa.field(f.name, f.type) for f in schema.core("mentions").schema])
    path = warehouse / "mentions.parquet"
    pq.write_table(loose.empty_table(), path)
    files = [(item.sha, rows.FINGERPRINT)]
    with open_lake(warehouse) as lake, pytest.raises(SchemaMismatchError, match="column mention_id is"):
        commit_batch(lake, {"mentions": [str(path)]}, batch_id="b", run_id="r", files=files, loaded_at=rows.NOW)


def test_staged_rows_of_a_file_that_the_batch_does_not_name_stay_out(warehouse: Path) -> None:
    kept, changed = rows.numbered(2)
    tables = rows.stamped(rows.batch([kept, changed]))
    staged = {n: [_write(warehouse / f"{n}.parquet", n, t)] for n, t in tables.items() if n != "deliveries"}
    with open_lake(warehouse) as lake:
        files = [(kept.sha, rows.FINGERPRINT)]
        commit_batch(lake, staged, batch_id="b", run_id="r", files=files, loaded_at=rows.NOW)
        assert set(loaded(lake)) == {kept.sha}
        assert [q[2] for q in rows.table_rows(lake, "quotes")] == [kept.article_id]


def test_work_is_done_again_after_a_conflict_and_the_error_says_when_to_stop(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "_FIRST_PAUSE", 0.0)
    tries = []

    def work(failures: int) -> tuple[str, bool]:
        tries.append(lake.con.execute("SELECT v FROM lake.internal.gate").fetchall())
        if len(tries) <= failures:
            raise duckdb.TransactionException("TransactionContext Error: Transaction conflict - other has deleted")
        return "done", False

    with open_lake(warehouse) as lake:
        assert transaction(lake.con, lambda: work(2), message="try") == "done"
        assert tries == [[(1,)]] * 3, "every try starts from the lake as it is, its own earlier writes undone"
        with pytest.raises(LakeError, match="the lake is busy: 'try' lost to other writers 40 times; run it again"):
            transaction(lake.con, lambda: work(1_000), message="try")
        with pytest.raises(duckdb.CatalogException):
            transaction(lake.con, lambda: (lake.con.execute("SELECT * FROM lake.nothing"), True), message="try")


def test_a_damaged_catalog_or_a_file_in_the_way_is_an_error_with_the_path(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "catalog.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(LakeError, match=r"cannot open the lake at sqlite:.*catalog\.sqlite: .*not a database"):
        open_lake(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(LakeError, match=r"cannot make the folder .*: Not a directory"):
        open_lake(tmp_path / "file")


def test_writers_to_an_embedded_catalog_take_turns(warehouse: Path) -> None:
    def is_held() -> bool:
        with (warehouse / "lake" / "writers.lock").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    with open_lake(warehouse) as lake:
        assert transaction(lake.con, lambda: (is_held(), False), message="look") is True
    assert not is_held()


def test_a_writer_whose_turn_does_not_come_writes_all_the_same(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "PATIENCE", 0.1)
    with (warehouse / "lake" / "writers.lock").open("ab") as file, open_lake(warehouse) as lake:
        fcntl.flock(file, fcntl.LOCK_EX)
        rows.load(lake, rows.numbered(1))
        assert set(loaded(lake)) == {rows.numbered(1)[0].sha}
