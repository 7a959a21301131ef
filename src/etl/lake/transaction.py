"""One transaction on the lake, tried again when another writer was faster."""

from __future__ import annotations

import contextlib
import fcntl
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, TypeVar

import duckdb

from etl.lake.durable import NewFiles

RETRIES = 40
PATIENCE = 300.0
"""Seconds after which nothing is tried again: every try may itself have waited for a lock."""

_FIRST_PAUSE = 0.03
_LONGEST_PAUSE = 2.0

# What is said when the catalog's server went away. It may come back; whether the commit that it cut off took
# place nobody knows, so `work` is done again and finds out.
_LOST = (
    "server closed the connection",
    "terminating connection",
    'Failed to execute query "ROLLBACK"',
    'Failed to execute query "COMMIT"',
    "Unable to connect to Postgres",
    "no connection to the server",
    "connection to server",
    "Connection timed out",
    "the database system is",  # "starting up", "shutting down", "in recovery mode"
)

# What DuckLake says when another writer came first. It retries collisions on the snapshot row itself, but
# neither logical conflicts nor a locked SQLite catalog: then the whole transaction has to be done again.
_TRANSIENT = (
    "Transaction conflict",
    "Exceeded the maximum retry count",
    "database is locked",
    "write-write conflict",
)

T = TypeVar("T")


class LakeError(Exception):
    """The lake cannot be used as it stands; the message says what to do."""


def is_transient(error: duckdb.Error) -> bool:
    """True when doing the same again may succeed."""
    text = str(error)
    return any(sign in text for sign in _TRANSIENT) or is_lost(error)


def is_lost(error: duckdb.Error) -> bool:
    """True when the catalog's server went away."""
    return any(sign in str(error) for sign in _LOST)


def pause(attempt: int, share: float) -> float:
    """Seconds to wait before attempt `attempt` + 1; `share` from 0 to 1 spreads competing writers."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(attempt, 10))
    return longest * (0.25 + 0.75 * share)


def transaction(
    con: duckdb.DuckDBPyConnection,
    work: Callable[[], tuple[T, bool]],
    *,
    message: str,
    extra: Mapping[str, str] | None = None,
    gate: bool = True,
) -> T:
    """Run `work` inside one transaction and commit it; return what it returned.

    `work` gives its result and whether it wrote anything: if not, nothing is committed. It may run many
    times, even after a commit of which nothing was heard, and must read again whatever it decides on. The gate
    row is updated first, so that of two writers one sees what the other has done.

    Raises:
        LakeError: other writers were faster every time, or the catalog's server stays away.
        duckdb.Error: what `work` raised and waiting cannot cure.
    """
    began, attempt = time.monotonic(), 0
    while True:
        try:
            with turn(con):
                return _once(con, work, message=message, extra=extra or {}, gate=gate)
        except duckdb.Error as error:
            if not is_transient(error):
                raise
            attempt += 1
            if attempt >= RETRIES or time.monotonic() - began > PATIENCE:
                raise LakeError(_gave_up(message, attempt, error)) from error
        time.sleep(pause(attempt - 1, random.random()))


@contextlib.contextmanager
def turn(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Wait for this process's turn to write to an embedded catalog; a catalog on a server needs no turns.

    SQLite refuses a commit as soon as another has come between: without turns a slow writer among quick ones would
    lose every time. The lock is a courtesy, a commit does not depend on it: whoever cannot lock, or has waited for
    `PATIENCE`, goes on and may have to try again. The system gives the lock up however a process ends.
    """
    with contextlib.ExitStack() as stack:
        found = con.execute("SELECT path FROM duckdb_databases() WHERE database_name = 'lake'").fetchall()
        kind, _, catalog = (found[0][0] if found else "").partition(":")
        if kind == "sqlite":
            with contextlib.suppress(OSError):
                _wait_for(stack.enter_context(Path(catalog).with_name("writers.lock").open("ab")))
        yield


def _wait_for(lock: IO[bytes]) -> None:
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(pause(0, random.random()))
        else:
            return


def _gave_up(message: str, attempts: int, error: duckdb.Error) -> str:
    if is_lost(error):
        return f"the catalog's server went away and stays away; {message!r} was tried {attempts} times ({error})"
    return f"the lake is busy: {message!r} lost to other writers {attempts} times; run it again ({error})"


def _once(
    con: duckdb.DuckDBPyConnection,
    work: Callable[[], tuple[T, bool]],
    *,
    message: str,
    extra: Mapping[str, str],
    gate: bool,
) -> T:
    new = NewFiles(con)
    con.execute("BEGIN")
    try:
        if gate:
            con.execute("UPDATE lake.internal.gate SET v = v + 1")
        result, wrote = work()
        if not wrote:
            con.execute("ROLLBACK")
            return result
        new.settle()
        con.execute(
            "CALL lake.set_commit_message('copydesk', ?, extra_info => ?)", [message, json.dumps(extra, sort_keys=True)]
        )
        con.execute("COMMIT")
    except BaseException:
        # After a failed COMMIT there is no transaction left and ROLLBACK fails too.
        with contextlib.suppress(duckdb.Error):
            con.execute("ROLLBACK")
        raise
    return result
