"""Views and macros: each example in a comment runs, finds something, and search finds what a scan finds."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from etl.lake import open_lake, publish
from etl.lake.macros import MACROS
from etl.lake.views import VIEWS

EXAMPLES = {name: comment.partition("Example: ")[2] for name, *_, comment, _ in (*VIEWS, *MACROS)}


@pytest.fixture(scope="module")
def con(samples: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(samples / "copydesk.duckdb"), read_only=True)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_in_its_comment_runs_and_finds_something(con: duckdb.DuckDBPyConnection, name: str) -> None:
    assert EXAMPLES[name]
    assert con.execute(EXAMPLES[name]).fetchall()


def test_comments_are_in_the_file(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall()
    found += con.execute("SELECT function_name, comment FROM duckdb_functions() WHERE schema_name = 'main' "
                         "AND NOT internal").fetchall()  # fmt: skip
    assert {name: text.partition("Example: ")[2] for name, text in found} == EXAMPLES


@pytest.mark.parametrize(
    "words", ["failure", "FAILURE engineering", "vukovic", "Vuković", "the", "nosuchword", "a the"]
)
def test_search_finds_what_a_scan_finds(con: duckdb.DuckDBPyConnection, words: str) -> None:
    folded = "' ' || regexp_replace(lower(strip_accents({})), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g') || ' '"
    for macro, table, text in (
        ("search_quotes", "quotes", "quote_text"),
        ("search_articles", "articles", "concat_ws(' ', headline, body)"),
    ):
        each = " AND ".join(
            f"contains({folded.format(text)}, ' {w.lower().replace('ć', 'c')} ')" for w in words.split()
        )
        scanned = con.execute(f"SELECT * FROM {table} WHERE {each} ORDER BY 1").fetchall()
        assert con.execute(f"SELECT * FROM {macro}(?) ORDER BY 1", [words]).fetchall() == scanned


def test_the_newest_are_what_order_by_time_gives(con: duckdb.DuckDBPyConnection) -> None:
    for macro in ("search_quotes", "search_articles"):
        times = con.execute(f"SELECT published_at FROM {macro}('the') ORDER BY published_at DESC NULLS LAST").fetchall()
        for number in (1, 3, len(times), len(times) + 5):
            newest = con.execute(
                f"SELECT published_at FROM {macro}('the', newest := {number}) ORDER BY published_at DESC NULLS LAST"
            ).fetchall()
            assert newest == times[:number]


def test_without_an_index_search_answers_the_same(
    con: duckdb.DuckDBPyConnection, samples: Path, tmp_path: Path
) -> None:
    warehouse = Path(shutil.copytree(samples, tmp_path / "warehouse"))
    before = (warehouse / "copydesk.duckdb").stat().st_size
    with open_lake(warehouse) as lake:
        assert publish(lake, warehouse, datetime.now(UTC), index=False).database_built
        assert not publish(lake, warehouse, datetime.now(UTC)).database_built, "the choice holds"
    assert (warehouse / "copydesk.duckdb").stat().st_size < before
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as bare:
        for call in ("search_quotes('the')", "search_articles('the', newest := 2)", "search_quotes(' ')"):
            query = f"SELECT * FROM {call} ORDER BY 1"
            assert bare.execute(query).fetchall() == con.execute(query).fetchall()


@pytest.mark.parametrize("words", ["", "  ", "'; DROP TABLE quotes; --", "%", "\\", "“”"])
def test_search_takes_any_words(con: duckdb.DuckDBPyConnection, words: str) -> None:
    assert con.execute("SELECT count(*) FROM search_quotes(?)", [words]).fetchall() == [(0,)]


def test_the_history_of_a_story_is_had_by_any_of_its_ids(con: duckdb.DuckDBPyConnection) -> None:
    story, ident = con.execute("SELECT story_id, article_id FROM articles WHERE slugline = 'Ferry-Strike'").fetchall()[
        0
    ]
    query = "SELECT version_index, is_published, withheld_reason FROM story_history(?)"
    expected = [(1, False, "superseded"), (2, False, "superseded"), (3, True, None)]
    assert con.execute(query, [story]).fetchall() == con.execute(query, [ident]).fetchall() == expected


def test_nothing_had_been_loaded_before_the_first_load(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("SELECT * FROM as_of(TIMESTAMPTZ '1990-01-01 00:00:00+00')").fetchall() == []
    then = con.execute("SELECT count(*) FROM as_of(TIMESTAMPTZ '2100-01-01 00:00:00+00')").fetchall()
    assert then == con.execute("SELECT count(DISTINCT story_id) FROM bookkeeping.versions").fetchall()


def test_a_pair_is_had_from_either_side(con: duckdb.DuckDBPyConnection) -> None:
    pair = "SELECT stories FROM co_mentions WHERE entity_id = ? AND with_id = ?"
    one, other, stories = con.execute("SELECT entity_id, with_id, stories FROM co_mentions LIMIT 1").fetchall()[0]
    assert con.execute(pair, [other, one]).fetchall() == [(stories,)]
    assert con.execute("SELECT count(*) FROM co_mentions WHERE entity_id = with_id").fetchall() == [(0,)]
