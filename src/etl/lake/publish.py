"""Publishing what stands: Parquet by year and copydesk.duckdb, swapped in whole."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from etl import schema
from etl.lake import ddl
from etl.lake.connect import Lake
from etl.lake.database import DATABASE, bookkeeping_digest, build_database
from etl.lake.macros import INDEXES, MACROS
from etl.lake.quality import quality_digest
from etl.lake.selects import PARTITIONED, fix_standing, select
from etl.lake.state import Published, Stamp, read_state, replacing, write_state
from etl.lake.transaction import LakeError
from etl.lake.views import VIEWS

PARQUET = "parquet"
_STATE = f"{PARQUET}/.published.json"
_ROW_GROUP = 65_536


@dataclass(frozen=True, slots=True)
class PublishReport:
    """Rows by published table, Parquet files written and removed, and whether the database was built anew."""

    rows: dict[str, int]
    rewritten: int
    removed: int
    database_built: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """One Parquet file to be: its table, its year (None: all rows) and what it must hold."""

    table: schema.Table
    year: str | None
    digest: str
    rows: int

    @property
    def name(self) -> str:
        """Path relative to the warehouse."""
        folder = f"{PARQUET}/{self.table.name}"
        return f"{folder}/part-0.parquet" if self.year is None else f"{folder}/year={self.year}/part-0.parquet"


def publish(lake: Lake, warehouse: Path, as_of: datetime) -> PublishReport:
    """Bring `parquet/` and `copydesk.duckdb` to what the lake says stands at `as_of`.

    Published are current versions only, without what is killed, withheld or under embargo, and of quotes only
    speech. Files whose rows have not changed are left as they are; the others are written beside and renamed.
    Readers are never blocked. A publish that was cut off is made good by the next one; of two at once
    the later waits.

    Raises:
        LakeError: rows of an older version lack what this one requires.
        duckdb.Error, OSError: nothing is lost, the next publish finishes the work.
    """
    warehouse.mkdir(parents=True, exist_ok=True)
    with alone(lake), _snapshot(lake):
        _sweep(warehouse)
        fix_standing(lake, as_of)
        parts = [part for table in schema.PUBLISHED for part in _parts(lake, table)]
        state_path = warehouse / _STATE
        state = read_state(state_path, _layout())
        stale = [part for part in parts if not state.holds(warehouse, part.name, part.digest)]
        dead = _dead_files(warehouse, {part.name for part in parts})
        whole = _digest_of([part.digest for part in parts] + [bookkeeping_digest(lake)])
        build = bool(stale or dead) or not state.holds(warehouse, DATABASE, whole)
        for table in dict.fromkeys(part.table for part in stale):
            _refuse_nulls(lake, table)
        if build:
            # Forgotten first: a crash halfway must leave no digest that speaks of a file's former rows.
            _forget(state, state_path, [part.name for part in stale] + dead + [DATABASE])
            for part in stale:
                _write(lake, warehouse, part)
            _remove(warehouse, dead)
            files = {t.name: [warehouse / p.name for p in parts if p.table is t] for t in schema.PUBLISHED}
            build_database(lake, warehouse / DATABASE, files)
            _remember(state, state_path, warehouse, stale, whole)
    rows = {t.name: sum(p.rows for p in parts if p.table is t) for t in schema.PUBLISHED}
    return PublishReport(rows, rewritten=len(stale), removed=len(dead), database_built=build)


@contextmanager
def alone(lake: Lake) -> Iterator[None]:
    """Keep other publishes and upkeep out on this machine: the later one waits.

    A transaction that only reads is no snapshot on the embedded catalog: when upkeep merges files or lets states go
    meanwhile, it finds tables empty. So whoever reads with several statements, or merges, does it alone. Transactions
    that write need no such care, they fail and are done again. Without the right to lock, nobody can merge either.
    """
    try:
        file = (lake.location.locks / "publish.lock").open("ab")
    except OSError:
        if not lake.read_only:
            raise
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _snapshot(lake: Lake) -> Iterator[None]:
    """All reads inside see one state of the lake, whoever commits meanwhile."""
    lake.con.execute("BEGIN")
    try:
        yield
    finally:
        lake.con.execute("ROLLBACK")


def _sweep(warehouse: Path) -> None:
    """Remove temporary files of a publish that was cut off: they may hold a story that was killed since."""
    for path in (*warehouse.glob(f".{DATABASE}.*"), *(warehouse / PARQUET).rglob(".*.tmp")):
        path.unlink(missing_ok=True)


def _layout() -> str:
    """Changes whenever files written before could differ from files written now: schema, views, software."""
    columns = [str(t.schema) + repr((t.grain, t.key, t.sort)) for t in schema.PUBLISHED]
    described = [f.metadata[b"description"].decode() for t in schema.PUBLISHED for f in t.schema]
    return _digest_of(
        [*columns, *described, repr(VIEWS), repr((MACROS, INDEXES)), quality_digest(), duckdb.__version__, pq.__name__]
    )


def _digest_of(texts: list[str]) -> str:
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:32]


def _parts(lake: Lake, table: schema.Table) -> list[_Part]:
    """The table's files with a digest of the rows each must hold, in order of year."""
    columns = ", ".join(f"t.{ddl.quote_name(name)}" for name in table.columns)
    year = "part_year" if table.name in PARTITIONED else "NULL::VARCHAR"
    found = lake.con.execute(
        f"""SELECT {year} AS year, bit_xor(hash({columns}))::VARCHAR, count(*)
            FROM ({select(table)}) t GROUP BY ALL ORDER BY 1"""
    ).fetchall()
    if not found and table.name not in PARTITIONED:
        found = [(None, "none", 0)]
    return [_Part(table, part, f"{rows}:{digest}", rows) for part, digest, rows in found]


def _write(lake: Lake, warehouse: Path, part: _Part) -> None:
    table = part.table
    where = "" if part.year is None else f"WHERE part_year = {ddl.quote_text(part.year)}"
    order = ", ".join(ddl.quote_name(name) for name in table.sort)
    found = lake.con.execute(f"SELECT {ddl.column_list(table)} FROM ({select(table)}) {where} ORDER BY {order}")
    with (
        replacing(warehouse / part.name) as temporary,
        pq.ParquetWriter(temporary, table.schema, compression="zstd", compression_level=3) as writer,
    ):
        for batch in found.to_arrow_reader(_ROW_GROUP):
            writer.write_batch(batch.cast(table.schema))


def _refuse_nulls(lake: Lake, table: schema.Table) -> None:
    """A column that a later version requires is null in rows that an older version loaded."""
    counts = ", ".join(f"count(*) - count({ddl.quote_name(name)})" for name in table.required)
    row = lake.con.execute(f"SELECT {counts} FROM ({select(table)})").fetchone() or ()
    missing = [name for name, nulls in zip(table.required, row, strict=True) if nulls]
    if missing:
        raise LakeError(
            f"{table.name} cannot be published: {', '.join(missing)} came with a later version than the one that "
            "loaded some of the rows; load their raw files again with `copydesk run`"
        )


def _dead_files(warehouse: Path, wanted: set[str]) -> list[str]:
    """Published files of years (or tables) that have no rows any more."""
    found = [str(path.relative_to(warehouse)) for path in (warehouse / PARQUET).glob("**/*.parquet")]
    return sorted(set(found) - wanted)


def _remove(warehouse: Path, names: list[str]) -> None:
    for name in names:
        path = warehouse / name
        path.unlink(missing_ok=True)
        if path.parent.name.startswith("year="):
            shutil.rmtree(path.parent, ignore_errors=True)


def _forget(state: Published, path: Path, names: list[str]) -> None:
    for name in names:
        state.files.pop(name, None)
    write_state(path, state)


def _remember(state: Published, path: Path, warehouse: Path, written: list[_Part], whole: str) -> None:
    for part in written:
        state.files[part.name] = Stamp(part.digest, part.rows, (warehouse / part.name).stat().st_size)
    state.files[DATABASE] = Stamp(whole, 0, (warehouse / DATABASE).stat().st_size)
    write_state(path, state)
