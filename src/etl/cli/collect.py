"""`copydesk collect`: from the sources of copydesk.toml into the raw zone."""

from __future__ import annotations

import os
import time
from datetime import datetime

import click

from etl.cli.options import config_option, now
from etl.collect import Clock, Collected, collect_all
from etl.config import Config, Source

CLOCK = Clock(now, time.monotonic, time.sleep)
"""The world's own clock."""


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@config_option
@click.option("--force", is_flag=True, help="Visit sources that are not due, too, whatever their servers asked for.")
@click.option("--quiet", "-q", is_flag=True, help="Say only what went wrong.")
def collect(names: tuple[str, ...], config: Config, force: bool, quiet: bool) -> int:
    """Fetch what is new from the sources of copydesk.toml, all of them or those named, into the raw zone.

    A source is visited when it is due. What is fetched is kept unaltered below `raw`, in a folder of the source's
    name; `copydesk run` loads it. Stop it at any moment: nothing is lost and nothing fetched twice is kept twice.

    \b
    Example:
        copydesk collect && copydesk run raw/
    """
    width = max((len(source.name) for source in config.sources), default=0)

    def tell(one: Collected) -> None:
        trouble = one.problem is not None or bool(one.refused)
        if not quiet or trouble:
            click.echo(line_of(one, width), err=trouble)
            for key, reason in one.refused:
                click.echo(f"{'':{width}}    refused {key}: {reason}", err=True)

    collected = collect_all(
        _chosen(config, names),
        raw=config.raw,
        warehouse=config.warehouse,
        clock=CLOCK,
        environ=os.environ,
        collecting=config.collect,
        force=force,
        done=tell,
    )
    return 2 if any(one.problem is not None or one.refused for one in collected) else 0


def line_of(one: Collected, width: int) -> str:
    """How a visit ended, in one line."""
    said = [f"{one.source:{width}}  {one.outcome}"]
    if one.deposits:
        said.append(f"{len(one.deposits)} files, {sum(d.size for d in one.deposits) / 1024:.1f} KiB")
    if one.unready:
        said.append(f"{one.unready} still being written")
    if one.failures:
        said.append(f"{one.failures} in a row")
    if one.problem is not None:
        said.append(one.problem)
    if one.next_at is not None:
        said.append(f"next after {_clock(one.next_at)}")
    return "; ".join(said)


def _clock(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%SZ")


def _chosen(config: Config, names: tuple[str, ...]) -> list[Source]:
    known = {source.name: source for source in config.sources}
    if not known:
        raise click.ClickException("no source is configured; name one in copydesk.toml (`copydesk init` writes one)")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.ClickException(f"no source {', '.join(unknown)}; there are: {', '.join(known)}")
    return [known[name] for name in names] if names else list(known.values())
