"""`kill -9` during a run, then a run: the same tables as an uninterrupted one."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from warehouses import RAW, copydesk, lake_rows, published_rows, start

# Instants as shares of an uninterrupted run: while models load, batches are worked, committed, published.
SHARES = (0.3, 0.5, 0.7, 0.85, 0.95)
MANY_BATCHES = ("--batch-files", "3")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    warehouse = tmp_path_factory.mktemp("whole") / "w"
    began = time.monotonic()
    assert copydesk("run", RAW, "-w", warehouse, *MANY_BATCHES).returncode == 2
    return warehouse, time.monotonic() - began


@pytest.mark.parametrize("share", SHARES)
def test_a_killed_run_loses_and_doubles_nothing(whole: tuple[Path, float], tmp_path: Path, share: float) -> None:
    uninterrupted, seconds = whole
    warehouse = tmp_path / "w"
    process = start("run", RAW, "-w", warehouse, *MANY_BATCHES)
    try:
        process.wait(timeout=seconds * share)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    done = copydesk("run", RAW, "-w", warehouse, *MANY_BATCHES)
    assert done.returncode in (0, 2), done.stderr
    assert lake_rows(warehouse) == lake_rows(uninterrupted)
    assert published_rows(warehouse) == published_rows(uninterrupted)
