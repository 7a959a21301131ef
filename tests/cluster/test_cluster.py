"""A run on a Dask cluster with PostgreSQL and S3, all real: the tables of one machine, whatever dies meanwhile."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl import cli, schema
from etl.lake import LakeError, history, open_lake, publish, resolve_lake, transaction
from etl.lake.connect import connect_duckdb
from etl.lake.doctor import examine
from etl.lake.maintain import maintain
from etl.lake.stage import owned_files
from tests.cluster.conftest import KEY, SECRET, SERVER, TOKEN, Bucket, Dask, postgres_database, start_dask
from tests.cluster.proxy import Door
from warehouses import RAW, RUN_COLUMNS, copydesk, start

SMALL = ("--batch-files", "1")
"""As many batches as files, so that something is always under way."""

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `copydesk` in this process, which saves its start; gives exit code and all that it printed."""

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["copydesk", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        shown = capsys.readouterr()
        return int(left.value.code or 0), shown.out + shown.err

    return run


def export(warehouse: Path) -> dict[str, bytes]:
    """Core tables as sorted CSV, without who loaded them and when, and the published Parquet as it lies there."""
    found: dict[str, bytes] = {}
    target = warehouse.with_name(f"{warehouse.name}.csv")
    with open_lake(warehouse, read_only=True) as lake:
        for table in schema.CORE:
            if table.name != "runs":
                columns = ", ".join(name for name in table.columns if name not in RUN_COLUMNS)
                query = f"SELECT {columns} FROM lake.{table.name} ORDER BY ALL"
                lake.con.execute(f"COPY ({query}) TO '{target}' (FORMAT csv)")
                found[table.name] = target.read_bytes()
    for path in sorted((warehouse / "parquet").rglob("*.parquet")):
        found[str(path.relative_to(warehouse))] = path.read_bytes()
    return found


def findings(warehouse: Path) -> list[object]:
    with open_lake(warehouse, read_only=True) as lake:
        return list(examine(lake, warehouse, datetime.now(UTC)))


@pytest.fixture(scope="session")
def one_machine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run on one machine leaves, with everything in a folder."""
    warehouse = tmp_path_factory.mktemp("one-machine") / "w"
    done = copydesk("run", RAW, "-w", warehouse)
    assert done.returncode == 2, done.stderr
    return export(warehouse)


@pytest.fixture
def pg_door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """`COPYDESK_CATALOG` is a database of its own, reached by a door."""
    host = dict(part.split("=") for part in SERVER.split())
    door = Door(int(host.get("port", "5432")))
    with postgres_database() as database:
        parts = (host | {"port": str(door.port), "dbname": database}).items()
        monkeypatch.setenv("COPYDESK_CATALOG", "postgres:" + " ".join("=".join(part) for part in parts))
        yield door
        door.close()


def staging(bucket: Bucket) -> bytes:
    """How a request that writes into the bucket's stage begins."""
    return f"PUT /{bucket.name}/stage/".encode()


def kill_a_worker(dask: Dask) -> None:
    from distributed import Client

    with Client(dask.address, set_as_default=False) as client:
        os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)


def everywhere(catalog: str, warehouse: Path) -> Iterator[tuple[str, bytes]]:
    """All that a run has left: the catalog's tables and the files of the warehouse."""
    con = connect_duckdb(("postgres_scanner",))
    con.execute(f"ATTACH '{catalog.removeprefix('postgres:')}' AS pg (TYPE postgres)")
    names = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'pg' AND schema_name = 'public'"
    ).fetchall()
    for (name,) in names:
        yield name, repr(con.execute(f"FROM pg.{name}").fetchall()).encode()
    con.close()
    for path in warehouse.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()


def test_the_tables_are_those_of_one_machine_though_a_worker_dies(
    catalog: str, bucket: Bucket, dask: Dask, s3_door: Door, tmp_path: Path, command: Command,
    one_machine: dict[str, bytes],
) -> None:  # fmt: skip
    warehouse = tmp_path / "w"
    s3_door.when(staging(bucket), lambda: kill_a_worker(dask), count=3)
    code, shown = command("run", RAW, "-w", warehouse, "--cluster", dask.address, *SMALL)
    assert code == 2, shown
    assert export(warehouse) == one_machine
    assert not list((warehouse / "lake").rglob("*.parquet"))
    assert command("doctor", "-w", warehouse) == (0, "all is well\n")
    with open_lake(warehouse, read_only=True) as lake:
        loads = lake.con.execute("SELECT commit_message FROM lake.snapshots() WHERE commit_message LIKE 'load %'")
        assert len(loads.fetchall()) == 2, "16 batches are committed by tens"
    for secret in (KEY, SECRET, TOKEN):
        assert secret not in shown
        for place, held in everywhere(catalog, warehouse):
            assert secret.encode() not in held, place


