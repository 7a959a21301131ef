"""The commands over the shipped samples, run as a user runs them."""

import json
import re
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner

from etl import schema
from etl.cli import cli
from etl.lake.anomalies import Anomaly
from warehouses import RAW, copydesk, lake_rows, published_rows


def test_the_summary_says_what_came_in_what_was_refused_and_what_to_type(tmp_path: Path) -> None:
    done = copydesk("run", RAW, "-w", tmp_path / "w")
    assert done.returncode == 2
    for text in ("Files", "Stories", "Quotes", "Entities", "Refused", "Who is quoted most?", "Next", "copydesk sql"):
        assert text in done.stdout, done.stdout
    again = copydesk("run", RAW, "-w", tmp_path / "w")
    assert again.returncode == 0, again.stderr
    assert "Nothing new." in again.stdout


def test_a_second_run_writes_nothing(loaded: Path) -> None:
    before, published = lake_rows(loaded), published_rows(loaded)
    assert copydesk("run", RAW, "-w", loaded).returncode == 0
    assert lake_rows(loaded) == before
    assert published_rows(loaded) == published


def test_every_file_is_accounted_for(loaded: Path) -> None:
    files = [p for p in RAW.rglob("*") if p.is_file()]
    rows = lake_rows(loaded)
    assert len(rows["deliveries"]) == len(files)
    listed = {row[schema.core("raw_files").columns.index("path")] for row in rows["raw_files"]}
    assert listed == {p.relative_to(RAW).as_posix() for p in files}


def test_a_killed_and_an_embargoed_story_are_in_the_lake_and_not_published(loaded: Path) -> None:
    text = json.dumps(published_rows(loaded), default=str)
    held = json.dumps(lake_rows(loaded), default=str)
    for secret in ("bread bin", "Lifeboat crew"):
        assert secret in held
        assert secret not in text


def test_the_corrected_version_stands(loaded: Path) -> None:
    with duckdb.connect(str(loaded / "copydesk.duckdb"), read_only=True) as con:
        found = con.execute(
            "SELECT version_index, version_count, body FROM articles WHERE slugline = 'Ferry-Strike'"
        ).fetchall()
    assert [(row[0], row[1]) for row in found] == [(3, 3)]
    assert "Sforzi" in found[0][2]


def test_the_same_story_from_two_outlets_is_one_cluster(loaded: Path) -> None:
    with duckdb.connect(str(loaded / "copydesk.duckdb"), read_only=True) as con:
        found = con.execute(
            "SELECT count(*), count(DISTINCT cluster_id) FROM articles WHERE cluster_id IS NOT NULL"
        ).fetchall()
    assert found == [(2, 1)]


