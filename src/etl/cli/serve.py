"""`copydesk serve`: hands over to the flows, which know Prefect; this package does not."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import click


@click.command()
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The configuration.  [default: copydesk.toml in the current folder]",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that Prefect's UI and API listen on.")
@click.option(
    "--port",
    type=click.IntRange(1, 65534),
    default=4200,
    show_default=True,
    help="Their port; the report is on the next one.",
)
@click.option(
    "--crash-after",
    type=click.IntRange(min=45),
    default=90,
    show_default=True,
    metavar="SECONDS",
    help="A run without a sign of life for so long is marked Crashed.",
)
def serve(config: Path | None, host: str, port: int, crash_after: int) -> None:
    """Run everything by schedule: a Prefect server with its UI, every flow deployed, each run in its own process.

    Schedules come from [schedules] in copydesk.toml; without any, files are loaded every five minutes. A part that
    dies is started again; after a restart of this command or of the machine it goes on where it was. Prefect's
    database is `prefect/` in the warehouse, or $PREFECT_HOME. With $PREFECT_API_URL set, that server is used and none
    is started. The UI asks for no password: leave it on this machine, or put a proxy that does before it.

    \b
    Example:
        copydesk serve
        copydesk serve --config /etc/copydesk/copydesk.toml --port 4300
    """
    found = importlib.util.find_spec("flows.serve") if importlib.util.find_spec("flows") else None
    if found is None or found.origin is None:
        raise click.ClickException("the flows are not installed beside this package; install copydesk whole")
    # No folder of the user's that is also called `flows` may come first, in this process or in those of the runs.
    folders = [str(Path(found.origin).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(folders), "PYTHONSAFEPATH": "1", "COPYDESK_SERVED": "1"}
    options = ["--host", host, "--port", str(port), "--crash-after", str(crash_after)]
    if config is not None:
        options += ["--config", str(config)]
    os.execve(sys.executable, [sys.executable, "-m", "flows.serve", *options], environ)
