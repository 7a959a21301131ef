"""What leaves for spreadsheets and terminals: whole, and inert with hostile copy."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import hostile
from etl.cli import cli, sheets
from etl.cli.prompt import prompt

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
EVIL = "SELECT headline, byline, provider, body FROM articles WHERE guid LIKE '%hostile%'"


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile.made_once(tmp_path_factory)


def invoke(*arguments: str | Path, stdin: str | None = None) -> str:
    done = CliRunner().invoke(cli, list(map(str, arguments)), input=stdin)
    assert done.exit_code == 0, done.output
    return done.stdout


def acts(text: str) -> list[str]:
    """Characters that a terminal would act on, or that turn the direction of text."""
    return [
        c
        for c in text
        if (c < " " and c not in "\n\r\t")
        or "\x7f" <= c <= "\x9f"
        or "\u202a" <= c <= "\u202e"
        or "\u2066" <= c <= "\u2069"
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1 said he", "@SUM(A1)", " \t=1", "\r=1", "＝1", "|cmd"])
def test_no_cell_opens_a_formula(text: str) -> None:
    assert sheets.inert(text).startswith("'")


@pytest.mark.parametrize("text", ["", "plain", "a = b", "“=1”", "a-b"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert sheets.inert(text) == text


def test_numbers_stay_numbers_in_csv() -> None:
    out = io.StringIO()
    sheets.write_csv(out, ["a", "b", "c"], [(-1, -0.5, datetime(2024, 1, 1, tzinfo=UTC)), (None, True, ["=x"])])
    assert out.getvalue() == 'a,b,c\r\n-1,-0.5,2024-01-01T00:00:00+00:00\r\n,True,"[""=x""]"\r\n'


def test_a_hostile_story_is_inert_in_csv(warehouse: Path, tmp_path: Path) -> None:
    invoke("export", "-w", warehouse, "--csv", tmp_path / "out", "articles", "quotes")
    for name in ("articles", "quotes"):
        text = (tmp_path / "out" / f"{name}.csv").read_bytes().decode("utf-8-sig")
        assert not acts(text)
        csv.field_size_limit(20_000_000)
        for row in csv.reader(io.StringIO(text, newline="")):
            assert not [c for c in row if c[:1] in {"=", "@", "+"} or (c[:1] == "-" and not c[1:2].isdigit())]
    shown = invoke("sql", EVIL, "-w", warehouse, "--format", "csv")
    assert "'=HYPERLINK" in shown
    assert not acts(shown)
    assert "\n=HYPERLINK" not in shown


def test_exact_csv_is_exact(warehouse: Path) -> None:
    shown = invoke("sql", EVIL, "-w", warehouse, "--format", "csv", "--exact")
    assert hostile.ESCAPES in shown
    assert "'=HYPERLINK" not in shown


def test_a_hostile_story_is_inert_in_a_workbook(warehouse: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    invoke("export", "-w", warehouse, "--xlsx", target)
    with zipfile.ZipFile(target) as book:
        assert book.testzip() is None
        names = [
            s.get("name") for s in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{{{NS['m']}}}sheet")
        ]
        assert names == ["articles", "quotes", "entities"]
        for number in (1, 2, 3):
            sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            assert not sheet.findall(".//m:f", NS), "no formula"
            for cell in sheet.iterfind(".//m:c", NS):
                text = "".join(cell.itertext())
                assert len(text) <= sheets.XLSX_CELL
                assert not acts(text)
                if cell.get("t") is None and text:
                    float(text)
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        expected = con.execute("SELECT count(*) FROM quotes").fetchall()[0][0]
    with zipfile.ZipFile(target) as book:
        rows = ElementTree.fromstring(book.read("xl/worksheets/sheet2.xml")).findall(".//m:row", NS)
    assert len(rows) == expected + 1


def test_rows_beyond_a_sheet_go_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "XLSX_ROWS", 3)
    out = io.BytesIO()
    assert sheets.write_xlsx(out, [("rows/one", ["n"], ((n,) for n in range(5)))]) == 0
    with zipfile.ZipFile(out) as book:
        counts = [book.read(f"xl/worksheets/sheet{n}.xml").count(b"<row>") for n in (1, 2, 3)]
        assert b'name="rows one 2"' in book.read("xl/workbook.xml")
    assert counts == [3, 3, 2]


def test_texts_too_long_for_a_cell_are_cut_and_counted() -> None:
    out = io.BytesIO()
    assert sheets.write_xlsx(out, [("t", ["a"], [("x" * 40_000,), ("y",)])]) == 1


def test_a_hostile_story_is_inert_in_the_terminal(warehouse: Path) -> None:
    for form in ("table", "json"):
        shown = invoke("sql", EVIL.replace(", body", ""), "-w", warehouse, "--format", form)
        assert not acts(shown)
    assert hostile.BIDI in str(json.loads(shown.splitlines()[0])["headline"]), "JSON is escaped, not changed"
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        ids = con.execute(
            "SELECT article_id FROM articles WHERE guid LIKE '%hostile%' UNION ALL "
            "SELECT quote_id FROM quotes JOIN articles USING (article_id) WHERE guid LIKE '%hostile%' UNION ALL "
            "SELECT story_id FROM articles WHERE guid LIKE '%hostile%' UNION ALL SELECT unnest([min(mention_id), "
            "min(entity_id)]) FROM mentions JOIN articles USING (article_id) WHERE guid LIKE '%hostile%'"
        ).fetchall()
    assert len(ids) > 4
    for (ident,) in ids:
        shown = invoke("explain", ident, "-w", warehouse)
        assert not acts(shown)
        assert len(shown) < 100_000


def test_parquet_needs_a_file_and_keeps_types(warehouse: Path, tmp_path: Path) -> None:
    refused = CliRunner().invoke(cli, ["sql", "SELECT 1", "-w", str(warehouse), "--format", "parquet"])
    assert "name a file with -o" in refused.output
    invoke("sql", "FROM quotes", "-w", warehouse, "--format", "parquet", "-o", tmp_path / "q.parquet")
    found = pq.read_table(tmp_path / "q.parquet")
    assert found.num_rows > 60
    assert str(found.schema.field("published_at").type) == "timestamp[us, tz=UTC]"


def test_json_is_a_line_a_row(warehouse: Path) -> None:
    lines = invoke(
        "sql", "SELECT headline, published_at FROM articles", "-w", warehouse, "--format", "json"
    ).splitlines()
    assert {tuple(json.loads(line)) for line in lines} == {("headline", "published_at")}


def test_the_prompt_answers_says_errors_and_goes_on(warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = iter(["SELECT count(*)", " FROM quotes;", "SELEKT 1;", ".tables", ".columns quotes", ".what", "SELECT 42;"])
    answers: list[list[tuple[object, ...]]] = []

    def read(_: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        prompt(con, lambda found: answers.append(found.fetchall()), read)
    told = capsys.readouterr()
    assert len(answers[0]) == 1
    assert "Parser Error" in told.err
    assert ".examples" in told.out
    assert {"quotes", "speakers", "search_quotes(words, newest)", "measured_quality"} <= {
        str(row[0]) for row in answers[1]
    }
    assert "quote_text" in {row[0] for row in answers[2]}
    assert answers[-1] == [(42,)]


def test_export_says_what_it_needs(warehouse: Path) -> None:
    done = CliRunner().invoke(cli, ["export", "-w", str(warehouse)])
    assert "--csv FILE or --xlsx FILE" in done.output
