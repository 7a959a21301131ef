"""Options and the loaded samples, which every test folder shares."""

from pathlib import Path

import pytest

from warehouses import RAW, copydesk


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the expected side of golden cases from what the code gives now; review the diff",
    )


@pytest.fixture
def is_updating_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the shipped samples in it, loaded once for all tests: read it, or copy it first."""
    warehouse = tmp_path_factory.mktemp("samples") / "warehouse"
    done = copydesk("run", RAW, "-w", warehouse)
    assert done.returncode == 2, done.stdout + done.stderr
    return warehouse
