"""The workers of a Dask cluster: batches go out to them, they stage Parquet where the coordinator can register it."""

from __future__ import annotations

import logging
import threading
import uuid
from concurrent.futures import CancelledError
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from etl.ingest.fingerprint import fingerprint
from etl.ingest.worker import Job, Staged, run_batch
from etl.ingest.workers import BatchFailedError
from etl.lake.location import LakeLocation
from etl.lake.storage import is_remote, without_keys
from etl.lake.transaction import LakeError

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_SECONDS = 10
_WORKER_SECONDS = 60
_RETRIES = 2
"""How often Dask tries a batch again that raised; one whose workers die it gives up by its own setting."""

_FEWEST_IN_FLIGHT = 32
"""Batches out at one time at least, so that workers who join later have work too."""

_AGAIN = "what was committed stays; the same command again does the rest"

_one_batch = threading.Lock()
"""The models of a process serve one batch at a time, however many threads its worker has."""


class ClusterError(OSError):
    """The cluster cannot be used as it stands; the message says what to do."""


def require_shared_stage(location: LakeLocation) -> None:
    """Refuse a lake in an object store whose stage is a folder: workers elsewhere could not reach it.

    Raises:
        LakeError: the stage must be set.
    """
    if is_remote(location.data) and not is_remote(location.stage):
        raise LakeError(
            f"with data files in {location.data}, workers need a stage in an object store too: set COPYDESK_STAGE "
            "to a prefix like s3://bucket/stage, outside of the data"
        )


class Cluster:
    """The workers of a Dask cluster, with the same interface as `Workers`. Use it as a context manager.

    Nothing but jobs, paths and counts travels. Keys of an object store do not: each worker has its own in its
    environment. Whoever reaches the scheduler can run code on the workers (see SECURITY.md).
    """

    def __init__(self, address: str, batches: int) -> None:
        """Prepare for `batches` batches on the cluster whose scheduler is at `address`."""
        self.count = 1
        self._address, self._batches = address, batches
        self._client: Client

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            ClusterError: the extra is not installed, nothing answers, or there is no worker.
        """
        try:
            from distributed import Client
        except ModuleNotFoundError:
            raise ClusterError("a cluster needs the extra: pip install 'copydesk[cluster]'") from None
        # It tells at length what a caught error says in a line.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            self._client = Client(self._address, timeout=_CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise ClusterError(f"no scheduler answers at {self._address}; start one: dask scheduler") from error
        try:
            self._client.wait_for_workers(1, timeout=_WORKER_SECONDS)
        except TimeoutError:
            self._client.close()  # type: ignore[no-untyped-call]
            raise ClusterError(
                f"{self._address} has no workers; start some: dask worker {self._address} --nthreads 1"
            ) from None
        threads = sum(self._client.nthreads().values())  # type: ignore[no-untyped-call]
        self.count = max(1, min(self._batches, max(2 * threads, _FEWEST_IN_FLIGHT)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of what is queued and disconnect; what a worker is in the midst of it finishes for nobody."""
        self._client.close(timeout=_CONNECT_SECONDS)  # type: ignore[no-untyped-call]

    def stage(self, job: Job) -> Staged:
        """Work one batch on some worker and wait for it, if its worker dies on another.

        Raises:
            BatchFailedError: the batch's worker died, or the batch raised, on every try.
            ClusterError: the scheduler went away, or a worker cannot be used.
            OSError: a file or the stage failed on every try.
        """
        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        try:
            future = self._client.submit(
                stage_on_worker, job, key=f"{job.batch.batch_id}-{uuid.uuid4().hex}", retries=_RETRIES, pure=False
            )
            # Waits for another try too if the worker that held the result has died since.
            return future.result()
        except KilledWorker:
            raise BatchFailedError(f"the workers that tried batch {job.batch.batch_id} died") from None
        except (CancelledError, CommClosedError, TimeoutError) as error:
            raise ClusterError(
                f"the scheduler at {self._address} went away ({type(error).__name__}): start it again; {_AGAIN}"
            ) from None
        except OSError:
            raise
        except Exception as error:  # whatever a batch can raise on a worker
            raise BatchFailedError(f"batch {job.batch.batch_id}: {type(error).__name__}: {error}") from error


def stage_on_worker(job: Job) -> Staged:
    """Work one batch in a worker's process; what `Cluster.stage` sends.

    Raises:
        ClusterError: this worker runs other code or does not see the raw files.
        OSError: a file or the stage failed.
    """
    mark = _own_fingerprint()
    if mark != job.fingerprint:
        raise ClusterError(f"a worker runs copydesk {mark}, this is {job.fingerprint}: install one version on all")
    try:
        with _one_batch:
            staged = run_batch(job)
    except OSError as error:
        raise OSError(without_keys(str(error))) from None
    for file in job.batch.files:
        if file.path in staged.changed and not Path(file.location).parent.is_dir():
            raise ClusterError(
                f"a worker does not see {Path(file.location).parent}: raw files must be on a folder that all share"
            )
    return staged


@cache
def _own_fingerprint() -> str:
    return fingerprint()
