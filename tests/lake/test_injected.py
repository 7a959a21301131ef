"""A full disk, a read-only target, a held catalog, a clock that goes back: the right code, message and recovery."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from etl import cli
from etl.cli.failures import told
from etl.lake import LakeError, connect, location, open_lake, publish, resolve_lake, transaction
from etl.lake.doctor import examine
from etl.lake.maintain import maintain
from tests.lake import rows, sound
from tests.lake.test_faults import ROOT, contents

COPYDESK = f"{sys.executable} -c 'from etl.cli import main; main()'"

HOLD = """
import sqlite3, sys
con = sqlite3.connect(sys.argv[1], isolation_level=None)
con.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def filled(empty_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = Path(shutil.copytree(empty_lake, tmp_path_factory.mktemp("filled") / "warehouse"))
    sound.fill(warehouse)
    return warehouse


def in_own_mounts(script: str, folder: Path) -> dict[str, tuple[int, str]]:
    """Run a shell script that may mount; each `step NAME COMMAND...` in it leaves its exit code and stderr."""
    head = f"""
    cd {folder}
    step() {{ name=$1; shift; code=0; "$@" >$name.out 2>$name.err || code=$?; echo $code >$name.code; }}
    copydesk() {{ {COPYDESK} "$@"; }}
    """
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-ec", head + script],
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if "unshare failed" in done.stderr or "must be superuser" in done.stderr:
        pytest.skip(f"this system gives no mounts of one's own: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return {path.stem: (int(path.read_text()), path.with_suffix(".err").read_text()) for path in folder.glob("*.code")}


def test_a_full_disk_is_said_and_the_next_publish_makes_it_good(filled: Path, tmp_path: Path) -> None:
    steps = in_own_mounts(
        f"""
        mkdir disk; mount -t tmpfs -o size=40m none disk
        cp -r {filled} disk/w; rm -r disk/w/parquet disk/w/copydesk.duckdb
        head -c 100m /dev/zero > disk/filler 2>/dev/null || true
        step full copydesk publish -w disk/w
        rm disk/filler
        step again copydesk publish -w disk/w
        step doctor copydesk doctor -w disk/w
        """,
        tmp_path,
    )
    code, message = steps["full"]
    assert code == 1
    assert "the disk is full" in message
    assert "the same command again does the rest" in message
    assert "Traceback" not in message
    assert steps["again"] == (0, "")
    assert steps["doctor"] == (0, "")


def test_a_full_disk_stops_a_run_before_it_reads(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "note.txt").write_text("A note that is new.\n")
    steps = in_own_mounts(
        f"""
        mkdir disk; mount -t tmpfs -o size=40m none disk
        cp -r {filled} disk/w
        head -c 100m /dev/zero > disk/filler 2>/dev/null || true
        step full copydesk run raw -w disk/w
        rm disk/filler
        step doctor copydesk doctor -w disk/w
        """,
        tmp_path,
    )
    code, message = steps["full"]
    assert code == 1
    assert "the disk is full" in message, message
    assert steps["doctor"] == (0, "")


def test_a_read_only_target_is_said_and_can_be_read(filled: Path, tmp_path: Path) -> None:
    steps = in_own_mounts(
        f"""
        cp -r {filled} w; mkdir raw; echo news > raw/a.txt
        mount --bind w w; mount -o remount,ro,bind w
        step run copydesk run raw -w w
        step publish copydesk publish -w w
        step maintain copydesk maintain -w w
        step new copydesk run raw -w w/inner
        step sql copydesk sql 'SELECT count(*) FROM articles' -w w
        """,
        tmp_path,
    )
    for name in ("run", "publish", "maintain", "new"):
        code, message = steps[name]
        assert code == 1, name
        assert "cannot be written" in message or "that can be written" in message, message
        assert "Traceback" not in message
    assert steps["sql"] == (0, "")


def test_a_catalog_that_another_program_holds_is_waited_for_then_said(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse = Path(shutil.copytree(filled, tmp_path / "w"))
    plain = location.embedded
    monkeypatch.setattr(location, "embedded", lambda w: replace(plain(w), busy_timeout_ms=50))
    monkeypatch.setattr(transaction, "PATIENCE", 0.5)
    monkeypatch.setattr(connect, "PATIENCE", 0.5)
    monkeypatch.setattr(sys, "argv", ["copydesk", "maintain", "-w", str(warehouse)])
    # Locks are a process's own: the holder must be another one.
    command = [sys.executable, "-c", HOLD, str(warehouse / "lake" / "catalog.sqlite")]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        with open_lake(warehouse) as lake, pytest.raises(LakeError, match="the lake is busy"):
            sound.load(lake, rows.numbered(1, start=90), "late")
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert left.value.code == 1
        assert "another program holds the lake's catalog" in capsys.readouterr().err
    finally:
        holder.communicate()
    with open_lake(warehouse) as lake:
        sound.load(lake, rows.numbered(1, start=90), "late")
        assert lake.con.execute("SELECT count(*) FROM lake.articles").fetchall() == [(25,)]


def test_a_clock_that_goes_back_changes_no_table(empty_lake: Path, tmp_path: Path) -> None:
    def load(name: str, clocks: tuple[timedelta, ...]) -> Path:
        warehouse = Path(shutil.copytree(empty_lake, tmp_path / name))
        for number, offset in enumerate(clocks):
            with open_lake(warehouse) as lake:
                sound.load(lake, rows.numbered(12, start=12 * number), f"batch-{number}")
                resolve_lake(lake, as_of=rows.NOW + offset)
                publish(lake, warehouse, rows.NOW + offset)
        with open_lake(warehouse) as lake:
            # by a clock that has gone back nothing is old enough to go
            done = maintain(lake, now=rows.NOW - timedelta(days=400))
            assert (done.expired, done.removed, done.orphans) == (0, 0, 0)
            assert examine(lake, warehouse, rows.NOW) == []
        return warehouse

    day = timedelta(days=1)
    assert contents(load("back", (day, -day, 0 * day))) == contents(load("on", (0 * day, day, 2 * day)))


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("IO Error: Could not write file: No space left on device", "the disk is full"),
        ("Failed to flush changes into DuckLake: database is locked", "another program holds"),
        ("[Errno 30] Read-only file system: 'w'", "cannot be written"),
        ("IO Error: Unable to connect: connection refused", "a server cannot be reached"),
        ("file is not a database", "copydesk doctor"),
    ],
)
def test_advice(text: str, advice: str) -> None:
    assert advice in told(OSError(text))


def test_an_error_without_advice_is_its_first_line() -> None:
    assert told(LakeError("one\ntwo")) == "one"
    assert told(OSError()) == "OSError"
