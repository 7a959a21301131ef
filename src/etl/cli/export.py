"""`copydesk export`: tables for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import click
import duckdb

from etl.cli.options import require_warehouse, warehouse_option
from etl.cli.sheets import Row, write_csv, write_xlsx
from etl.lake.ddl import quote_name


@click.command()
@click.argument("names", metavar="[TABLE]...", nargs=-1)
@warehouse_option
@click.option("--query", "-q", help="Export the answer to this SQL, not whole tables.")
@click.option("--csv", "csv_to", type=click.Path(path_type=Path), help="File to write; a folder for several tables.")
@click.option("--xlsx", "xlsx_to", type=click.Path(dir_okay=False, path_type=Path), help="Workbook, a sheet a table.")
@click.option("--exact", is_flag=True, help="CSV with every character as it is; by default no cell can be a formula.")
def export(
    names: tuple[str, ...], warehouse: Path, query: str | None, csv_to: Path | None, xlsx_to: Path | None, exact: bool
) -> None:
    """Write tables or views as CSV or as an Excel workbook; by default articles, quotes and entities.

    CSV opens in Excel as it is (UTF-8 with a mark). Lists are JSON in one cell. In a workbook a cell holds 32,767
    characters at most; longer texts are cut, and the command says how many.

    \b
    Example:
        copydesk export --xlsx copydesk.xlsx
        copydesk export quotes --csv quotes.csv
        copydesk export -q "SELECT * FROM speakers" --csv speakers.csv
    """
    database = require_warehouse(warehouse)
    if (csv_to is None) == (xlsx_to is None):
        raise click.ClickException("say where to: --csv FILE or --xlsx FILE")
    wanted = [("answer", query)] if query else [(n, f"FROM {quote_name(n)}") for n in names or _USUAL]
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        if xlsx_to is not None:
            _write_workbook(con, wanted, xlsx_to)
        elif csv_to is not None:
            _write_csv_files(con, wanted, csv_to, exact=exact)


_USUAL = ("articles", "quotes", "entities")


def _write_workbook(con: duckdb.DuckDBPyConnection, wanted: Sequence[tuple[str, str]], path: Path) -> None:
    with ExitStack() as stack:
        # A cursor each: a connection holds one open answer.
        found = [(name, stack.enter_context(con.cursor()).execute(query)) for name, query in wanted]
        out = stack.enter_context(path.open("wb"))
        cut = write_xlsx(out, ((name, _columns(answer), _rows(answer)) for name, answer in found))
    click.echo(f"wrote {path}", err=True)
    if cut:
        click.echo(f"{cut} texts are too long for a cell and were cut; --csv holds them whole", err=True)


def _write_csv_files(
    con: duckdb.DuckDBPyConnection, wanted: Sequence[tuple[str, str]], path: Path, *, exact: bool
) -> None:
    if len(wanted) > 1:
        path.mkdir(parents=True, exist_ok=True)
    for name, query in wanted:
        target = path / f"{name}.csv" if path.is_dir() else path
        found = con.execute(query)
        with target.open("w", encoding="utf-8-sig", newline="") as out:
            write_csv(out, _columns(found), _rows(found), exact=exact)
        click.echo(f"wrote {target}", err=True)


def _columns(found: duckdb.DuckDBPyConnection) -> list[str]:
    return [str(column[0]) for column in found.description or ()]


def _rows(found: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    return iter(found.fetchone, None)
