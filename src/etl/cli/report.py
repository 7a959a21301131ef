"""`copydesk report`: the page to read and to send on."""

from __future__ import annotations

from pathlib import Path

import click
import duckdb

from etl.cli.options import now, require_warehouse, warehouse_option
from etl.report import render_report


@click.command()
@warehouse_option
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; by default report.html in the warehouse.",
)
@click.option("--title", default="Wire report", show_default=True, help="Heading of the page.")
def report(warehouse: Path, output: Path | None, title: str) -> None:
    """Write the report: one HTML file that needs no network, every number with its query.

    \b
    Example:
        copydesk report
        copydesk report -o friday.html --title "The wires this week"
    """
    database = require_warehouse(warehouse)
    target = output or warehouse / "report.html"
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        target.write_text(render_report(con, title, now()), encoding="utf-8")
    click.echo(f"wrote {target}", err=True)