def test_duckdb_and_pandas_read_the_same_rows(loaded: Path) -> None:
    with duckdb.connect(str(loaded / "copydesk.duckdb"), read_only=True) as con:
        in_sql = con.execute("SELECT speaker_name, count(*) FROM quotes GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
    frame = pd.read_parquet(loaded / "parquet" / "quotes")
    counted = frame.groupby("speaker_name", dropna=False).size()
    in_pandas = {(None if pd.isna(name) else name): int(count) for name, count in counted.items()}
    assert dict(in_sql) == in_pandas
    assert len(in_sql) > 10


def test_status_and_rejects_show_the_refused(loaded: Path) -> None:
    shown = CliRunner().invoke(cli, ["status", "-w", str(loaded)])
    assert shown.exit_code == 0, shown.output
    assert "damaged" in shown.output
    shown = CliRunner().invoke(cli, ["rejects", "-w", str(loaded)], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    for name in ("cut-off-in-transmission.xml", "picture-sent-as-story.txt", "empty.txt"):
        assert name in shown.output


def test_status_and_report_tell_what_is_unusual(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Anomaly("coastline", "silent", "deliveries", "nothing for 9 hours [as ever]")
    assert "nothing\n" in CliRunner().invoke(cli, ["status", "-w", str(loaded)]).output
    for module in ("status", "report"):
        monkeypatch.setattr(sys.modules[f"etl.cli.{module}"], "find_unusual", lambda *_: [told])
    assert f"  {told}\n" in CliRunner().invoke(cli, ["status", "-w", str(loaded)]).output
    page = tmp_path / "report.html"
    assert CliRunner().invoke(cli, ["report", "-w", str(loaded), "-o", str(page)]).exit_code == 0
    assert f"<li>{told}</li>" in page.read_text(encoding="utf-8")


def test_what_the_configuration_asks_of_a_feed_is_told(loaded: Path, tmp_path: Path) -> None:
    config = tmp_path / "copydesk.toml"
    config.write_text('[[feed]]\nname = "herald"\nmin_stories_per_day = 40\nfilled = { urgency = 0.5 }\n')
    shown = CliRunner().invoke(cli, ["status", "-w", str(loaded), "--config", str(config)])
    assert "herald: 1 stories in 24 hours; at least 40 asked for" in shown.output


def test_rejects_are_replayed_without_doubling(loaded: Path) -> None:
    before = lake_rows(loaded)
    assert copydesk("rejects", "--replay", "-w", loaded).returncode == 2
    assert lake_rows(loaded) == before


def test_sql_gives_a_table_csv_or_json(loaded: Path) -> None:
    query = "SELECT headline, dateline_city FROM articles ORDER BY headline LIMIT 2"
    as_json = CliRunner().invoke(cli, ["sql", query, "-w", str(loaded), "--format", "json"])
    assert set(json.loads(as_json.output.splitlines()[0])) == {"headline", "dateline_city"}
    as_csv = CliRunner().invoke(cli, ["sql", "-", "-w", str(loaded), "--format", "csv"], input=query)
    assert as_csv.output.splitlines()[0] == "headline,dateline_city"
    as_table = CliRunner().invoke(cli, ["sql", query, "-w", str(loaded)])
    assert "dateline_city" in as_table.output


@pytest.mark.parametrize("table", ["articles", "quotes", "entities"])
def test_explain_traces_a_row_to_its_bytes(loaded: Path, table: str) -> None:
    key = schema.published(table).key[0]
    with duckdb.connect(str(loaded / "copydesk.duckdb"), read_only=True) as con:
        ident = con.execute(f"SELECT {key} FROM {table} ORDER BY 1 LIMIT 1").fetchall()[0][0]
    shown = CliRunner().invoke(cli, ["explain", ident, "-w", str(loaded)])
    assert shown.exit_code == 0, shown.output
    assert "entity" in shown.output if table == "entities" else "sha256" in shown.output


def test_explain_refuses_what_is_no_id(loaded: Path) -> None:
    shown = CliRunner().invoke(cli, ["explain", "nonsense", "-w", str(loaded)])
    assert shown.exit_code != 0
    assert "is no id" in shown.output


def test_commands_say_what_to_do_without_a_warehouse(tmp_path: Path) -> None:
    for command in (["status"], ["rejects"], ["sql", "SELECT 1"], ["explain", "art-1"]):
        shown = CliRunner().invoke(cli, [*command, "-w", str(tmp_path / "none")])
        assert "copydesk run raw/" in shown.output


def test_tables_lists_columns() -> None:
    assert "quotes" in CliRunner().invoke(cli, ["tables"]).output
    assert "speaker_name" in CliRunner().invoke(cli, ["tables", "quotes"]).output
    assert "no table 'nope'" in CliRunner().invoke(cli, ["tables", "nope"]).output


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help_with_an_example(name: str) -> None:
    shown = CliRunner().invoke(cli, [name, "--help"]).output
    assert re.search(r"copydesk " + name, shown), shown
    assert "Example" in shown


def test_a_file_that_cannot_be_opened_is_refused_until_it_can(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "story.txt").write_bytes((RAW / "baywire" / "school-lunch.txt").read_bytes())
    (raw / "late.txt").symlink_to(tmp_path / "not-there-yet")
    first = copydesk("run", raw, "-w", tmp_path / "w")
    assert first.returncode == 2, first.stderr
    assert "unreadable" in first.stdout
    where = schema.core("rejects").columns.index("path")
    assert [row[where] for row in lake_rows(tmp_path / "w")["rejects"]] == ["late.txt"]
    assert copydesk("run", raw, "-w", tmp_path / "w").returncode == 2
    assert len(lake_rows(tmp_path / "w")["rejects"]) == 1
    (tmp_path / "not-there-yet").write_bytes((RAW / "herald" / "dam-inquiry.txt").read_bytes())
    assert copydesk("run", raw, "-w", tmp_path / "w").returncode == 0
    rows = lake_rows(tmp_path / "w")
    assert rows["rejects"] == []
    assert len(rows["articles"]) == 2


def test_explain_prints_a_story_with_what_each_version_changed(loaded: Path) -> None:
    with duckdb.connect(str(loaded / "copydesk.duckdb"), read_only=True) as con:
        ident = con.execute("SELECT story_id FROM articles WHERE slugline = 'Ferry-Strike'").fetchall()[0][0]
    shown = CliRunner().invoke(cli, ["explain", ident, "-w", str(loaded)])
    assert shown.exit_code == 0, shown.output
    assert shown.output.count("ferry-strike") >= 3
    assert "[Sforza." in shown.output
    assert "[Sforzi." in shown.output
    assert "superseded" in shown.output
