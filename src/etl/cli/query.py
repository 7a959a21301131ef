"""`copydesk sql` and `copydesk tables`."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click
import duckdb
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from etl import schema
from etl.cli.options import require_warehouse, warehouse_option


@click.command()
@click.argument("query")
@warehouse_option
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def sql(query: str, warehouse: Path, form: str) -> None:
    """Ask the published tables; QUERY is DuckDB SQL, `-` reads it from stdin.

    \b
    Example:
        copydesk sql "SELECT speaker_name, count(*) FROM quotes GROUP BY 1 ORDER BY 2 DESC LIMIT 10"
        echo "SELECT * FROM articles" | copydesk sql - --format csv
    """
    database = require_warehouse(warehouse)
    text = sys.stdin.read() if query == "-" else query
    with duckdb.connect(str(database), read_only=True) as con:
        found = con.execute(text)
        names = [str(column[0]) for column in found.description or ()]
        rows = found.fetchall()
    if form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(names)
        writer.writerows(rows)
    elif form == "json":
        for row in rows:
            click.echo(orjson.dumps(dict(zip(names, row, strict=True)), default=str).decode())
    else:
        _print_table(names, rows)


def _print_table(names: list[str], rows: list[tuple[object, ...]]) -> None:
    table = Table(header_style="bold")
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    Console().print(table)


@click.command()
@click.argument("name", required=False)
def tables(name: str | None) -> None:
    """Show the published tables, or the columns of the table NAME.

    \b
    Example:
        copydesk tables
        copydesk tables quotes
    """
    if name is None:
        for table in schema.PUBLISHED:
            click.echo(f"{table.name:10} {len(table.columns):3} columns  {table.grain}")
        return
    try:
        columns = schema.published(name).schema
    except KeyError as error:
        raise click.ClickException(str(error.args[0])) from error
    listing = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title in ("column", "type", "null", "what it holds"):
        listing.add_column(title, overflow="fold")
    for field in columns:
        listing.add_row(
            field.name, str(field.type), "yes" if field.nullable else "no", Text(schema.COLUMNS[field.name][1])
        )
    Console().print(listing)
