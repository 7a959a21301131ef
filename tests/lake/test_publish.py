"""What stands is published, whole, readable with nothing of ours, and nothing else is."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from etl import schema
from etl.lake import LakeError, open_lake, publish, resolve_lake
from etl.lake.connect import Lake
from etl.lake.publish import PublishReport
from etl.lake.selects import _STANDING, LARGE
from tests.lake import rows

LATER = rows.NOW + timedelta(days=30)


def refresh(lake: Lake, warehouse: Path, as_of: datetime = rows.NOW) -> PublishReport:
    resolve_lake(lake, as_of=as_of)
    return publish(lake, warehouse, as_of)


def load_and_publish(warehouse: Path, items: list[rows.Item], as_of: datetime = rows.NOW) -> PublishReport:
    with open_lake(warehouse) as lake:
        rows.load(lake, items, batch_id=f"batch-{items[0].name}")
        return refresh(lake, warehouse, as_of)


def query(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def files(warehouse: Path) -> dict[str, tuple[int, int]]:
    found = [*(warehouse / "parquet").rglob("*"), warehouse / "copydesk.duckdb"]
    return {str(p.relative_to(warehouse)): (p.stat().st_ino, p.stat().st_mtime_ns) for p in found if p.is_file()}


def over_years() -> list[rows.Item]:
    items = rows.numbered(6)
    years = [1999, 1999, 2015, 2015, 2016, None]
    times = [datetime(y, 1, 1, 2, tzinfo=UTC) if y else None for y in years]
    return [
        rows.Item(i.name, i.body, i.guid, published_at=t, quotes=i.quotes) for i, t in zip(items, times, strict=True)
    ]


@pytest.fixture(scope="module")
def published_once(empty_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = Path(shutil.copytree(empty_lake, tmp_path_factory.mktemp("published") / "warehouse"))
    report = load_and_publish(warehouse, over_years())
    counted = {"articles": 6, "quotes": 6, "mentions": 6, "entities": 6}
    assert report.rows == counted | {"corrected": 0, "wholes": 0, "tombstones": 0}
    return warehouse


@pytest.fixture
def published(published_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published_once, tmp_path / "published"))


def test_pandas_polars_and_duckdb_read_the_same_quotes(published: Path) -> None:
    counts = "SELECT speaker_name, count(*) FROM quotes GROUP BY 1 ORDER BY 2 DESC, 1"
    expected = query(published, counts)
    folder = published / "parquet" / "quotes"
    frame = pd.read_parquet(folder)
    assert sorted(frame.groupby("speaker_name").size().items()) == sorted(expected)
    assert frame["published_at"].dtype == "datetime64[us, UTC]"
    assert sorted(pl.read_parquet(folder, hive_partitioning=True)["speaker_name"]) == sorted(n for n, _ in expected)
    assert duckdb.sql(counts.replace("quotes", f"'{folder}/**/*.parquet'")).fetchall() == expected
    # Analysts filter by the year in the folder's name; rows without a time are of year 0.
    years = [(0, 1), (1999, 2), (2015, 2), (2016, 1)]
    by_year = f"SELECT year, count(*) FROM read_parquet('{folder}/**/*.parquet', hive_partitioning = true) GROUP BY 1"
    assert duckdb.sql(f"{by_year} ORDER BY 1").fetchall() == years
    found = pl.read_parquet(folder, hive_partitioning=True).group_by("year").len().sort("year")
    assert found.rows() == years
    assert sorted(frame["year"].astype(int).value_counts().items()) == years


def test_parquet_is_sorted_compressed_and_described(published: Path) -> None:
    path = published / "parquet/articles/year=2015/part-0.parquet"
    described = pq.read_schema(path)
    for found, wanted in zip(described, schema.published("articles").schema, strict=True):
        assert (found.name, found.type, found.nullable) == (wanted.name, wanted.type, wanted.nullable)
        assert found.metadata[b"description"] == wanted.metadata[b"description"]
    assert pq.read_metadata(path).row_group(0).column(0).compression == "ZSTD"
    ids = pq.read_table(path, partitioning=None).column("article_id").to_pylist()
    assert ids == sorted(ids)


def test_the_database_has_not_null_comments_and_views(warehouse: Path) -> None:
    load_and_publish(warehouse, rows.numbered(3))
    columns = query(
        warehouse, "SELECT table_name, column_name, is_nullable, comment FROM duckdb_columns() WHERE NOT internal"
    )
    found = {(t, c): (nullable, comment) for t, c, nullable, comment in columns}
    for table in schema.PUBLISHED:
        for name in table.columns:
            nullable, comment = found[table.name, name]
            assert nullable == (name not in table.required)
            # A usage warning may follow where what is measured is low.
            assert comment.startswith(schema.COLUMNS[name][1])
    for name, comment in query(warehouse, "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"):
        example = str(comment).partition("Example: ")[2]
        assert example, name
        query(warehouse, example)
    assert query(warehouse, "SELECT speaker_name, quotes FROM speakers ORDER BY 1")[0] == ("Speaker 0", 1)
    assert query(warehouse, "SELECT feed, stories, rejects FROM feeds") == [("north", 3, 0)]


def test_quotes_once_counts_copies_and_keeps_short_words_of_other_stories_apart(warehouse: Path) -> None:
    words = "The quay will stay open all winter"
    items = [
        rows.Item(f"s{n}", f"Story {n} stands here.", f"urn:{n}", quotes=((words, "Ada Holm"), ("Yes", "Ada Holm")))
        for n in range(3)
    ]
    load_and_publish(warehouse, items)
    found = query(warehouse, "SELECT quote_text, copies, stories FROM quotes_once ORDER BY copies DESC")
    assert found == [(words, 3, 3), ("Yes", 1, 1), ("Yes", 1, 1), ("Yes", 1, 1)]


def test_nothing_is_rewritten_when_nothing_changed(published: Path) -> None:
    before = files(published)
    with open_lake(published) as lake:
        report = refresh(lake, published, LATER)
    assert (report.rewritten, report.removed, report.database_built) == (0, 0, False)
    assert files(published) == before


def test_only_changed_partitions_are_rewritten_and_an_emptied_year_goes(published: Path) -> None:
    before = files(published)
    kill = rows.Item(
        "kill", "Kill it.", "urn:wire:4", published_at=datetime(2016, 2, 1, tzinfo=UTC), quotes=(),
        facts={"item_kind": "kill", "status": "canceled"},
    )  # fmt: skip
    report = load_and_publish(published, [kill])
    assert (report.rewritten, report.removed) == (2, 3), "entities and tombstones"
    after = files(published)
    assert not [name for name in after if "year=2016" in name]
    assert not (published / "parquet/quotes/year=2016").exists()
    changed = {name for name in after if after[name] != before[name]}
    parts = {"parquet/entities/part-0.parquet", "parquet/tombstones/part-0.parquet"}
    assert changed == {*parts, "parquet/.published.json", "copydesk.duckdb"}


@pytest.mark.parametrize(
    "damage", ["missing part", "cut part", "missing database", "leftovers", "stale state", "no state"]
)
def test_the_next_publish_makes_good_what_a_crash_left(published: Path, damage: str) -> None:
    part = published / "parquet/quotes/year=2015/part-0.parquet"
    expected = part.read_bytes()
    if damage == "missing part":
        part.unlink()
    elif damage == "cut part":
        part.write_bytes(expected[:100])
    elif damage == "missing database":
        (published / "copydesk.duckdb").unlink()
    elif damage == "leftovers":
        part.with_name(".part-0.parquet.99.tmp").write_bytes(b"old words")
        (published / ".copydesk.duckdb.99.tmp").write_bytes(b"old words")
        (published / "parquet/quotes/year=1800").mkdir()
        (published / "parquet/quotes/year=1800/part-0.parquet").write_bytes(expected)
    elif damage == "stale state":
        (published / "parquet/.published.json").write_text('{"layout": "old"')
    else:
        (published / "parquet/.published.json").unlink()
    with open_lake(published) as lake:
        refresh(lake, published)
    assert part.read_bytes() == expected
    assert query(published, "SELECT count(*) FROM quotes") == [(6,)]
    assert not [*published.rglob("*.tmp")]
    assert not (published / "parquet/quotes/year=1800").exists()


def test_a_large_year_is_cut_into_months_and_a_large_month_into_days(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.lake.selects._STANDING", _STANDING.replace(f"<= {LARGE}", "<= 3"))
    days = [(2014, 5, 1)] * 2 + [(2015, 1, 9)] * 2 + [(2015, 3, 1)] * 2 + [(2015, 3, 9)] * 2
    times = [datetime(*day, 2, tzinfo=UTC) for day in days]
    dated = [
        rows.Item(i.name, i.body, i.guid, published_at=time, quotes=i.quotes)
        for i, time in zip(rows.numbered(8), times, strict=True)
    ]
    load_and_publish(warehouse, dated[:5])
    names = sorted(
        str(p.relative_to(warehouse / "parquet/quotes")) for p in (warehouse / "parquet/quotes").rglob("*.p*")
    )
    assert names == ["year=2014/part-0.parquet", "year=2015/part-0.parquet"]
    load_and_publish(warehouse, dated[5:])
    assert sorted(p.name for p in (warehouse / "parquet/quotes/year=2015").iterdir()) == [
        "part-01.parquet", "part-03-01.parquet", "part-03-09.parquet",
    ]  # fmt: skip
    frame = pd.read_parquet(warehouse / "parquet/quotes")
    assert len(frame) == 8
    assert query(warehouse, "SELECT count(*), count(DISTINCT quote_id) FROM quotes") == [(8, 8)]
    ordered = [time for (time,) in query(warehouse, "SELECT published_at FROM articles ORDER BY rowid")]
    assert ordered == sorted(ordered)
    late = rows.Item("late", "One more.", "urn:late", published_at=datetime(2015, 3, 9, 5, tzinfo=UTC), quotes=())
    report = load_and_publish(warehouse, [late])
    assert (report.rewritten, report.removed) == (1, 0), "articles of that day"


def everything_published(warehouse: Path) -> bytes:
    """All bytes a reader can get at: files as they lie, and tables as text (Parquet and DuckDB compress)."""
    found = [
        p.read_bytes() for p in [*(warehouse / "parquet").rglob("*"), warehouse / "copydesk.duckdb"] if p.is_file()
    ]
    found += [
        str(pq.read_table(p, partitioning=None).to_pylist()).encode()
        for p in (warehouse / "parquet").rglob("*.parquet")
    ]
    names = query(warehouse, "SELECT schema_name, table_name FROM duckdb_tables() UNION ALL "
                             "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal")  # fmt: skip
    found += [str(query(warehouse, f'SELECT * FROM "{space}"."{name}"')).encode() for space, name in names]
    return b"\n".join(found)


SECRET = rows.Item(
    "secret", "Zirkon the swindler took the money, the board said.", "urn:secret",
    quotes=(("Zirkon took it all,", "Zirkon Vane"),), facts={"headline": "Zirkon swindle", "slugline": "zirkon"},
)  # fmt: skip


@pytest.mark.parametrize("order", ["kill first", "published in between"])
def test_no_word_of_a_killed_story_is_left_in_what_is_published(warehouse: Path, order: str) -> None:
    others = rows.numbered(2)
    kill = rows.Item("k", "", "urn:secret", quotes=(), facts={"item_kind": "kill", "status": "canceled"})
    if order == "published in between":
        load_and_publish(warehouse, [*others, SECRET])
        assert b"Zirkon" in everything_published(warehouse)
        load_and_publish(warehouse, [kill])
    else:
        load_and_publish(warehouse, [kill, *others])
        load_and_publish(warehouse, [SECRET])
    assert b"zirkon" not in everything_published(warehouse).lower()
    assert query(warehouse, "SELECT count(*), count(DISTINCT article_id) FROM quotes") == [(2, 2)]
    with open_lake(warehouse, read_only=True) as lake:
        states = dict(lake.con.execute("SELECT article_id, withheld_reason FROM lake.story_versions").fetchall())
    assert (states[SECRET.article_id], states[kill.article_id]) == ("killed", "notice")


HIDDEN: dict[str, dict[str, object]] = {
    "embargo": {"embargo_at": LATER},
    "status": {"status": "withheld"},
    "withhold": {"item_kind": "withhold", "status": "withheld"},
    "advisory": {"item_kind": "advisory"},
}


def test_what_may_not_be_seen_is_not_published(warehouse: Path) -> None:
    hidden = [
        rows.Item(name, f"{SECRET.body} {name}", f"urn:{name}", quotes=SECRET.quotes, facts=SECRET.facts | facts)
        for name, facts in HIDDEN.items()
    ]
    load_and_publish(warehouse, [*rows.numbered(1), *hidden])
    assert b"zirkon" not in everything_published(warehouse).lower()
    with open_lake(warehouse, read_only=True) as lake:
        reasons = dict(lake.con.execute("SELECT article_id, withheld_reason FROM lake.story_versions").fetchall())
    assert [reasons[item.article_id] for item in hidden] == ["embargoed", "withheld", "withheld", "notice"]


def test_an_embargoed_story_is_published_when_its_time_has_come_without_a_new_delivery(warehouse: Path) -> None:
    hidden = rows.Item("secret", SECRET.body, "urn:secret", quotes=SECRET.quotes, facts={"embargo_at": LATER})
    load_and_publish(warehouse, [hidden], LATER - timedelta(seconds=1))
    assert query(warehouse, "SELECT count(*) FROM quotes") == [(0,)]
    with open_lake(warehouse) as lake:
        refresh(lake, warehouse, LATER)
        assert query(warehouse, "SELECT speaker_name FROM quotes") == [("Zirkon Vane",)]
        # A clock that was put back must not show what was out, nor keep what the flag of a later clock let out.
        publish(lake, warehouse, LATER - timedelta(days=1))
    assert query(warehouse, "SELECT count(*) FROM quotes") == [(0,)]


def test_an_older_version_that_comes_late_changes_nothing(warehouse: Path) -> None:
    versions = {
        number: rows.Item(
            f"v{number}", f"Version {number} of the story.", "urn:wire:9", quotes=((f"Words {number}", "Ada Holm"),),
            facts={"delivered_version": str(number)},
        )
        for number in (1, 2)
    }  # fmt: skip
    load_and_publish(warehouse, [versions[2]])
    load_and_publish(warehouse, [versions[1]])
    assert query(warehouse, "SELECT quote_text FROM quotes") == [("Words 2",)]
    assert query(warehouse, "SELECT version_index, version_count FROM articles") == [(2, 2)]
    assert query(warehouse, "SELECT entity_name, mention_count, article_count FROM entities") == [("Ada Holm", 1, 1)]
    with open_lake(warehouse, read_only=True) as lake:
        assert lake.con.execute("SELECT mention_count, article_count FROM lake.entities").fetchall() == [(2, 2)]


def test_only_speech_is_published_and_the_lake_keeps_the_rest(warehouse: Path) -> None:
    with open_lake(warehouse) as lake:
        items = rows.numbered(2)
        rows.load(lake, items)
        lake.con.execute(
            "UPDATE lake.quotes SET quote_kind = 'not_quotation' WHERE article_id = ?", [items[0].article_id]
        )
        assert refresh(lake, warehouse).rows["quotes"] == 1
        assert lake.con.execute("SELECT count(*) FROM lake.quotes").fetchall() == [(2,)]
    assert query(warehouse, "SELECT article_id FROM quotes") == [(items[1].article_id,)]


def test_copies_share_a_cluster_and_a_kill_of_the_agencys_takes_both_down(warehouse: Path) -> None:
    body = " ".join(f"The board of pier {n} met and put off vote number {n}." for n in range(12))
    agency = rows.Item("m", body, "urn:m", provider="Meridian", quotes=(), facts={"agency": "Meridian"})
    copy = rows.Item("h", f"{body} Local news.", "urn:h", provider="Herald", quotes=(), facts={"agency": "Meridian"})
    load_and_publish(warehouse, [copy, agency])
    assert query(warehouse, "SELECT DISTINCT cluster_id FROM articles") == [(agency.article_id,)]
    kill = rows.Item(
        "k", "", "urn:m", provider="Meridian", quotes=(), facts={"item_kind": "kill", "status": "canceled"}
    )
    load_and_publish(warehouse, [kill])
    assert query(warehouse, "SELECT count(*) FROM articles") == [(0,)]


def test_open_readers_keep_what_they_opened_and_never_block_a_publish(warehouse: Path) -> None:
    load_and_publish(warehouse, rows.numbered(2))
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as reader:
        load_and_publish(warehouse, rows.numbered(2, start=2))
        assert reader.execute("SELECT count(*) FROM quotes").fetchall() == [(2,)]
    assert query(warehouse, "SELECT count(*) FROM quotes") == [(4,)]


def test_an_empty_lake_publishes_empty_tables(warehouse: Path) -> None:
    with open_lake(warehouse) as lake:
        report = refresh(lake, warehouse)
    assert set(report.rows.values()) == {0}
    assert query(warehouse, "SELECT count(*) FROM articles") == [(0,)]


def test_rows_of_an_older_version_that_lack_a_required_column_are_named(warehouse: Path) -> None:
    with open_lake(warehouse) as lake:
        rows.load(lake, rows.numbered(1))
        resolve_lake(lake, as_of=rows.NOW)
        lake.con.execute("ALTER TABLE lake.quotes DROP COLUMN quote_form")
    with (
        open_lake(warehouse) as lake,
        pytest.raises(LakeError, match="quotes cannot be published: quote_form came with"),
    ):
        publish(lake, warehouse, rows.NOW)
