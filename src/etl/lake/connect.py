"""Opening the lake: DuckLake, its catalog embedded or on a server, its data files in a folder or an object store."""

from __future__ import annotations

import importlib.resources
import random
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from etl import schema
from etl.lake import ddl
from etl.lake.durable import make_folder
from etl.lake.entity_state import ENTITY_STATE
from etl.lake.link_state import LINK_STATE, LINK_TABLES
from etl.lake.location import LakeLocation, located
from etl.lake.source_state import SOURCE_STATE
from etl.lake.storage import give_keys, is_remote
from etl.lake.transaction import PATIENCE, RETRIES, LakeError, is_transient, pause, transaction

CATALOG = "lake"
"""Name under which the lake is attached; `lake.articles` in SQL."""

# DuckLake forgets the least and greatest value of a column when the first file of a commit holds only null there:
# the next commit's then pass for the whole table's, and what trusts them gives wrong rows (2275 for the year 2019).
_MISLED = "statistics_propagation,compressed_materialization"

_INTERNAL = {
    # One row that every writer updates first: DuckLake has no keys, so two writers that load the same
    # new batch do not collide by themselves.
    "gate": "CREATE TABLE lake.internal.gate (v BIGINT NOT NULL)",
    # The last snapshot that a consumer (resolve) has worked off, written in its own transaction.
    "bookmarks": "CREATE TABLE lake.internal.bookmarks (consumer VARCHAR NOT NULL, snapshot BIGINT NOT NULL, "
    "as_of TIMESTAMP WITH TIME ZONE, rules VARCHAR NOT NULL)",
    **ENTITY_STATE,
    **LINK_STATE,
    **SOURCE_STATE,
}

# What earlier versions kept of linking; the next run makes it anew.
_RETIRED = ("link_texts", "link_grams")


@dataclass(slots=True)
class Lake:
    """An open lake: a DuckDB connection with the lake attached as `lake`. Use it as a context manager.

    Not to be shared between threads; every thread and process opens its own.
    """

    con: duckdb.DuckDBPyConnection
    location: LakeLocation
    read_only: bool

    def close(self) -> None:
        """Give the connection back; closing twice is harmless."""
        self.con.close()

    def snapshot(self) -> int:
        """The number of the lake's newest snapshot."""
        row = self.con.execute(f"SELECT id FROM {CATALOG}.current_snapshot()").fetchone()
        assert row is not None, "current_snapshot() gives one row"
        return int(row[0])

    def __enter__(self) -> Self:
        """The lake itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close."""
        self.close()


def open_lake(warehouse: Path, *, read_only: bool = False) -> Lake:
    """Open the lake of a warehouse folder, and create or migrate it unless `read_only`.

    Raises:
        LakeError: there is no lake (read only), or one that this version cannot use.
    """
    return open_location(located(warehouse), read_only=read_only)


def open_location(location: LakeLocation, *, read_only: bool = False) -> Lake:
    """Open the lake at a location; see `open_lake`."""
    if location.catalog_file is not None and read_only and not location.catalog_file.exists():
        raise LakeError(f"no lake at {location.catalog_file}; `copydesk run RAW` makes one")
    if not read_only:
        _make_folder(location.locks)
    con = connect_duckdb(location.extensions)
    try:
        _attach(con, location, read_only=read_only)
        lake = Lake(con, location, read_only)
        _prepare(lake)
    except BaseException:
        con.close()
        raise
    return lake


def _make_folder(folder: Path) -> None:
    try:
        make_folder(folder)
    except OSError as error:
        raise LakeError(
            f"cannot make the folder {folder}: {error.strerror}; name a warehouse that can be written"
        ) from error


