"""Upkeep changes no row, removes by age only, and hurts nobody beside it."""

import fcntl
import os
import re
import shutil
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from etl import schema
from etl.cli.maintain import maintain as command
from etl.lake import LakeError, finish_run, open_lake, publish, resolve_lake, start_run
from etl.lake import doctor as doctor_module
from etl.lake.doctor import examine
from etl.lake.maintain import maintain
from tests.lake import faults, rows, sound
from tests.lake.test_faults import contents, script

# By their names in full: `etl.lake.publish` is the function, not the module.
upkeep_module, publish_module = (sys.modules[f"etl.lake.{name}"] for name in ("maintain", "publish"))

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def filled(warehouse: Path) -> Path:
    sound.fill(warehouse)
    return warehouse


def age(path: Path, days: float) -> Path:
    stamp = time.time() - days * 86_400
    os.utime(path, (stamp, stamp))
    return path


def test_files_are_merged_and_rows_stay(filled: Path) -> None:
    before = contents(filled)
    with open_lake(filled) as lake:
        done = maintain(lake, now=NOW, keep=30 * DAY)
        assert done.merged == 2 * done.made >= 12
        assert (done.expired, done.removed) == (0, 0)
        again = maintain(lake, now=NOW, keep=30 * DAY)
        assert (again.merged, again.expired) == (0, 0)
    assert contents(filled) == before


def test_snapshots_past_retention_go_and_their_files_a_day_later(filled: Path) -> None:
    with open_lake(filled) as lake:
        assert maintain(lake, now=datetime.now(UTC), keep=timedelta(0)).expired == 0
        # whatever it is told, states and files of the last day stay
        assert maintain(lake, now=datetime.now(UTC), keep=timedelta(0)).removed == 0
        second = maintain(lake, now=datetime.now(UTC) + DAY, keep=timedelta(0))
        assert second.expired > 3
        assert second.removed >= 12
        assert lake.snapshot() >= 4
        assert examine(lake, filled, rows.NOW) == []
        # a lake without the history that resolving asks for links anew, to the same end
        resolve_lake(lake, as_of=rows.NOW)
        assert examine(lake, filled, rows.NOW) == []


def test_orphans_and_stages_go_by_age_only(filled: Path) -> None:
    data, stage = filled / "lake" / "data" / "main" / "quotes", filled / "stage"
    source = next(data.glob("*.parquet"))
    old, young = data / "ducklake-old.parquet", data / "ducklake-young.parquet"
    for path in (old, young):
        shutil.copy(source, path)
    age(old, 3)
    for name, days in (("run-dead", 3), ("run-just-now", 0), ("run-going-on", 3)):
        (stage / name).mkdir(parents=True)
        age(stage / name, days)
    with open_lake(filled) as lake:
        start_run(lake, run_id="run-going-on", command="run", fingerprint="x", started_at=NOW)
        done = maintain(lake, now=datetime.now(UTC))
        counts = dict.fromkeys(("files_seen", "files_loaded", "files_skipped", "story_count", "reject_count"), 0)
        finish_run(lake, run_id="run-going-on", finished_at=NOW, **counts)
    assert (done.orphans, done.staged) == (1, 1)
    assert not old.exists()
    assert young.exists()
    assert sorted(p.name for p in stage.iterdir()) == ["run-going-on", "run-just-now"]


def test_nothing_is_merged_or_let_go_while_somebody_publishes_or_examines(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A transaction that only reads is no snapshot on the embedded catalog: beside a merge it finds tables empty.
    held: dict[str, bool] = {}
    lock = filled / "lake" / "publish.lock"

    def is_held() -> bool:
        with lock.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def note(module: ModuleType, name: str) -> None:
        plain = getattr(module, name)

        def noted(*values: object, **named: object) -> object:
            key = str(values[1]).partition("(")[0] if name == "_call" else name
            held[key] = is_held()
            return plain(*values, **named)

        monkeypatch.setattr(module, name, noted)

    note(upkeep_module, "_call")
    note(publish_module, "_parts")
    note(doctor_module, "_check")
    with open_lake(filled) as lake:
        maintain(lake, now=NOW)
        publish(lake, filled, rows.NOW)
        examine(lake, filled, rows.NOW)
    needed = ("ducklake_merge_adjacent_files", "ducklake_expire_snapshots", "_parts", "_check")
    assert {name: held[name] for name in needed} == dict.fromkeys(needed, True)
    assert not is_held()


def test_registered_files_that_cannot_be_merged_are_named(filled: Path) -> None:
    table = schema.core("quotes")
    staged = filled / "nulls.parquet"
    with open_lake(filled) as lake:
        query = "SELECT * REPLACE (nullif(quote_rule, quote_rule) AS quote_rule) FROM lake.quotes LIMIT 1"
        lake.con.execute(f"COPY ({query}) TO '{staged}' (FORMAT parquet)")
        lake.con.execute(f"CALL ducklake_add_data_files('lake', '{table.name}', '{staged}')")
        with pytest.raises(LakeError, match="copydesk doctor"):
            maintain(lake, now=NOW)


def test_upkeep_beside_a_writer_and_a_publisher_loses_nothing(warehouse: Path) -> None:
    script("upkeep", warehouse, module="tests.lake.test_maintain")
    with open_lake(warehouse) as lake:
        resolve_lake(lake, as_of=rows.NOW)
        publish(lake, warehouse, rows.NOW)
        assert lake.con.execute("SELECT count(*) FROM lake.articles").fetchall() == [(60,)]
        assert examine(lake, warehouse, rows.NOW) == []


def test_the_command_says_what_it_did(filled: Path) -> None:
    shown = CliRunner().invoke(command, ["-w", str(filled), "--keep-days", "7"])
    assert shown.exit_code == 0, shown.output
    assert re.match(r"\d+ data files merged into \d+; 0 snapshots let go; 0 unneeded files", shown.output)


def _upkeep(warehouse: Path) -> None:
    """One process loads, one links and publishes, one maintains as greedily as it may, until the loads are done."""
    done = warehouse / "done"

    def load() -> None:
        with open_lake(warehouse) as lake:
            for number in range(5):
                sound.load(lake, rows.numbered(12, start=12 * number), f"batch-{number}")
        done.touch()

    def keep_publishing() -> None:
        while not done.exists():
            with open_lake(warehouse) as lake:
                resolve_lake(lake, as_of=rows.NOW)
                publish(lake, warehouse, rows.NOW)

    def keep_maintaining() -> None:
        while not done.exists():
            with open_lake(warehouse) as lake:
                maintain(lake, now=datetime.now(UTC), keep=timedelta(0))

    children = [faults.fork(work) for work in (load, keep_publishing, keep_maintaining)]
    assert faults.wait(children) == [0, 0, 0]


if __name__ == "__main__":
    _upkeep(Path(sys.argv[2]))
