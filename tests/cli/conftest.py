from pathlib import Path

import pytest

from warehouses import RAW, copydesk


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the shipped samples in it."""
    warehouse = tmp_path_factory.mktemp("loaded") / "warehouse"
    done = copydesk("run", RAW, "-w", warehouse)
    assert done.returncode == 2, done.stdout + done.stderr
    return warehouse
