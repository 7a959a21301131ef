"""A Postgres database, an S3 server and a Dask cluster, all real, all on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from pyarrow import fs

from etl.lake.connect import connect_duckdb
from tests.cluster.proxy import Door

ROOT = Path(__file__).parents[2]
SERVER = os.environ.get("COPYDESK_TEST_POSTGRES", "host=127.0.0.1 port=5432 user=postgres")

KEY, SECRET, TOKEN = "AKIADESKDESKDESK", "hush/se'cret+desk", "tokenthatnobodymaysee"
"""Credentials that must turn up nowhere but in requests."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def process(*command: str, **environment: str) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT), str(ROOT / "tests")))
    return subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": paths} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def wait_until(ready, what: str, seconds: float = 120) -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(0.05)


@contextmanager
def postgres_database() -> Iterator[str]:
    """A database of its own; its name."""
    name = f"copydesk_test_{os.getpid()}_{uuid4().hex[:6]}"
    con = connect_duckdb(("postgres_scanner",))
    try:
        con.execute(f"ATTACH '{SERVER} dbname=postgres' AS pg (TYPE postgres)")
    except Exception as error:
        pytest.fail(
            f"no PostgreSQL answers at {SERVER!r}: start one (Debian: pg_ctlcluster), or name it in "
            f"COPYDESK_TEST_POSTGRES ({error})"
        )
    con.execute(f"CALL postgres_execute('pg', 'CREATE DATABASE {name}', use_transaction => false)")
    try:
        yield name
    finally:
        con.execute(f"CALL postgres_execute('pg', 'DROP DATABASE {name} WITH (FORCE)', use_transaction => false)")
        con.close()


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`COPYDESK_CATALOG` is a database of its own."""
    with postgres_database() as database:
        name = f"postgres:{SERVER} dbname={database}"
        monkeypatch.setenv("COPYDESK_CATALOG", name)
        yield name


@pytest.fixture(scope="session")
def s3_port() -> Iterator[int]:
    port = free_port()
    server = process(sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port))
    wait_until(lambda: answers(port), "the start of moto's S3 server")
    yield port
    server.kill()
    server.wait()


@pytest.fixture(scope="session")
def s3_door(s3_port: int) -> Iterator[Door]:
    """The door that everybody reaches the object store by."""
    door = Door(s3_port)
    yield door
    door.close()


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of a test's own, and a way to look into it that does not go through the door."""

    name: str
    store: fs.S3FileSystem

    def names(self, prefix: str) -> list[str]:
        found = self.store.get_file_info(fs.FileSelector(f"{self.name}/{prefix}", recursive=True, allow_not_found=True))
        return sorted(entry.path for entry in found if entry.type == fs.FileType.File)


def key_environment(door: Door) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": TOKEN,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{door.port}",
        "COPYDESK_S3_TIMEOUT": "5",
    }


@pytest.fixture
def bucket(s3_port: int, s3_door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """`COPYDESK_DATA` and `COPYDESK_STAGE` are in a bucket of the test's own."""
    name = f"desk-{uuid4().hex[:10]}"
    store = fs.S3FileSystem(
        access_key="a", secret_key="b", region="us-east-1", scheme="http", allow_bucket_creation=True,
        endpoint_override=f"127.0.0.1:{s3_port}",
    )  # fmt: skip
    store.create_dir(name)
    for variable, value in key_environment(s3_door).items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("COPYDESK_DATA", f"s3://{name}/data")
    monkeypatch.setenv("COPYDESK_STAGE", f"s3://{name}/stage/")
    s3_door.mode = "open"
    yield Bucket(name, store)
    s3_door.cut("open")


@dataclass(slots=True)
class Dask:
    """A scheduler and its workers, each under its nanny."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]

    def stop(self) -> None:
        for one in (*self.workers, self.scheduler):
            one.terminate()
        for one in (*self.workers, self.scheduler):
            try:
                one.wait(20)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()


def start_dask(folder: Path, door: Door, workers: int) -> Dask:
    port = free_port()
    command = (sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--no-dashboard")
    scheduler = process(*command, "--port", str(port), "--no-jupyter")
    wait_until(lambda: answers(port), "the start of a Dask scheduler")
    address = f"tcp://127.0.0.1:{port}"
    command = (sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard")
    hands = [
        process(
            *command, "--local-directory", str(folder / f"worker-{n}"), "--name", f"hand-{n}",
            OMP_NUM_THREADS="1", **key_environment(door),
        )
        for n in range(workers)
    ]  # fmt: skip
    return Dask(address, scheduler, hands)


@pytest.fixture(scope="session")
def dask(s3_door: Door, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    """A scheduler with two workers, shared by the tests that leave it whole."""
    cluster = start_dask(tmp_path_factory.mktemp("dask"), s3_door, 2)
    yield cluster
    cluster.stop()
