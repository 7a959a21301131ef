"""The daily flow: all the others, in order."""

from __future__ import annotations

from prefect import flow, tags

from flows.automations import TAG
from flows.collect import collect
from flows.ingest import ingest
from flows.parameters import (
    DailyParameters,
    IngestParameters,
    MaintainParameters,
    Parameters,
    ReportParameters,
    run_name,
)
from flows.upkeep import maintain_flow, report_flow


@flow(name="daily", flow_run_name=run_name, validate_parameters=True)
def daily(parameters: DailyParameters) -> None:
    """Collect, ingest (which links and publishes), maintain, report."""
    with tags(TAG):  # those of a deployment are not handed down, and the automation for dead runs goes by them
        collect(parameters.of(Parameters))
        ingest(parameters.of(IngestParameters))
        maintain_flow(parameters.of(MaintainParameters))
        report_flow(parameters.of(ReportParameters))
