"""The worker processes of a run: a pool that survives the death of a process, and one for the batches it died of."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from types import TracebackType
from typing import Self

from etl.ingest.worker import Job, Staged, run_batch, start_process

TRIES_ALONE = 2
"""How often a batch whose pool broke is tried with no other beside it."""


class BatchFailedError(Exception):
    """A batch that could not be worked on any try; the message says why. The next run tries it again."""


class Workers:
    """Spawned processes that work batches, models loaded once in each. Use it as a context manager.

    `stage` may be called from many threads. A process that dies (memory, a fault in a library) breaks its whole
    pool, and which batch it died of cannot be told. So each batch that was in it is tried again in a process where
    nothing else is: one that kills every process it meets takes no other down with it.
    """

    def __init__(self, processes: int, batches: int) -> None:
        """Prepare for `batches` batches on `processes` processes (0: one a core); none is started yet."""
        self.count = max(1, min(processes or os.cpu_count() or 1, batches))
        self._lock = threading.Lock()
        self._one_alone = threading.Lock()
        self._pools: dict[bool, ProcessPoolExecutor] = {}
        """By whether a batch has its process to itself."""

    def __enter__(self) -> Self:
        """The workers themselves; processes start with the first batch."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the processes; after an error what is queued is dropped."""
        with self._lock:
            for pool in self._pools.values():
                pool.shutdown(wait=True, cancel_futures=kind is not None)

    def stage(self, job: Job) -> Staged:
        """Work one batch in a worker process and wait for it.

        Raises:
            BatchFailedError: the batch's process died on every try.
            OSError: a file or the staging folder failed.
        """
        with suppress(BrokenProcessPool):
            return self._stage(job, alone=False)
        with self._one_alone:
            for _ in range(TRIES_ALONE):
                with suppress(BrokenProcessPool):
                    return self._stage(job, alone=True)
        raise BatchFailedError(f"the processes that tried batch {job.batch.batch_id} died")

    def _stage(self, job: Job, *, alone: bool) -> Staged:
        with self._lock:
            pool = self._pools[alone] = self._pools.get(alone) or self._start(1 if alone else self.count)
        try:
            return pool.submit(run_batch, job).result()
        except BrokenProcessPool:
            with self._lock:
                if self._pools.get(alone) is pool:
                    del self._pools[alone]
            raise

    def _start(self, processes: int) -> ProcessPoolExecutor:
        # One process a core is the parallelism: numeric libraries that start threads of their own only get in
        # the way. They read this when they are imported, so it must stand before a process starts.
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ.setdefault(name, "1")
        return ProcessPoolExecutor(
            max_workers=processes, mp_context=multiprocessing.get_context("spawn"), initializer=start_process
        )
