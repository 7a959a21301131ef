"""SQL text derived from `etl.schema`: column types, CREATE TABLE, comments."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa

from etl.schema import Table

_SCALARS: tuple[tuple[pa.DataType, str], ...] = (
    (pa.string(), "VARCHAR"),
    (pa.int64(), "BIGINT"),
    (pa.int32(), "INTEGER"),
    (pa.float64(), "DOUBLE"),
    (pa.bool_(), "BOOLEAN"),
    (pa.timestamp("us", tz="UTC"), "TIMESTAMP WITH TIME ZONE"),
)


def quote_name(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def duckdb_type(dtype: pa.DataType) -> str:
    """The DuckDB type of an Arrow type of the schema; ValueError for one that the schema does not use."""
    if pa.types.is_list(dtype):
        return duckdb_type(dtype.value_type) + "[]"
    if pa.types.is_struct(dtype):
        inner = ", ".join(f"{quote_name(f.name)} {duckdb_type(f.type)}" for f in dtype)
        return f"STRUCT({inner})"
    for known, sql in _SCALARS:
        if dtype == known:
            return sql
    raise ValueError(f"no DuckDB type for {dtype}; known are {', '.join(sql for _, sql in _SCALARS)}, lists, structs")


def create_table(table: Table, qualified: str) -> str:
    """CREATE TABLE IF NOT EXISTS with types and NOT NULL; keys are left out, since a lake knows none."""
    columns = ", ".join(
        f"{quote_name(f.name)} {duckdb_type(f.type)}{'' if f.nullable else ' NOT NULL'}" for f in table.schema
    )
    return f"CREATE TABLE IF NOT EXISTS {qualified} ({columns})"


def _no_remark(table: str, column: str) -> str:  # noqa: ARG001 - what `comments` calls
    return ""


def comments(table: Table, qualified: str, remark: Callable[[str, str], str] = _no_remark) -> Iterator[str]:
    """COMMENT statements for a table and its columns: grain and key on the table, descriptions on columns.

    What `remark` gives for a table and a column (`*`: the table itself) is added to its comment.
    """
    grain = f"{table.grain[0].upper()}{table.grain[1:]}. Key: {', '.join(table.key)}."
    yield f"COMMENT ON TABLE {qualified} IS {quote_text(grain + remark(table.name, '*'))}"
    for field in table.schema:
        text = quote_text(field.metadata[b"description"].decode() + remark(table.name, field.name))
        yield f"COMMENT ON COLUMN {qualified}.{quote_name(field.name)} IS {text}"


def column_list(table: Table) -> str:
    """The table's columns in order, quoted, for SELECT and INSERT."""
    return ", ".join(quote_name(name) for name in table.columns)
