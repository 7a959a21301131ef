"""The flow does what the command does, and leaves artifacts and assets behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import ValidationError

from warehouses import RAW, copydesk, lake_rows, published_rows


@contextmanager
def cluster() -> Iterator[str]:
    """The address of a Dask scheduler with one worker, both in this process."""
    from distributed import LocalCluster

    options = {"processes": False, "protocol": "tcp://", "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=1, threads_per_worker=1, **options) as started:
        yield started.scheduler_address


def test_the_flow_gives_the_same_tables_as_the_command(prefect: None, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client

    from flows.ingest import IngestParameters, ingest

    finished = ingest(IngestParameters(sources=[RAW], warehouse=tmp_path / "flow", batch_files=5))
    assert finished.tally.failed_batches == 0
    assert copydesk("run", RAW, "-w", tmp_path / "command").returncode == 2
    assert lake_rows(tmp_path / "flow") == lake_rows(tmp_path / "command")
    assert published_rows(tmp_path / "flow") == published_rows(tmp_path / "command")

    again = ingest(IngestParameters(sources=[RAW], warehouse=tmp_path / "flow"))
    assert again.tally.loaded == 0

    with cluster() as address:
        spread = ingest(IngestParameters(sources=[RAW], warehouse=tmp_path / "spread", batch_files=5, cluster=address))
    assert spread.tally.failed_batches == 0
    assert lake_rows(tmp_path / "spread") == lake_rows(tmp_path / "command")
    assert published_rows(tmp_path / "spread") == published_rows(tmp_path / "command")

    with get_client(sync_client=True) as client:
        keys = {artifact.key for artifact in client.read_artifacts()}
    assert {"run-report", "run-rejects"} <= keys


@pytest.mark.parametrize("wrong", [{"procesess": 1}, {"processes": -1}, {"sources": []}, {"batch_bytes": 0}])
def test_wrong_parameters_are_refused(wrong: dict[str, object]) -> None:
    from flows.ingest import IngestParameters

    with pytest.raises(ValidationError):
        IngestParameters(**wrong)  # type: ignore[arg-type]


def test_a_backfill_reads_what_was_chosen_and_tells_what_changed(prefect: None, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client

    from flows.backfill import backfill
    from flows.parameters import BackfillParameters

    assert copydesk("run", RAW, "-q", "-w", tmp_path).returncode == 2
    before = lake_rows(tmp_path)
    done = backfill(BackfillParameters(warehouse=tmp_path, feed="meridian", processes=1))
    assert done is not None
    assert done.tally.loaded == 5
    assert lake_rows(tmp_path) == before
    assert backfill(BackfillParameters(warehouse=tmp_path, feed="nobody")) is None
    with get_client(sync_client=True) as client:
        assert "backfill-changes" in {artifact.key for artifact in client.read_artifacts()}


def test_daily_does_all_of_it(prefect: None, tmp_path: Path) -> None:
    from flows.daily import daily
    from flows.parameters import DailyParameters

    daily(DailyParameters(sources=[RAW / "herald"], warehouse=tmp_path, processes=1, title="The wires today"))
    assert "The wires today" in (tmp_path / "report.html").read_text(encoding="utf-8")
