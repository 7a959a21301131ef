"""The report: complete, harmless, every number with the query that gives it."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

import hostile
from documents import Document, assert_inert
from etl.cli import cli
from etl.report import charts, render_report
from etl.report.page import escape
from etl.report.questions import SECTIONS

QUESTIONS = [question for section in SECTIONS for question in section.questions]


@pytest.fixture(scope="module")
def html(warehouse: Path) -> str:
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        return render_report(con, "A <week> of wire", datetime(2024, 6, 12, 9, 0, tzinfo=UTC))


def test_a_hostile_story_is_inert_in_the_report(html: str) -> None:
    page = assert_inert(html, scripts=0)
    assert hostile.IMAGE in "".join(page.text), "a subject's name is shown, as text"
    assert "‹U+001B›" in html
    assert len(html) < 1_000_000, "a line of five megabytes is not carried along"


def test_what_is_unusual_comes_first_a_line_each(warehouse: Path) -> None:
    lines = ["north: nothing for 9 hours", "<b>south</b>: 40% refused"]
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        html = render_report(con, "Wire", datetime(2024, 6, 12, 9, 0, tzinfo=UTC), lines)
        assert 'id="unusual"' not in render_report(con, "Wire", datetime(2024, 6, 12, 9, 0, tzinfo=UTC))
    first = html[html.index("<section") : html.index("</section>")]
    assert re.findall("<li>(.+?)</li>", first) == [lines[0], "&lt;b&gt;south&lt;/b&gt;: 40% refused"]


def test_every_figure_has_its_query_and_every_number_in_brief_links_to_it(html: str) -> None:
    page = Document(html)
    for question in QUESTIONS:
        assert f"sql-{question.key}" in page.ids
        assert escape(question.sql.strip()) in html
    targets = [attrs["href"] for attrs in page.all("a") if (attrs.get("href") or "").startswith("#sql-")]
    assert len(targets) >= 7
    assert {t.removeprefix("#") for t in targets if t} <= set(page.ids)


def test_the_numbers_are_what_the_tables_hold(html: str, warehouse: Path) -> None:
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        stories, quotes = con.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM quotes)"
        ).fetchall()[0]
    shown = re.findall(r"<dt>([^<]+)</dt><dd><a [^>]+>([\d,]+)</a>", html)
    assert dict(shown)["stories that stand"] == str(stories)
    assert dict(shown)["quotations"] == str(quotes)


def test_sections_tables_and_charts_can_be_reached_and_are_named(html: str) -> None:
    page = Document(html)
    assert page.all("html")[0]["lang"] == "en"
    assert [a["id"] for a in page.all("main")] == ["main"]
    assert {f"#{section.key}" for section in SECTIONS} <= {a.get("href") for a in page.all("a")}
    for svg in page.all("svg"):
        assert svg.get("aria-hidden") == "true" or svg.get("aria-label")
    assert all(th.get("scope") == "col" for th in page.all("th"))
    for region in page.all("div"):
        if region.get("class") == "scroll":
            assert region.get("tabindex") == "0"
            assert region.get("aria-label")


def test_killed_and_embargoed_copy_is_not_in_the_report(html: str) -> None:
    assert "bread bin" not in html
    assert "Lifeboat crew" not in html


def test_the_command_writes_one_file(warehouse: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["report", "-w", str(warehouse), "-o", str(tmp_path / "r.html"), "--title", "T & T"])
    assert done.exit_code == 0, done.output
    assert [p.name for p in tmp_path.iterdir()] == ["r.html"]
    assert "<h1>T &amp; T</h1>" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_an_empty_warehouse_has_a_report(tmp_path: Path, warehouse: Path) -> None:
    with duckdb.connect(str(tmp_path / "empty.duckdb")) as con:
        con.execute(f"ATTACH '{warehouse / 'copydesk.duckdb'}' AS full_one (READ_ONLY)")
        con.execute("COPY FROM DATABASE full_one TO empty")
        for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'empty' "
                                   "AND schema_name = 'main'").fetchall():  # fmt: skip
            con.execute(f"DELETE FROM {name}")
        con.execute("DELETE FROM bookkeeping.files; DELETE FROM bookkeeping.versions; DELETE FROM bookkeeping.rejects")
        html = render_report(con, "Nothing", datetime(2024, 6, 12, tzinfo=UTC))
    assert "No quotation has a named speaker." in html
    assert_inert(html, scripts=0)


def test_days_without_stories_have_their_place_and_long_times_are_drawn_by_month() -> None:
    first = date(2024, 1, 1)
    drawn = charts.columns("Stories", [(first, 4), (first + timedelta(9), 2)])
    assert drawn.count("<rect") == 10
    assert "10 columns, highest 4" in drawn
    years = charts.columns("Stories", [(first, 4), (first + timedelta(30), 1), (date(2025, 12, 1), 2)])
    assert years.count("<rect") == 24
    assert "highest 5" in years


def test_a_place_stands_where_it_lies_on_the_map() -> None:
    drawn = charts.world("Places", [("Null <Island>", 0.0, 0.0, 3)])
    assert 'cx="180.0" cy="80.0"' in drawn
    assert "Null &lt;Island&gt;: 3" in drawn
    assert drawn.count("<path") == 1
