"""`copydesk doctor` is silent on a sound warehouse and finds every kind of damage."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from etl import schema
from etl.cli.doctor import doctor
from etl.lake import open_lake
from etl.lake.doctor import Finding, examine, rules
from tests.lake import rows, sound

ONE = "(SELECT min({0}) FROM lake.{1})"

# What breaks, as statements on the lake, and the rule that must notice.
DAMAGE: dict[str, tuple[str, str]] = {
    "a story doubled": ("INSERT INTO lake.articles FROM lake.articles LIMIT 1", "keys are unique"),
    "a quotation doubled": ("INSERT INTO lake.quotes FROM lake.quotes LIMIT 1", "keys are unique"),
    "a second gate": ("INSERT INTO lake.internal.gate VALUES (0)", "the gate has one row"),
    "a quotation moved": (
        "UPDATE lake.quotes SET quote_start = quote_start + 1, quote_end = quote_end + 1 "
        "WHERE quote_id = (SELECT min(quote_id) FROM lake.quotes)",
        "quote_text is what stands at quote_start",
    ),
    "an end before its start": (
        "UPDATE lake.mentions SET mention_end = mention_start - 1",
        "mention_text is what stands at mention_start",
    ),
    "an offset past the end": (
        "UPDATE lake.quotes SET speaker_end = 100000",
        "speaker_text is what stands at speaker_start",
    ),
    "a cue that is not there": (
        "UPDATE lake.quotes SET cue_start = 0, cue_end = 4, cue_text = 'said'",
        "cue_text is what stands at cue_start",
    ),
    "a gap between spans": (
        "UPDATE lake.articles SET furniture = list_filter(furniture, s -> s.start > 0)",
        "labelled spans tile the text",
    ),
    "spans of nothing": ("UPDATE lake.articles SET furniture = []", "labelled spans tile the text"),
    "spans in disorder": (
        "UPDATE lake.articles SET furniture = list_reverse(furniture)",
        "labelled spans tile the text",
    ),
    "a paragraph past the end": (
        "UPDATE lake.articles SET paragraphs = [{'start': 0, 'end': 100000}]",
        "paragraphs lie in the text",
    ),
    "quotations without their story": (
        "DELETE FROM lake.articles WHERE article_id = (SELECT min(article_id) FROM lake.quotes)",
        "every row's article_id is in articles",
    ),
    "a story without its file": ("DELETE FROM lake.raw_files", "every row's raw_sha256 is in raw_files"),
    "a count that is wrong": (
        "UPDATE lake.raw_files SET story_count = 2 WHERE raw_sha256 = (SELECT min(raw_sha256) FROM lake.raw_files)",
        "raw_files.story_count counts the file's articles",
    ),
    "a reject that is gone": (
        "UPDATE lake.raw_files SET reject_count = 1",
        "raw_files.reject_count counts the file's rejects",
    ),
    "a story that was not linked": ("DELETE FROM lake.story_versions", "every article is linked"),
    "two versions that stand": (
        "UPDATE lake.story_versions SET story_id = 'story-1'",
        "versions of a story count from 1, and one at most stands",
    ),
    "a kill that did not reach the published": (
        "UPDATE lake.articles SET status = 'canceled' WHERE article_id = "
        "(SELECT min(article_id) FROM lake.story_versions WHERE is_published)",
        "published is what stands: rows that must not be there",
    ),
    "a release that did not reach the published": (
        "UPDATE lake.articles SET status = 'usable' WHERE status = 'withheld'; "
        "UPDATE lake.story_versions SET is_published = true, is_current = true WHERE NOT is_published",
        "published is what stands: rows that are missing",
    ),
}


@pytest.fixture(scope="module")
def sound_warehouse(empty_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = Path(shutil.copytree(empty_lake, tmp_path_factory.mktemp("sound") / "warehouse"))
    sound.fill(warehouse)
    return warehouse


@pytest.fixture
def copy(sound_warehouse: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound_warehouse, tmp_path / "copy"))


def examined(warehouse: Path) -> list[Finding]:
    with open_lake(warehouse, read_only=True) as lake:
        return examine(lake, warehouse, rows.NOW)


def test_a_sound_warehouse_has_no_findings(sound_warehouse: Path) -> None:
    assert examined(sound_warehouse) == []


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_to_rows_is_found(copy: Path, name: str) -> None:
    statements, rule = DAMAGE[name]
    with open_lake(copy) as lake:
        lake.con.execute(statements)
    found = examined(copy)
    assert rule in {finding.rule for finding in found}
    assert all(finding.count and finding.example and finding.remedy for finding in found)


def test_every_rule_over_rows_is_broken_by_some_damage_above() -> None:
    broken = {rule for _, rule in DAMAGE.values()}
    assert {rule.name for rule in rules()} - broken == {"required columns are filled"}


@pytest.mark.parametrize("table", [schema.core("articles"), schema.core("quotes")])
def test_null_in_a_required_column_is_found(copy: Path, table: schema.Table) -> None:
    """DuckLake itself takes null in a NOT NULL column from a file that is registered."""
    staged = copy / "stage" / f"{table.name}.parquet"
    staged.parent.mkdir(exist_ok=True)
    empty = table.required[-1]
    with open_lake(copy) as lake:
        query = f"SELECT * REPLACE (nullif({empty}, {empty}) AS {empty}) FROM lake.{table.name} LIMIT 1"
        lake.con.execute(f"COPY ({query}) TO '{staged}' (FORMAT parquet)")
        lake.con.execute(f"CALL ducklake_add_data_files('lake', '{table.name}', '{staged}')")
    wrong = [f for f in examined(copy) if f.rule == "required columns are filled"]
    assert [(f.table, f.count) for f in wrong] == [(table.name, 1)]
    assert wrong[0].example.endswith(f"has no {empty}")


def data_file(warehouse: Path) -> Path:
    with open_lake(warehouse, read_only=True) as lake:
        name = lake.con.execute("SELECT min(data_file) FROM ducklake_list_files('lake', 'articles')").fetchall()[0][0]
    path = warehouse / "lake" / "data" / Path(name).relative_to(Path(name).parents[2])
    assert path.is_file()
    return path


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def scratch(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4:1000] = bytes(996)
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [Path.unlink, cut, scratch])
def test_a_data_file_that_is_gone_or_damaged_is_found(copy: Path, harm: Callable[[Path], None]) -> None:
    harm(data_file(copy))
    found = examined(copy)
    assert [(f.rule, f.table) for f in found if f.rule == "catalog and files agree"] == [
        ("catalog and files agree", "articles")
    ]


def test_published_parquet_that_was_tampered_with_is_found(copy: Path) -> None:
    (path,) = (copy / "parquet" / "quotes").rglob("*.parquet")
    duckdb.sql(f"COPY (SELECT * REPLACE ('made up' AS quote_text) FROM '{path}') TO '{path}.new' (FORMAT parquet)")
    Path(f"{path}.new").replace(path)
    found = {(f.rule, f.table) for f in examined(copy)}
    assert found == {
        ("published is what stands: rows that must not be there", "parquet quotes"),
        ("published is what stands: rows that are missing", "parquet quotes"),
    }


def test_a_published_row_too_few_in_the_database_is_found(copy: Path) -> None:
    with duckdb.connect(str(copy / "copydesk.duckdb")) as con:
        con.execute("DELETE FROM entities WHERE entity_id = (SELECT min(entity_id) FROM entities)")
    assert [f.table for f in examined(copy)] == ["copydesk.duckdb entities"]


def test_published_files_that_cannot_be_read_are_found(copy: Path) -> None:
    (path,) = (copy / "parquet" / "articles").rglob("*.parquet")
    path.write_bytes(b"PAR1 and no more")
    assert [(f.rule, f.table) for f in examined(copy)] == [("published files can be read", "parquet articles")]


def test_the_command_exits_with_0_or_1_and_says_what_to_do(copy: Path) -> None:
    shown = CliRunner().invoke(doctor, ["-w", str(copy)], standalone_mode=False)
    assert (shown.return_value, shown.output) == (0, "all is well\n")
    with open_lake(copy) as lake:
        lake.con.execute("DELETE FROM lake.story_versions")
    shown = CliRunner().invoke(doctor, ["-w", str(copy)], standalone_mode=False)
    assert shown.return_value == 1
    assert "every article is linked: 24 do not" in shown.output
    assert "copydesk publish" in shown.output
