"""What is unusual becomes an event when it begins and when it is over, and nothing in between."""

from pathlib import Path

import pytest

from etl.config import Config, parse_config
from etl.lake import open_lake
from etl.lake.anomalies import Anomaly

SILENT = Anomaly("north | east", "silent", "deliveries", "nothing for 9 hours")
REFUSED = Anomaly("south", "rejects", "rejects", "40% refused")


def test_one_event_when_it_begins_and_one_when_it_is_over(
    prefect: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import watch

    emitted: list[tuple[str, str, str]] = []

    def emit(event: str, resource: dict[str, str], payload: dict[str, str]) -> None:
        emitted.append((event, resource["prefect.resource.name"], payload["message"]))

    monkeypatch.setattr(watch, "emit_event", emit)
    open_lake(tmp_path).close()
    for found in ([SILENT], [SILENT, REFUSED], [REFUSED], [REFUSED], []):
        monkeypatch.setattr(watch, "find_unusual", lambda *_, found=found: found)
        assert watch.watch(tmp_path, Config()) == found
    assert emitted == [
        ("copydesk.feed.silent", "north | east", "nothing for 9 hours"),
        ("copydesk.feed.rejects", "south", "40% refused"),
        ("copydesk.feed.silent.over", "north | east", "as usual again"),
        ("copydesk.feed.rejects.over", "south", "as usual again"),
    ]


def test_progress_is_an_artifact_of_long_runs_only(prefect: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect import flow
    from prefect.client.orchestration import get_client

    from flows import artifacts

    def keys() -> list[float]:
        with get_client(sync_client=True) as client:
            return [artifact.data for artifact in client.read_artifacts() if artifact.key == "run-progress"]

    @flow
    def work() -> None:
        progress = artifacts.Progress(4)
        for _ in range(4):
            progress.advance(1)

    before = keys()
    work()
    assert keys() == before
    monkeypatch.setattr(artifacts, "_LONG", 0.0)
    work()
    assert sorted(map(float, keys()))[-1] == 100.0
    assert len(keys()) == len(before) + 1


def test_what_the_configuration_asks_of_a_feed_is_watched(prefect: None, tmp_path: Path) -> None:
    from flows.watch import watch

    open_lake(tmp_path / "warehouse").close()
    config = parse_config('[[feed]]\nname = "wire"\nmax_silence = "2h"\n')
    assert [(one.feed, one.kind) for one in watch(tmp_path / "warehouse", config)] == [("wire", "silent")]
