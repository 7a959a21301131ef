from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from etl.ingest.listing import list_files
from etl.ingest.plan import Plan, RawFile, make_plan
from etl.lake import Lake
from etl.settings import Settings

MARK = "0.1.0+abc"
Remember = Callable[[Iterable[RawFile], str], None]


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


def plan(lake: Lake, raw: Path, mark: str = MARK, **fields: object) -> Plan:
    return make_plan(list_files([raw]), lake, mark, settings(**fields))


def batched(made: Plan) -> list[RawFile]:
    return [file for batch in made.batches for file in batch.files]


def test_new_files_are_planned_once_by_content(raw: Path, lake: Lake) -> None:
    made = plan(lake, raw)
    assert {f.path: f.feed for f in batched(made)} == {"b.txt": None, "bay/a.txt": "bay"}
    assert [f.path for f in made.repeats] == ["same-as-b.txt"]
    assert (made.found, made.skipped, made.unchanged) == (3, 1, 0)


def test_loaded_content_is_known_and_other_fingerprints_are_stale(raw: Path, lake: Lake, remember: Remember) -> None:
    by_path = {f.path: f for f in batched(plan(lake, raw))}
    remember([by_path["b.txt"]], MARK)
    remember([by_path["bay/a.txt"]], "0.0.9+old")
    made = plan(lake, raw)
    assert [f.path for f in batched(made)] == ["bay/a.txt"]
    # same-as-b.txt was never seen at its place: it is opened, found to be loaded, and its place is to be remembered
    assert ([f.path for f in made.known], made.unchanged, made.stale) == (["same-as-b.txt"], 1, 1)
    assert not plan(lake, raw, keep_old=True).batches


def test_batches_are_bounded_and_their_ids_follow_from_content(raw: Path, lake: Lake) -> None:
    by_count = plan(lake, raw, batch_files=1)
    by_size = plan(lake, raw, batch_bytes=3)
    assert [len(b.files) for b in by_count.batches] == [1, 1]
    assert [b.batch_id for b in by_count.batches] == [b.batch_id for b in by_size.batches]
    assert by_count.batches[0].batch_id != plan(lake, raw, "other").batches[0].batch_id


def test_forced_content_is_loaded_again(raw: Path, lake: Lake, remember: Remember) -> None:
    first = plan(lake, raw)
    remember([*batched(first), *first.repeats], MARK)
    one = next(f.sha256 for f in batched(first) if f.path == "b.txt")
    made = make_plan(list_files([raw]), lake, MARK, settings(), frozenset({one}))
    assert [f.sha256 for f in batched(made)] == [one]
    assert [f.path for f in made.repeats] == ["same-as-b.txt"]
    assert made.unchanged == 1


def test_content_that_a_restore_took_back_is_new_again_without_being_opened(
    raw: Path, lake: Lake, remember: Remember, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = plan(lake, raw)
    remember([*batched(first), *first.repeats], MARK)
    lake.con.execute("DELETE FROM lake.raw_files WHERE path = 'bay/a.txt'")
    monkeypatch.setattr("etl.ingest.plan._sha256", lambda location: pytest.fail(f"{location} was opened"))
    made = plan(lake, raw)
    assert [f.path for f in batched(made)] == ["bay/a.txt"]
    assert (made.unchanged, made.stale) == (2, 0)


def test_a_file_that_cannot_be_read_is_reported_and_the_rest_goes_on(raw: Path, lake: Lake) -> None:
    (raw / "gone.txt").symlink_to(raw / "nowhere")
    (raw / "vanishes.txt").write_bytes(b"four")
    listing = list_files([raw])
    (raw / "vanishes.txt").unlink()
    made = make_plan(listing, lake, MARK, settings())
    assert sorted(made.unreadable) == [(n, "No such file or directory") for n in ("gone.txt", "vanishes.txt")]
    assert (made.found, len(batched(made))) == (5, 2)
    assert sorted(made.listing.paths()) == ["b.txt", "bay/a.txt", "gone.txt", "same-as-b.txt", "vanishes.txt"]


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="batch_files must be 1 or more, got 0"):
        settings(batch_files=0)
