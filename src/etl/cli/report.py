"""`copydesk report`: the page to read and to send on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
import duckdb

from etl.cli.options import config_option, now, require_warehouse, warehouse_option
from etl.cli.unusual import find_unusual
from etl.config import Config
from etl.lake import open_lake
from etl.report import render_report


@click.command()
@warehouse_option
@config_option
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; by default report.html in the warehouse.",
)
@click.option("--title", default="Wire report", show_default=True, help="Heading of the page.")
def report(warehouse: Path, config: Config, output: Path | None, title: str) -> None:
    """Write the report: one HTML file that needs no network, every number with its query.

    \b
    Example:
        copydesk report
        copydesk report -o friday.html --title "The wires this week"
    """
    target = write_report(warehouse, output or warehouse / "report.html", config=config, title=title, made_at=now())
    click.echo(f"wrote {target}", err=True)


def write_report(warehouse: Path, target: Path, *, config: Config, title: str, made_at: datetime) -> Path:
    """Write the report of what is published in a warehouse, with what is unusual about its feeds; give its path.

    Raises:
        click.ClickException: nothing is published yet.
    """
    database = require_warehouse(warehouse)
    with open_lake(warehouse, read_only=True) as lake:
        unusual = [str(anomaly) for anomaly in find_unusual(lake, config, made_at)]
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        target.write_text(render_report(con, title, made_at, unusual), encoding="utf-8")
    return target
