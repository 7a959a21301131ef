"""`copydesk serve` as a newsroom has it: schedules that fire, runs that die, a server that dies, Ctrl-C."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import duckdb
import pytest

from benchmarks.desk import Desk, deliver, dispatch, running, wait_for
from warehouses import RAW

CONFIG = """
[run]
processes = 1

[schedules]
ingest = "5s"
report = "30s"
"""
IDLE = """
import time
import flows
from prefect import flow, tags

with tags("copydesk"):
    flow(lambda: time.sleep(900), name="idle")()
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with the samples in its raw zone, firing every five seconds."""
    made = Desk(tmp_path_factory.mktemp("desk"), CONFIG)
    shutil.copytree(RAW, made.raw, dirs_exist_ok=True)
    with running(made):
        wait_for("the deployments", lambda: "serving deployments=" in made.log.read_text())
        yield made


@pytest.fixture(scope="module")
def idle(desk: Desk) -> str:
    """The id of a run that nobody watches over, killed in its sleep."""
    environ = desk.environ | {"PREFECT_API_URL": desk.api, "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30"}
    process = subprocess.Popen([sys.executable, "-c", IDLE], env=environ)
    heartbeat = {"filter": {"event": {"name": ["prefect.flow-run.heartbeat"]}}, "limit": 50}

    def beating() -> str | None:
        sleeping = [run["id"] for run in desk.runs("idle") if run["state_type"] == "RUNNING"]
        events = desk.post("/events/filter", heartbeat)["events"]
        told = {event["resource"]["prefect.resource.id"] for event in events}
        return next((run for run in sleeping if f"prefect.flow-run.{run}" in told), None)

    run_id = wait_for("a sign of life", beating)
    process.kill()
    process.wait()
    return run_id


def completed(desk: Desk, flow: str = "ingest") -> list[dict[str, Any]]:
    return [run for run in desk.runs(flow) if run["state_type"] == "COMPLETED"]


def paths(desk: Desk, feed: str) -> list[str]:
    with duckdb.connect(str(desk.warehouse / "copydesk.duckdb"), read_only=True) as con:
        found = con.execute("SELECT path FROM articles WHERE path LIKE ? ORDER BY path", [f"{feed}/%"])
        return [path for (path,) in found.fetchall()]


def state(desk: Desk, run_id: str) -> str:
    (run,) = desk.post("/flow_runs/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
    return str(run["state_type"])


def test_a_schedule_fires_again_and_again_and_never_overlaps_itself(desk: Desk, idle: str) -> None:
    wait_for("three runs", lambda: len(completed(desk)) >= 3)
    spans = sorted((run["start_time"], run["end_time"]) for run in desk.runs() if run["end_time"] and run["start_time"])
    moments = [(datetime.fromisoformat(begun), datetime.fromisoformat(ended)) for begun, ended in spans]
    ran = [(begun, ended) for begun, ended in moments if ended > begun]
    assert len(ran) >= 3
    assert all(ended <= begun for (_, ended), (begun, _) in pairwise(ran))
    names = [run["name"] for run in completed(desk)]
    assert all(name.startswith("ingest ") for name in names)
    assert len(paths(desk, "meridian")) > 0


def test_what_runs_leave_is_read_back_over_the_api(desk: Desk) -> None:
    reports = desk.artifacts("run-report")
    assert any("15 files found: 15 read" in report["data"] for report in reports)
    refused = [row["path"] for table in desk.artifacts("run-rejects") for row in _rows(table["data"])]
    assert "damaged/empty.txt" in refused
    link = wait_for("the report", lambda: desk.artifacts("html-report"))[0]["data"]
    assert f"http://127.0.0.1:{desk.port + 1}/report.html" in link
    (written,) = _materialized(desk, "copydesk://core/raw_files")
    assert written["payload"]["rows"] == 15
    assert "copydesk://raw" in {related["prefect.resource.id"] for related in written["related"]}
    published = _materialized(desk, "copydesk://published/quotes")[0]
    assert published["payload"]["rows"] > 50
    assert "copydesk://core/quotes" in {related["prefect.resource.id"] for related in published["related"]}


def _materialized(desk: Desk, asset: str) -> list[dict[str, Any]]:
    wanted = {"event": {"name": ["prefect.asset.materialization.succeeded"]}, "resource": {"id": [asset]}}
    return list(desk.post("/events/filter", {"filter": wanted, "limit": 50})["events"])


def _rows(data: Any) -> list[dict[str, Any]]:
    return list(json.loads(data) if isinstance(data, str) else data)


def test_a_killed_run_is_crashed_and_the_next_one_loads_its_files(desk: Desk) -> None:
    names, dice = [f"killed/{number:03}.txt" for number in range(120)], random.Random(1)
    for number, name in enumerate(names):
        deliver(desk.raw, name, dispatch(number, dice))
    run_id = wait_for("a run that reads them", lambda: _reading(desk))
    for pid in desk.processes(run_id):
        os.kill(pid, signal.SIGKILL)
    wait_for("the end of the run", lambda: state(desk, run_id) == "CRASHED")
    wait_for("the next run", lambda: len(paths(desk, "killed")) >= 120)
    assert paths(desk, "killed") == names


def _reading(desk: Desk) -> str | None:
    """A run that has planned a batch and not loaded it."""
    wanted = {"logs": {"level": {"ge_": 20}}, "sort": "TIMESTAMP_DESC", "limit": 5}
    for line in desk.post("/logs/filter", wanted):
        if "batches=1" in line["message"] and state(desk, line["flow_run_id"]) == "RUNNING":
            return str(line["flow_run_id"])
    return None


def test_a_run_that_nobody_watches_over_is_crashed_by_the_automation(desk: Desk, idle: str) -> None:
    wait_for("the automation", lambda: state(desk, idle) == "CRASHED")


def test_a_killed_server_is_started_again_and_schedules_go_on(desk: Desk) -> None:
    before, pid = len(completed(desk)), desk.pid_of("server")
    os.kill(pid, signal.SIGKILL)
    wait_for("runs on the new server", lambda: len(completed(desk)) >= before + 2)
    assert desk.pid_of("server") != pid
    assert any(artifact["key"] == "run-report" for artifact in desk.artifacts("run-report"))


def test_a_second_one_is_refused(desk: Desk) -> None:
    command = [sys.executable, "-c", "from etl.cli import main; main()", "serve", "--port", "4"]
    refused = subprocess.run(command, cwd=desk.folder, env=desk.environ, capture_output=True, text=True, timeout=90)
    assert refused.returncode == 1
    assert "another `copydesk serve`" in refused.stderr


def test_ctrl_c_ends_all_of_it(desk: Desk) -> None:
    assert desk.interrupt() == 0
    assert desk.processes() == []
    assert "ended; what was committed stays" in desk.log.read_text()
