"""A worker process that dies in the middle of a batch: the batch is tried again, and takes no other down with it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from etl import cli
from etl.ingest import workers
from etl.ingest.worker import Job, Staged, run_batch
from etl.lake import open_lake
from etl.lake.doctor import examine
from tests.lake import rows

STORY = (
    'By Ada Marsh\n\nQUAYSIDE, March 3 - The ferry {name} sails again, "{name} is sound," the harbour master said.\n'
)


def deadly(job: Job) -> Staged:
    """Work the batch; then, its rows staged and nobody told, die of some files: always, or once."""
    staged = run_batch(job)
    for path in (Path(file.location) for file in job.batch.files):
        struck = path.parent.parent / f"{path.stem}.struck"
        if path.stem == "always" or (path.stem == "once" and not struck.exists()):
            struck.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return staged


def run(empty_lake: Path, folder: Path, names: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, Path]:
    """`copydesk run` over a story a batch, with workers that die as `deadly` says; its exit code and warehouse."""
    (folder / "raw").mkdir()
    for name in names:
        (folder / "raw" / f"{name}.txt").write_text(STORY.format(name=name.title()))
    warehouse = Path(shutil.copytree(empty_lake, folder / "w"))
    monkeypatch.setattr(workers, "run_batch", deadly)
    command = ["copydesk", "run", str(folder / "raw"), "-w", str(warehouse), "--batch-files", "1", "--processes", "2"]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert isinstance(left.value.code, int)
    return left.value.code, warehouse


def loaded(warehouse: Path) -> list[str]:
    with open_lake(warehouse, read_only=True) as lake:
        assert examine(lake, warehouse, rows.NOW.replace(year=2026)) == []
        return [path for (path,) in lake.con.execute("SELECT path FROM lake.raw_files ORDER BY path").fetchall()]


def test_a_batch_whose_worker_was_killed_is_tried_again(
    empty_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, warehouse = run(empty_lake, tmp_path, ["once", "other"], monkeypatch)
    assert (tmp_path / "once.struck").exists()
    assert code == 0
    assert loaded(warehouse) == ["once.txt", "other.txt"]
    assert not [*(warehouse / "stage").rglob("*.parquet")]


def test_a_batch_that_kills_every_worker_fails_alone(
    empty_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, warehouse = run(empty_lake, tmp_path, ["always", "other", "third"], monkeypatch)
    said = capsys.readouterr().out
    assert code == 1
    assert "1 batches failed, the next run tries them again" in said
    assert "died" in said
    assert loaded(warehouse) == ["other.txt", "third.txt"]
