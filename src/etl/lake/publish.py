"""Publishing what stands: Parquet by time and copydesk.duckdb, swapped in whole."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from etl import schema
from etl.lake import ddl
from etl.lake.connect import Lake
from etl.lake.database import DATABASE, bookkeeping_digest, build_database
from etl.lake.macros import INDEXES, MACROS
from etl.lake.quality import quality_digest
from etl.lake.selects import LARGE, PARTITIONED, fix_standing, marks, select
from etl.lake.state import Published, Stamp, read_state, replacing, write_state
from etl.lake.transaction import LakeError
from etl.lake.views import VIEWS

PARQUET = "parquet"
_STATE = f"{PARQUET}/.published.json"
_ROW_GROUP = 65_536
_ROWS_AT_ONCE = 250_000
"""Rows that are sorted together: each such share of what changed reads the whole table once."""


@dataclass(frozen=True, slots=True)
class PublishReport:
    """Rows by published table, Parquet files written and removed, and whether the database was built anew."""

    rows: dict[str, int]
    rewritten: int
    removed: int
    database_built: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """One Parquet file to be: its table, its folder and name there (None: all rows) and what it must hold."""

    table: schema.Table
    part: str | None
    digest: str
    rows: int

    @property
    def name(self) -> str:
        """Path relative to the warehouse."""
        return f"{PARQUET}/{self.table.name}/{self.part or 'part-0'}.parquet"


def publish(lake: Lake, warehouse: Path, as_of: datetime, *, index: bool | None = None) -> PublishReport:
    """Bring `parquet/` and `copydesk.duckdb` to what the lake says stands at `as_of`.

    Published are current versions only, without what is killed, withheld or under embargo, and of quotes only
    speech. Files whose rows have not changed are left as they are; the others are written beside and renamed.
    Readers are never blocked. A publish that was cut off is made good by the next one; of two at once
    the later waits. `index` says whether the database gets word indexes for search, from now on; None leaves it
    at what was said last, and at first they are made.

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
        state.index = state.index if index is None else index
        stale = [part for part in parts if not state.holds(warehouse, part.name, part.digest)]
        dead = _dead_files(warehouse, {part.name for part in parts})
        whole = _digest_of([part.digest for part in parts] + [bookkeeping_digest(lake), str(state.index)])
        build = bool(stale or dead) or not state.holds(warehouse, DATABASE, whole)
        if build:
            # Forgotten first: a crash halfway must leave no digest that speaks of a file's former rows.
            _forget(state, state_path, [part.name for part in stale] + dead + [DATABASE])
            for table, share in _shares(stale):
                _write(lake, warehouse, table, share)
            _remove(warehouse, dead)
            files = {t.name: [warehouse / p.name for p in parts if p.table is t] for t in schema.PUBLISHED}
            build_database(lake, warehouse / DATABASE, files, index=state.index)
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
    columns = [str(LARGE), *(str(t.schema) + repr((t.grain, t.key, t.sort)) for t in schema.PUBLISHED)]
    described = [f.metadata[b"description"].decode() for t in schema.PUBLISHED for f in t.schema]
    return _digest_of(
        [*columns, *described, repr(VIEWS), repr((MACROS, INDEXES)), quality_digest(), duckdb.__version__, pq.__name__]
    )


def _digest_of(texts: list[str]) -> str:
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:32]


def _parts(lake: Lake, table: schema.Table) -> list[_Part]:
    """The table's files with a digest of the rows each must hold, in order of time."""
    found = lake.con.execute(
        f"SELECT file_part, bit_xor(mark)::VARCHAR, count(*) FROM ({marks(table)}) GROUP BY ALL ORDER BY 1"
    ).fetchall()
    if not found and table.name not in PARTITIONED:
        found = [(None, "none", 0)]
    return [_Part(table, part, f"{rows}:{digest}", rows) for part, digest, rows in found]


def _shares(stale: list[_Part]) -> Iterator[tuple[schema.Table, list[_Part]]]:
    """The files to write, in shares of one table and of about `_ROWS_AT_ONCE` rows."""
    share: list[_Part] = []
    for part in stale:
        if share and (part.table is not share[0].table or sum(p.rows for p in share) + part.rows > _ROWS_AT_ONCE):
            yield share[0].table, share
            share = []
        share.append(part)
    if share:
        yield share[0].table, share


def _write(lake: Lake, warehouse: Path, table: schema.Table, parts: list[_Part]) -> None:
    order = ", ".join(ddl.quote_name(name) for name in table.sort)
    columns = ddl.column_list(table)
    if table.name not in PARTITIONED:
        found = lake.con.execute(f"SELECT {columns} FROM ({select(table)}) ORDER BY {order}")
        _write_file(warehouse / parts[0].name, table, found.to_arrow_reader(_ROW_GROUP))
        return
    names = {part.part: part.name for part in parts}
    found = lake.con.execute(
        f"SELECT {columns}, file_part FROM ({select(table)}) WHERE file_part IN (SELECT unnest(?::VARCHAR[])) "
        f"ORDER BY file_part, {order}",
        [list(names)],
    )
    for part, group in groupby(_cut(found.to_arrow_reader(_ROW_GROUP)), key=lambda cut: cut[0]):
        _write_file(warehouse / names[part], table, (batch for _, batch in group))


def _cut(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, pa.RecordBatch]]:
    """The batches, cut where their last column, `file_part`, changes."""
    for batch in batches:
        runs = pc.run_end_encode(batch.column("file_part"))
        rows = batch.drop_columns(["file_part"])
        start = 0
        for part, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            yield part, rows.slice(start, end - start)
            start = end


def _write_file(path: Path, table: schema.Table, batches: Iterable[pa.RecordBatch]) -> None:
    with (
        replacing(path) as temporary,
        pq.ParquetWriter(temporary, table.schema, compression="zstd", compression_level=3) as writer,
    ):
        for batch in batches:
            _refuse_nulls(table, batch)
            writer.write_batch(batch.cast(table.schema))


def _refuse_nulls(table: schema.Table, batch: pa.RecordBatch) -> None:
    """A column that a later version requires is null in rows that an older version loaded."""
    missing = [name for name in table.required if batch.column(name).null_count]
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
        with suppress(OSError):  # other files of the year are still in it
            path.parent.rmdir()


def _forget(state: Published, path: Path, names: list[str]) -> None:
    for name in names:
        state.files.pop(name, None)
    write_state(path, state)


def _remember(state: Published, path: Path, warehouse: Path, written: list[_Part], whole: str) -> None:
    for part in written:
        state.files[part.name] = Stamp(part.digest, part.rows, (warehouse / part.name).stat().st_size)
    state.files[DATABASE] = Stamp(whole, 0, (warehouse / DATABASE).stat().st_size)
    write_state(path, state)
