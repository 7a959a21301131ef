"""`copydesk maintain`: the upkeep of the lake."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from etl.cli.options import now, warehouse_option
from etl.lake import open_lake
from etl.lake.maintain import KEEP_SNAPSHOTS, LEAST_AGE
from etl.lake.maintain import maintain as do_maintain


@click.command()
@warehouse_option
@click.option(
    "--keep-days",
    type=click.IntRange(min=LEAST_AGE.days),
    default=KEEP_SNAPSHOTS.days,
    show_default=True,
    envvar="COPYDESK_KEEP_DAYS",
    help="Days that restore and diff reach back.",
)
def maintain(warehouse: Path, keep_days: int) -> None:
    """Merge small files, let old snapshots go, remove what crashes left behind.

    Safe at any time beside runs, publishes and readers: states and files of the last day stay.
    Once a day or after a large load is enough. Rows are never changed.

    \b
    Example:
        copydesk maintain --keep-days 90
    """
    with open_lake(warehouse) as lake:
        done = do_maintain(lake, now=now(), keep=timedelta(days=keep_days))
    click.echo(
        f"{done.merged} data files merged into {done.made}; {done.expired} snapshots let go; "
        f"{done.removed + done.orphans} unneeded files and {done.staged} staging folders removed"
    )
