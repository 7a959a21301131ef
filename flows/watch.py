"""What is unusual about the feeds, as events: one when it begins, one when it is over."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event
from prefect.variables import Variable

from etl.cli.unusual import find_unusual
from etl.config import Config
from etl.lake import open_lake
from etl.lake.anomalies import Anomaly
from flows import LOG


@task(name="watch feeds", task_run_name="watch feeds", cache_policy=NO_CACHE)
def watch(warehouse: Path, config: Config) -> list[Anomaly]:
    """Emit `copydesk.feed.KIND` for what has become unusual, `copydesk.feed.KIND.over` for what no longer is.

    KIND is silent, volume, rejects or field. What was told is kept in a Prefect variable, so that an automation
    that sends mail sends one.
    """
    with open_lake(warehouse, read_only=True) as lake:
        found: dict[str, Anomaly] = {
            _key(anomaly): anomaly for anomaly in find_unusual(lake, config, datetime.now(UTC))
        }
    name = f"copydesk_unusual_{hashlib.sha256(str(warehouse.absolute()).encode()).hexdigest()[:8]}"
    held = Variable.get(name)
    told = {str(key) for key in held} if isinstance(held, list) else set()
    for key in sorted(found.keys() - told):
        anomaly = found[key]
        LOG.warning("unusual feed=%s kind=%s %s", anomaly.feed, anomaly.kind, anomaly.message)
        _emit(key, anomaly.message)
    for key in sorted(told - found.keys()):
        LOG.info("usual again feed=%s kind=%s", *key.rsplit("|", 2)[:2])
        _emit(key, None)
    if told != found.keys():
        Variable.set(name, sorted(found), overwrite=True)
    return list(found.values())


def _key(anomaly: Anomaly) -> str:
    return f"{anomaly.feed}|{anomaly.kind}|{anomaly.subject}"


def _emit(key: str, message: str | None) -> None:
    feed, kind, subject = key.rsplit("|", 2)
    emit_event(
        event=f"copydesk.feed.{kind}" if message else f"copydesk.feed.{kind}.over",
        resource={"prefect.resource.id": f"copydesk.feed.{feed}", "prefect.resource.name": feed},
        payload={"subject": subject, "message": message or "as usual again"},
    )
