"""Options that several commands share, and the clock, which only the edge reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from etl.config import FILE_NAME, Config, ConfigError, read_config

F = TypeVar("F", bound=Callable[..., Any])


def warehouse_option(command: F) -> F:
    """Add `--warehouse DIR`, by default $COPYDESK_WAREHOUSE, what copydesk.toml here says, or `warehouse`."""
    option = click.option(
        "--warehouse",
        "-w",
        type=click.Path(file_okay=False, path_type=Path),
        default=lambda: config_here().warehouse,
        show_default="that of copydesk.toml, or warehouse",
        envvar="COPYDESK_WAREHOUSE",
        help="Folder of the lake and of everything published.",
    )
    return option(command)


def config_option(command: F) -> F:
    """Add `--config FILE`, which is read and validated: the command is given a `Config`."""
    option = click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        callback=lambda _context, _option, path: config_here(path),
        help=f"The configuration.  [default: {FILE_NAME} in the current folder]",
    )
    return option(command)


def config_here(path: Path | None = None) -> Config:
    """The configuration in a file, by default `copydesk.toml` of the current folder, or all defaults without one.

    Raises:
        ClickException: the file is not valid; the message has a line for each problem.
    """
    if path is None and not Path(FILE_NAME).exists():
        return Config()
    try:
        return read_config(path or Path(FILE_NAME))
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


def now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


def require_warehouse(warehouse: Path) -> Path:
    """The warehouse's DuckDB file. ClickException says what to type when there is none."""
    database = warehouse / "copydesk.duckdb"
    if not database.exists():
        raise click.ClickException(f"nothing is published in {warehouse} yet; load something: copydesk run raw/")
    return database
