"""A run, step by step: begin, work batches, commit each, finish. The command line and the flow call the same steps."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import datetime

import pyarrow as pa

from etl import schema
from etl.ids import make_id
from etl.ingest.cluster import Cluster, require_shared_stage
from etl.ingest.commit import commit, delivery_rows, registers
from etl.ingest.fingerprint import fingerprint
from etl.ingest.listing import Listing
from etl.ingest.plan import Plan, make_plan
from etl.ingest.worker import Job, Staged
from etl.ingest.workers import BatchFailedError, Workers
from etl.lake import (
    Lake,
    finish_run,
    located,
    open_lake,
    publish,
    record_deliveries,
    record_unreadable,
    resolve_lake,
    start_run,
)
from etl.lake.known import unreadable_before
from etl.lake.publish import PublishReport
from etl.lake.runs import alive_runs
from etl.lake.stage import remove_staged, sweep_stage
from etl.lake.storage import is_remote
from etl.settings import Settings

CLUSTER_GROUP = 10
"""Batches of a cluster that are committed together: the workers are many, the commits take turns."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has begun: its id, its plan, and the settings it goes by."""

    run_id: str
    fingerprint: str
    started_at: datetime
    settings: Settings
    plan: Plan
    force: frozenset[str] = frozenset()
    """Content to load again although the lake holds it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run did: files found, loaded, skipped as known, and the rows it wrote by core table."""

    files: int = 0
    loaded: int = 0
    skipped: int = 0
    unreadable: int = 0
    failed_batches: int = 0
    failure: str = ""
    """Why the first of them failed."""
    articles: int = 0
    quotes: int = 0
    mentions: int = 0
    rejects: int = 0

    def add(self, staged: Staged) -> Tally:
        """The tally with one committed batch counted in."""
        return replace(
            self,
            loaded=self.loaded + staged.counts["raw_files"],
            unreadable=self.unreadable + len(staged.changed),
            articles=self.articles + staged.counts["articles"],
            quotes=self.quotes + staged.counts["quotes"],
            mentions=self.mentions + staged.counts["mentions"],
            rejects=self.rejects + staged.counts["rejects"],
        )

    def without_batch(self, reason: str) -> Tally:
        """The tally with one batch counted as failed."""
        return replace(self, failed_batches=self.failed_batches + 1, failure=self.failure or reason)


@dataclass(frozen=True, slots=True)
class Finished:
    """How a run ended: its tally and what was published."""

    run: Run
    tally: Tally
    published: PublishReport


def begin(
    listing: Listing, settings: Settings, *, command: str, now: datetime, force: frozenset[str] = frozenset()
) -> Run:
    """Open (or create) the lake, plan the run and write its row in `runs`.

    Raises:
        etl.lake.LakeError: the warehouse cannot be used; the message says what to do.
    """
    if settings.cluster:
        require_shared_stage(located(settings.warehouse))
    mark = fingerprint()
    run_id = make_id("run", now.isoformat(), os.getpid(), str(settings.warehouse.absolute()))
    with open_lake(settings.warehouse) as lake:
        plan = make_plan(listing, lake, mark, settings, force)
        if plan.batches:
            start_run(lake, run_id=run_id, command=command, fingerprint=mark, started_at=now)
            if not is_remote(lake.location.stage):
                # What runs left that have ended or died: all of it is loaded, or will be staged anew.
                sweep_stage(lake, alive_runs(lake))
    return Run(run_id, mark, now, settings, plan, force)


def jobs(run: Run) -> list[Job]:
    """The run's batches as jobs for workers."""
    stage = f"{located(run.settings.warehouse).stage}/{run.run_id}"
    return [
        Job(
            batch=batch,
            run_id=run.run_id,
            fingerprint=run.fingerprint,
            stage=stage,
            loaded_at=run.started_at,
            flush_stories=run.settings.flush_stories,
            limits=run.settings.limits,
        )
        for batch in run.plan.batches
    ]


def workers(run: Run) -> Workers | Cluster:
    """Who works the run's batches: processes here, or the workers of its cluster. A context manager."""
    count = len(run.plan.batches)
    return Cluster(run.settings.cluster, count) if run.settings.cluster else Workers(run.settings.processes, count)


def work(run: Run, progress: Callable[[int], None]) -> Tally:
    """Work and commit every batch, calling `progress` with the number of batches that are done with.

    A batch whose worker dies on every try is counted as failed and left for the next run.

    Raises:
        OSError: a file, the stage or the cluster failed; what was committed stays.
    """
    if not run.plan.batches:
        return first_tally(run)
    with open_lake(run.settings.warehouse) as lake, workers(run) as crew:
        intake = Intake(run, lambda group: commit(lake, run, group), progress)
        threads = ThreadPoolExecutor(max_workers=crew.count)
        try:
            for future in as_completed([threads.submit(_persist, crew, job) for job in jobs(run)]):
                intake.take(future.result())
            intake.flush()
        finally:
            # After an error nothing more is begun: the threads end when their batches do, or with the workers.
            threads.shutdown(wait=False, cancel_futures=True)
    return intake.tally


def _persist(crew: Workers | Cluster, job: Job) -> Staged | str:
    """The batch, staged, or why it failed on every try."""
    try:
        return crew.stage(job)
    except BatchFailedError as error:
        return str(error)


@dataclass(slots=True)
class Intake:
    """What is staged on its way into the lake: committed batch by batch, those of a cluster some together."""

    run: Run
    load: Callable[[list[Staged]], object]
    progress: Callable[[int], object]
    tally: Tally = field(init=False)
    _waiting: list[Staged] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with the files that need no work."""
        self.tally = first_tally(self.run)

    def take(self, made: Staged | str) -> None:
        """Take a staged batch, or the reason why there is none, and commit what is due."""
        if isinstance(made, str):
            self.tally = self.tally.without_batch(made)
            self.progress(1)
            return
        self._waiting.append(made)
        if len(self._waiting) >= (CLUSTER_GROUP if self.run.settings.cluster else 1):
            self.flush()

    def flush(self) -> None:
        """Commit what waits; to be called once more at the end."""
        if not self._waiting:
            return
        self.load(self._waiting)
        for staged in self._waiting:
            self.tally = self.tally.add(staged)
        self.progress(len(self._waiting))
        self._waiting = []


def first_tally(run: Run) -> Tally:
    """The tally of a run that has done nothing yet."""
    plan = run.plan
    return Tally(
        files=plan.found,
        skipped=plan.skipped,
        unreadable=len(plan.unreadable),
    )


def _refuse_unreadable(lake: Lake, run: Run) -> None:
    rows = [
        {
            "reject_id": make_id("rej", path, "unreadable"),
            "path": path,
            "byte_offset": 0,
            "byte_length": 0,
            "stage": "plan",
            "reason": "unreadable",
            "detail": error,
            "run_id": run.run_id,
        }
        for path, error in run.plan.unreadable
    ]
    before = unreadable_before(lake)
    looked_at = [path for path in run.plan.listing.paths() if path in before] if before else []
    refused = pa.Table.from_pylist(rows, schema=schema.core("rejects").schema)
    record_unreadable(lake, refused, looked_at=looked_at, run_id=run.run_id)


def finish(run: Run, tally: Tally, *, now: datetime) -> Finished:
    """Remember where known files were found, link articles across stories, publish, close the run's row."""
    with open_lake(run.settings.warehouse) as lake:
        record_deliveries(lake, delivery_rows((*run.plan.known, *run.plan.repeats)), run_id=run.run_id, seen_at=now)
        _refuse_unreadable(lake, run)
        resolve_lake(lake, as_of=now)
        report = publish(lake, run.settings.warehouse, as_of=now)
        if run.plan.batches:
            finish_run(
                lake,
                run_id=run.run_id,
                finished_at=now,
                files_seen=tally.files,
                files_loaded=tally.loaded,
                files_skipped=tally.skipped,
                story_count=tally.articles,
                reject_count=tally.rejects,
            )
        if run.plan.batches and not registers(lake, run):
            remove_staged(f"{lake.location.stage}/{run.run_id}")
    return Finished(run, tally, report)
