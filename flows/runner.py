"""What deploys and runs the flows for `copydesk serve`: `python -m flows.runner [CONFIG]`.

It makes the deployments, the limit of one committer and the automation for dead runs, then starts each run that is
due in a process of its own. All of it is made anew at every start, so a changed copydesk.toml is heeded.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import flows  # sets what Prefect reads at its import
from etl.config import Config, read_config
from flows.lifeline import end_with_parent

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.client.orchestration import PrefectClient
    from prefect.deployments.runner import RunnerDeployment

_POLL = 5
"""Seconds between two looks at what is due; a run is prepared up to ten seconds before its time."""


async def serve(wanted: list[RunnerDeployment], silence: timedelta) -> None:
    """Deploy, and run what is due until cancelled."""
    from prefect.client.orchestration import get_client
    from prefect.runner import Runner

    from flows.automations import ensure_crash_automation
    from flows.committing import LIMIT

    runner = Runner(name="copydesk", query_seconds=_POLL, limit=None, pause_on_shutdown=False)
    made = [await runner.aadd_deployment(deployment) for deployment in wanted]
    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name(LIMIT, 1)
        await ensure_crash_automation(silence)
        buried = await bury(client, made)
    flows.LOG.info("serving deployments=%d buried=%d", len(made), buried)
    going_on = asyncio.create_task(runner.start())
    await asyncio.sleep(0)  # it sets a handler of its own, which leaves without ending its runs
    stopping: list[asyncio.Task[None]] = []
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGTERM, lambda: stopping.append(asyncio.create_task(runner.astop()))
    )
    await going_on


async def bury(client: PrefectClient, deployments: list[UUID]) -> int:
    """Mark as crashed what an earlier runner of these deployments left unfinished: its processes are gone."""
    from prefect.client.schemas.filters import (
        DeploymentFilter,
        DeploymentFilterId,
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    unfinished = FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING, StateType.CANCELLING])
    runs = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=unfinished)),
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=deployments)),
    )
    for run in runs:
        await client.set_flow_run_state(run.id, Crashed(message="served anew; the process of this run is gone"))
    return len(runs)


def main(path: Path | None) -> None:
    """Serve what the configuration says, by default all defaults."""
    end_with_parent()
    from flows.deployments import deployments

    silence = timedelta(seconds=float(os.environ.get("COPYDESK_CRASH_AFTER", "90")))
    asyncio.run(serve(deployments(read_config(path) if path else Config(), path), silence))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