def test_upkeep_and_going_back_where_data_is_in_an_object_store(
    catalog: str, bucket: Bucket, dask: Dask, tmp_path: Path, command: Command, one_machine: dict[str, bytes]
) -> None:
    warehouse = tmp_path / "w"
    command("run", RAW, "-w", warehouse, "--cluster", dask.address, *SMALL)
    command("run", RAW, "-w", warehouse, "--cluster", dask.address)
    later = datetime.now(UTC) + timedelta(days=2)
    for prefix in ("stage/run-dead/batch", "data/main/quotes"):
        with bucket.store.open_output_stream(f"{bucket.name}/{prefix}/left.parquet") as left:
            left.write(b"of an attempt that died")
    with open_lake(warehouse) as lake:
        first = history.snapshots(lake)[-1].number
        young = maintain(lake, now=datetime.now(UTC))
        assert (young.orphans, young.staged, young.removed) == (0, 0, 0)
        assert young.merged > young.made >= 5
        old = maintain(lake, now=later, keep=timedelta(0))
        assert (old.orphans, old.staged) == (1, 1)
        maintain(lake, now=later + timedelta(days=2), keep=timedelta(0))
        # Files that a commit had registered have been merged into the data, and went with their snapshots.
        assert bucket.names("stage") == []
        assert history.snapshots(lake)[0].number >= first
        resolve_lake(lake, as_of=datetime.now(UTC))
        newest = lake.snapshot()
        lake.con.execute("DELETE FROM lake.articles")
        history.restore(lake, newest)
        publish(lake, warehouse, as_of=datetime.now(UTC))
    assert findings(warehouse) == []
    assert export(warehouse) == one_machine
    with open_lake(warehouse, read_only=True) as lake:
        (victim,) = lake.con.execute("SELECT data_file FROM ducklake_list_files('lake', 'articles')").fetchall()[0]
    bucket.store.delete_file(victim.removeprefix("s3://"))
    code, shown = command("doctor", "-w", warehouse)
    assert code == 1
    assert "catalog and files agree" in shown


def test_a_scheduler_that_dies_is_said_and_the_next_run_does_the_rest(
    catalog: str, bucket: Bucket, dask: Dask, s3_door: Door, tmp_path: Path, command: Command,
    one_machine: dict[str, bytes],
) -> None:  # fmt: skip
    warehouse = tmp_path / "w"
    doomed = start_dask(tmp_path, s3_door, 1)
    s3_door.when(staging(bucket), doomed.scheduler.kill, count=3)
    code, shown = command("run", RAW, "-w", warehouse, "--cluster", doomed.address, *SMALL)
    doomed.stop()
    assert code == 1
    assert "the scheduler at tcp://127.0.0.1" in shown
    assert "the same command again does the rest" in shown
    assert "Traceback" not in shown
    code, shown = command("run", RAW, "-w", warehouse, "--cluster", dask.address)
    assert code == 2, shown
    assert export(warehouse) == one_machine
    assert findings(warehouse) == []


def test_a_coordinator_that_dies_leaves_nothing_that_the_next_run_doubles(
    catalog: str, bucket: Bucket, dask: Dask, s3_door: Door, tmp_path: Path, command: Command,
    one_machine: dict[str, bytes],
) -> None:  # fmt: skip
    warehouse = tmp_path / "w"
    doomed = start("run", RAW, "-w", warehouse, "--cluster", dask.address, *SMALL)
    # The first batches are committed by then, and others staged.
    s3_door.when(staging(bucket), doomed.kill, count=60)
    doomed.communicate()
    assert doomed.returncode == -signal.SIGKILL
    code, shown = command("run", RAW, "-w", warehouse, "--cluster", dask.address)
    assert code == 2, shown
    assert export(warehouse) == one_machine
    with open_lake(warehouse) as lake:
        maintain(lake, now=datetime.now(UTC) + timedelta(days=2))
        assert set(bucket.names("stage")) <= owned_files(lake)
    assert findings(warehouse) == []


