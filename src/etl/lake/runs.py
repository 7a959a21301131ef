"""The runs table: what started, what finished, what died."""

from __future__ import annotations

import fcntl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

import pyarrow as pa

from etl import schema
from etl.lake.commit import insert_rows
from etl.lake.connect import Lake
from etl.lake.transaction import transaction


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What a run did, in files, stories and rejects."""

    files_seen: int = 0
    files_loaded: int = 0
    files_skipped: int = 0
    story_count: int = 0
    reject_count: int = 0


@dataclass(slots=True)
class RunGuard:
    """Says that a run is alive for as long as it is kept: the lock goes with the process, however it ends."""

    path: Path
    _file: IO[bytes]

    def release(self) -> None:
        """Give the lock up and remove its file; harmless when done twice."""
        if not self._file.closed:
            self.path.unlink(missing_ok=True)
            self._file.close()

    def __enter__(self) -> Self:
        """The guard itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Release."""
        self.release()


def start_run(lake: Lake, *, run_id: str, command: str, fingerprint: str, started_at: datetime) -> RunGuard:
    """Write the row of a new run and mark runs that died as failed. Keep the guard until the run has ended."""
    guard = _lock(lake, run_id)
    assert guard is not None, f"run {run_id} is running already; a run id must be new"
    row = {
        "run_id": run_id,
        "command": command,
        "fingerprint": fingerprint,
        "started_at": started_at,
        "run_state": "running",
    }
    table = schema.core("runs")
    rows = pa.Table.from_pylist([row], schema=table.schema)

    def work() -> tuple[None, bool]:
        dead = [other for other in _running(lake) if not _is_alive(lake, other)]
        lake.con.execute(
            "UPDATE lake.runs SET run_state = 'failed' WHERE run_id IN (SELECT unnest(?::VARCHAR[]))", [dead]
        )
        insert_rows(lake, table, rows)
        return None, True

    transaction(lake.con, work, message=f"start {run_id}", extra={"run_id": run_id})
    return guard


def finish_run(
    lake: Lake, *, run_id: str, finished_at: datetime, counts: RunCounts, state: Literal["finished", "failed"]
) -> None:
    """Write how a run ended."""

    def work() -> tuple[None, bool]:
        lake.con.execute(
            """UPDATE lake.runs SET finished_at = ?, run_state = ?, files_seen = ?, files_loaded = ?,
               files_skipped = ?, story_count = ?, reject_count = ? WHERE run_id = ?""",
            [
                finished_at,
                state,
                counts.files_seen,
                counts.files_loaded,
                counts.files_skipped,
                counts.story_count,
                counts.reject_count,
                run_id,
            ],
        )
        return None, True

    transaction(lake.con, work, message=f"finish {run_id}", extra={"run_id": run_id})


def _running(lake: Lake) -> list[str]:
    rows = lake.con.execute("SELECT run_id FROM lake.runs WHERE run_state = 'running' ORDER BY 1").fetchall()
    return [run_id for (run_id,) in rows]


def _is_alive(lake: Lake, run_id: str) -> bool:
    guard = _lock(lake, run_id)
    if guard is None:
        return True
    guard.release()
    return False


def _lock(lake: Lake, run_id: str) -> RunGuard | None:
    """The lock of a run, None while another process (or another start in this one) holds it."""
    folder = lake.location.locks / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    # Run ids are made by us, but a path must not follow from a value all the same.
    path = folder / f"{run_id.replace('/', '_')}.lock"
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return RunGuard(path, file)
