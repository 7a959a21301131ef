"""Settings: one frozen object, made at the edge (command line or flow) and passed down."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from etl.records import Limits


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run may be told.

    `batch_bytes` and `batch_files` bound a batch (whichever is reached first); a file larger than
    `batch_bytes` is a batch of its own. `flush_stories` bounds how many stories a worker holds in memory.
    `processes` is the number of language processes; 0 means one a core.
    """

    warehouse: Path
    processes: int = 0
    batch_bytes: int = 1024 * 1024
    batch_files: int = 200
    flush_stories: int = 500
    keep_old: bool = False
    """Leave files loaded by an older version of code, rules or model as they are."""
    cluster: str = ""
    """Address of a Dask scheduler whose workers read the batches, e.g. tcp://10.0.0.5:8786; empty: processes here."""
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Refuse bounds that no batch could meet."""
        for name in ("batch_bytes", "batch_files", "flush_stories"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")
        if self.processes < 0:
            raise ValueError(f"processes must be 0 (one a core) or more, got {self.processes}")
