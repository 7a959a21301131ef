"""An empty lake, made once and copied for every test: making one takes a second, copying it none."""

import shutil
from pathlib import Path

import pytest

from etl.lake import open_lake


@pytest.fixture(scope="session")
def empty_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty") / "warehouse"
    open_lake(folder).close()
    return folder


@pytest.fixture
def warehouse(empty_lake: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty_lake, tmp_path / "warehouse"))
