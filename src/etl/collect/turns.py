"""One request at a time to a server, and a pause between two, over all threads and processes of this machine."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO

from etl.collect.records import SourceError, Visit

_LOOK_AGAIN = 0.1
"""Seconds between two looks at a server that another visit is at."""


@contextmanager
def turn(visit: Visit, host: str) -> Iterator[None]:
    """Have a server to ourselves, no sooner than the pause after the last request to it has ended.

    Raises:
        SourceError: others were at it until the visit's time was over.
    """
    folder = visit.locks / "servers"
    folder.mkdir(parents=True, exist_ok=True)
    # The name comes from a configuration or a redirect: a path must not follow from it.
    name = hashlib.sha256(host.lower().encode()).hexdigest()[:16]
    with (folder / f"{name}.lock").open("a+", encoding="utf-8") as file:
        _wait(visit, file, host)
        try:
            _pause(visit, file)
            yield
        finally:
            file.seek(0)
            file.truncate()
            file.write(visit.clock.now().isoformat())
            file.flush()


def _wait(visit: Visit, file: IO[str], host: str) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if visit.clock.monotonic() >= visit.deadline.at:
                raise SourceError(f"{host} is busy with other visits of ours") from None
            visit.clock.sleep(_LOOK_AGAIN)


def _pause(visit: Visit, file: IO[str]) -> None:
    file.seek(0)
    printed = file.read()
    if not printed:
        return
    rest = datetime.fromisoformat(printed) + visit.pause - visit.clock.now()
    # A clock that was set back must not make us wait for hours.
    if rest > timedelta(0):
        visit.clock.sleep(min(rest, visit.pause).total_seconds())
