"""What is found in the raw zone: every file once, odd ones said, nothing opened."""

import os
from pathlib import Path

import pytest

from etl.ingest import listing as module
from etl.ingest.listing import Listed, Listing, list_files, list_named


def found(listing: Listing) -> dict[str, str]:
    """Locations by path."""
    locations = listing.places().column("location").to_pylist()
    return dict(zip(listing.paths(), locations, strict=False))


def test_folders_within_folders_and_names_that_begin_with_a_dot(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.txt", "a/d/e.txt", ".hidden/f.txt", "a/.part", "z/g.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    listing = list_files([tmp_path])
    assert found(listing) == {name: str(tmp_path / name) for name in ("b.txt", "a/c.txt", "a/d/e.txt", "z/g.txt")}
    assert listing.count == 4
    table = listing.places()
    assert table.column("file_bytes").to_pylist() == [len(path) for path in listing.paths()]
    feeds = [listing.path_and_feed(n, str(where))[1] for n, where in enumerate(table.column("location").to_pylist())]
    assert feeds == [None, "a", "a", "z"]


def test_many_files_come_in_several_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHUNK", 2)
    for number in range(5):
        (tmp_path / f"f{number}").mkdir()
        (tmp_path / f"f{number}" / "x.txt").touch()
    listing = list_files([tmp_path])
    assert listing.places().column("location").num_chunks == 3
    assert found(listing) == {f"f{n}/x.txt": str(tmp_path / f"f{n}" / "x.txt") for n in range(5)}


def test_links_to_files_are_followed_and_links_to_folders_are_not(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "a.txt").touch()
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "file.txt").symlink_to(tmp_path / "kept" / "a.txt")
    (raw / "folder").symlink_to(tmp_path / "kept")
    (raw / "nowhere.txt").symlink_to(tmp_path / "gone")
    listing = list_files([raw])
    assert found(listing) == {"file.txt": str(tmp_path / "kept" / "a.txt")}
    assert listing.unreadable == [("nowhere.txt", "No such file or directory")]


def test_what_is_no_regular_file_is_said_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    listing = list_files([tmp_path])
    assert (listing.count, listing.unreadable) == (0, [("pipe", "not a regular file")])


def test_a_name_that_is_no_utf8_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).touch()
    listing = list_files([tmp_path])
    assert found(listing) == {"a.txt": str(tmp_path / "a.txt")}
    assert listing.unreadable == [("caf\\udce9.txt", "its name is not UTF-8; rename it")]


def test_a_single_file_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.txt").write_text("One story.")
    monkeypatch.chdir(tmp_path)
    assert found(list_files([Path("one.txt")])) == {"one.txt": str((tmp_path / "one.txt").resolve())}


def test_files_that_are_named(tmp_path: Path) -> None:
    (tmp_path / "one.txt").touch()
    listing = list_named([Listed(tmp_path / "one.txt", "north/one.txt", "north"), Listed(tmp_path / "no", "no", None)])
    assert found(listing) == {"north/one.txt": str(tmp_path / "one.txt")}
    assert listing.path_and_feed(0, str(tmp_path / "one.txt")) == ("north/one.txt", "north")
    assert listing.unreadable == [("no", "No such file or directory")]


def test_nothing_found_is_an_empty_listing(tmp_path: Path) -> None:
    assert list_files([tmp_path]).places().num_rows == 0


def test_a_missing_source_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        list_files([tmp_path / "none"])
