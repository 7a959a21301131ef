"""Every command, query and cell in the analysts' pages is run as it is printed; elsewhere each is one that exists."""

import importlib.util
import json
import re
import shlex
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner

from etl.cli import cli

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = [
    DOCS / "tutorial" / "first-run.md",
    *(DOCS / "how-to" / f"{name}.md" for name in ("ask-the-tables", "spreadsheets", "check-a-row", "notebooks")),
]
NOTEBOOK = DOCS / "tutorial" / "most-quoted.ipynb"

# Pages for operators and developers change things, or need a server: their commands are parsed, not run.
EVERYWHERE = [README, ROOT / "CONTRIBUTING.md", *sorted(p for p in DOCS.rglob("*.md") if p.parent.name != "reference")]

# `make run` sets itself up from nothing: the whole check begins with it. 2: the samples hold what is refused.
BY_THE_FIXTURE = {"make run"}


@pytest.fixture(scope="module")
def folder(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `make run` leaves it."""
    made = tmp_path_factory.mktemp("docs")
    (made / "warehouse").symlink_to(samples)
    return made


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("COPYDESK_WAREHOUSE", raising=False)
    return folder


def blocks(page: Path, language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [block for kind, block in found if kind == language]


def commands() -> list[str]:
    lines = [line for page in PAGES for block in blocks(page, "console") for line in block.splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


def printed(page: Path) -> list[str]:
    """Every line of a page's command blocks and every command in its prose, without `$` and remarks."""
    text = page.read_text(encoding="utf-8")
    # A quotation mark that is open at the end of a line goes on in the next.
    lines = [
        line
        for kind in ("", "console", "bash")
        for block in blocks(page, kind)
        for line in re.findall(r'^(?:[^"\n]|"[^"]*")+', block, re.M)
    ]
    lines += re.findall(
        r"`((?:copydesk|make|pytest|python -m) [^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    )
    found = [re.split(r"\s+#\s", line.removeprefix("$ "))[0].strip() for line in lines]
    return [line for line in found if line.split(" ")[0] in {"copydesk", "make", "pytest", "python"}]


def parse(command: str) -> None:
    """Fails where a printed command names a subcommand, an option, a target, a module or a file that is not there."""
    program, *words = shlex.split(re.sub(r"[\[\]]", "", command))
    if program == "copydesk" and words[0] in cli.commands:
        cli.commands[words[0]].make_context(words[0], words[1:], resilient_parsing=True)
    elif program == "copydesk":
        assert words[0].startswith("-"), command
    elif program == "make":
        assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M), command
    elif words[0] == "-m":
        assert importlib.util.find_spec(words[1]), command
    else:
        assert (ROOT / words[0]).exists(), command


@pytest.mark.parametrize("page", EVERYWHERE, ids=lambda page: page.stem)
def test_every_printed_command_is_one_that_exists(page: Path) -> None:
    for line in printed(page):
        for command in re.split(r' \| (?=(?:[^"]*"[^"]*")*[^"]*$)', line):
            name = command.split(" ")[0]
            try:
                parse(command if name in {"copydesk", "make", "pytest", "python"} else f"copydesk {command}")
            except click.UsageError as error:
                pytest.fail(f"{command}: {error.message}")


def test_the_readme_shows_what_its_query_prints(here: Path) -> None:
    shown = blocks(README, "console")[0].split("$ copydesk sql ")[1]
    query, _, table = shown.partition('LIMIT 4"\n')
    done = CliRunner().invoke(cli, ["sql", f"{query.removeprefix(chr(34))}LIMIT 4"], env={"COLUMNS": "120"})
    assert done.output == table


def test_what_the_readme_tells_of_files_holds(here: Path) -> None:
    for name in re.findall(r"^(warehouse/\S+)", blocks(README, "")[-1], re.M):
        assert Path(name.replace("<table>", "quotes")).exists()


def test_there_is_something_to_run() -> None:
    assert len(commands()) > 12
    assert all(page.exists() for page in PAGES)


@pytest.mark.parametrize("command", [c for c in commands() if c not in BY_THE_FIXTURE])
def test_the_command_runs(here: Path, command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "copydesk"
    done = CliRunner().invoke(cli, arguments, env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    for flag in ("-o", "--csv", "--xlsx"):
        if flag in arguments:
            assert Path(arguments[arguments.index(flag) + 1]).exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_queries_run_and_find_something(here: Path, page: Path) -> None:
    with duckdb.connect("warehouse/copydesk.duckdb", read_only=True) as con:
        for block in blocks(page, "sql"):
            for statement in filter(str.strip, block.split(";")):
                assert con.execute(statement).fetchall(), statement


def test_the_snippets_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for block in blocks(DOCS / "how-to" / "notebooks.md", "python"):
        exec(compile(block, "notebooks.md", "exec"), names)
    assert "Ferry crews" in capsys.readouterr().out


def test_the_notebook_runs_from_top_to_bottom(here: Path) -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert len(code) > 4
    assert not any(cell.get("outputs") for cell in cells), "cleared before it is committed"
    for number, source in enumerate(code):
        exec(compile(source, f"cell {number}", "exec"), names)


def test_what_the_tutorial_says_of_the_samples_holds(here: Path) -> None:
    with duckdb.connect("warehouse/copydesk.duckdb", read_only=True) as con:
        twice = con.execute("SELECT speaker_name FROM speakers WHERE stories > 1").fetchall()
        outside = con.execute(
            "SELECT path FROM quotes JOIN articles USING (article_id) WHERE cluster_id IS NULL "
            "AND speaker_name IN (SELECT speaker_name FROM speakers WHERE stories > 1)"
        ).fetchall()
        most_rows = con.execute("SELECT speaker_name FROM speakers ORDER BY quotes DESC LIMIT 1").fetchall()
        leading = con.execute(blocks(PAGES[0], "sql")[0]).fetchall()
    assert {"Alasdair Pryce", "Lady Elspeth Munro"} <= {name for (name,) in twice}
    assert outside == []
    assert leading[0][0] == "Greg Tollefson"
    assert most_rows == [("Alasdair Pryce",)]


LINKED = [
    *PAGES,
    DOCS / "explanation" / "comparison.md",
    *(DOCS / "how-to" / f"{name}.md" for name in ("run-on-a-schedule", "production-server", "systemd-and-cron")),
]


@pytest.mark.parametrize("page", LINKED, ids=lambda page: page.stem)
def test_links_and_pictures_are_there_and_small(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            found = page.parent / target
            assert found.exists(), target
            assert found.suffix != ".png" or found.stat().st_size < 200_000
