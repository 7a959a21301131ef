"""Where a lake lives: its catalog, its data files, its stage, from the warehouse folder and the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from etl.lake.storage import checked_place, is_remote
from etl.lake.transaction import LakeError


@dataclass(frozen=True, slots=True)
class LakeLocation:
    """Where a lake lives.

    `catalog` is what follows `ducklake:` in ATTACH (`sqlite:/w/lake/catalog.sqlite`, `postgres:dbname=lake`),
    `data` a folder or object store prefix, `stage` where workers leave Parquet for a commit (outside
    `data`), `locks` a local folder. `catalog_file` is None when the catalog is a server.
    """

    catalog: str
    data: str
    stage: str
    locks: Path
    catalog_file: Path | None = None
    extensions: tuple[str, ...] = ("ducklake", "sqlite_scanner")
    busy_timeout_ms: int = 30_000


def embedded(warehouse: Path) -> LakeLocation:
    """The location of a lake inside a warehouse folder, catalog in SQLite."""
    root = warehouse.absolute() / "lake"
    return LakeLocation(
        catalog=f"sqlite:{root / 'catalog.sqlite'}",
        data=f"{root / 'data'}/",
        stage=str(warehouse.absolute() / "stage"),
        locks=root,
        catalog_file=root / "catalog.sqlite",
    )


def on_postgres(warehouse: Path, catalog: str) -> LakeLocation:
    """The location of a lake whose catalog is a PostgreSQL database, its data files in the warehouse folder.

    Args:
        warehouse: the folder; one database serves one warehouse.
        catalog: `postgres:` and a libpq connection string without a password, which libpq takes from
            PGPASSWORD, PGPASSFILE or ~/.pgpass, so that it stands in no message.

    Raises:
        LakeError: the string is of another kind, or holds a password.
    """
    if not catalog.startswith("postgres:"):
        raise LakeError(f"COPYDESK_CATALOG must begin with postgres:, got {catalog.partition(':')[0]!r}")
    if "password" in catalog.lower() or "://" in catalog:
        raise LakeError(
            "COPYDESK_CATALOG must be like postgres:host=127.0.0.1 dbname=lake user=desk, without a password: "
            "put that into PGPASSWORD or ~/.pgpass"
        )
    root = warehouse.absolute() / "lake"
    return LakeLocation(
        catalog=" ".join((catalog, *_patience(catalog))),
        data=f"{root / 'data'}/",
        stage=str(warehouse.absolute() / "stage"),
        locks=root,
        extensions=("ducklake", "postgres_scanner"),
    )


def _patience(catalog: str) -> list[str]:
    """What libpq needs to notice a server that has gone without a word, where the setting does not say it."""
    wanted = {"connect_timeout": 10, "keepalives_idle": 20, "keepalives_interval": 5, "tcp_user_timeout": 30_000}
    return [f"{name}={value}" for name, value in wanted.items() if name not in catalog]


def located(warehouse: Path) -> LakeLocation:
    """Where a warehouse's lake is.

    $COPYDESK_CATALOG names a catalog on PostgreSQL, by default it is embedded; $COPYDESK_DATA a folder or
    object prefix for the data files and $COPYDESK_STAGE one for the stage, by default both are in the folder.

    Raises:
        LakeError: a setting cannot be used; the message says how it must be.
    """
    catalog = os.environ.get("COPYDESK_CATALOG", "")
    location = on_postgres(warehouse, catalog) if catalog else embedded(warehouse)
    return _stored(location, os.environ.get("COPYDESK_DATA", ""), os.environ.get("COPYDESK_STAGE", ""))


def _stored(location: LakeLocation, data: str, stage: str) -> LakeLocation:
    """The location with its data files and its stage where the settings say."""
    place = checked_place("COPYDESK_DATA", data) if data else location.data.rstrip("/")
    staged = checked_place("COPYDESK_STAGE", stage) if stage else location.stage
    if f"{place}/".startswith(f"{staged}/") or f"{staged}/".startswith(f"{place}/"):
        # The lake removes what it does not know from the one, sweeps remove it from the other.
        raise LakeError(f"COPYDESK_STAGE ({staged}) and COPYDESK_DATA ({place}) must not lie in one another")
    extensions = location.extensions + (("httpfs",) if is_remote(place) or is_remote(staged) else ())
    return replace(location, data=f"{place}/", stage=staged, extensions=extensions)
