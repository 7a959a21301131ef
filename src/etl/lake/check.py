"""Arrow tables and Parquet files against the schema, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from etl.lake.storage import file_system
from etl.schema import Table


class SchemaMismatchError(ValueError):
    """A batch does not have the columns, types or values that the table of the schema asks for."""


def conform(table: Table, rows: pa.Table) -> pa.Table:
    """`rows` with the table's columns in order and in its types.

    Raises:
        SchemaMismatchError: a column is missing or unknown, a type does not convert without loss, or a
            required column holds null.
    """
    _check_names(table, rows.schema.names)
    arrays = []
    for field in table.schema:
        column = rows.column(field.name)
        try:
            column = column.cast(field.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise SchemaMismatchError(
                f"{table.name}.{field.name}: got {column.type}, need {field.type}: {error}"
            ) from None
        if not field.nullable and column.null_count:
            first = column.is_null().to_pylist().index(True)
            raise SchemaMismatchError(
                f"{table.name}.{field.name} is required, but {column.null_count} of {rows.num_rows} rows hold null "
                f"(first: row {first})"
            )
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=table.schema)


def check_files(table: Table, paths: Sequence[str]) -> None:
    """Refuse staged Parquet files that a worker did not write with the table's own schema.

    A Parquet column declared required cannot hold null, so the declared schema is all there is to look at.
    """
    for path in paths:
        store, name = file_system(path)
        found = pq.read_schema(name, filesystem=store)
        _check_names(table, found.names)
        for field in table.schema:
            have = found.field(field.name)
            if have.type != field.type or (have.nullable and not field.nullable):
                raise SchemaMismatchError(f"{path}: column {field.name} is {have}, {table.name} needs {field}")


def _check_names(table: Table, names: Sequence[str]) -> None:
    missing = [name for name in table.columns if name not in names]
    extra = [name for name in names if name not in table.columns]
    if missing or extra:
        raise SchemaMismatchError(
            f"{table.name}: missing columns {missing or 'none'}, unknown columns {extra or 'none'}; "
            f"the table has {', '.join(table.columns)}"
        )
