import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.collect.deposit import place, safe_name, sweep
from etl.collect.records import ItemError, SourceError


def cut_off() -> Iterator[bytes]:
    yield b"half of"
    raise SourceError("cut off")


def test_bytes_are_kept_under_a_name_that_follows_from_them(tmp_path: Path) -> None:
    kept = place(iter([b"kil", b"l"]), "kill.xml", tmp_path, limit=4)
    assert kept.path.read_bytes() == b"kill"
    assert kept.path.relative_to(tmp_path).as_posix() == f"{kept.sha256[:2]}/{kept.sha256[:16]}-kill.xml"
    assert (kept.size, kept.is_new) == (4, True)
    again = place(iter([b"kill"]), "other-name.xml", tmp_path, limit=4)
    assert (again.path, again.is_new) == (kept.path, False)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept.path]


def test_what_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        place(cut_off(), "a.xml", tmp_path, limit=100)
    with pytest.raises(ItemError, match="larger than max_bytes = 3"):
        place(iter([b"kill"]), "a.xml", tmp_path, limit=3)
    assert list(tmp_path.rglob("*")) == []


def test_bytes_are_durable_before_they_have_their_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    fsync, rename = os.fsync, Path.rename
    monkeypatch.setattr(os, "fsync", lambda handle: (calls.append("fsync"), fsync(handle)))
    monkeypatch.setattr(Path, "rename", lambda self, to: (calls.append("rename"), rename(self, to)))
    place(iter([b"kill"]), "a.xml", tmp_path, limit=9)
    assert calls == ["fsync", "fsync", "rename", "fsync"]  # the file, the new folder's name; then the file's name


def test_what_a_dead_visit_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    kept = place(iter([b"kill"]), "a.xml", tmp_path, limit=9)
    (tmp_path / ".collecting-1-00").write_bytes(b"half")
    sweep(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept.path]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("dam-inquiry.xml", "dam-inquiry.xml"),
        ("../../etc/passwd", "etc-passwd"),
        (".hidden", "hidden"),
        ("Fähre Köln.txt", "F-hre-K-ln.txt"),
        ("a\nb\x1b[31m.xml", "a-b-31m.xml"),
        ("…", "document"),
        ("", "document"),
        ("x" * 300 + ".tar.gz", "x" * 93 + ".tar.gz"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe
