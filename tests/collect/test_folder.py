import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.config import Source
from etl.lake import Lake
from tests.collect.places import Desk, FakeClock


@pytest.fixture
def desk(desk: Desk, lake: Lake) -> Desk:
    """The times of files come from the machine's clock, so the desk's begins there."""
    return Desk(desk.folder, lake, FakeClock(datetime.now(UTC)))


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    folder = tmp_path / "incoming"
    folder.mkdir()
    return folder


def wire(desk: Desk, incoming: Path, lines: str = "") -> Source:
    return desk.source("folder", f'path = "{incoming}"\nevery = "1m"\n{lines}')


def later(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_a_file_is_copied_when_it_has_come_to_rest_and_the_original_stays(desk: Desk, incoming: Path) -> None:
    story = incoming / "day" / "ferry.txt"
    story.parent.mkdir()
    story.write_bytes(b"Ferry st")
    source = wire(desk, incoming)
    first = desk.visit(source)
    assert (first.outcome, first.unready) == ("unchanged", 1)
    story.write_bytes(b"Ferry strike ends")
    second = desk.visit(source, later=later(60))
    assert (second.outcome, second.unready) == ("new", 0)
    assert second.deposits[0].path.name.endswith("-ferry.txt")
    assert story.read_bytes() == b"Ferry strike ends"
    story.write_bytes(b"altered by its owner")
    assert desk.kept() == [b"Ferry strike ends"]


def test_a_file_whose_time_is_not_of_our_clock_is_taken_when_two_looks_agree(desk: Desk, incoming: Path) -> None:
    source = wire(desk, incoming)
    desk.time = FakeClock(desk.time.now() - timedelta(days=1))  # the file comes from a machine that is a day ahead
    (incoming / "a.txt").write_bytes(b"one")
    assert desk.visit(source).unready == 1
    (incoming / "a.txt").write_bytes(b"one and two")
    assert desk.visit(source, later=later(60)).unready == 1
    assert desk.visit(source, later=later(60)).outcome == "new"
    assert desk.kept() == [b"one and two"]


def test_what_bears_the_name_of_a_half_written_file_is_left_until_it_is_renamed(desk: Desk, incoming: Path) -> None:
    source = wire(desk, incoming, 'match = "*.txt"\nignore = ["up-*"]')
    for name in (".a.txt", "up-b.txt", "c.txt.part", ".d/e.txt"):
        path = incoming / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    assert desk.visit(source, later=later(60)).outcome == "unchanged"
    (incoming / "c.txt.part").rename(incoming / "c.txt")
    assert desk.visit(source, later=later(60)).outcome == "new"
    assert desk.kept() == [b"c.txt.part"]


def test_a_file_that_is_declared_done_is_taken_at_once(desk: Desk, incoming: Path) -> None:
    source = wire(desk, incoming, 'done_suffix = ".done"\nmatch = "*.txt"')
    for name in ("a.txt", "b.txt", "b.txt.done", "c.done"):
        (incoming / name).write_bytes(name.encode())
    done = desk.visit(source)
    assert (desk.kept(), done.unready) == ([b"b.txt"], 1)
    (incoming / "a.txt.done").touch()
    assert desk.visit(source, later=later(60)).outcome == "new"
    assert desk.visit(source, later=later(60)).outcome == "unchanged"
    assert desk.kept() == [b"a.txt", b"b.txt"]


def test_a_file_that_changes_is_kept_anew_and_the_same_bytes_once(desk: Desk, incoming: Path) -> None:
    source = wire(desk, incoming)
    (incoming / "a.txt").write_bytes(b"first version")
    (incoming / "copy.txt").write_bytes(b"first version")
    first = desk.visit(source, later=later(60))
    assert (len(first.deposits), first.known) == (1, 1)
    os.utime(incoming / "a.txt", (1, 1))
    assert desk.visit(source, later=later(60)).known == 1
    (incoming / "a.txt").write_bytes(b"second version")
    assert len(desk.visit(source, later=later(60)).deposits) == 1
    assert desk.kept() == [b"first version", b"second version"]


def test_a_file_that_changes_under_our_hands_is_not_kept(
    desk: Desk, incoming: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = wire(desk, incoming)
    (incoming / "a.txt").write_bytes(b"first version")
    handles: list[int] = []
    fstat = os.fstat

    def write_once(handle: int) -> os.stat_result:
        if not handles:
            with (incoming / "a.txt").open("ab") as file:
                file.write(b" and more")
        handles.append(handle)
        return fstat(handle)

    monkeypatch.setattr("etl.collect.folder.os.fstat", write_once)
    assert desk.visit(source, later=later(60)).refused == (("a.txt", "changed while it was copied"),)
    monkeypatch.undo()
    assert desk.kept() == []
    assert desk.visit(source, later=later(60)).outcome == "new"
    assert desk.kept() == [b"first version and more"]


def test_links_and_special_files_are_no_copy(desk: Desk, incoming: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"not theirs")
    (incoming / "link.txt").symlink_to(tmp_path / "secret")
    (incoming / "folder").symlink_to(tmp_path)
    os.mkfifo(incoming / "pipe.txt")
    assert desk.visit(wire(desk, incoming), later=later(60)).outcome == "unchanged"


def test_names_need_not_be_text(desk: Desk, incoming: Path) -> None:
    Path(os.fsdecode(os.fsencode(incoming) + b"/f\xe4hre.txt")).write_bytes(b"a")
    assert desk.visit(wire(desk, incoming), later=later(60)).outcome == "new"
    assert desk.visit(wire(desk, incoming), later=later(60)).outcome == "unchanged"


def test_a_file_that_is_too_large_is_refused_once(desk: Desk, incoming: Path) -> None:
    source = wire(desk, incoming, "max_bytes = 10")
    (incoming / "a.txt").write_bytes(b"x" * 11)
    (incoming / "b.txt").write_bytes(b"x" * 10)
    done = desk.visit(source, later=later(60))
    assert done.refused == (("a.txt", "larger than max_bytes = 10"),)
    assert len(done.deposits) == 1
    assert desk.visit(source, later=later(60)).refused == ()
    (incoming / "a.txt").write_bytes(b"shorter")
    assert desk.visit(source, later=later(60)).outcome == "new"


def test_a_folder_that_is_not_there_is_a_failure_and_nothing_is_forgotten(desk: Desk, incoming: Path) -> None:
    source = wire(desk, incoming)
    (incoming / "a.txt").write_bytes(b"a")
    desk.visit(source, later=later(60))
    incoming.rename(incoming.with_name("unmounted"))
    failed = desk.visit(source, later=later(60))
    assert failed.problem == f"No such file or directory: {incoming}"
    incoming.with_name("unmounted").rename(incoming)
    done = desk.visit(source, later=later(60))
    assert (done.outcome, done.known) == ("unchanged", 0)
    (incoming / "a.txt").unlink()
    desk.visit(source, later=later(60))
    assert desk.state(source).taken == {}


def test_a_crash_between_deposit_and_state_doubles_nothing(
    desk: Desk, incoming: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = wire(desk, incoming)
    for n in range(5):
        (incoming / f"{n}.txt").write_bytes(b"%d" % n)
    desk.time.pass_time(60)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("etl.collect.visit.write_source", die)
    with pytest.raises(KeyboardInterrupt):
        desk.visit(source)
    assert len(desk.kept()) == 5
    monkeypatch.undo()
    done = desk.visit(source)
    assert (done.outcome, done.known) == ("unchanged", 5)
    assert len(desk.kept()) == 5


def test_a_folder_that_is_written_into_all_day(desk: Desk, incoming: Path) -> None:
    """Files that grow piece by piece, visit by visit: each is kept when it is whole, and no half of one ever is."""
    chance = random.Random(3)
    desk.time = FakeClock(desk.time.now() - timedelta(days=1))  # so that only what two looks see counts
    source = wire(desk, incoming, 'settle = "1m"')
    stories = {incoming / f"{n}.txt": [b"story %d, take %d\n" % (n, m) for m in range(n % 7 + 1)] for n in range(20)}
    begins = {path: chance.randrange(10) for path in stories}
    for minute in range(20):
        for path, takes in stories.items():
            if 0 <= minute - begins[path] < len(takes):
                with path.open("ab") as file:
                    file.write(takes[minute - begins[path]])
        desk.visit_when_due(source)
    assert desk.kept() == sorted(b"".join(takes) for takes in stories.values())
