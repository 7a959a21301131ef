"""What `copydesk serve` deploys: every flow, its parameters and schedule from copydesk.toml, one run at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Interval
from prefect.schedules import Schedule as PrefectSchedule
from prefect.types.entrypoint import EntrypointType

from etl.config import Config, Schedules
from etl.config.schedule import Schedule
from flows.automations import TAG
from flows.backfill import backfill
from flows.collect import collect
from flows.daily import daily
from flows.ingest import ingest
from flows.parameters import (
    BackfillParameters,
    DailyParameters,
    IngestParameters,
    MaintainParameters,
    Parameters,
    ReportParameters,
)
from flows.upkeep import maintain_flow, publish_flow, report_flow, resolve_flow

NAME = "copydesk"
"""Name of each deployment, e.g. `ingest/copydesk`."""

USUAL = Schedules(
    ingest=Schedule(every=timedelta(minutes=5)), maintain=Schedule(cron="30 3 * * *"), report=Schedule(cron="0 6 * * *")
)
"""Schedules where copydesk.toml states none."""

_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
"""Intervals count from here, so that a restart does not shift them: every 5 minutes is at :00, :05, :10."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A flow as it is deployed: how many runs of it at once, and what becomes of one more."""

    flow: Flow[..., Any]
    parameters: type[Parameters]
    runs: int = 1
    busy: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.CANCEL_NEW

    @property
    def name(self) -> str:
        """Name of the flow."""
        return self.flow.name


DEPLOYED = (
    # Sources that are being visited are busy to the next run, which visits the others.
    Deployed(collect, Parameters, runs=4),
    Deployed(ingest, IngestParameters),
    Deployed(resolve_flow, Parameters),
    Deployed(publish_flow, Parameters),
    Deployed(maintain_flow, MaintainParameters),
    Deployed(report_flow, ReportParameters),
    Deployed(daily, DailyParameters),
    # Asked for by hand, so it is not dropped.
    Deployed(backfill, BackfillParameters, busy=ConcurrencyLimitStrategy.ENQUEUE),
)


def deployments(config: Config, path: Path | None) -> list[RunnerDeployment]:
    """A deployment for each flow; `path` is where the configuration was read from."""
    schedules = usual_schedules(config)
    return [
        RunnerDeployment.from_flow(
            one.flow,
            NAME,
            schedule=_schedule(getattr(schedules, one.name, None), schedules.timezone),
            parameters={"parameters": parameters_of(one.parameters, config, path).model_dump(mode="json")},
            concurrency_limit=ConcurrencyLimitConfig(limit=one.runs, collision_strategy=one.busy),
            tags=[TAG],
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for one in DEPLOYED
    ]


def usual_schedules(config: Config) -> Schedules:
    """The schedules of the configuration; where it has none at all, those that most desks want."""
    stated = config.schedules
    if any(getattr(stated, one.name, None) for one in DEPLOYED):
        return stated
    usual = replace(USUAL, timezone=stated.timezone)
    return replace(usual, collect=Schedule(every=timedelta(minutes=1))) if config.sources else usual


def parameters_of(kind: type[Parameters], config: Config, path: Path | None) -> Parameters:
    """A flow's parameters as the configuration has them, with absolute paths."""
    stated: dict[str, Any] = {
        "warehouse": config.warehouse.absolute(),
        "config": path.absolute() if path else None,
        "sources": [config.raw.absolute()],
        "processes": config.run.processes,
        "batch_bytes": config.run.batch_bytes,
        "batch_files": config.run.batch_files,
        "keep_days": config.maintain.keep.days,
    }
    return kind(**{name: value for name, value in stated.items() if name in kind.model_fields})


def _schedule(schedule: Schedule | None, timezone: str) -> PrefectSchedule | None:
    if schedule is None:
        return None
    if schedule.cron is not None:
        return Cron(schedule.cron, timezone=timezone)
    assert schedule.every is not None, "a schedule is an interval or cron text"
    return Interval(schedule.every, anchor_date=_EPOCH)
