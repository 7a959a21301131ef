"""Options that several commands share, and the clock, which only the edge reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def warehouse_option(command: F) -> F:
    """Add `--warehouse DIR`, by default `warehouse` in the current folder or $COPYDESK_WAREHOUSE."""
    option = click.option(
        "--warehouse",
        "-w",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("warehouse"),
        show_default=True,
        envvar="COPYDESK_WAREHOUSE",
        help="Folder of the lake and of everything published.",
    )
    return option(command)


def now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


def require_warehouse(warehouse: Path) -> Path:
    """The warehouse's DuckDB file. ClickException says what to type when there is none."""
    database = warehouse / "copydesk.duckdb"
    if not database.exists():
        raise click.ClickException(f"nothing is published in {warehouse} yet; load something: copydesk run raw/")
    return database
