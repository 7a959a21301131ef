"""Power-cut style: what a commit or a rename names is on disk before it, the names in its folders included."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.ingest import plan, worker
from etl.lake import connect, open_lake, publish, resolve_lake
from etl.lake import durable as durable_module
from etl.lake.maintain import maintain
from etl.records import Limits
from tests.lake import rows, sound


class Disk:
    """What of a folder a power cut would leave: the files and folders that were synced, and their names."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bytes: dict[Path, int] = {}
        """Files and their size when they were last synced."""
        self.names: dict[Path, set[str]] = {}
        """Folders and the names in them when they were last synced."""
        self.commits = 0

    def fsync(self, handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_dir():
            self.names[path] = {found.name for found in path.iterdir()}
        else:
            self.bytes[path] = path.stat().st_size

    def keeps(self, path: Path) -> bool:
        if self.bytes.get(path) != path.stat().st_size:
            return False
        steps = [path, *path.parents]
        return all(step.name in self.names.get(step.parent, ()) for step in steps[: steps.index(self.root)])

    def lost(self, folder: Path) -> list[str]:
        return [str(path.relative_to(self.root)) for path in sorted(folder.rglob("*.parquet")) if not self.keeps(path)]


class Watched:
    """A connection that looks at the disk at every commit to the lake."""

    def __init__(self, inner: duckdb.DuckDBPyConnection, disk: Disk) -> None:
        self._inner, self._disk = inner, disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def execute(self, statement: str, *values: Any) -> duckdb.DuckDBPyConnection:
        if statement == "COMMIT":
            self._disk.commits += 1
            assert self._disk.lost(self._disk.root / "lake") == [], "a commit would outlive these"
        return self._inner.execute(statement, *values)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    found = Disk(tmp_path)
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (fsync(handle), found.fsync(handle)))
    return found


def watch(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    plain: Callable[..., duckdb.DuckDBPyConnection] = connect.connect_duckdb
    monkeypatch.setattr(connect, "connect_duckdb", lambda *a, **k: Watched(plain(*a, **k), disk))


def test_every_commit_finds_its_files_on_disk(disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watch(disk, monkeypatch)
    sound.fill(tmp_path)
    with open_lake(tmp_path) as lake:
        before = disk.commits
        assert maintain(lake, now=datetime.now(UTC)).made
        assert disk.commits > before >= 3


def test_a_commit_without_it_would_outlive_its_rows(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(disk, monkeypatch)
    monkeypatch.setattr(durable_module, "settle", lambda paths: None)
    with open_lake(tmp_path) as lake, pytest.raises(AssertionError, match="would outlive"):
        sound.load(lake, rows.numbered(12))


def test_what_is_published_is_on_disk_before_its_name_is_and_the_name_after(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped: list[str] = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        assert disk.bytes.get(self) == self.stat().st_size, f"{target.name} would be torn"
        disk.bytes[target] = disk.bytes[self]
        swapped.append(target.name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    with open_lake(tmp_path) as lake:
        sound.load(lake, rows.numbered(12))
        resolve_lake(lake, as_of=rows.NOW)
        publish(lake, tmp_path, rows.NOW)
    assert {"part-0.parquet", "copydesk.duckdb", ".published.json"} <= set(swapped)
    assert disk.lost(tmp_path / "parquet") == []
    assert disk.keeps(tmp_path / "copydesk.duckdb")
    assert disk.keeps(tmp_path / "parquet" / ".published.json")


def test_what_a_worker_has_staged_is_on_disk_when_it_says_so(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "a.txt"
    raw.write_text("Nothing in here is a story.\n")
    with raw.open("rb") as stream:
        sha = plan.hash_stream(stream)
    file = plan.RawFile(str(raw), raw.name, None, raw.stat().st_size, raw.stat().st_mtime_ns, sha)
    job = worker.Job(
        plan.Batch("bat-1", (file,)), "run-1", "rules", str(tmp_path / "stage" / "run-1"), rows.NOW, 10, Limits()
    )
    monkeypatch.setattr(worker, "models", lambda: None)
    staged = worker.run_batch(job)
    assert set(staged.files) >= {"raw_files"}
    assert disk.lost(tmp_path / "stage") == []
