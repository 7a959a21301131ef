"""`copydesk rejects`: the dead letters, and another try after a fix."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from etl.cli.options import require_warehouse, warehouse_option
from etl.cli.run import exit_code, run_here
from etl.ingest.listing import Listed, list_named
from etl.lake import open_lake
from etl.settings import Settings


@click.command()
@warehouse_option
@click.option("--replay", is_flag=True, help="Read the refused files again, from where they were found.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Rows to show.")
def rejects(warehouse: Path, replay: bool, limit: int) -> int | None:
    """Show what was refused: file, byte offset, stage, reason, one line.

    \b
    Example:
        copydesk rejects
        copydesk rejects --replay
    """
    require_warehouse(warehouse)
    if replay:
        return _replay(warehouse)
    with open_lake(warehouse, read_only=True) as lake:
        total = lake.con.execute("SELECT count(*) FROM lake.rejects").fetchall()[0][0]
        rows = lake.con.execute(
            "SELECT path || coalesce('!' || member, ''), byte_offset, byte_length, stage, reason, detail "
            "FROM lake.rejects ORDER BY path, byte_offset LIMIT ?",
            [limit],
        ).fetchall()
    if not rows:
        click.echo("nothing is refused")
        return None
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("file", "offset", "bytes", "stage", "reason", "what it says"):
        table.add_column(name, overflow="fold")
    for row in rows:
        # Details may quote hostile input: Text is never read as markup, control characters are dropped.
        table.add_row(*(Text("".join(c for c in str(cell) if c.isprintable())) for cell in row))
    Console().print(table)
    if total > limit:
        click.echo(f"{total - limit} more; --limit {total} shows all")
    return None


def _replay(warehouse: Path) -> int:
    with open_lake(warehouse, read_only=True) as lake:
        found = lake.con.execute(
            "SELECT DISTINCT d.location, f.path, f.feed, f.raw_sha256 FROM lake.rejects r "
            "JOIN lake.raw_files f USING (raw_sha256) JOIN lake.deliveries d ON d.raw_sha256 = f.raw_sha256 "
            "ORDER BY d.path <> f.path, d.location"
        ).fetchall()
    there = {digest: Listed(Path(where), path, feed) for where, path, feed, digest in found if Path(where).exists()}
    missing = len({row[3] for row in found}) - len(there)
    if missing:
        click.echo(f"{missing} refused files are no longer where they were found", err=True)
    if not there:
        click.echo("nothing to replay")
        return 0
    listing = list_named(there.values())
    finished = run_here(listing, Settings(warehouse), command="replay", force=frozenset(there))
    return exit_code(finished)
