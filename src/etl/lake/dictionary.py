"""The data dictionary, written from the schema: `python -m etl.lake.dictionary > docs/reference/tables.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pyarrow as pa

from etl import schema
from etl.lake.ddl import duckdb_type
from etl.lake.macros import MACROS
from etl.lake.quality import TABLE as MEASURED
from etl.lake.quality import warning_of
from etl.lake.selects import LARGE, PARTITIONED
from etl.lake.views import VIEWS

_HEAD = """\
# Tables

<!-- Written by `python -m etl.lake.dictionary > docs/reference/tables.md`; do not edit. -->

Every column is described once, in `src/etl/schema.py`; this page, the comments inside `copydesk.duckdb` and the
descriptions in the Parquet files come from there. A column of one name means the same in every table. Times are
UTC. Offsets (`*_start`, `*_end`) count Unicode code points, the end is one past the last.
"""

_PUBLISHED = """\
## Published tables

What stands: current versions only, without killed, withheld or embargoed stories. In `copydesk.duckdb` and
as Parquet under `parquet/`. {partitioned} are cut by the year of `published_at`
(`parquet/quotes/year=2024/part-0.parquet`; `year=0` holds rows without a time), and a year of more than {large:,}
articles by month (`part-05.parquet`), a month of more by day (`part-05-17.parquet`). The others are one file each.
"""

_VIEWS = """\
## Views and macros

In `copydesk.duckdb`. A macro is a table that takes a parameter; an id, words or a time.
"""

_CORE = """\
## Core tables

Everything that was ever delivered, in the lake (`lake/`); `copydesk explain` reads them.
"""


def dictionary() -> str:
    """The whole page as Markdown."""
    cut = ", ".join(f"`{name}`" for name in PARTITIONED)
    parts = [_HEAD, _PUBLISHED.format(partitioned=cut, large=LARGE)]
    parts += [_section(table) for table in (*schema.PUBLISHED, MEASURED)]
    parts += [_VIEWS, *_view_sections(), _CORE]
    parts += [_section(table) for table in schema.CORE]
    return "\n".join(parts)


def _section(table: schema.Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    lines = [
        f"### {table.name}",
        "",
        f"{table.grain[0].upper()}{table.grain[1:]}. Key: {key}.{_warning(table, '*')}",
        "",
        "| column | type | null | description |",
        "|---|---|---|---|",
    ]
    for field in table.schema:
        description = field.metadata[b"description"].decode().replace("|", "\\|")
        description += _warning(table, field.name)
        lines.append(f"| `{field.name}` | {_type(field.type)} | {'yes' if field.nullable else 'no'} | {description} |")
    return "\n".join(lines) + "\n"


def _warning(table: schema.Table, column: str) -> str:
    """The usage warning; of published tables alone, since core and published ones share names."""
    return warning_of(table.name, column) if table in schema.PUBLISHED else ""


def _type(dtype: pa.DataType) -> str:
    return duckdb_type(dtype).replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ").replace('"', "")


def _view_sections() -> Iterator[str]:
    called = [(name, comment) for name, comment, _ in VIEWS]
    called += [(f"{name}({parameters})", comment) for name, parameters, comment, _ in MACROS]
    for name, comment in called:
        text, _, example = comment.partition(" Example: ")
        yield f"### {name}\n\n{text}\n\n```sql\n{example}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(dictionary())
