"""The lake's past: what changed between two snapshots, and going back to one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from etl import schema
from etl.lake import ddl
from etl.lake.connect import Lake
from etl.lake.transaction import LakeError, transaction

BOOKKEEPING = ("fingerprint", "run_id", "batch_id", "loaded_at", "seen_at")
"""Columns that say who wrote a row when: two rows that differ in these alone are the same row."""

# What a restore leaves as it is: `gate` must only grow, `runs` is the log of what was done, and what was fetched from
# a source has been fetched.
_NOT_RESTORED = frozenset({"gate", "runs", "sources", "source_items"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of the lake: its number, when it was made (UTC) and what made it."""

    number: int
    made_at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class TableDiff:
    """How a table differs between two snapshots: numbers of rows by key."""

    table: str
    added: int
    removed: int
    changed: int


@dataclass(frozen=True, slots=True)
class RowDiff:
    """One row that differs: its key, `added`, `removed` or `changed`, and (column, before, after) of a change."""

    key: str
    kind: str
    columns: tuple[tuple[str, object, object], ...]


def snapshots(lake: Lake) -> list[Snapshot]:
    """All snapshots that are kept, oldest first."""
    found = lake.con.execute(
        "SELECT snapshot_id, snapshot_time, coalesce(commit_message, '') FROM lake.snapshots() ORDER BY 1"
    )
    return [Snapshot(*row) for row in found.fetchall()]


def snapshot_before(lake: Lake, when: datetime) -> int:
    """The newest snapshot made before `when` and after which none older was made.

    A machine's clock may go back: of the snapshots that claim a time before `when`, those that follow a later
    one in number do not count.

    Raises:
        LakeError: none is kept from before that time.
    """
    number = None
    for snapshot in snapshots(lake):
        if snapshot.made_at >= when:
            break
        number = snapshot.number
    if number is None:
        raise LakeError(
            f"no snapshot from before {when.isoformat()} is kept; `copydesk snapshots` lists those that are"
        )
    return number


def diff_tables(lake: Lake, before: int, after: int) -> list[TableDiff]:
    """Core tables that differ between two snapshots, by key; who wrote a row when does not count.

    Raises:
        LakeError: a snapshot is not kept.
    """
    _require(lake, before, after)
    found = []
    for table in schema.CORE:
        if table.name in _NOT_RESTORED:
            continue
        counts = lake.con.execute(
            f"""SELECT count(*) FILTER (a IS NULL), count(*) FILTER (b IS NULL), count(*) FILTER (a <> b)
                FROM ({_joined(lake, table, before, after)})"""
        ).fetchall()[0]
        if any(counts):
            found.append(TableDiff(table.name, *counts))
    return found


def diff_rows(lake: Lake, table: schema.Table, before: int, after: int, limit: int) -> list[RowDiff]:
    """Rows of a core table that differ between two snapshots, by key, at most `limit`."""
    _require(lake, before, after)
    keys = lake.con.execute(
        f"""SELECT {_key(table)}, CASE WHEN a IS NULL THEN 'added' WHEN b IS NULL THEN 'removed' ELSE 'changed' END
            FROM ({_joined(lake, table, before, after)}) WHERE a IS DISTINCT FROM b ORDER BY ALL LIMIT ?""",
        [limit],
    ).fetchall()
    shown = []
    for *key, kind in keys:
        old, new = (_row(lake, table, number, key) for number in (before, after))
        names = [n for n in old if n in new and old[n] != new[n]] if kind == "changed" else []
        columns = tuple((name, old[name], new[name]) for name in names if name not in BOOKKEEPING)
        shown.append(RowDiff(" ".join(map(str, key)), kind, columns))
    return shown


def restore(lake: Lake, number: int) -> list[TableDiff]:
    """Make the lake what it was at a snapshot, in one commit; give what that changed.

    Later snapshots stay, so a restore can itself be taken back. The log of runs stays as it is. Files that came
    in after the snapshot are new again to the next run.

    Raises:
        LakeError: the snapshot is not kept, or other writers were faster every time.
    """
    _require(lake, number)

    def work() -> tuple[list[TableDiff], bool]:
        current = lake.snapshot()
        changed = diff_tables(lake, current, number)
        tables = _tables(lake)
        wrote = [_bring_back(lake, name, number) for name in tables if name.rpartition(".")[2] not in _NOT_RESTORED]
        return changed, any(wrote)

    return transaction(lake.con, work, message=f"restore {number}", extra={"snapshot": str(number)})


