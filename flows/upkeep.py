"""The small flows: resolve, publish, maintain, report. Each is one call into etl."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff

from etl.cli.report import write_report
from etl.lake import open_lake, publish, resolve_lake
from etl.lake.database import DATABASE
from etl.lake.maintain import Upkeep, maintain
from etl.lake.publish import PublishReport
from flows import LOG
from flows.artifacts import link_report
from flows.assets import record_published
from flows.parameters import MaintainParameters, Parameters, ReportParameters, run_name

__all__ = ["maintain_flow", "publish_flow", "report_flow", "resolve_flow"]


@task(
    task_run_name="resolve",
    retries=2,
    retry_delay_seconds=exponential_backoff(10),
    retry_jitter_factor=0.5,
    cache_policy=NO_CACHE,
)
def resolve(parameters: Parameters) -> None:
    """Links across stories: versions, copies, entities."""
    with open_lake(parameters.warehouse) as lake:
        resolve_lake(lake, as_of=datetime.now(UTC))


@task(
    name="publish",
    task_run_name="publish",
    retries=2,
    retry_delay_seconds=exponential_backoff(10),
    cache_policy=NO_CACHE,
)
def publish_now(parameters: Parameters) -> PublishReport:
    """Parquet and DuckDB of what stands now."""
    with open_lake(parameters.warehouse) as lake:
        return publish(lake, parameters.warehouse, as_of=datetime.now(UTC))


@task(
    name="maintain",
    task_run_name="maintain",
    retries=2,
    retry_delay_seconds=exponential_backoff(60),
    cache_policy=NO_CACHE,
)
def maintain_now(parameters: MaintainParameters) -> Upkeep:
    """Small files merged, old snapshots let go, what crashes left behind removed."""
    with open_lake(parameters.warehouse) as lake:
        return maintain(lake, now=datetime.now(UTC), keep=timedelta(days=parameters.keep_days))


@flow(name="resolve", flow_run_name=run_name, timeout_seconds=2 * 3600)
def resolve_flow(parameters: Parameters) -> None:
    """Link what has come in across stories, without publishing."""
    resolve(parameters)
    LOG.info("resolved warehouse=%s", parameters.warehouse)


@flow(name="publish", flow_run_name=run_name, timeout_seconds=2 * 3600)
def publish_flow(parameters: Parameters) -> None:
    """Publish what stands now: for embargoes that have passed."""
    resolve(parameters)
    report = publish_now(parameters)
    if report.database_built:
        record_published(report.rows)
    LOG.info("published rows=%d rewritten=%d", sum(report.rows.values()), report.rewritten)


@flow(name="maintain", flow_run_name=run_name, timeout_seconds=6 * 3600)
def maintain_flow(parameters: MaintainParameters) -> None:
    """Upkeep of the lake; rows are never changed."""
    done = maintain_now(parameters)
    LOG.info(
        "maintained merged=%d made=%d expired=%d removed=%d", done.merged, done.made, done.expired,
        done.removed + done.orphans,
    )  # fmt: skip


@flow(name="report", flow_run_name=run_name, timeout_seconds=3600, retries=1, retry_delay_seconds=60)
def report_flow(parameters: ReportParameters) -> None:
    """Write the HTML report, and link to it."""
    if not (parameters.warehouse / DATABASE).exists():
        LOG.info("reported page=none: nothing is published yet")
        return
    target = parameters.warehouse / "report.html"
    write_report(
        parameters.warehouse, target, config=parameters.read(), title=parameters.title, made_at=datetime.now(UTC)
    )
    link_report(target)
    LOG.info("reported page=%s", target)
