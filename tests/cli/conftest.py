from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def loaded(samples: Path) -> Path:
    """A warehouse with the shipped samples in it."""
    return samples
