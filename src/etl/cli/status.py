"""`copydesk status`: what came in, what was loaded, what was refused."""

from __future__ import annotations

from pathlib import Path

import click
import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from etl.cli.options import config_option, now, require_warehouse, warehouse_option
from etl.cli.unusual import find_unusual
from etl.config import Config
from etl.lake import open_lake

_BY_FEED = """
    SELECT coalesce(feed, '(top)') AS feed, coalesce(format, '(unread)') AS format, count(*) AS files,
           sum(story_count)::BIGINT AS stories, sum(reject_count)::BIGINT AS rejects,
           round(sum(file_bytes) / 1024.0, 1) AS kib
    FROM lake.raw_files GROUP BY 1, 2 ORDER BY 1, 2
"""
_STANDING = """
    SELECT coalesce(withheld_reason, 'published') AS standing, count(*) AS articles
    FROM lake.story_versions GROUP BY 1 ORDER BY 2 DESC
"""
_REASONS = "SELECT reason, stage, count(*) AS rejects FROM lake.rejects GROUP BY 1, 2 ORDER BY 3 DESC, 1"
_RUNS = """
    SELECT strftime(started_at, '%Y-%m-%d %H:%M:%S') AS started_utc, command, run_state AS state,
           files_seen AS seen, files_loaded AS loaded, story_count AS stories, reject_count AS rejects
    FROM lake.runs ORDER BY started_at DESC LIMIT 5
"""


@click.command()
@warehouse_option
@config_option
def status(warehouse: Path, config: Config) -> None:
    """Show what came in by feed and format, what stands, what was refused, the last runs, and unusual feeds.

    A feed is unusual by its own past (silence, volume, refusals, a field that is no longer filled) or by what
    [[feed]] in copydesk.toml asks of it; of a young one only the latter is told.

    \b
    Example:
        copydesk status
    """
    require_warehouse(warehouse)
    console = Console()
    with open_lake(warehouse, read_only=True) as lake:
        for title, query in (
            ("Came in", _BY_FEED),
            ("Articles by standing", _STANDING),
            ("Refused by reason", _REASONS),
            ("Last runs", _RUNS),
        ):
            console.print(f"\n[bold]{title}[/]")
            console.print(_table(lake.con, query))
        console.print("\n[bold]Unusual[/]")
        unusual = [escape(str(anomaly)) for anomaly in find_unusual(lake, config, now())]
        for line in unusual or ["[dim]nothing[/]"]:
            console.print(f"  {line}")


def _table(con: duckdb.DuckDBPyConnection, query: str) -> Table:
    found = con.execute(query)
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 2))
    for column in found.description or ():
        table.add_column(str(column[0]))
    for row in found.fetchall():
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    return table
