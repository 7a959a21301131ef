"""A run over files that are known looks at them without opening them, wherever links lead."""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from etl.ingest.listing import list_files
from etl.ingest.plan import RawFile, make_plan
from etl.lake import Lake
from etl.settings import Settings

Remember = Callable[[Iterable[RawFile], str], None]

OPENED: list[str] | None = None
"""What is opened while it is a list; a hook cannot be taken out again, so there is one for all tests."""


def _listen(event: str, values: tuple[object, ...]) -> None:
    if OPENED is not None and event == "open":
        OPENED.append(str(values[0]))


sys.addaudithook(_listen)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(sys.modules[__name__], "OPENED", found)
    return found


def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "w")


def test_known_files_are_not_opened_and_locations_are_real_paths(
    tmp_path: Path, lake: Lake, remember: Remember, opened: list[str]
) -> None:
    raw = tmp_path / "raw"
    for name in ("top.txt", "north/a.txt", "north/deep/er/b.txt"):
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_text(f"Story in {name}.")
    (tmp_path / "elsewhere.txt").write_text("Story kept elsewhere.")
    (raw / "north" / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    (tmp_path / "alias").symlink_to(raw)

    first = make_plan(list_files([tmp_path / "alias"]), lake, "rules", settings(tmp_path))
    found = {f.path: f for batch in first.batches for f in batch.files}
    assert {name: f.feed for name, f in found.items()} == {
        "top.txt": None,
        "north/a.txt": "north",
        "north/deep/er/b.txt": "north",
        "north/link.txt": "north",
    }
    for name, file in found.items():
        assert file.location == str((raw / name).resolve())
    remember(found.values(), "rules")

    opened.clear()
    again = make_plan(list_files([raw]), lake, "rules", settings(tmp_path))
    assert (again.batches, again.known, again.unchanged) == ((), (), 4)
    assert [name for name in opened if name.startswith((str(raw), str(tmp_path / "elsewhere")))] == []

    # an edit in place that keeps the size, by a program that says so in nothing but the file's time
    (raw / "top.txt").write_text("Story in pot.txt.")
    os.utime(raw / "top.txt", ns=(1, 1))
    opened.clear()
    edited = make_plan(list_files([raw]), lake, "rules", settings(tmp_path))
    assert [f.path for batch in edited.batches for f in batch.files] == ["top.txt"]
    assert [name for name in opened if name.startswith(str(raw))] == [str(raw / "top.txt")]
