"""The ingest flow: plan, work and commit batches, link and publish, report.

It does what `copydesk run` does, by the same functions; Prefect adds retries, history, assets and artifacts.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, task, unmapped
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.assets import Asset, AssetProperties, add_asset_metadata, materialize
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture, as_completed
from pydantic import BaseModel, ConfigDict, Field

from etl import schema
from etl.cli.run import run_progress
from etl.ingest import run as steps
from etl.ingest.plan import list_files
from etl.ingest.report import markdown_report, reject_rows
from etl.ingest.run import Finished, Run, Tally
from etl.ingest.worker import Job, Staged
from etl.ingest.workers import Workers
from etl.lake import open_lake
from etl.settings import Settings

ASSETS = [
    Asset(
        key=f"copydesk://published/{table.name}",
        properties=AssetProperties(name=f"published {table.name}", description=table.grain),
    )
    for table in schema.PUBLISHED
]


class IngestParameters(BaseModel):
    """What the flow may be told; unknown names and impossible values are refused."""

    model_config = ConfigDict(extra="forbid")

    sources: list[Path] = Field(default=[Path("raw")], min_length=1, description="Files and folders to load.")
    warehouse: Path = Field(default=Path("warehouse"), description="Folder of the lake and what is published.")
    processes: int = Field(default=0, ge=0, description="Language processes; 0 is one a core.")
    batch_bytes: int = Field(default=1024 * 1024, ge=1, description="Size of a batch in bytes.")
    batch_files: int = Field(default=200, ge=1, description="Files of a batch.")


@task(name="plan", task_run_name="plan {settings.warehouse}", cache_policy=NO_CACHE)
def plan(sources: list[Path], settings: Settings) -> Run:
    """What is new."""
    return steps.begin(list_files(sources), settings, command="flow", now=datetime.now(UTC))


@task(
    name="read batch",
    task_run_name="read {job.batch.batch_id}",
    retries=2,
    retry_delay_seconds=2,
    cache_policy=NO_CACHE,
)
def read_batch(job: Job, workers: Workers) -> Staged:
    """One batch through the pipeline, in a worker process."""
    return workers.stage(job)


@task(
    name="commit batch",
    task_run_name="commit {staged.batch.batch_id}",
    retries=2,
    retry_delay_seconds=2,
    cache_policy=NO_CACHE,
)
def commit_batch(run: Run, staged: Staged) -> None:
    """One batch into the lake, in one commit."""
    with open_lake(run.settings.warehouse) as lake:
        steps.commit(lake, run, staged)


@materialize(*ASSETS, by="copydesk", name="publish", retries=2, retry_delay_seconds=2, cache_policy=NO_CACHE)
def publish(run: Run, tally: Tally) -> Finished:
    """Links across stories, then Parquet and DuckDB."""
    finished = steps.finish(run, tally, now=datetime.now(UTC))
    for asset, table in zip(ASSETS, schema.PUBLISHED, strict=True):
        add_asset_metadata(asset, {"rows": finished.published.rows[table.name], "run_id": run.run_id})
    return finished


@task(name="report", cache_policy=NO_CACHE)
def report(finished: Finished) -> None:
    """The run report and the table of rejects, as artifacts."""
    create_markdown_artifact(key="run-report", markdown=markdown_report(finished), description="What the run did")
    refused = reject_rows(finished)
    if refused:
        create_table_artifact(key="run-rejects", table=refused, description="What the run refused")


@flow(name="ingest", flow_run_name="ingest into {parameters.warehouse}", validate_parameters=True)
def ingest(parameters: IngestParameters) -> Finished:
    """Load what is new in the raw zone and publish it."""
    settings = Settings(parameters.warehouse, parameters.processes, parameters.batch_bytes, parameters.batch_files)
    run = plan(parameters.sources, settings)
    tally = _work(run)
    finished = publish(run, tally)
    report(finished)
    return finished


def _work(run: Run) -> Tally:
    tally = steps.first_tally(run)
    if not run.plan.batches:
        return tally
    with Workers(run.settings.processes, len(run.plan.batches)) as workers, run_progress(run) as advance:
        futures = read_batch.map(steps.jobs(run), unmapped(workers))
        for future in as_completed(list(futures)):
            tally = _load(run, future, tally)
            advance(1)
    return tally


def _load(run: Run, future: PrefectFuture[Staged], tally: Tally) -> Tally:
    """Commit what a batch task staged; a batch that failed on every try is counted and left for the next run."""
    staged = future.result(raise_on_failure=False)
    if isinstance(staged, Staged):
        commit_batch(run, staged)
        return tally.add(staged)
    return tally.without_batch()
