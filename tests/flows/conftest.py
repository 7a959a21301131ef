from collections.abc import Iterator

import pytest

import flows  # sets what Prefect reads at its import


@pytest.fixture(scope="session")
def prefect() -> Iterator[None]:
    """Prefect's harness, once a session: its server takes seconds to start."""
    assert flows.QUIET
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield
