"""One committer at a time, over all runs that one Prefect server knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.concurrency.sync import concurrency

LIMIT = "copydesk-commit"
"""Name of the global concurrency limit; where the server has none of that name, the lake's own gate is enough."""

_LEASE = 60
"""Seconds after which the slot of a committer that died is free again."""


@contextmanager
def one_committer() -> Iterator[None]:
    """Wait for the slot. The lake allows several writers; taking turns spares them redoing their work."""
    with concurrency(LIMIT, occupy=1, lease_duration=_LEASE):
        yield
