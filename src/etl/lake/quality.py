"""What the tables were measured to be worth, and warnings where that is little.

`data/quality.tsv` holds the figures this version is held to, written by `python -m benchmarks.quality`;
`data/usage.tsv` says which columns each figure speaks of. Both are in the package, so that every warehouse can
say how far to trust it.
"""

from __future__ import annotations

import csv
import importlib.resources
from collections.abc import Iterator
from functools import cache, cached_property

import duckdb
import pyarrow as pa

from etl.lake.ddl import comments, create_table
from etl.schema import REAL, TEXT, Table

LOW = 0.8
"""Below this measured value a column bears a usage warning."""

_COLUMNS = {
    "task": (TEXT, "What was measured: quotes, entities, people, datelines, bylines, dedup, formats, html"),
    "set": (TEXT, "Gold set it was measured on"),
    "measure": (TEXT, "Measure: F1, share right, false alarms and so on"),
    "value": (REAL, "Value, 0 to 1, that this version reaches at least (false alarms: at most)"),
    "version": (TEXT, "Version of copydesk it holds for"),
    "date": (TEXT, "Day it was taken over, ISO 8601"),
}


class _Measured(Table):
    @cached_property
    def schema(self) -> pa.Schema:
        """Names of these columns (`set`, `value`) are too general for `etl.schema.COLUMNS`."""
        return pa.schema(
            [
                pa.field(name, dtype, nullable=False, metadata={"description": doc})
                for name, (dtype, doc) in _COLUMNS.items()
            ]
        )


TABLE = _Measured(
    name="measured_quality",
    grain="one row per accuracy figure that this version is held to on a gold set",
    key=("task", "set", "measure"),
    required=tuple(_COLUMNS),
    columns=tuple(_COLUMNS),
    sort=("task", "set", "measure"),
)
"""The table `measured_quality`."""


@cache
def measured() -> tuple[dict[str, str], ...]:
    """The figures, one mapping a row, in the file's order."""
    return tuple(_read("quality.tsv"))


def _read(name: str) -> Iterator[dict[str, str]]:
    text = (importlib.resources.files("etl.lake") / "data" / name).read_text(encoding="utf-8")
    yield from csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter="\t")


@cache
def _warnings() -> dict[tuple[str, str], str]:
    """The warning of each (table, column) whose worst figure is low; column `*` is the whole table."""
    found: dict[tuple[str, str], str] = {}
    for use in _read("usage.tsv"):
        figures = [(float(row["value"]), row) for row in measured() if _speaks_of(use, row)]
        if not figures:
            continue
        value, row = min(figures, key=lambda figure: figure[0])
        if value < LOW:
            where = f"{row['measure']} {value:.2f} on {row['set']}"
            found[use["table"], use["column"]] = f" Usage warning: measured {where}; {use['advice']}"
    return found


def _speaks_of(use: dict[str, str], row: dict[str, str]) -> bool:
    return row["task"] == use["task"] and use["measure"] in row["measure"] and "false alarms" not in row["measure"]


def warning_of(table: str, column: str = "*") -> str:
    """` Usage warning: ...` where what was measured of the column is below `LOW`, else nothing."""
    return _warnings().get((table, column), "")


def quality_digest() -> str:
    """Changes when the figures or the warnings do."""
    return repr((measured(), sorted(_warnings().items())))


def write_quality(con: duckdb.DuckDBPyConnection) -> None:
    """Make and fill `measured_quality` in an open database, with its comments."""
    con.execute(create_table(TABLE, TABLE.name))
    rows = [[row[name] for name in TABLE.columns] for row in measured()]
    if rows:
        con.executemany(f"INSERT INTO {TABLE.name} VALUES (?, ?, ?, ?, ?, ?)", rows)
    for statement in comments(TABLE, TABLE.name):
        con.execute(statement)
