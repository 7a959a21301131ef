"""What flows may be told: unknown names and impossible values are refused before a run begins."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from prefect.runtime import flow_run
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from etl.config import Config, read_config
from etl.settings import Settings


class Parameters(BaseModel):
    """What every flow may be told."""

    model_config = ConfigDict(extra="forbid")

    warehouse: Path = Field(default=Path("warehouse"), description="Folder of the lake and what is published.")
    config: Path | None = Field(default=None, description="copydesk.toml, for sources and what is asked of feeds.")

    def read(self) -> Config:
        """The configuration, all defaults where no file is named.

        Raises:
            etl.config.ConfigError: the file is not valid; the message has a line for each problem.
        """
        return Config() if self.config is None else read_config(self.config)


class LoadParameters(Parameters):
    """What a flow that reads files may be told."""

    processes: int = Field(default=0, ge=0, description="Language processes; 0 is one a core.")
    batch_bytes: int = Field(default=1024 * 1024, ge=1, description="Size of a batch in bytes.")
    batch_files: int = Field(default=200, ge=1, description="Files of a batch.")
    cluster: str = Field(default="", description="Dask scheduler, tcp://host:port; empty: processes here.")

    def settings(self) -> Settings:
        """Settings of the run."""
        return Settings(self.warehouse, self.processes, self.batch_bytes, self.batch_files, cluster=self.cluster)


class IngestParameters(LoadParameters):
    """What `ingest` may be told."""

    sources: list[Path] = Field(default=[Path("raw")], min_length=1, description="Files and folders to load.")


class BackfillParameters(LoadParameters):
    """What `backfill` may be told: which loaded files are read again. All conditions must hold."""

    since: datetime | None = Field(
        default=None, description="Files with a story published at or after that time (UTC)."
    )
    until: datetime | None = Field(default=None, description="Files with a story published before that time (UTC).")
    format: str | None = Field(default=None, description="Files of this wire format, e.g. nitf.")
    feed: str | None = Field(default=None, description="Files of this feed.")

    @field_validator("since", "until", mode="after")
    @classmethod
    def _in_utc(cls, value: datetime | None) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError(f"since ({self.since:%Y-%m-%d %H:%M}) must be before until ({self.until:%Y-%m-%d %H:%M})")
        return self


class MaintainParameters(Parameters):
    """What `maintain` may be told."""

    keep_days: int = Field(default=30, ge=0, description="Days that restore and diff reach back.")


class ReportParameters(Parameters):
    """What `report` may be told."""

    title: str = Field(default="Wire report", min_length=1, description="Heading of the page.")


class DailyParameters(IngestParameters, MaintainParameters, ReportParameters):
    """What `daily` may be told: all that its parts may be."""

    def of(self, part: type[Parameters], **changes: Any) -> Any:
        """The parameters of one part."""
        return part(**{name: getattr(self, name) for name in part.model_fields} | changes)


def run_name() -> str:
    """Name of a flow run: the flow and when it was due, e.g. `ingest 24 Nov 10:25`."""
    due = flow_run.get_scheduled_start_time()
    return f"{flow_run.get_flow_name()} {due:%d %b %H:%M}"
