import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from etl.cli import cli
from etl.config import Config, parse_config
from etl.config.example import example
from etl.config.read import described
from etl.config.sections import SECTIONS, SOURCE_KINDS, Feed, SourceKeys, Top


def let_in(text: str) -> str:
    """What is commented out, let in: prose has a space behind the #, a key has not."""
    return re.sub(r"(?m)^#(?=[\[a-z])", "", text)


def test_the_example_is_valid_and_says_what_the_defaults_are() -> None:
    assert parse_config(example()) == Config()


def test_the_example_is_valid_with_all_that_is_commented_out() -> None:
    config = parse_config(let_in(example()))
    assert [source.kind for source in config.sources] == list(SOURCE_KINDS)
    assert len(config.feeds) == 1
    assert config.schedules.maintain is not None


def test_the_example_has_every_key_with_its_meaning() -> None:
    text = example()
    for record in (Top, *SECTIONS.values(), *SOURCE_KINDS.values(), SourceKeys, Feed):
        for key in described(record):
            assert re.search(rf"(?m)^#?(?: Or: )?{key.name} = ", text), key.name
            assert key.key.doc.split()[0] in text


def test_init_writes_the_example_and_touches_nothing_that_is_there(tmp_path: Path) -> None:
    run = CliRunner().invoke(cli, ["init", str(tmp_path / "new")])
    assert run.exit_code == 0, run.output
    path = tmp_path / "new" / "copydesk.toml"
    assert path.read_text() == example()
    path.write_text("mine")
    run = CliRunner().invoke(cli, ["init", str(tmp_path / "new")])
    assert run.exit_code == 1
    assert "is there already" in run.output
    assert path.read_text() == "mine"


def test_commands_take_the_warehouse_of_the_configuration_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = CliRunner()
    monkeypatch.chdir(tmp_path)
    Path("copydesk.toml").write_text('warehouse = "elsewhere"\n')
    assert "nothing is published in elsewhere yet" in runner.invoke(cli, ["explain", "x"]).output
    Path("copydesk.toml").write_text("ware = 1\n")
    assert "copydesk.toml: unknown key 'ware'" in runner.invoke(cli, ["explain", "x"]).output
    assert "nothing is published in w yet" in runner.invoke(cli, ["explain", "x", "-w", "w"]).output
