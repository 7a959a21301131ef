"""The automation that notices dead runs: a run that began and gives no sign of life is marked Crashed.

A process that is killed cannot say so, and Prefect would show its run as Running for ever. Its batches that were
not committed are picked up by the next run in any case, since the lake knows what is loaded. `copydesk serve` makes
it; for another server: `python -m flows.automations`.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from prefect.automations import Automation, EventTrigger, Posture
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState

NAME = "copydesk: runs without a sign of life are crashed"

TAG = "copydesk"
"""Tag of the runs that are watched: those of our deployments."""

SILENCE = timedelta(seconds=90)
"""Three heartbeats, which come every 30 seconds (PREFECT_FLOWS_HEARTBEAT_FREQUENCY) where our flows are run."""

_SIGNS = ("heartbeat", "Completed", "Failed", "Cancelled", "Crashed")


def crash_automation(silence: timedelta) -> Automation:
    """Mark a run Crashed that has sent a heartbeat once, and then neither another nor its end for `silence`."""
    trigger = EventTrigger(
        after={"prefect.flow-run.heartbeat"},
        expect={f"prefect.flow-run.{sign}" for sign in _SIGNS},
        match={"prefect.resource.id": ["prefect.flow-run.*"]},
        # Flows of others may send their signs less often.
        match_related={"prefect.resource.id": [f"prefect.tag.{TAG}"], "prefect.resource.role": ["tag"]},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=silence,
    )
    said = f"no sign of life for {silence.seconds} seconds"
    action = ChangeFlowRunState(state=StateType.CRASHED, name=None, message=said, force=False)
    return Automation(name=NAME, trigger=trigger, actions=[action])


async def ensure_crash_automation(silence: timedelta) -> None:
    """Make the automation; one that is there and waits as long is left alone, with the runs it watches."""
    try:
        found = await Automation.aread(name=NAME)
    except ValueError:
        await crash_automation(silence).acreate()
        return
    if not isinstance(found.trigger, EventTrigger) or found.trigger.within != silence:
        found.trigger, found.actions = (wanted := crash_automation(silence)).trigger, wanted.actions
        await found.aupdate()


if __name__ == "__main__":
    asyncio.run(ensure_crash_automation(SILENCE))
