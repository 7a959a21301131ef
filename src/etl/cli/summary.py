"""The summary that ends a run: what came in, what was refused, one answered question, what to type next."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from pathlib import Path

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from etl.ingest.run import Finished
from etl.lake import open_lake

_FILE_WIDTH = 110
"""Columns of a summary that goes to a file or a log, where no terminal says how wide it is."""

_MOST_QUOTED = """
    SELECT speaker_name, count(*) AS quotes, count(DISTINCT story_id) AS stories, any_value(speaker_role)
    FROM quotes WHERE speaker_name IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5
"""


def print_summary(finished: Finished, *, now: datetime) -> None:
    """Print the summary of a finished run on stdout."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_FILE_WIDTH)
    warehouse = finished.run.settings.warehouse
    tally = finished.tally
    if not tally.loaded and not tally.unreadable and not tally.failed_batches:
        found = f"{tally.files} files found, all loaded before." if tally.files else "No files found."
        console.print(f"\n[bold]Nothing new.[/] {found} {_held(warehouse)}")
        console.print(f"[dim]Tables: {escape(str(warehouse / 'copydesk.duckdb'))}[/]")
        return
    seconds = (now - finished.run.started_at).total_seconds()
    console.print()
    console.print(_facts(finished, seconds))
    if tally.failed_batches:
        console.print(
            f"\n[red]{tally.failed_batches} batches failed[/], the next run tries them again. "
            f"The first: {escape(tally.failure)}"
        )
    _print_rejects(console, finished)
    _print_most_quoted(console, warehouse)
    _print_next(console, warehouse)


def _held(warehouse: Path) -> str:
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        stories, quotes = con.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM quotes)"
        ).fetchall()[0]
    return f"The warehouse holds {stories} stories and {quotes} quotes."


def _facts(finished: Finished, seconds: float) -> Table:
    tally = finished.tally
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    skipped = f", {tally.skipped} loaded before" if tally.skipped else ""
    stale = f", {finished.run.plan.stale} of them anew by newer rules" if finished.run.plan.stale else ""
    table.add_row("[bold]Files[/]", str(tally.files), f"{tally.loaded} read in {seconds:.1f} s{stale}{skipped}")
    with open_lake(finished.run.settings.warehouse, read_only=True) as lake:
        table.add_row("[bold]Stories[/]", str(tally.articles), _standing(lake.con))
    with duckdb.connect(str(finished.run.settings.warehouse / "copydesk.duckdb"), read_only=True) as con:
        kinds = con.execute("SELECT quote_type, count(*) FROM quotes GROUP BY 1 ORDER BY 2 DESC").fetchall()
        types = con.execute("SELECT entity_type, count(*) FROM entities GROUP BY 1 ORDER BY 2 DESC LIMIT 4").fetchall()
    table.add_row("[bold]Quotes[/]", str(sum(n for _, n in kinds)), _listed(kinds))
    table.add_row("[bold]Entities[/]", str(finished.published.rows.get("entities", 0)), _listed(types))
    return table


def _standing(con: duckdb.DuckDBPyConnection) -> str:
    rows = con.execute(
        "SELECT coalesce(withheld_reason, 'published'), count(*) FROM lake.story_versions GROUP BY 1 ORDER BY 2 DESC"
    ).fetchall()
    return _listed(rows)


def _listed(rows: list[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in rows)


def _print_rejects(console: Console, finished: Finished) -> None:
    run = finished.run
    with open_lake(run.settings.warehouse, read_only=True) as lake:
        refused = lake.con.execute(
            "SELECT path, reason, detail FROM lake.rejects WHERE run_id = ? ORDER BY path, byte_offset LIMIT 8",
            [run.run_id],
        ).fetchall()
    if not refused:
        return
    console.print(f"\n[bold]Refused[/] {finished.tally.rejects + finished.tally.unreadable}")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for path, reason, detail in refused:
        table.add_row(escape(path), f"[yellow]{escape(reason)}[/]", f"[dim]{escape(detail)}[/]")
    console.print(table)


def _print_most_quoted(console: Console, warehouse: Path) -> None:
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        rows = con.execute(_MOST_QUOTED).fetchall()
    if not rows:
        return
    console.print("\n[bold]Who is quoted most?[/]")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for name, quotes, stories, role in rows:
        said, printed = _counted(quotes, "quote", "quotes"), _counted(stories, "story", "stories")
        table.add_row(escape(name), f"{said} in {printed}", f"[dim]{escape(role or '')}[/]")
    console.print(table)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _command() -> str:
    """How the command is typed here: by its name where the shell finds it, else by its path."""
    if shutil.which("copydesk"):
        return "copydesk"
    own = Path(sys.prefix) / "bin" / "copydesk"
    return str(own.relative_to(Path.cwd())) if own.is_relative_to(Path.cwd()) else str(own)


def _print_next(console: Console, warehouse: Path) -> None:
    command = _command()
    place = "" if warehouse == Path("warehouse") else f" -w {warehouse}"
    console.print("\n[bold]Next[/]")
    for line, meaning in (
        (f'{command} sql{place} "SELECT headline, dateline_city FROM articles"', "ask the tables"),
        (f"{command} rejects{place}", "what was refused, and why"),
        (f"{command} status{place}", "what came in, by feed and format"),
    ):
        console.print(f"  {escape(line)}  [dim]{meaning}[/]", soft_wrap=True)
