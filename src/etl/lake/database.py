"""copydesk.duckdb: the published tables with NOT NULL, comments and views, in one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from etl import schema
from etl.lake import ddl
from etl.lake.connect import Lake, connect_duckdb
from etl.lake.macros import index_statements, macro_statements
from etl.lake.quality import warning_of, write_quality
from etl.lake.state import replacing
from etl.lake.views import view_statements

DATABASE = "copydesk.duckdb"

# What views about feeds and refusals stand on. No text of a story is in it, published or not.
_BOOKKEEPING = {
    "files": "SELECT raw_sha256, feed, format, file_bytes, story_count, reject_count, loaded_at FROM lake.raw_files "
    "ORDER BY raw_sha256",
    "versions": "SELECT v.article_id, v.story_id, version_index, version_count, is_current, is_published, "
    "withheld_reason, link_rule, killed_by, item_kind, signals, published_at, versioned_at, loaded_at "
    "FROM lake.story_versions v JOIN lake.articles a USING (article_id) JOIN lake.raw_files f USING (raw_sha256) "
    "ORDER BY v.story_id, version_index",
    "rejects": f"SELECT {ddl.column_list(schema.core('rejects'))} FROM lake.rejects "
    "ORDER BY path, byte_offset, reject_id",
}


def bookkeeping_digest(lake: Lake) -> str:
    """Changes when the rows behind the views on feeds and rejects do."""
    digests = []
    for query in _BOOKKEEPING.values():
        row = lake.con.execute(f"SELECT count(*), bit_xor(hash(t)) FROM ({query}) t").fetchone()
        digests.append(repr(row))
    return "|".join(digests)


def build_database(lake: Lake, path: Path, files: Mapping[str, Sequence[Path]], *, index: bool = True) -> None:
    """Build the database beside `path` from the published Parquet files and put it in place.

    Without `index` the word indexes are left out: half the time and half the file, and search reads every text.
    It is always built new: rows deleted from an existing file would leave their text in its free blocks.
    """
    with replacing(path) as temporary:
        con = connect_duckdb(path=temporary)
        try:
            con.execute("BEGIN")
            for table in schema.PUBLISHED:
                _fill(con, table, files[table.name])
            _keep_books(lake, con)
            write_quality(con)
            for statement in view_statements():
                con.execute(statement)
            con.execute("COMMIT")
            # Row numbers, which the search index is made of, are settled by the commit.
            for statement in (*(index_statements() if index else ()), *macro_statements(index=index)):
                con.execute(statement)
            con.execute("CHECKPOINT")
        finally:
            con.close()
            temporary.with_name(temporary.name + ".wal").unlink(missing_ok=True)
        # A log that somebody's writing session left would be played into the new file.
        path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _fill(con: duckdb.DuckDBPyConnection, table: schema.Table, files: Sequence[Path]) -> None:
    con.execute(ddl.create_table(table, table.name))
    if files:
        columns = ddl.column_list(table)
        con.execute(
            f"INSERT INTO {table.name} SELECT {columns} FROM read_parquet(?::VARCHAR[], hive_partitioning = false)",
            [[str(path) for path in files]],
        )
    for statement in ddl.comments(table, table.name, warning_of):
        con.execute(statement)


def _keep_books(lake: Lake, con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE SCHEMA bookkeeping")
    for name, query in _BOOKKEEPING.items():
        rows = lake.con.execute(query).to_arrow_table()
        con.register("incoming", rows)
        con.execute(f"CREATE TABLE bookkeeping.{name} AS SELECT * FROM incoming")
        con.unregister("incoming")
        for column in rows.schema.names:
            comment = ddl.quote_text(schema.COLUMNS[column][1])
            con.execute(f"COMMENT ON COLUMN bookkeeping.{name}.{column} IS {comment}")
