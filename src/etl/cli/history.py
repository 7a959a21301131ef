"""`copydesk snapshots`, `diff`, `restore` and `backfill`: what the lake was, and making it so again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from etl import schema
from etl.cli.options import now, warehouse_option
from etl.cli.run import exit_code, run_here
from etl.ingest.backfill import choose_files
from etl.ingest.listing import list_named
from etl.lake import history, open_lake, publish, resolve_lake
from etl.settings import Settings

_WHEN = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"])
_CELL = 60


@click.command()
@warehouse_option
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Newest to show.")
def snapshots(warehouse: Path, limit: int) -> None:
    """List the states of the lake that `diff` and `restore` can reach: number, time (UTC), what made it.

    Those that only remember a visit of `copydesk collect` are left out.

    \b
    Example:
        copydesk snapshots --limit 5
    """
    with open_lake(warehouse, read_only=True) as lake:
        listed = [snapshot for snapshot in history.snapshots(lake) if not snapshot.message.startswith("collect ")]
        for snapshot in listed[-limit:]:
            click.echo(f"{snapshot.number:>8}  {snapshot.made_at:%Y-%m-%d %H:%M:%S}  {_clean(snapshot.message)}")


@click.command()
@click.argument("before", type=int)
@click.argument("after", type=int, required=False)
@warehouse_option
@click.option("--table", type=click.Choice([t.name for t in schema.CORE if t.name != "runs"]), help="Show its rows.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Rows to show.")
def diff(before: int, after: int | None, warehouse: Path, table: str | None, limit: int) -> None:
    """Show how the lake's rows differ between snapshots BEFORE and AFTER (by default the newest).

    Rows are matched by key; which run wrote them does not count as a difference. `copydesk snapshots` lists
    the numbers.

    \b
    Example:
        copydesk diff 41
        copydesk diff 41 57 --table quotes
    """
    with open_lake(warehouse, read_only=True) as lake:
        newest = lake.snapshot() if after is None else after
        if table is None:
            _tell(history.diff_tables(lake, before, newest))
            return
        for row in history.diff_rows(lake, schema.core(table), before, newest, limit):
            click.echo(f"{row.kind:<8} {_clean(row.key)}")
            for name, old, new in row.columns:
                click.echo(f"         {name}: {_cell(old)} -> {_cell(new)}")


@click.command()
@click.argument("snapshot", type=int, required=False)
@click.option("--before", type=_WHEN, help="The newest snapshot from before that time (UTC) instead of a number.")
@warehouse_option
def restore(snapshot: int | None, before: datetime | None, warehouse: Path) -> None:
    """Make the lake what it was at SNAPSHOT, in one commit, and publish that.

    Nothing is forgotten: the states since stay, so a restore can be taken back by another. Files that came in
    since are loaded again by the next run.

    \b
    Example:
        copydesk restore 41
        copydesk restore --before "2026-11-20 06:00:00"
    """
    if (snapshot is None) == (before is None):
        raise click.UsageError("give a snapshot number or --before TIME, one of them")
    with open_lake(warehouse) as lake:
        number = history.snapshot_before(lake, before.replace(tzinfo=UTC)) if before else snapshot
        assert number is not None, "one of them is given"
        undo = lake.snapshot()
        changed = history.restore(lake, number)
        resolve_lake(lake, as_of=now())
        publish(lake, warehouse, as_of=now())
    _tell(changed)
    click.echo(f"the lake is as of snapshot {number}; to take this back: copydesk restore {undo}")


@click.command()
@warehouse_option
@click.option("--since", type=_WHEN, help="Files with a story published at or after that time (UTC).")
@click.option("--until", type=_WHEN, help="Files with a story published before that time (UTC).")
@click.option("--format", "format_", help="Files of this wire format.")
@click.option("--feed", help="Files of this feed.")
@click.option("--processes", type=click.IntRange(min=0), default=0, help="Language processes; 0 is one a core.")
@click.option("--quiet", "-q", is_flag=True, help="No progress, no summary, no row counts.")
def backfill(
    warehouse: Path,
    since: datetime | None,
    until: datetime | None,
    format_: str | None,
    feed: str | None,
    processes: int,
    quiet: bool,
) -> int:
    """Read files that are loaded once more, with the rules and model of this version.

    All conditions given must hold; without any, every file is read. The files are read where they were found.
    Each batch replaces the rows of its files in one commit. At the end it says what changed, and how to go
    back.

    \b
    Example:
        copydesk backfill --format nitf --since 2026-01-01
    """
    with open_lake(warehouse, read_only=True) as lake:
        before = lake.snapshot()
        chosen = choose_files(lake, since=_utc(since), until=_utc(until), format_=format_, feed=feed)
    there, missing = chosen.there, chosen.missing
    if missing:
        click.echo(f"{missing} files are no longer where they were found; their rows stay as they are", err=True)
    if not there:
        click.echo("no file to read again")
        return 1 if missing else 0
    settings = Settings(warehouse, processes)
    finished = run_here(list_named(there.values()), settings, command="backfill", quiet=quiet, force=frozenset(there))
    if not quiet:
        with open_lake(warehouse, read_only=True) as lake:
            _tell(history.diff_tables(lake, before, lake.snapshot()))
        click.echo(f"rows in full: copydesk diff {before} --table quotes; to go back: copydesk restore {before}")
    return 1 if missing else exit_code(finished)


def _utc(when: datetime | None) -> datetime | None:
    return when.replace(tzinfo=UTC) if when else None


def _tell(changed: list[history.TableDiff]) -> None:
    for table in changed:
        click.echo(f"{table.table:<18} {table.added:>8} added {table.removed:>8} removed {table.changed:>8} changed")
    if not changed:
        click.echo("no row differs")


def _cell(value: object) -> str:
    text = _clean("" if value is None else str(value))
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"


def _clean(text: str) -> str:
    # Text of a story may hold control characters, which a terminal would obey.
    return "".join(c if c.isprintable() else " " for c in text)
