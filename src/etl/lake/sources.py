"""What collecting remembers of each source, in the lake: when it was visited, and what was taken from it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from etl.lake.connect import Lake
from etl.lake.transaction import transaction


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing that was taken from a source: `mark` changes when it does; a refused one has no `sha256`."""

    mark: str
    sha256: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source from its last visit.

    `memory` is what its kind keeps (an ETag, the last UID); `taken` what was taken, by its id at the source.
    `failures` counts visits that failed in a row, `problem` says what the last of them met.
    """

    visited_at: datetime | None = None
    succeeded_at: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    problem: str | None = None
    memory: Mapping[str, str] = field(default_factory=dict)
    taken: Mapping[str, Taken] = field(default_factory=dict)


_COLUMNS = "visited_at, succeeded_at, next_at, failures, problem, memory"


def read_source(lake: Lake, name: str) -> SourceState:
    """The state of a source; one that was never visited has the state of a new one."""
    row = lake.con.execute(f"SELECT {_COLUMNS} FROM lake.internal.sources WHERE source = ?", [name]).fetchone()
    items = lake.con.execute(
        "SELECT item, mark, sha256, path FROM lake.internal.source_items WHERE source = ?", [name]
    ).fetchall()
    taken = {item: Taken(*facts) for item, *facts in items}
    return _state(row, taken) if row else SourceState(taken=taken)


def read_sources(lake: Lake) -> dict[str, SourceState]:
    """The state of every source that was ever visited, by name, without what was taken."""
    rows = lake.con.execute(f"SELECT source, {_COLUMNS} FROM lake.internal.sources ORDER BY 1").fetchall()
    return {row[0]: _state(row[1:], {}) for row in rows}


def write_source(lake: Lake, name: str, before: SourceState, after: SourceState) -> None:
    """Write a source's state in one commit; of what was taken, only what differs from `before`.

    Only one process at a time may visit a source, so nothing is read again here.
    """
    changed = {item: taken for item, taken in after.taken.items() if before.taken.get(item) != taken}
    gone = [item for item in before.taken if item not in after.taken or item in changed]
    row = [name, after.visited_at, after.succeeded_at, after.next_at, after.failures, after.problem]

    def work() -> tuple[None, bool]:
        lake.con.execute("DELETE FROM lake.internal.sources WHERE source = ?", [name])
        lake.con.execute(
            f"INSERT INTO lake.internal.sources (source, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [*row, json.dumps(dict(after.memory), sort_keys=True)],
        )
        if gone:
            lake.con.execute(
                "DELETE FROM lake.internal.source_items WHERE source = ? AND item IN (SELECT unnest(?::VARCHAR[]))",
                [name, gone],
            )
        _insert(lake, name, changed)
        return None, True

    transaction(lake.con, work, message=f"collect {name}", extra={"source": name})


def _state(row: Sequence[Any], taken: Mapping[str, Taken]) -> SourceState:
    visited_at, succeeded_at, next_at, failures, problem, memory = row
    return SourceState(visited_at, succeeded_at, next_at, failures, problem, json.loads(memory), taken)


def _insert(lake: Lake, name: str, items: Mapping[str, Taken]) -> None:
    if not items:
        return
    columns = {
        "source": pa.array([name] * len(items), pa.string()),
        "item": pa.array(items, pa.string()),
        "mark": pa.array([taken.mark for taken in items.values()], pa.string()),
        "sha256": pa.array([taken.sha256 for taken in items.values()], pa.string()),
        "path": pa.array([taken.path for taken in items.values()], pa.string()),
    }
    lake.con.register("taking", pa.table(columns))
    try:
        lake.con.execute(f"INSERT INTO lake.internal.source_items ({', '.join(columns)}) SELECT * FROM taking")
    finally:
        lake.con.unregister("taking")