def _tables(lake: Lake) -> list[str]:
    found = lake.con.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'lake' ORDER BY 1"
    )
    return [name for (name,) in found.fetchall()]


def _bring_back(lake: Lake, name: str, number: int) -> bool:
    """Rows of one table as they were, written only where they differ. Returns whether anything was written.

    A column that has come since holds null, a table that has come since holds nothing.
    """
    now = _column_names(lake, f"lake.{name}")
    then = _column_names(lake, f"lake.{name} AT (VERSION => {number})")
    columns = ", ".join(ddl.quote_name(c) for c in now)
    old = ", ".join(ddl.quote_name(c) if c in then else f"NULL AS {ddl.quote_name(c)}" for c in now)
    past = (
        f"SELECT {old} FROM lake.{name} AT (VERSION => {number})"
        if then
        else f"SELECT {columns} FROM lake.{name} WHERE false"
    )
    current = f"SELECT {columns} FROM lake.{name}"
    lake.con.execute(f"CREATE OR REPLACE TEMP TABLE gone AS {current} EXCEPT {past}")
    lake.con.execute(f"CREATE OR REPLACE TEMP TABLE back AS {past} EXCEPT {current}")
    gone, back = (lake.con.execute(f"SELECT count(*) FROM {t}").fetchall()[0][0] for t in ("gone", "back"))
    if gone:
        same = " AND ".join(f"t.{ddl.quote_name(c)} IS NOT DISTINCT FROM g.{ddl.quote_name(c)}" for c in now)
        lake.con.execute(
            f"DELETE FROM lake.{name} WHERE rowid IN (SELECT t.rowid FROM lake.{name} t JOIN gone g ON {same})"
        )
    if back:
        lake.con.execute(f"INSERT INTO lake.{name} ({columns}) SELECT {columns} FROM back")
    return bool(gone or back)


def _column_names(lake: Lake, source: str) -> list[str]:
    try:
        found = lake.con.execute(f"SELECT * FROM {source} LIMIT 0")
    except duckdb.CatalogException:  # the table did not exist then
        return []
    return [str(column[0]) for column in found.description or ()]


def _require(lake: Lake, *numbers: int) -> None:
    kept = {snapshot.number for snapshot in snapshots(lake)}
    for number in numbers:
        if number not in kept:
            raise LakeError(
                f"snapshot {number} is not kept; there are {min(kept)} to {max(kept)}, see `copydesk snapshots`"
            )


def _key(table: schema.Table) -> str:
    return ", ".join(ddl.quote_name(name) for name in table.key)


def _joined(lake: Lake, table: schema.Table, before: int, after: int) -> str:
    """SELECT of the key, and of a hash of the row at each snapshot (`a` before, `b` after), null where it is not."""
    here = [_column_names(lake, f"lake.{table.name} AT (VERSION => {number})") for number in (before, after)]
    # A column that only one of them has differs in no row.
    shared = [c for c in table.columns if c not in BOOKKEEPING and all(c in names for names in here)]
    hashed = ", ".join(ddl.quote_name(c) for c in shared)
    sides = [
        f"SELECT {_key(table)}, hash({hashed}) AS {name} FROM lake.{table.name} AT (VERSION => {number})"
        if names
        else f"SELECT {_key(table)}, NULL::UBIGINT AS {name} FROM lake.{table.name} WHERE false"
        for name, number, names in (("a", before, here[0]), ("b", after, here[1]))
    ]
    return f"SELECT * FROM ({sides[0]}) FULL JOIN ({sides[1]}) USING ({_key(table)})"


def _row(lake: Lake, table: schema.Table, number: int, key: list[object]) -> dict[str, object]:
    where = " AND ".join(f"{ddl.quote_name(name)} = ?" for name in table.key)
    found = lake.con.execute(f"SELECT * FROM lake.{table.name} AT (VERSION => {number}) WHERE {where}", key)
    names = [str(column[0]) for column in found.description or ()]
    rows = found.fetchall()
    return dict(zip(names, rows[0], strict=True)) if rows else {}
