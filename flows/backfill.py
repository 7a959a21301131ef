"""The backfill flow: files that are loaded, read once more with the rules and model of this version."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from etl.ingest import run as steps
from etl.ingest.backfill import choose_files
from etl.ingest.listing import list_named
from etl.ingest.run import Finished, Run
from etl.lake import history, open_lake
from flows import LOG
from flows.ingest import load
from flows.parameters import BackfillParameters, run_name


@task(name="plan backfill", task_run_name="plan backfill", cache_policy=NO_CACHE)
def plan_backfill(parameters: BackfillParameters) -> Run | None:
    """The files that meet the conditions and are still where they were found; None if there are none."""
    with open_lake(parameters.warehouse, read_only=True) as lake:
        chosen = choose_files(
            lake, since=parameters.since, until=parameters.until, format_=parameters.format, feed=parameters.feed
        )
    if chosen.missing:
        LOG.warning("backfill missing=%d files no longer where they were found; their rows stay", chosen.missing)
    if not chosen.there:
        LOG.info("backfill files=0")
        return None
    return steps.begin(
        list_named(chosen.there.values()),
        parameters.settings(),
        command="backfill",
        now=datetime.now(UTC),
        force=frozenset(chosen.there),
    )


@task(name="what changed", task_run_name="what changed", cache_policy=NO_CACHE)
def tell_changes(parameters: BackfillParameters, before: int) -> None:
    """How the core tables differ from before, as a table, with the way back."""
    with open_lake(parameters.warehouse, read_only=True) as lake:
        changed = history.diff_tables(lake, before, lake.snapshot())
    rows = [{"table": t.table, "added": t.added, "removed": t.removed, "changed": t.changed} for t in changed]
    about = f"What the backfill changed. Rows: `copydesk diff {before}`. Back: `copydesk restore {before}`."
    create_table_artifact(key="backfill-changes", table=rows, description=about)


@flow(name="backfill", flow_run_name=run_name, validate_parameters=True)
def backfill(parameters: BackfillParameters) -> Finished | None:
    """Read loaded files again, by date, format and feed; each batch replaces the rows of its files."""
    with open_lake(parameters.warehouse, read_only=True) as lake:
        before = lake.snapshot()
    run = plan_backfill(parameters)
    if run is None:
        return None
    finished = load(run)
    tell_changes(parameters, before)
    return finished
