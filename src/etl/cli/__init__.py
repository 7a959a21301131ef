"""The command line: settings are read here and passed down.

Exit codes: 0 clean, 2 finished with rejects or files that could not be read, 1 failed.
"""

from __future__ import annotations

import sys

import click
import duckdb

import etl
from etl.cli.collect import collect
from etl.cli.doctor import doctor
from etl.cli.entities import entities
from etl.cli.explain import explain
from etl.cli.export import export
from etl.cli.failures import told
from etl.cli.history import backfill, diff, restore, snapshots
from etl.cli.init import init
from etl.cli.maintain import maintain
from etl.cli.query import sql, tables
from etl.cli.reader import reader
from etl.cli.rejects import rejects
from etl.cli.report import report
from etl.cli.run import publish_command, run
from etl.cli.serve import serve
from etl.cli.status import status
from etl.lake import LakeError

CLEAN, FAILED, WITH_REJECTS = 0, 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(etl.__version__, prog_name="copydesk")
def cli() -> None:
    """Wire copy in, a warehouse out.

    Reads raw newswire files of any format, and writes tables of articles, quotes (who said what) and
    entities as Parquet and DuckDB. Start with:

    \b
        copydesk run raw/
        copydesk sql "SELECT speaker_name, count(*) FROM quotes GROUP BY 1 ORDER BY 2 DESC"

    Exit codes: 0 clean; 2 finished, but some input was refused (see `copydesk rejects`); 1 failed.
    """


for command in (
    run,
    status,
    rejects,
    explain,
    entities,
    sql,
    tables,
    export,
    report,
    reader,
    publish_command,
    doctor,
    maintain,
    snapshots,
    diff,
    restore,
    backfill,
    init,
    collect,
    serve,
):
    cli.add_command(command)


def main() -> None:
    """Entry point: errors of the world become one line on stderr and exit code 1, bugs keep their traceback."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("copydesk: stopped; what was committed stays, the next run does the rest", err=True)
        code = FAILED
    except click.ClickException as error:
        error.show()
        code = FAILED
    except (OSError, LakeError, duckdb.Error) as error:
        click.echo(f"copydesk: {told(error)}", err=True)
        code = FAILED
    sys.exit(code if isinstance(code, int) else CLEAN)
