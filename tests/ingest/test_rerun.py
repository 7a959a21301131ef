"""A run over files that are known looks at them without opening them, wherever links lead."""

import os
from pathlib import Path

import pytest

from etl.ingest import plan
from etl.ingest.plan import list_files, make_plan
from etl.settings import Settings


def test_known_files_are_not_opened_and_locations_are_real_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "raw"
    for name in ("top.txt", "north/a.txt", "north/deep/er/b.txt"):
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_text(f"Story in {name}.")
    (tmp_path / "elsewhere.txt").write_text("Story kept elsewhere.")
    (raw / "north" / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    (tmp_path / "alias").symlink_to(raw)
    settings = Settings(tmp_path / "w")

    first = make_plan(list_files([tmp_path / "alias"]), {}, {}, "rules", settings)
    found = {f.path: f for f in first.files}
    assert {name: f.feed for name, f in found.items()} == {
        "top.txt": None,
        "north/a.txt": "north",
        "north/deep/er/b.txt": "north",
        "north/link.txt": "north",
    }
    for name, file in found.items():
        assert file.location == str((raw / name).resolve())

    def refuse(location: Path) -> str:
        raise AssertionError(f"{location} was opened")

    monkeypatch.setattr(plan, "_sha256", refuse)
    known = {(f.location, f.size, f.modified_ns): f.sha256 for f in first.files}
    loaded = dict.fromkeys(known.values(), "rules")
    again = make_plan(list_files([raw]), known, loaded, "rules", settings)
    assert not again.batches
    assert set(again.known) == set(first.files)

    os.utime(raw / "top.txt", ns=(1, 1))
    with pytest.raises(AssertionError, match=r"top\.txt was opened"):
        make_plan(list_files([raw]), known, loaded, "rules", settings)


def test_a_link_to_nowhere_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    made = make_plan(list_files([tmp_path]), {}, {}, "rules", Settings(tmp_path / "w"))
    assert [path for path, _ in made.unreadable] == ["gone.txt"]


def test_a_single_file_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.txt").write_text("One story.")
    monkeypatch.chdir(tmp_path)
    made = make_plan(list_files([Path("one.txt")]), {}, {}, "rules", Settings(tmp_path / "w"))
    assert [f.location for f in made.files] == [str((tmp_path / "one.txt").resolve())]
