"""The collect flow: every source that is due is visited, each by itself."""

from __future__ import annotations

import os

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import as_completed
from prefect.task_runners import ThreadPoolTaskRunner

from etl.cli.collect import CLOCK
from etl.collect import Collected, collect_source
from etl.config import Config, Source
from flows import LOG
from flows.parameters import Parameters, run_name


class SourceFailedError(Exception):
    """The visit failed; when the source is visited again is settled by its own back-off, not by Prefect."""


@task(name="visit source", task_run_name="visit {source.common.name}", cache_policy=NO_CACHE)
def visit(source: Source, config: Config) -> Collected:
    """One source into the raw zone."""
    done = collect_source(
        source,
        raw=config.raw,
        warehouse=config.warehouse,
        clock=CLOCK,
        environ=os.environ,
        collecting=config.collect,
    )
    if done.outcome == "failed":
        LOG.warning("collected source=%s outcome=failed failures=%d %s", done.source, done.failures, done.problem)
        raise SourceFailedError(f"{done.source}: {done.problem}")
    if done.outcome != "not due":
        LOG.info(
            "collected source=%s outcome=%s files=%d refused=%d",
            done.source, done.outcome, len(done.deposits), len(done.refused),
        )  # fmt: skip
    return done


@flow(
    name="collect",
    flow_run_name=run_name,
    validate_parameters=True,
    timeout_seconds=3600,
    task_runner=ThreadPoolTaskRunner(max_workers=32),  # type: ignore[arg-type]
)
def collect(parameters: Parameters) -> list[str]:
    """Visit the sources of copydesk.toml that are due; give the names of those that brought something.

    A slow source holds up nobody: each is visited in a thread of its own, and a run that begins meanwhile finds
    it busy and visits the others.
    """
    config = parameters.read()
    futures = [visit.submit(source, config) for source in config.sources if source.common.enabled]
    visits = [future.result(raise_on_failure=False) for future in as_completed(futures)]
    return sorted(done.source for done in visits if isinstance(done, Collected) and done.deposits)