@pytest.mark.parametrize(
    ("mode", "advice"),
    [("forbidden", "the object store refuses"), ("shut", "a server cannot be reached")],
)
def test_an_object_store_that_refuses_or_goes_away_is_said(
    catalog: str, bucket: Bucket, dask: Dask, s3_door: Door, tmp_path: Path, command: Command,
    one_machine: dict[str, bytes], mode: str, advice: str,
) -> None:  # fmt: skip
    warehouse = tmp_path / "w"
    s3_door.when(staging(bucket), lambda: s3_door.cut(mode), count=20)
    code, shown = command("run", RAW, "-w", warehouse, "--cluster", dask.address, *SMALL)
    assert code == 1, shown
    assert advice in shown
    assert "the same command again does the rest" in shown
    assert not {KEY, SECRET, TOKEN} & set(shown.replace("'", " ").split())
    s3_door.mode = "open"
    code, shown = command("run", RAW, "-w", warehouse, "--cluster", dask.address)
    assert code == 2, shown
    assert export(warehouse) == one_machine
    assert findings(warehouse) == []


def test_an_object_store_that_falls_silent_under_a_run_of_one_machine(
    bucket: Bucket, s3_door: Door, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch,
    one_machine: dict[str, bytes],
) -> None:  # fmt: skip
    """Only the data is in the object store; the catalog is embedded and batches are copied in."""
    monkeypatch.delenv("COPYDESK_STAGE")
    monkeypatch.setenv("COPYDESK_S3_TIMEOUT", "1")
    warehouse = tmp_path / "w"
    s3_door.when(f"PUT /{bucket.name}/data/".encode(), lambda: setattr(s3_door, "mode", "silent"), count=4)
    code, shown = command("run", RAW, "-w", warehouse, "--batch-files", "8", "--processes", "1")
    assert code == 1, shown
    assert "a server cannot be reached" in shown
    s3_door.cut("open")
    monkeypatch.setenv("COPYDESK_S3_TIMEOUT", "10")
    code, shown = command("run", RAW, "-w", warehouse, "--processes", "1")
    assert code == 2, shown
    assert export(warehouse) == one_machine
    assert findings(warehouse) == []
    monkeypatch.delenv("COPYDESK_DATA")
    with pytest.raises(LakeError, match=f"set COPYDESK_DATA=s3://{bucket.name}/data/"):
        open_lake(warehouse, read_only=True)


def test_a_catalog_server_that_drops_its_connections_is_asked_again(
    pg_door: Door, bucket: Bucket, dask: Dask, tmp_path: Path, command: Command, one_machine: dict[str, bytes]
) -> None:
    warehouse = tmp_path / "w"
    drops = []

    def drop() -> None:
        drops.append(1)
        pg_door.cut("open")

    # In the commits of the first ten batches, of the others, of the links, and of the run's own row.
    for message, count in ((b"'load bat-", 1), (b"'load bat-", 3), (b"'resolve'", 1), (b"'finish run-", 1)):
        pg_door.when(message, drop, count)
    code, shown = command("run", RAW, "-w", warehouse, "--cluster", dask.address, *SMALL)
    assert code == 2, shown
    assert len(drops) == 4
    assert export(warehouse) == one_machine
    assert findings(warehouse) == []


def test_a_catalog_server_that_stays_away_is_said(
    pg_door: Door, bucket: Bucket, dask: Dask, s3_door: Door, tmp_path: Path, command: Command,
    monkeypatch: pytest.MonkeyPatch, one_machine: dict[str, bytes],
) -> None:  # fmt: skip
    warehouse = tmp_path / "w"
    monkeypatch.setattr(transaction, "RETRIES", 3)
    s3_door.when(staging(bucket), lambda: pg_door.cut("shut"))
    code, shown = command("run", RAW, "-w", warehouse, "--cluster", dask.address, *SMALL)
    assert code == 1
    assert "the catalog's server went away and stays away" in shown
    assert "the same command again does the rest" in shown
    assert "Traceback" not in shown
    pg_door.mode = "open"
    code, shown = command("run", RAW, "-w", warehouse, "--cluster", dask.address)
    assert code == 2, shown
    assert export(warehouse) == one_machine


def test_two_coordinators_loading_the_same_files_double_nothing(
    catalog: str, bucket: Bucket, dask: Dask, tmp_path: Path, one_machine: dict[str, bytes]
) -> None:
    warehouse = tmp_path / "w"
    open_lake(warehouse).close()
    both = [start("run", RAW, "-w", warehouse, "--cluster", dask.address, *SMALL) for _ in range(2)]
    shown = [one.communicate(timeout=300) for one in both]
    assert [one.returncode for one in both] == [2, 2], shown
    assert export(warehouse) == one_machine
    assert findings(warehouse) == []
