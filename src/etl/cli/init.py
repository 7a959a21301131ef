"""`copydesk init`: an example of the configuration file."""

from __future__ import annotations

from pathlib import Path

import click

from etl.config import FILE_NAME
from etl.config.example import write_example


@click.command()
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Write a commented copydesk.toml into FOLDER, by default the current one; a file that is there stays.

    \b
    Example:
        copydesk init /srv/copydesk
    """
    try:
        path = write_example(folder, FILE_NAME)
    except FileExistsError:
        raise click.ClickException(f"{folder / FILE_NAME} is there already and was not touched") from None
    click.echo(f"wrote {path}; name your sources in it, then: copydesk collect")
