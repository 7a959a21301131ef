import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etl.lake import Lake, open_lake
from tests.collect.places import Desk, FakeClock
from tests.collect.webserver import WebServer


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def desk(tmp_path: Path, lake: Lake, clock: FakeClock) -> Desk:
    """A desk of its own; the lake is opened once for all tests, and forgets all sources in between."""
    for table in ("sources", "source_items"):
        lake.con.execute(f"DELETE FROM lake.internal.{table}")
    shutil.rmtree(lake.location.locks / "servers", ignore_errors=True)
    return Desk(tmp_path, lake, clock)


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with open_lake(tmp_path_factory.mktemp("warehouse")) as lake:
        yield lake


@pytest.fixture
def web(clock: FakeClock) -> Iterator[WebServer]:
    with WebServer(clock) as server:
        yield server


@pytest.fixture
def another(clock: FakeClock) -> Iterator[Callable[..., WebServer]]:
    """Makes further servers, which close at the end."""
    servers: list[WebServer] = []

    def make(address: str = "127.0.0.1") -> WebServer:
        servers.append(WebServer(clock, address).__enter__())
        return servers[-1]

    yield make
    for server in servers:
        server.__exit__(None, None, None)
