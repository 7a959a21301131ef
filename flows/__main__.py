"""Run the ingest flow: `python -m flows raw --warehouse warehouse`.

The work is done by spawned processes, which import the main module again unless it is a package's
`__main__`: so Prefect, which takes seconds to import, is not imported at the top here.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from etl.cli.options import warehouse_option
from etl.cli.run import exit_code
from etl.cli.summary import print_summary


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@warehouse_option
@click.option("--processes", type=click.IntRange(min=0), default=0, help="Language processes; 0 is one a core.")
@click.option("--cluster", default="", metavar="ADDRESS", envvar="COPYDESK_CLUSTER", help="Dask scheduler to work on.")
def main(sources: tuple[Path, ...], warehouse: Path, processes: int, cluster: str) -> None:
    """Load what is new in SOURCES through the Prefect flow, then print the summary.

    Exit codes are those of `copydesk run`: 0 clean, 2 finished with rejects, 1 failed.
    """
    from flows.ingest import IngestParameters, ingest

    click.echo("copydesk: starting Prefect (its temporary server takes a few seconds)", err=True)
    parameters = IngestParameters(sources=list(sources), warehouse=warehouse, processes=processes, cluster=cluster)
    finished = ingest(parameters)
    print_summary(finished, now=datetime.now(UTC))
    sys.exit(exit_code(finished))


if __name__ == "__main__":
    main()
