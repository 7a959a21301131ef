"""Upkeep of a lake: small files merged, old snapshots let go, what crashes left behind removed by its age.

Every step is safe beside writers, publishers and readers, and may be cut off at any instant.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb

from etl.lake.connect import Lake
from etl.lake.durable import NewFiles
from etl.lake.publish import alone
from etl.lake.runs import alive_runs
from etl.lake.stage import sweep_stage
from etl.lake.transaction import RETRIES, LakeError, is_transient, pause, turn

KEEP_SNAPSHOTS = timedelta(days=30)
"""How long `copydesk restore` and `copydesk diff` reach back unless told otherwise."""

LEAST_AGE = timedelta(days=1)
"""What is younger than this is never removed: a file that no commit names yet may be another writer's open work, and
a snapshot may be what somebody is reading."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What was done: files merged into how many, snapshots let go, files removed by kind."""

    merged: int
    made: int
    expired: int
    removed: int
    orphans: int
    staged: int


def maintain(lake: Lake, *, now: datetime, keep: timedelta = KEEP_SNAPSHOTS) -> Upkeep:
    """Merge small files, let snapshots older than `keep` go, remove unneeded files; nothing younger than `LEAST_AGE`.

    The newest snapshot always stays. Files of a snapshot that is let go are first marked and are removed once
    they have been marked for `LEAST_AGE`, so that a reader or publisher that still holds it can finish.

    Args:
        lake: open for writing.
        now: the time, UTC.
        keep: how far back snapshots stay; at least `LEAST_AGE` whatever it says.

    Raises:
        LakeError: other writers were faster every time, or data files cannot be merged.
        duckdb.Error: a file could not be written or removed; nothing that a snapshot needs is lost.
    """
    merged = [counts for space, table in _tables(lake) for counts in _merge(lake, space, table)]
    with alone(lake):
        expired = _call(lake, "ducklake_expire_snapshots('lake', older_than => ?)", [now - max(keep, LEAST_AGE)])
    removed = _call(lake, "ducklake_cleanup_old_files('lake', older_than => ?)", [now - LEAST_AGE])
    # Never cleanup_all: that removes files which another process has written and not yet committed.
    orphans = _call(lake, "ducklake_delete_orphaned_files('lake', older_than => ?)", [now - LEAST_AGE])
    return Upkeep(
        merged=sum(count for count, _ in merged),
        made=sum(made for _, made in merged),
        expired=len(expired),
        removed=len(removed),
        orphans=len(orphans),
        staged=sweep_stage(lake, alive_runs(lake), before=now - LEAST_AGE),
    )


def _tables(lake: Lake) -> list[tuple[str, str]]:
    """Schema and name of every table of the lake, those that it remembers its own work in included."""
    return lake.con.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'lake' ORDER BY 1, 2"
    ).fetchall()


def _files(lake: Lake, space: str, table: str) -> Iterator[str]:
    found = lake.con.execute(f"SELECT data_file FROM ducklake_list_files('lake', '{table}', schema => '{space}')")
    yield from (name for (name,) in found.fetchall() if name is not None)


def _merge(lake: Lake, space: str, table: str) -> Iterator[tuple[int, int]]:
    """Merge a table's small files; yields (files before, files after)."""
    before = len(list(_files(lake, space, table)))
    if before < 2:
        return
    try:
        with alone(lake):
            _call(lake, f"ducklake_merge_adjacent_files('lake', '{table}', schema => '{space}')", [], writes=True)
    except duckdb.ConstraintException as error:
        raise LakeError(f"files of {table} cannot be merged ({error}); `copydesk doctor` says which rows") from error
    after = len(list(_files(lake, space, table)))
    if after < before:
        yield before, after


def _call(lake: Lake, function: str, values: list[object], *, writes: bool = False) -> list[tuple[Any, ...]]:
    """The rows that a maintenance function gives, tried again while other writers are faster.

    What it `writes` is on disk before it is committed.
    """
    for attempt in range(RETRIES):
        try:
            with turn(lake.con), _settled(lake.con) if writes else nullcontext():
                return lake.con.execute(f"CALL {function}", values).fetchall()
        except duckdb.Error as error:
            if not is_transient(error):
                raise
            last = error
        time.sleep(pause(attempt, random.random()))
    raise LakeError(f"the lake is busy: maintenance lost to other writers {RETRIES} times; run it again ({last})")


@contextmanager
def _settled(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A transaction of one's own, committed when its files are on disk."""
    new = NewFiles(con)
    con.execute("BEGIN")
    try:
        yield
        new.settle()
        con.execute("COMMIT")
    except BaseException:
        # After a failed COMMIT there is no transaction left and ROLLBACK fails too.
        with suppress(duckdb.Error):
            con.execute("ROLLBACK")
        raise
