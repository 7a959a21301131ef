"""`copydesk sql`: one query, or a prompt; and `copydesk tables`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import click
import duckdb
import orjson
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table
from rich.text import Text

from etl import schema
from etl.cli.options import require_warehouse, warehouse_option
from etl.cli.sheets import as_text, escaped, plain, write_csv
from etl.lake.macros import MACROS
from etl.lake.quality import TABLE as MEASURED
from etl.lake.quality import warning_of
from etl.lake.views import VIEWS

_ARROW_BATCH = 65_536


@click.command()
@click.argument("query", required=False)
@warehouse_option
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "parquet"]), default="table", show_default=True
)
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File to write, not stdout.")
@click.option("--exact", is_flag=True, help="CSV with every character as it is; by default no cell can be a formula.")
def sql(query: str | None, warehouse: Path, form: str, output: Path | None, exact: bool) -> None:
    """Ask the published tables; QUERY is DuckDB SQL, `-` reads it from stdin. Without QUERY: a prompt.

    \b
    Example:
        copydesk sql "SELECT speaker_name, count(*) FROM quotes GROUP BY 1 ORDER BY 2 DESC LIMIT 10"
        copydesk sql "SELECT * FROM search_quotes('failure')" --format json
        copydesk sql "SELECT * FROM who_says_what" --format parquet -o said.parquet
        copydesk sql
    """
    database = require_warehouse(warehouse)
    if form == "parquet" and output is None:
        raise click.ClickException("Parquet is not for a terminal: name a file with -o")
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        if query is None and sys.stdin.isatty():
            from etl.cli.prompt import prompt

            prompt(con, lambda found: _print_table(found, sys.stdout))
            return
        text = sys.stdin.read() if query is None or query == "-" else query
        _answer(con.execute(text), form, output, exact=exact)


def _answer(found: duckdb.DuckDBPyConnection, form: str, output: Path | None, *, exact: bool) -> None:
    if form == "parquet":
        assert output is not None, "asked for above"
        batches = found.to_arrow_reader(_ARROW_BATCH)
        with pq.ParquetWriter(output, batches.schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
        return
    if output is None:
        _write(found, form, sys.stdout, exact=exact)
        return
    with output.open("w", encoding="utf-8", newline="") as out:
        _write(found, form, out, exact=exact)


def _write(found: duckdb.DuckDBPyConnection, form: str, out: TextIO, *, exact: bool) -> None:
    names = [str(column[0]) for column in found.description or ()]
    if form == "csv":
        write_csv(out, names, iter(found.fetchone, None), exact=exact)
    elif form == "json":
        for row in iter(found.fetchone, None):
            out.write(escaped(orjson.dumps(dict(zip(names, row, strict=True)), default=str).decode()) + "\n")
    else:
        _print_table(found, out)


def _print_table(found: duckdb.DuckDBPyConnection, out: TextIO) -> None:
    table = Table(header_style="bold")
    for column in found.description or ():
        table.add_column(plain(str(column[0])), overflow="fold")
    count = 0
    for row in iter(found.fetchone, None):
        # Text, so that [bold] in a headline is not read as markup; plain, so that no escape code gets through.
        table.add_row(*(Text(plain(as_text(cell))) for cell in row))
        count += 1
    console = Console(file=out)
    console.print(table)
    if out.isatty():
        console.print(f"{count} row{'' if count == 1 else 's'}", style="dim")


@click.command()
@click.argument("name", required=False)
def tables(name: str | None) -> None:
    """Show the published tables, views and macros, or the columns of the table NAME, or what a view or macro gives.

    \b
    Example:
        copydesk tables
        copydesk tables quotes
        copydesk tables speakers
    """
    if name is None:
        _list_all()
        return
    about = {view: comment for view, comment, _ in VIEWS} | {macro: comment for macro, _, comment, _ in MACROS}
    if name in about:
        holds, _, example = about[name].partition(" Example: ")
        click.echo(f"{holds}\nExample: {example}")
        return
    try:
        table = MEASURED if name == MEASURED.name else schema.published(name)
    except KeyError as error:
        raise click.ClickException(str(error.args[0])) from error
    listing = _listing("column", "type", "null", "what it holds")
    for field in table.schema:
        text = field.metadata[b"description"].decode()
        listing.add_row(
            field.name,
            str(field.type),
            "yes" if field.nullable else "no",
            Text(text + warning_of(table.name, field.name)),
        )
    Console().print(listing)


def _list_all() -> None:
    listing = _listing("name", "kind", "what it holds")
    for table in (*schema.PUBLISHED, MEASURED):
        listing.add_row(table.name, "table", Text(f"{len(table.columns)} columns; {table.grain}"))
    for name, comment, _ in VIEWS:
        listing.add_row(name, "view", Text(comment.partition(" Example: ")[0]))
    for name, parameters, comment, _ in MACROS:
        listing.add_row(f"{name}({parameters})", "macro", Text(comment.partition(" Example: ")[0]))
    Console().print(listing)


def _listing(*titles: str) -> Table:
    listing = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for title in titles:
        listing.add_column(title, overflow="fold")
    return listing
