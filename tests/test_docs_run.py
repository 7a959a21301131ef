"""Every command, query and cell in the analysts' pages is run as it is printed."""

import json
import re
import shlex
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from etl.cli import cli
from warehouses import RAW, copydesk

DOCS = Path(__file__).parent.parent / "docs"
PAGES = [
    DOCS / "tutorial" / "first-run.md",
    *(DOCS / "how-to" / f"{name}.md" for name in ("ask-the-tables", "spreadsheets", "check-a-row", "notebooks")),
]
NOTEBOOK = DOCS / "tutorial" / "most-quoted.ipynb"

# `make run` sets itself up from nothing: the whole check begins with it. 2: the samples hold what is refused.
BY_THE_FIXTURE = {"make run"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `make run` leaves it."""
    made = tmp_path_factory.mktemp("docs")
    assert copydesk("run", RAW, "-w", made / "warehouse").returncode == 2
    return made


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("COPYDESK_WAREHOUSE", raising=False)
    return folder


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    lines = [line for page in PAGES for block in blocks(page, "console") for line in block.splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


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