def connect_duckdb(extensions: tuple[str, ...] = (), path: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection in UTC that never goes to the network for an extension."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    con = duckdb.connect(":memory:" if path is None else str(path), config=config)
    con.execute("SET TimeZone = 'UTC'")
    for name in extensions:
        con.load_extension(_extension_file(name))
    if "httpfs" in extensions:
        give_keys(con)
    return con


def _extension_file(name: str) -> str:
    """The extension binary inside its wheel. DuckDB checks the signature when it loads it."""
    package = f"duckdb_extension_{name}"
    try:
        folder = importlib.resources.files(package) / "extensions" / f"v{duckdb.__version__}"
    except ModuleNotFoundError:
        wheel = package.replace("_", "-")
        raise LakeError(f"DuckDB extension {name} is not installed; install {wheel}=={duckdb.__version__}") from None
    return str(folder / f"{name}.duckdb_extension")


def _attach(con: duckdb.DuckDBPyConnection, location: LakeLocation, *, read_only: bool) -> None:
    options = [f"DATA_PATH {ddl.quote_text(location.data)}"]
    if location.catalog_file is not None:
        if not is_remote(location.data):
            # A warehouse folder may be moved; a server's catalog opened with another folder is a mistake.
            options.append("OVERRIDE_DATA_PATH true")
        options.append(f"META_BUSY_TIMEOUT {location.busy_timeout_ms}")
        if not read_only:
            options.append("META_JOURNAL_MODE 'WAL'")
    if read_only:
        options.append("READ_ONLY")
    target = ddl.quote_text("ducklake:" + location.catalog)
    began = time.monotonic()
    for attempt in range(RETRIES):
        try:
            con.execute(f"ATTACH {target} AS {CATALOG} ({', '.join(options)})")
            break
        except duckdb.Error as error:
            # Two first runs at once both make the catalog; the later one finds it made and goes on.
            created_by_other = "already exists" in str(error) and not read_only
            over = attempt + 1 == RETRIES or time.monotonic() - began > PATIENCE
            if over or not (created_by_other or is_transient(error)):
                raise LakeError(f"cannot open the lake at {location.catalog}: {error}") from error
            time.sleep(pause(attempt, random.random()))
    con.execute(f"SET disabled_optimizers = '{_MISLED}'")
    _refuse_lost_data(con, location)


def _refuse_lost_data(con: duckdb.DuckDBPyConnection, location: LakeLocation) -> None:
    """A lake in an object store that is opened as a folder would count its rows and fail at reading them."""
    found = con.execute(
        f"SELECT value FROM __ducklake_metadata_{CATALOG}.ducklake_metadata WHERE key = 'data_path'"
    ).fetchall()
    for (place,) in found:
        if is_remote(place) and not is_remote(location.data):
            raise LakeError(f"this lake's data files are in {place}; set COPYDESK_DATA={place}")


def _prepare(lake: Lake) -> None:
    """Make what is missing (tables, columns) or, read only, say that it is missing."""
    changes = _missing(lake)
    if not changes:
        return
    if lake.read_only:
        raise LakeError(f"the lake at {lake.location.catalog} is older than this version; a `copydesk run` migrates it")

    def create() -> tuple[None, bool]:
        wanted = _missing(lake)
        for statement in wanted:
            lake.con.execute(statement)
        return None, bool(wanted)

    transaction(lake.con, create, message="create or migrate tables", gate=False)


def _missing(lake: Lake) -> list[str]:
    """The statements that bring the lake to the schema, none if it is there.

    A column that the schema has gained is added, nullable: old rows hold null until they are loaded again.
    """
    found = _columns(lake)
    statements = []
    if ("internal", "gate") not in found:
        statements.append(f"CREATE SCHEMA IF NOT EXISTS {CATALOG}.internal")
        # No level beside it: a table that is to be uncompressed could not be written then.
        statements.append(f"CALL {CATALOG}.set_option('parquet_compression', 'zstd')")
    for name, statement in _INTERNAL.items():
        if ("internal", name) not in found:
            statements.append(statement)
    for name in (*_RETIRED, *LINK_TABLES):
        columns = found.get(("internal", name))
        if columns is not None and list(columns) != list(LINK_TABLES.get(name, ())):
            statements.append(f"DROP TABLE {CATALOG}.internal.{name}")
            statements += [LINK_STATE[name]] if name in LINK_STATE else []
    if ("internal", "gate") not in found:
        statements.append(f"INSERT INTO {CATALOG}.internal.gate VALUES (0)")
    for table in schema.CORE:
        qualified = f"{CATALOG}.{table.name}"
        columns = found.get(("main", table.name))
        if columns is None:
            statements.append(ddl.create_table(table, qualified))
        else:
            statements += _added_columns(table, qualified, columns)
    return statements


def _columns(lake: Lake) -> dict[tuple[str, str], dict[str, str]]:
    rows = lake.con.execute(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = ?",
        [CATALOG],
    ).fetchall()
    found: dict[tuple[str, str], dict[str, str]] = {}
    for space, table, column, dtype in rows:
        found.setdefault((space, table), {})[column] = dtype
    return found


def _added_columns(table: schema.Table, qualified: str, found: dict[str, str]) -> list[str]:
    statements = []
    for field in table.schema:
        wanted = ddl.duckdb_type(field.type)
        if field.name not in found:
            statements.append(f"ALTER TABLE {qualified} ADD COLUMN {ddl.quote_name(field.name)} {wanted}")
        elif found[field.name].replace('"', "") != wanted.replace('"', ""):
            raise LakeError(
                f"lake table {table.name}, column {field.name}: found {found[field.name]}, "
                f"this version needs {wanted}; use the version that wrote the lake, "
                "or load the raw files into a new warehouse"
            )
    return statements
