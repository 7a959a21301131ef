"""The worker processes of a run: one pool that survives the death of a process."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Self

from etl.ingest.worker import Job, Staged, run_batch, start_process


class BatchFailedError(Exception):
    """A batch that could not be worked on any try; the message says why. The next run tries it again."""


class Workers:
    """Spawned processes that work batches, models loaded once in each. Use it as a context manager.

    `stage` may be called from many threads. A process that dies (memory, a fault in a library) breaks
    its whole pool; the next call gets a new one, and the caller decides whether to try the batch again.
    """

    def __init__(self, processes: int, batches: int) -> None:
        """Prepare for `batches` batches on `processes` processes (0: one a core); none is started yet."""
        self.count = max(1, min(processes or os.cpu_count() or 1, batches))
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """The workers themselves; processes start with the first batch."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the processes; after an error what is queued is dropped."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=True, cancel_futures=kind is not None)

    def stage(self, job: Job) -> Staged:
        """Work one batch in a worker process and wait for it.

        Raises:
            BrokenProcessPool: a worker process died; this batch or another was in it.
            OSError: a file or the staging folder failed.
        """
        with self._lock:
            pool = self._pool = self._pool or self._start()
        try:
            return pool.submit(run_batch, job).result()
        except BrokenProcessPool:
            with self._lock:
                if self._pool is pool:
                    self._pool = None
            raise

    def _start(self) -> ProcessPoolExecutor:
        # One process a core is the parallelism: numeric libraries that start threads of their own only get in
        # the way. They read this when they are imported, so it must stand before a process starts.
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ.setdefault(name, "1")
        return ProcessPoolExecutor(
            max_workers=self.count, mp_context=multiprocessing.get_context("spawn"), initializer=start_process
        )
