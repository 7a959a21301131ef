"""Typical questions on a million articles: our `copydesk.duckdb` beside bare DuckDB tables, in one run.

    python -m benchmarks.queries [--articles 1000000] [--folder DIR] [--json]

Rows are generated (three quotations an article) as published Parquet; `build_database`, which every publish uses,
makes our file of them, and `CREATE TABLE AS` the bare one. Each query of `benchmarks/queries.sql` is run on both,
alternately, and the medians are compared. The first page of a search (its newest 20) is compared with ILIKE over
the same texts, and must find what a scan for the words finds. Times are processor time over all threads, since
other work on the machine moves the clock more than the query does.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from etl import schema
from etl.lake import ddl, open_lake
from etl.lake.database import build_database

QUERIES = Path(__file__).parent / "queries.sql"
REPEATS = 5
ENOUGH = 0.5
"""Seconds of work on each side that a median stands on; slow queries are run `REPEATS` times all the same."""

# What generated columns hold; columns that are not named here are null, empty or of their type's zero.
_ARTICLE = {
    "article_id": "printf('art-%020d', n)",
    "story_id": "printf('story-%020d', n)",
    "published_at": "TIMESTAMPTZ '2020-01-01 00:00:00+00' + to_seconds(n * 120)",
    "provider": "'Agency ' || n % 12",
    "headline": "'Headline of story ' || n || ' about ' || w[1 + n % 2000]",
    "body": "array_to_string([w[1 + CAST(2000 * pow(hash(n * 131 + i) / 18446744073709551616.0, 3) AS INT)] "
    "FOR i IN range(120)], ' ')",
    "word_count": "hash(n)::HUGEINT % 900",
    "dateline_city": "'City ' || n % 500",
    "dateline_country_code": "['FR', 'US', 'GB', 'DE', 'IN', 'BR', NULL][1 + n % 7]",
    "subjects": "[{'code': '2000' || n % 40, 'scheme': 'medtop', 'name': NULL}]",
    "signals": "CASE WHEN n % 50 = 0 THEN ['correction'] ELSE [] END",
    "cluster_id": "CASE WHEN n % 10 = 0 THEN printf('art-%020d', n - n % 30) END",
}
_QUOTE = {
    "quote_id": "printf('quo-%020d', q)",
    "article_id": "printf('art-%020d', n)",
    "story_id": "printf('story-%020d', n)",
    "published_at": _ARTICLE["published_at"],
    "provider": _ARTICLE["provider"],
    "headline": _ARTICLE["headline"],
    "quote_text": "array_to_string([w[1 + CAST(2000 * pow(hash(q * 137 + i) / 18446744073709551616.0, 3) AS INT)] "
    "FOR i IN range(18)], ' ')",
    "quote_start": "100 * (q % 3)",
    "quote_type": "['direct', 'indirect', 'mixed'][1 + (hash(q) % 3)::INT]",
    "cue_text": "['said', 'says', 'told', 'added', 'warned'][1 + (hash(q) % 5)::INT]",
    "speaker_name": "CASE WHEN hash(q) % 5 > 0 THEN 'Speaker ' || hash(q * 7) % 20000 END",
    "is_anonymous": "hash(q) % 9 = 0",
    "quote_confidence": "(50 + hash(q) % 50) / 100.0",
}
# Words by how many rows hold them: of quotations 0.3, 2 and 20 in a hundred; the last ones are rare together.
_SEARCHES = {"rare word": "w1999", "common word": "w100", "commonest word": "w1", "two words": "w1998 w1997"}


def queries() -> Iterator[tuple[str, str]]:
    """Name and SQL of each query of the file."""
    for part in re.split(r"^-- ", QUERIES.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, _, sql = part.partition("\n")
        if sql.strip():
            yield name, sql.strip().rstrip(";")


def _generate(
    con: duckdb.DuckDBPyConnection, table: schema.Table, given: dict[str, str], source: str, to: Path
) -> None:
    columns = ", ".join(
        f"({given.get(f.name, 'NULL' if f.nullable else _zero(f.name, ddl.duckdb_type(f.type)))})::"
        f"{ddl.duckdb_type(f.type)} AS {ddl.quote_name(f.name)}"
        for f in table.schema
    )
    con.execute(f"COPY (SELECT {columns} FROM {source}) TO '{to}' (FORMAT parquet, COMPRESSION zstd)")


def _zero(name: str, dtype: str) -> str:
    if dtype.endswith("[]"):
        return "[]"
    return {"VARCHAR": f"'{name}'", "BOOLEAN": "true"}.get(dtype, "0")


def build(folder: Path, articles: int) -> tuple[Path, Path, float, float]:
    """Our database, the bare one, and the processor seconds that ours took without and with the word indexes."""
    words = "(SELECT ['w' || i FOR i IN range(2001)] AS w)"
    made = {"articles": folder / "articles.parquet", "quotes": folder / "quotes.parquet"}
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        source = f"(SELECT range AS n FROM range({articles})), {words}"
        _generate(con, schema.published("articles"), _ARTICLE, source, made["articles"])
        source = f"(SELECT range AS q, range // 3 AS n FROM range({3 * articles})), {words}"
        _generate(con, schema.published("quotes"), _QUOTE, source, made["quotes"])
    ours, bare = folder / "copydesk.duckdb", folder / "bare.duckdb"
    files = {t.name: [made[t.name]] if t.name in made else [] for t in schema.PUBLISHED}
    with open_lake(folder / "lake") as lake:
        started = time.process_time()
        build_database(lake, ours, files, index=False)
        between = time.process_time()
        build_database(lake, ours, files)
        seconds = between - started, time.process_time() - between
    bare.unlink(missing_ok=True)
    with duckdb.connect(str(bare)) as con:
        for name, path in made.items():
            con.execute(f"CREATE TABLE {name} AS FROM '{path}'")
    return ours, bare, *seconds


def compare(ours: Path, bare: Path) -> Iterator[dict[str, object]]:
    """For each question the median milliseconds on both sides and their ratio."""
    with duckdb.connect(str(ours), read_only=True) as left, duckdb.connect(str(bare), read_only=True) as right:
        for name, sql in queries():
            yield _row(name, *_medians((left, sql), (right, sql)))
        for name, words in _SEARCHES.items():
            for table, text in (("quotes", "quote_text"), ("articles", "concat_ws(' ', headline, body)")):
                call = f"search_{table}('{words}'"
                _check(left, f"SELECT count(*) FROM {call})", table, text, words.split())
                scan = f"SELECT count(*) FROM {table} WHERE {text.split()[-1].strip(')')} ILIKE '%{words.split()[0]}%'"
                page = f"SELECT * FROM {call}, newest := 20) ORDER BY published_at DESC"
                yield _row(f"search {table}, {name}", *_medians((left, page), (right, scan)))


def _check(con: duckdb.DuckDBPyConnection, search: str, table: str, text: str, words: list[str]) -> None:
    held = " AND ".join(f"regexp_matches({text}, '\\b{word}\\b', 'i')" for word in words)
    found, scanned = (
        con.execute(search).fetchall(),
        con.execute(f"SELECT count(*) FROM {table} WHERE {held}").fetchall(),
    )
    assert found == scanned, f"{search} gives {found}, a scan {scanned}"


Side = tuple[duckdb.DuckDBPyConnection, str]


def _medians(one: Side, other: Side) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    while len(times[0]) < REPEATS or (sum(times[0]) < 1000 * ENOUGH and len(times[0]) < 20 * REPEATS):
        for (con, sql), taken in zip((one, other), times, strict=True):
            started = time.process_time()
            con.execute(sql).fetchall()
            taken.append(1000 * (time.process_time() - started))
    return statistics.median(times[0]), statistics.median(times[1])


def _row(name: str, ours: float, bare: float) -> dict[str, object]:
    return {"question": name, "ours_ms": round(ours, 1), "bare_ms": round(bare, 1), "ratio": round(ours / bare, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the generated files here; by default they are removed")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        ours, bare, plain, indexed = build(folder, arguments.articles)
        size = ours.stat().st_size / bare.stat().st_size
        if not arguments.json:
            print(
                f"{arguments.articles:,} articles; our file takes {indexed:.1f} s of processor time, "
                f"without word indexes {plain:.1f} s; it is {size:.2f} times the bare one"
            )
        for row in compare(ours, bare):
            shown = (
                json.dumps(row) if arguments.json else "{question:34} {ours_ms:9} {bare_ms:9} {ratio:6}".format(**row)
            )
            print(shown, flush=True)


if __name__ == "__main__":
    main()
