import os
from pathlib import Path

import pytest

from etl.ingest.plan import list_files, make_plan
from etl.settings import Settings

MARK = "0.1.0+abc"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "bay").mkdir(parents=True)
    (folder / "bay" / "a.txt").write_bytes(b"one")
    (folder / "b.txt").write_bytes(b"two")
    (folder / "same-as-b.txt").write_bytes(b"two")
    (folder / ".half-written").write_bytes(b"three")
    return folder


def settings(**fields: object) -> Settings:
    return Settings(Path("w"), **fields)  # type: ignore[arg-type]


def test_new_files_are_planned_once_by_content(raw: Path) -> None:
    plan = make_plan(list_files([raw]), {}, {}, MARK, settings())
    assert [f.path for b in plan.batches for f in b.files] == ["b.txt", "bay/a.txt"]
    assert [f.path for f in plan.repeats] == ["same-as-b.txt"]
    assert {f.path: f.feed for f in plan.files} == {"b.txt": None, "bay/a.txt": "bay", "same-as-b.txt": None}


def test_loaded_content_is_known_and_other_fingerprints_are_stale(raw: Path) -> None:
    digests = {f.path: f.sha256 for f in make_plan(list_files([raw]), {}, {}, MARK, settings()).files}
    loaded = {digests["b.txt"]: MARK, digests["bay/a.txt"]: "0.0.9+old"}
    plan = make_plan(list_files([raw]), {}, loaded, MARK, settings())
    assert [f.path for b in plan.batches for f in b.files] == ["bay/a.txt"]
    assert plan.stale == 1
    assert not make_plan(list_files([raw]), {}, loaded, MARK, settings(keep_old=True)).batches


def test_an_unchanged_file_is_not_opened(raw: Path) -> None:
    first = make_plan(list_files([raw]), {}, {}, MARK, settings())
    seen = {(f.location, f.size, f.modified_ns): f.sha256 for f in first.files}
    for file in first.files:
        status = Path(file.location).stat()
        Path(file.location).write_bytes(b"x" * file.size)
        os.utime(file.location, ns=(status.st_atime_ns, file.modified_ns))
    again = make_plan(list_files([raw]), seen, {f.sha256: MARK for f in first.files}, MARK, settings())
    assert not again.batches


def test_batches_are_bounded_and_their_ids_follow_from_content(raw: Path) -> None:
    by_count = make_plan(list_files([raw]), {}, {}, MARK, settings(batch_files=1))
    by_size = make_plan(list_files([raw]), {}, {}, MARK, settings(batch_bytes=3))
    assert [len(b.files) for b in by_count.batches] == [1, 1]
    assert [b.batch_id for b in by_count.batches] == [b.batch_id for b in by_size.batches]
    assert by_count.batches[0].batch_id != make_plan(list_files([raw]), {}, {}, "other", settings()).batches[0].batch_id


def test_forced_content_is_loaded_again(raw: Path) -> None:
    digests = {f.sha256: MARK for f in make_plan(list_files([raw]), {}, {}, MARK, settings()).files}
    one = next(iter(digests))
    plan = make_plan(list_files([raw]), {}, digests, MARK, settings(), frozenset({one}))
    assert [f.sha256 for b in plan.batches for f in b.files] == [one]


def test_a_file_that_cannot_be_read_is_reported_and_the_rest_goes_on(raw: Path) -> None:
    (raw / "gone.txt").symlink_to(raw / "nowhere")
    plan = make_plan(list_files([raw]), {}, {}, MARK, settings())
    assert plan.unreadable == (("gone.txt", "No such file or directory"),)
    assert len(plan.files) == 3


def test_a_missing_source_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        list_files([tmp_path / "none"])


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="batch_files must be 1 or more, got 0"):
        settings(batch_files=0)
