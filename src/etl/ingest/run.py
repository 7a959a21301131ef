"""A run, step by step: begin, work batches, commit each, finish. The command line and the flow call the same steps."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from etl import schema
from etl.ids import make_id
from etl.ingest.fingerprint import fingerprint
from etl.ingest.listing import Listing
from etl.ingest.plan import Batch, Plan, RawFile, make_plan
from etl.ingest.worker import Job, Staged
from etl.ingest.workers import Workers
from etl.lake import (
    Lake,
    commit_batch,
    embedded,
    finish_run,
    open_lake,
    publish,
    record_deliveries,
    record_unreadable,
    resolve_lake,
    start_run,
)
from etl.lake.known import unreadable_before
from etl.lake.publish import PublishReport
from etl.settings import Settings

TRIES = 3
"""How often a batch is tried when its worker process dies."""


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

    def without_batch(self) -> Tally:
        """The tally with one batch counted as failed."""
        return replace(self, failed_batches=self.failed_batches + 1)


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
    mark = fingerprint()
    run_id = make_id("run", now.isoformat(), os.getpid(), str(settings.warehouse.absolute()))
    with open_lake(settings.warehouse) as lake:
        plan = make_plan(listing, lake, mark, settings, force)
        if plan.batches:
            start_run(lake, run_id=run_id, command=command, fingerprint=mark, started_at=now)
            _sweep_stage(lake)
    return Run(run_id, mark, now, settings, plan, force)


def _sweep_stage(lake: Lake) -> None:
    """Remove what runs that have ended or died left staged: all of it is loaded, or will be staged anew."""
    alive = {row[0] for row in lake.con.execute("SELECT run_id FROM lake.runs WHERE run_state = 'running'").fetchall()}
    stage = Path(lake.location.stage)
    for folder in stage.iterdir() if stage.is_dir() else ():
        if folder.name not in alive:
            shutil.rmtree(folder, ignore_errors=True)


def jobs(run: Run) -> list[Job]:
    """The run's batches as jobs for workers."""
    stage = Path(embedded(run.settings.warehouse).stage) / run.run_id
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


def work(run: Run, progress: Callable[[Batch], None]) -> Tally:
    """Work and commit every batch, calling `progress` after each.

    A batch whose worker dies on every try is counted as failed and left for the next run.
    """
    tally = first_tally(run)
    if not run.plan.batches:
        return tally
    with (
        open_lake(run.settings.warehouse) as lake,
        Workers(run.settings.processes, len(run.plan.batches)) as workers,
        ThreadPoolExecutor(max_workers=workers.count) as threads,
    ):
        futures = {threads.submit(_persist, workers, job): job for job in jobs(run)}
        for future in as_completed(futures):
            staged = future.result()
            if staged is None:
                tally = tally.without_batch()
            else:
                commit(lake, run, staged)
                tally = tally.add(staged)
            progress(futures[future].batch)
    return tally


def _persist(workers: Workers, job: Job) -> Staged | None:
    for _ in range(TRIES):
        try:
            return workers.stage(job)
        except BrokenProcessPool:
            continue
    return None


def first_tally(run: Run) -> Tally:
    """The tally of a run that has done nothing yet."""
    plan = run.plan
    return Tally(
        files=plan.found,
        skipped=plan.skipped,
        unreadable=len(plan.unreadable),
    )


def commit(lake: Lake, run: Run, staged: Staged) -> None:
    """Load a staged batch in one commit and drop its staging folder.

    Loading the same batch twice, or beside another run that loads it, leaves one copy of its rows.
    """
    files = [file for file in staged.batch.files if file.path not in staged.changed]
    tables: dict[str, pa.Table | list[Path]] = {
        name: [path] for name, path in staged.files.items() if staged.counts[name]
    }
    tables["deliveries"] = _deliveries(files)
    commit_batch(
        lake,
        tables,
        batch_id=staged.batch.batch_id,
        run_id=run.run_id,
        files=[(file.sha256, run.fingerprint) for file in files],
        loaded_at=run.started_at,
        force=run.force,
    )
    shutil.rmtree(staged.folder, ignore_errors=True)


def _deliveries(files: Iterable[RawFile]) -> pa.Table:
    names = ("location", "path", "raw_sha256", "file_bytes", "modified_ns")
    rows = [(f.location, f.path, f.sha256, f.size, f.modified_ns) for f in files]
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table({n: pa.array(c, schema.COLUMNS[n][0]) for n, c in zip(names, columns, strict=True)})


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
        record_deliveries(lake, _deliveries((*run.plan.known, *run.plan.repeats)), run_id=run.run_id, seen_at=now)
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
    shutil.rmtree(Path(embedded(run.settings.warehouse).stage) / run.run_id, ignore_errors=True)
    return Finished(run, tally, report)
