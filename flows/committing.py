"""One committer at a time, over all runs that one Prefect server knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx
from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError
from prefect.concurrency.sync import concurrency
from prefect.runtime import deployment

from flows import LOG

LIMIT = "copydesk-commit"
"""Name of the global concurrency limit that runs of deployments heed."""

_LEASE = 60
"""Seconds after which the slot of a committer that died is free again."""


@contextmanager
def one_committer() -> Iterator[None]:
    """Wait for the slot, and go on without it if the server is away.

    The lake allows several writers; taking turns only spares them redoing their work. So what was read is
    committed whatever becomes of the server meanwhile.
    """
    if deployment.id is None:  # by hand, perhaps on a temporary server that has no limit
        yield
        return
    slot = ExitStack()
    try:
        slot.enter_context(concurrency(LIMIT, occupy=1, lease_duration=_LEASE))
    except (ConcurrencySlotAcquisitionError, httpx.HTTPError) as error:
        LOG.warning("committing without a slot: %s", error)
    try:
        yield
    finally:
        with suppress(httpx.HTTPError):  # its lease ends by itself
            slot.close()
