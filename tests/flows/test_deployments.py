"""What is deployed: from copydesk.toml by `copydesk serve`, from prefect.yaml by hand."""

import importlib
import multiprocessing.spawn
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

import flows  # sets what Prefect reads at its import
from etl.config import parse_config
from flows.deployments import DEPLOYED, deployments, parameters_of, usual_schedules
from flows.ingest import spare_workers_prefect
from flows.parameters import BackfillParameters, DailyParameters, IngestParameters

ROOT = Path(__file__).parent.parent.parent
assert flows.QUIET


def test_schedules_and_parameters_are_those_of_the_configuration(tmp_path: Path) -> None:
    text = f"""
        warehouse = "{tmp_path}/w"
        raw = "{tmp_path}/r"
        [run]
        batch_files = 7
        [schedules]
        timezone = "Europe/Berlin"
        ingest = "2m"
        maintain = "15 2 * * *"
    """
    made = {one.flow_name: one for one in deployments(parse_config(text), None)}
    assert made.keys() == {one.name for one in DEPLOYED}
    ingest, maintain = made["ingest"].schedules[0].schedule, made["maintain"].schedules[0].schedule
    assert ingest.interval == timedelta(minutes=2)
    assert ingest.anchor_date == datetime(2024, 1, 1, tzinfo=UTC)
    assert (maintain.cron, maintain.timezone) == ("15 2 * * *", "Europe/Berlin")
    assert not made["report"].schedules
    told = made["ingest"].parameters["parameters"]
    assert (told["warehouse"], told["sources"], told["batch_files"]) == (f"{tmp_path}/w", [f"{tmp_path}/r"], 7)
    assert made["publish"].entrypoint == "flows.upkeep.publish_flow"
    assert all(one.tags == ["copydesk"] for one in made.values())


def test_a_configuration_without_schedules_has_the_usual_ones() -> None:
    schedules = usual_schedules(parse_config(""))
    assert schedules.ingest is not None
    assert schedules.maintain is not None
    only = usual_schedules(parse_config('[schedules]\nreport = "1h"'))
    assert only.ingest is None


def test_prefect_yaml_deploys_the_same_flows_with_valid_parameters() -> None:
    stated = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    known = {one.name: one for one in DEPLOYED}
    for one in stated:
        path, _, name = one["entrypoint"].partition(":")
        deployed = known.pop(getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name).name)
        assert deployed.parameters(**one["parameters"]["parameters"])
        limit = {"limit": deployed.runs, "collision_strategy": deployed.busy.value}
        assert one["concurrency_limit"] == limit, deployed.name
    assert not known, "every flow is in prefect.yaml"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"since": "2026-02-30"}, "datetime"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "must be before until"),
        ({"fromat": "nitf"}, "Extra inputs"),
        ({"batch_files": 0}, "greater than or equal to 1"),
    ],
)
def test_a_backfill_that_cannot_be_meant_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        BackfillParameters(**wrong)


def test_days_of_a_backfill_are_utc() -> None:
    told = BackfillParameters.model_validate({"since": "2026-02-01", "until": "2026-02-02T06:00:00+06:00"})
    assert told.since == datetime(2026, 2, 1, tzinfo=UTC)
    assert told.until == datetime(2026, 2, 2, tzinfo=UTC)


def test_daily_hands_its_parts_what_is_theirs() -> None:
    daily = parameters_of(DailyParameters, parse_config('[run]\nbatch_files = 9\n[maintain]\nkeep = "9d"'), None)
    assert isinstance(daily, DailyParameters)
    assert daily.keep_days == 9
    part = daily.of(IngestParameters)
    assert isinstance(part, IngestParameters)
    assert part.batch_files == 9


def test_worker_processes_do_not_import_what_prefect_was_started_as(monkeypatch: pytest.MonkeyPatch) -> None:
    engine: Any = ModuleType("__main__")
    engine.__spec__, engine.__file__ = SimpleNamespace(name="prefect.engine", parent="prefect"), "engine.py"
    monkeypatch.setitem(sys.modules, "__main__", engine)
    assert multiprocessing.spawn.get_preparation_data("worker")["init_main_from_name"] == "prefect.engine"
    spare_workers_prefect()
    assert not {key for key in multiprocessing.spawn.get_preparation_data("worker") if key.startswith("init_main")}
