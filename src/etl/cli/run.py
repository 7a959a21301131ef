"""`copydesk run` and `copydesk publish`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from etl.cli.options import now, warehouse_option
from etl.cli.summary import print_summary
from etl.ingest.listing import Listing, list_files
from etl.ingest.plan import Batch
from etl.ingest.run import Finished, Run, begin, finish, work
from etl.lake import open_lake, publish, resolve_lake
from etl.records import Limits
from etl.settings import Settings

_MB = 1024 * 1024


@click.command()
@click.argument("raw", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@warehouse_option
@click.option("--processes", type=click.IntRange(min=0), default=0, help="Language processes; 0 is one a core.")
@click.option(
    "--batch-bytes", type=click.IntRange(min=1), default=1024 * 1024, show_default=True, help="Size of a batch."
)
@click.option("--batch-files", type=click.IntRange(min=1), default=200, show_default=True, help="Files of a batch.")
@click.option(
    "--cluster",
    default="",
    metavar="ADDRESS",
    envvar="COPYDESK_CLUSTER",
    help="Work batches on the Dask cluster whose scheduler is at tcp://HOST:PORT.",
)
@click.option("--keep-old", is_flag=True, help="Leave files loaded by an older version as they are.")
@click.option(
    "--max-story-mb",
    type=click.IntRange(min=1),
    default=Limits().max_story_bytes // _MB,
    show_default=True,
    help="Refuse a story, line or member larger than this.",
)
@click.option(
    "--max-members",
    type=click.IntRange(min=1),
    default=Limits().max_members,
    show_default=True,
    help="Refuse what an archive holds beyond this many members.",
)
@click.option(
    "--max-expansion",
    type=click.IntRange(min=1),
    default=Limits().max_expansion,
    show_default=True,
    help="Refuse a compressed file that grows to more than this many times its size.",
)
@click.option("--quiet", "-q", is_flag=True, help="No progress and no summary.")
def run(
    raw: tuple[Path, ...],
    warehouse: Path,
    processes: int,
    batch_bytes: int,
    batch_files: int,
    cluster: str,
    keep_old: bool,
    max_story_mb: int,
    max_members: int,
    max_expansion: int,
    quiet: bool,
) -> int:
    """Load what is new in RAW (files or folders), then publish.

    Formats are told by content. A file that is loaded already is not loaded again; stop a run at any
    moment and the next one does the rest. Names that begin with a dot are left out. The first folder
    below RAW is the feed.

    \b
    Example:
        copydesk run raw/ --warehouse warehouse
        copydesk run /shared/raw --cluster tcp://10.0.0.5:8786
    """
    limits = Limits(max_story_bytes=max_story_mb * _MB, max_members=max_members, max_expansion=max_expansion)
    settings = Settings(
        warehouse, processes, batch_bytes, batch_files, keep_old=keep_old, cluster=cluster, limits=limits
    )
    finished = run_here(list_files(raw), settings, command="run", quiet=quiet)
    return exit_code(finished)


def exit_code(finished: Finished) -> int:
    """0 clean, 2 finished with refusals, 1 when a batch could not be worked at all."""
    if finished.tally.failed_batches:
        return 1
    return 2 if finished.tally.rejects or finished.tally.unreadable else 0


def run_here(
    listing: Listing,
    settings: Settings,
    *,
    command: str,
    quiet: bool = False,
    force: frozenset[str] = frozenset(),
) -> Finished:
    """Run from begin to finish in this process and its workers, with progress on stderr and a summary on stdout."""
    began = begin(listing, settings, command=command, now=now(), force=force)
    with run_progress(began, quiet=quiet) as advance:
        tally = work(began, advance)
    finished = finish(began, tally, now=now())
    if not quiet:
        print_summary(finished, now=now())
    return finished


class RateColumn(ProgressColumn):
    """Files and megabytes a second over the last batches, a batch taken for one of the plan's average."""

    def __init__(self, batches: Sequence[Batch]) -> None:
        """A column for the progress of these batches."""
        super().__init__()
        count = max(1, len(batches))
        self._files = sum(len(batch.files) for batch in batches) / count
        self._mb = sum(batch.size for batch in batches) / count / _MB

    def render(self, task: Task) -> Text:
        """`12.5 files/s, 0.41 MB/s`; no figure before two batches are done."""
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("- files/s")
        return Text(f"{speed * self._files:.1f} files/s, {speed * self._mb:.2f} MB/s")


@contextmanager
def run_progress(run: Run, *, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """A progress bar over a run's batches on stderr; yields the function that moves it on."""
    bar = Progress(
        TextColumn("copydesk"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("batches"),
        RateColumn(run.plan.batches),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet or not run.plan.batches,
        transient=True,
    )
    with bar:
        task = bar.add_task("reading", total=len(run.plan.batches))
        yield lambda count: bar.advance(task, count)


@click.command(name="publish")
@warehouse_option
@click.option(
    "--index/--no-index", default=None, help="With or without the index of words, from now on; at first with it."
)
def publish_command(warehouse: Path, index: bool | None) -> None:
    """Publish what stands now: Parquet and copydesk.duckdb.

    `copydesk run` does this at its end. On its own it is for embargoes that have passed and after a restore.
    Without the index of words copydesk.duckdb takes half the time to make and half the room, and search reads
    every text; later runs keep to it.

    \b
    Example:
        copydesk publish --warehouse warehouse
    """
    with open_lake(warehouse) as lake:
        resolve_lake(lake, as_of=now())
        report = publish(lake, warehouse, as_of=now(), index=index)
    click.echo(f"published {sum(report.rows.values())} rows; {report.rewritten} partitions rewritten")
