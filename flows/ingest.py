"""The ingest flow: plan, work and commit batches, link and publish, report.

It does what `copydesk run` does, by the same functions; Prefect adds retries, history, assets and artifacts.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, task, unmapped
from prefect.cache_policies import NO_CACHE
from prefect.futures import as_completed
from prefect.tasks import exponential_backoff

from etl.cli.run import run_progress
from etl.ingest import run as steps
from etl.ingest.cluster import Cluster
from etl.ingest.commit import commit
from etl.ingest.listing import list_files
from etl.ingest.report import core_rows
from etl.ingest.run import Finished, Intake, Run, Tally
from etl.ingest.worker import Job, Staged
from etl.ingest.workers import Workers
from etl.lake import open_lake
from etl.lake.storage import without_keys
from etl.settings import Settings
from flows import LOG
from flows.artifacts import Progress, report_run
from flows.assets import record_core, record_published
from flows.committing import one_committer
from flows.parameters import IngestParameters, run_name
from flows.watch import watch

__all__ = ["IngestParameters", "ingest", "load"]


class Sealed:
    """A run in a wrapping that Prefect does not look into: it would walk through all of its files with every task."""

    def __init__(self, run: Run) -> None:
        """Wrap it."""
        self.run = run


@task(name="plan", task_run_name="plan {settings.warehouse.name}", cache_policy=NO_CACHE)
def plan(sources: list[Path], settings: Settings) -> Run:
    """What is new."""
    return steps.begin(list_files(sources), settings, command="flow", now=datetime.now(UTC))


@task(
    name="read batch",
    task_run_name="read {job.batch.batch_id}",
    retries=2,
    retry_delay_seconds=exponential_backoff(2),
    retry_jitter_factor=0.5,
    cache_policy=NO_CACHE,
)
def read_batch(job: Job, workers: Workers | Cluster) -> Staged:
    """One batch through the pipeline, in a worker process here or of a cluster."""
    return workers.stage(job)


@task(
    name="commit batch",
    task_run_name="commit {group[0].batch.batch_id}",
    retries=2,
    retry_delay_seconds=exponential_backoff(2),
    retry_jitter_factor=0.5,
    cache_policy=NO_CACHE,
)
def commit_batches(sealed: Sealed, group: list[Staged]) -> None:
    """Staged batches into the lake, in one commit."""
    with one_committer(), open_lake(sealed.run.settings.warehouse) as lake:
        commit(lake, sealed.run, group)


@task(
    name="link and publish",
    task_run_name="link and publish",
    retries=2,
    retry_delay_seconds=exponential_backoff(10),
    retry_jitter_factor=0.5,
    cache_policy=NO_CACHE,
)
def finish(sealed: Sealed, tally: Tally) -> Finished:
    """Links across stories, then Parquet and DuckDB."""
    return steps.finish(sealed.run, tally, now=datetime.now(UTC))


@flow(name="ingest", flow_run_name=run_name, validate_parameters=True, timeout_seconds=24 * 3600)
def ingest(parameters: IngestParameters) -> Finished:
    """Load what is new in the raw zone and publish it; say what is unusual about the feeds."""
    finished = load(plan(parameters.sources, parameters.settings()))
    watch(parameters.warehouse, parameters.read())
    return finished


def load(run: Run) -> Finished:
    """Work a planned run to its end, inside a flow."""
    LOG.info("planned run=%s files=%d batches=%d", run.run_id, run.plan.found, len(run.plan.batches))
    finished = finish(Sealed(run), _work(run))
    tally, published = finished.tally, finished.published
    if tally.loaded:
        record_core(core_rows(run.settings.warehouse), run.run_id)
    if published.database_built:
        record_published(published.rows)
    report_run(finished)
    LOG.info(
        "loaded run=%s files=%d articles=%d quotes=%d rejects=%d unreadable=%d failed_batches=%d published=%d",
        run.run_id, tally.loaded, tally.articles, tally.quotes, tally.rejects, tally.unreadable,
        tally.failed_batches, sum(published.rows.values()),
    )  # fmt: skip
    return finished


def spare_workers_prefect() -> None:
    """Have worker processes not import Prefect: they import the main module, which is Prefect's in a served run."""
    main = sys.modules["__main__"]
    if main.__spec__ is not None and main.__spec__.name.startswith("prefect."):
        main.__spec__ = None
        vars(main).pop("__file__", None)


def _work(run: Run) -> Tally:
    if not run.plan.batches:
        return steps.first_tally(run)
    spare_workers_prefect()
    progress, served = Progress(len(run.plan.batches)), "COPYDESK_SERVED" in os.environ
    with steps.workers(run) as workers, run_progress(run, quiet=served) as advance:

        def told(count: int) -> None:
            advance(count)
            progress.advance(count)

        intake = Intake(run, lambda group: commit_batches(Sealed(run), group), told)
        for future in as_completed(list(read_batch.map(steps.jobs(run), unmapped(workers)))):
            intake.take(_outcome(run, future.result(raise_on_failure=False)))
        intake.flush()
    return intake.tally


def _outcome(run: Run, made: object) -> Staged | str:
    """What a batch task made, or why it failed on every try: such a batch is counted and left for the next run."""
    if isinstance(made, Staged):
        return made
    reason = without_keys(f"{type(made).__name__}: {made}")
    LOG.warning("batch failed run=%s error=%s", run.run_id, reason)
    return reason
