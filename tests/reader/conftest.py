from pathlib import Path

import pytest

import hostile


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples and a hostile story, published."""
    return hostile.made_once(tmp_path_factory)
