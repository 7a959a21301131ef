"""Tables as assets: raw files, the core tables made of them, the published tables made of those."""

from __future__ import annotations

from collections.abc import Mapping

from prefect.assets import Asset, AssetProperties, add_asset_metadata, materialize
from prefect.cache_policies import NO_CACHE

from etl import schema

RAW = Asset(
    key="copydesk://raw", properties=AssetProperties(name="raw zone", description="Files as they were delivered.")
)


def _assets(layer: str, tables: tuple[schema.Table, ...]) -> dict[str, Asset]:
    return {
        table.name: Asset(
            key=f"copydesk://{layer}/{table.name}",
            properties=AssetProperties(name=f"{layer} {table.name}", description=table.grain),
        )
        for table in tables
    }


CORE = _assets("core", schema.CORE)
PUBLISHED = _assets("published", schema.PUBLISHED)


@materialize(
    *CORE.values(),
    asset_deps=[RAW],
    by="copydesk",
    name="core tables",
    task_run_name="core tables",
    cache_policy=NO_CACHE,
)
def record_core(rows: Mapping[str, int], run_id: str) -> None:
    """Tell Prefect how many rows each core table holds after a run."""
    for name, asset in CORE.items():
        add_asset_metadata(asset, {"rows": rows[name], "run_id": run_id})


@materialize(
    *PUBLISHED.values(),
    asset_deps=list(CORE.values()),
    by="copydesk",
    name="published tables",
    task_run_name="published tables",
    cache_policy=NO_CACHE,
)
def record_published(rows: Mapping[str, int]) -> None:
    """Tell Prefect how many rows each published table holds now."""
    for name, asset in PUBLISHED.items():
        add_asset_metadata(asset, {"rows": rows[name]})
