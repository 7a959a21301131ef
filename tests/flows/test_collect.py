"""The collect flow: sources side by side, failures told and left to the source's own back-off."""

import threading
from pathlib import Path

import pytest

from etl.collect import Collected
from etl.config import Source

CONFIG = """
raw = "raw"
warehouse = "warehouse"

[[source]]
name = "slow"
kind = "folder"
path = "a"

[[source]]
name = "quick"
kind = "folder"
path = "b"

[[source]]
name = "broken"
kind = "folder"
path = "c"

[[source]]
name = "resting"
kind = "folder"
path = "d"
enabled = false
"""


def test_a_slow_source_holds_up_nobody_and_a_broken_one_is_told(
    prefect: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import collect
    from flows.parameters import Parameters

    quick_is_done, visited = threading.Event(), list[str]()

    def visit(source: Source, **_: object) -> Collected:
        visited.append(source.name)
        match source.name:
            case "slow":
                assert quick_is_done.wait(60), "the quick one was visited meanwhile"
            case "quick":
                quick_is_done.set()
            case "broken":
                return Collected("broken", "failed", None, problem="no such folder", failures=3)
        return Collected(source.name, "unchanged", None)

    monkeypatch.setattr(collect, "collect_source", visit)
    told: list[str] = []
    monkeypatch.setattr(collect.LOG, "warning", lambda text, *values: told.append(text % values))
    (tmp_path / "copydesk.toml").write_text(CONFIG)
    assert collect.collect(Parameters(config=tmp_path / "copydesk.toml")) == []
    assert sorted(visited) == ["broken", "quick", "slow"]
    assert told == ["collected source=broken outcome=failed failures=3 no such folder"]


def test_what_is_collected_is_in_the_raw_zone(prefect: None, tmp_path: Path) -> None:
    from flows.collect import collect
    from flows.parameters import Parameters

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.txt").write_text("PORT ILARIO - The ferry is back.\n")
    (tmp_path / "in" / "one.txt.done").touch()
    source = '[[source]]\nname = "wire"\nkind = "folder"\npath = "in"\ndone_suffix = ".done"\n'
    (tmp_path / "copydesk.toml").write_text(source)
    assert collect(Parameters(config=tmp_path / "copydesk.toml")) == ["wire"]
    (kept,) = (path for path in (tmp_path / "raw" / "wire").rglob("*") if path.is_file())
    assert kept.read_text() == "PORT ILARIO - The ferry is back.\n"
