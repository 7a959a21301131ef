"""The runs table: what started, what finished, what died."""

from __future__ import annotations

import fcntl
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

import pyarrow as pa

from etl import schema
from etl.lake.commit import insert_rows
from etl.lake.connect import Lake
from etl.lake.transaction import LakeError, transaction

_alive: dict[str, IO[bytes]] = {}
"""Locks of the runs that go on in this process: a lock is given up by the system however a process ends."""


def start_run(lake: Lake, *, run_id: str, command: str, fingerprint: str, started_at: datetime) -> None:
    """Write the row of a new run and mark runs that died as failed.

    The run counts as alive until `finish_run` is called or this process ends.

    Raises:
        LakeError: a run of that id is going on.
    """
    lock = _lock(lake, run_id)
    if lock is None:
        raise LakeError(f"run {run_id} is going on already; a run id must be new")
    _alive[run_id] = lock
    row = {"run_id": run_id, "command": command, "fingerprint": fingerprint, "started_at": started_at}
    table = schema.core("runs")
    rows = pa.Table.from_pylist([row | {"run_state": "running"}], schema=table.schema)

    def work() -> tuple[None, bool]:
        dead = [other for other in _running(lake) if not _is_alive(lake, other)]
        lake.con.execute(
            "UPDATE lake.runs SET run_state = 'failed' WHERE run_id IN (SELECT unnest(?::VARCHAR[]))", [dead]
        )
        lake.con.execute("DELETE FROM lake.runs WHERE run_id = ?", [run_id])  # of a commit that was not heard of
        insert_rows(lake, table, rows)
        return None, True

    transaction(lake.con, work, message=f"start {run_id}", extra={"run_id": run_id})


def finish_run(
    lake: Lake,
    *,
    run_id: str,
    finished_at: datetime,
    files_seen: int,
    files_loaded: int,
    files_skipped: int,
    story_count: int,
    reject_count: int,
    state: Literal["finished", "failed"] = "finished",
) -> None:
    """Write how a run ended and what it did."""
    facts = [finished_at, state, files_seen, files_loaded, files_skipped, story_count, reject_count, run_id]

    def work() -> tuple[None, bool]:
        lake.con.execute(
            """UPDATE lake.runs SET finished_at = ?, run_state = ?, files_seen = ?, files_loaded = ?,
               files_skipped = ?, story_count = ?, reject_count = ? WHERE run_id = ?""",
            facts,
        )
        return None, True

    transaction(lake.con, work, message=f"finish {run_id}", extra={"run_id": run_id})
    lock = _alive.pop(run_id, None)
    if lock is not None:
        _release(lake, run_id, lock)


def alive_runs(lake: Lake) -> set[str]:
    """Ids of the runs that go on now, in whatever process of this machine."""
    return {run_id for run_id in _running(lake) if _is_alive(lake, run_id)}


def _running(lake: Lake) -> list[str]:
    rows = lake.con.execute("SELECT run_id FROM lake.runs WHERE run_state = 'running' ORDER BY 1").fetchall()
    return [run_id for (run_id,) in rows]


def _is_alive(lake: Lake, run_id: str) -> bool:
    if run_id in _alive:
        return True
    lock = _lock(lake, run_id)
    if lock is None:
        return True
    _release(lake, run_id, lock)
    return False


def _lock_path(lake: Lake, run_id: str) -> Path:
    # Run ids are made by us, but a path must not follow from a value all the same.
    return lake.location.locks / "runs" / f"{run_id.replace('/', '_')}.lock"


def _lock(lake: Lake, run_id: str) -> IO[bytes] | None:
    """The lock of a run, None while another process (or an earlier start in this one) holds it."""
    path = _lock_path(lake, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _release(lake: Lake, run_id: str, lock: IO[bytes]) -> None:
    _lock_path(lake, run_id).unlink(missing_ok=True)
    lock.close()
