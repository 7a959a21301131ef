"""What a run leaves to look at in Prefect: report, rejects, progress, the way to the HTML page."""

from __future__ import annotations

import os
import time
from pathlib import Path
from uuid import UUID

from prefect import task
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE

from etl.ingest.report import markdown_report, reject_rows
from etl.ingest.run import Finished

_LONG = 10.0
"""Seconds after which a run is long enough for its progress to be watched."""
_EVERY = 2.0
"""Seconds between two updates, at least: each is a request."""


class Progress:
    """How far a run of `total` batches is, as an artifact once it has gone on for `_LONG` seconds."""

    def __init__(self, total: int) -> None:
        """Begin at nothing done."""
        self._total = total
        self._done = 0
        self._next = time.monotonic() + _LONG
        self._artifact: UUID | None = None

    def advance(self, batches: int) -> None:
        """Count batches as done."""
        self._done += batches
        over = self._done == self._total and self._artifact is not None
        if time.monotonic() < self._next and not over:
            return
        self._next = time.monotonic() + _EVERY
        percent = 100 * self._done / self._total
        if self._artifact is None:
            about = f"Of {self._total} batches"
            made = create_progress_artifact(percent, key="run-progress", description=about)
            assert isinstance(made, UUID), "called outside of an event loop"
            self._artifact = made
        else:
            update_progress_artifact(self._artifact, percent)


@task(name="report run", task_run_name="report run", cache_policy=NO_CACHE)
def report_run(finished: Finished) -> None:
    """The run report and the table of rejects."""
    create_markdown_artifact(key="run-report", markdown=markdown_report(finished), description="What the run did")
    refused = reject_rows(finished)
    if refused:
        create_table_artifact(key="run-rejects", table=refused, description="What the run refused")


def link_report(page: Path) -> None:
    """The way to the HTML report: as `copydesk serve` shows it, or where it lies."""
    address = os.environ.get("COPYDESK_REPORT_URL", page.absolute().as_uri())
    create_link_artifact(key="html-report", link=address, link_text=page.name, description="The report to read")
