"""One batch, in a process of its own: read the files, write staged Parquet, say what came of it.

The models are loaded once a process. Nothing but paths and counts goes back to the coordinator, so a batch's
rows are never held whole in memory or sent between processes.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq

from etl import schema
from etl.ingest.plan import Batch, RawFile, hash_stream
from etl.lake.check import conform
from etl.lake.durable import settle
from etl.lake.stage import remove_staged
from etl.lake.storage import file_system, is_remote
from etl.language import load_models
from etl.language.model import Models
from etl.pipeline import FileFacts, process_file
from etl.records import Delivery, Limits
from etl.rows import Origin, Row, arrow_tables

STAGED = ("raw_files", "articles", "quotes", "mentions", "article_entities", "rejects", "warnings")
"""Core tables that a batch writes, all in one commit."""


@dataclass(frozen=True, slots=True)
class Job:
    """A batch and all that a worker must know to do it."""

    batch: Batch
    run_id: str
    fingerprint: str
    stage: str
    """Folder or object prefix of the run's staged files."""
    loaded_at: datetime
    flush_stories: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class Staged:
    """What a worker made of a batch: its staged Parquet files by core table that has rows, and counts of rows."""

    batch: Batch
    folder: str
    files: dict[str, str]
    counts: dict[str, int] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    """Paths that were gone or no longer held the planned bytes; the next run plans them anew."""


@cache
def models() -> Models:
    """The process's models, loaded at the first call."""
    return load_models()


def start_process() -> None:
    """Prepare a worker process: load the models before the first batch.

    Ctrl-C reaches every process of a terminal; only the coordinator answers it, and stops its workers itself.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_coordinator, name="coordinator", daemon=True).start()
    models()


def end_with_coordinator() -> None:
    """End this process when the coordinator has been killed: it would wait for work for ever, models in memory."""
    coordinator = multiprocessing.parent_process()
    if coordinator is not None:
        coordinator.join()
        os._exit(1)


def run_batch(job: Job) -> Staged:
    """Read a batch's files and write its rows below `job.stage`.

    Raises:
        OSError: a file of the batch, or the stage, cannot be read or written.
        SchemaMismatchError: a row does not fit `etl.schema`; nothing of the batch is left behind.
    """
    # A name of its own for every attempt: a file that a commit has registered must never be written again.
    folder = f"{job.stage}/{job.batch.batch_id}-{uuid.uuid4().hex[:8]}"
    if not is_remote(folder):
        Path(folder).mkdir(parents=True)
    try:
        return _write_batch(job, folder)
    except BaseException:
        with contextlib.suppress(OSError):
            remove_staged(folder)
        raise


def _write_batch(job: Job, folder: str) -> Staged:
    store, root = file_system(folder)
    counts: dict[str, int] = dict.fromkeys(STAGED, 0)
    changed: list[str] = []
    with ExitStack() as closing:
        writers: dict[str, pq.ParquetWriter] = {}
        for rows in _chunks(job, changed):
            for name, made in arrow_tables(rows).items():
                if made.num_rows:
                    # Registering a file does not look for null where none may be: it must not be written.
                    table = conform(schema.core(name), made)
                    if name not in writers:
                        path = f"{root}/{name}.parquet"
                        writers[name] = closing.enter_context(pq.ParquetWriter(path, table.schema, filesystem=store))
                    writers[name].write_table(table)
                    counts[name] += table.num_rows
    files = {name: f"{folder}/{name}.parquet" for name in STAGED if counts[name]}
    if not is_remote(folder):
        # A commit that names these files must not outlive them or their folders: the batch's, the run's, the stage.
        settle([*map(Path, files.values()), Path(folder), Path(job.stage), Path(job.stage).parent])
    return Staged(job.batch, folder, files, counts, tuple(changed))


def _chunks(job: Job, changed: list[str]) -> Iterator[dict[str, list[Row]]]:
    """Rows of the batch in pieces of at most `flush_stories` stories."""
    held: dict[str, list[Row]] = defaultdict(list)
    for file in job.batch.files:
        for rows in _file_rows(file, job, changed):
            for name, some in rows.items():
                held[name].extend(some)
            if len(held["articles"]) >= job.flush_stories:
                yield held
                held = defaultdict(list)
    yield held


def _file_rows(file: RawFile, job: Job, changed: list[str]) -> Iterator[dict[str, list[Row]]]:
    try:
        stream = Path(file.location).open("rb")  # noqa: SIM115 - closed by the `with` below
    except OSError:
        changed.append(file.path)
        return
    with stream:
        if hash_stream(stream) != file.sha256:
            changed.append(file.path)
            return
        stream.seek(0)
        origin = Origin(file.sha256, file.path, file.feed, job.fingerprint, job.run_id, job.batch.batch_id)
        delivery = Delivery(file.path, stream, file.size, limits=job.limits)
        for made in process_file(delivery, origin, models()):
            yield {"raw_files": [_raw_file_row(file, made, origin, job)]} if isinstance(made, FileFacts) else made


def _raw_file_row(file: RawFile, facts: FileFacts, origin: Origin, job: Job) -> Row:
    return {
        "raw_sha256": file.sha256,
        "path": file.path,
        "feed": file.feed,
        "format": facts.format,
        "format_evidence": facts.format_evidence,
        "encoding": facts.encoding,
        "encoding_evidence": facts.encoding_evidence,
        "file_bytes": file.size,
        "story_count": facts.story_count,
        "reject_count": facts.reject_count,
        "fingerprint": origin.fingerprint,
        "run_id": origin.run_id,
        "batch_id": origin.batch_id,
        "loaded_at": job.loaded_at,
    }
