"""Entity ids under shuffles: the same stories in another order, in batches of another size, give the same ids.

    COPYDESK_EVAL=/path/to/gold python -m benchmarks.identity [--stories N] [--shuffles N] [--sizes 7 40 0]

Reads stories of the bench corpus, then resolves them in an empty lake in memory, batch by batch; a size of 0 is all
stories at once. Exit status 1 when any of the tables of entities differs. Without COPYDESK_EVAL nothing is measured,
and the command says so. `--growth` needs no gold data: see `benchmarks.identity_growth`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from benchmarks.identity_growth import report
from benchmarks.tasks.entities import read_documents
from etl import schema
from etl.lake import ddl
from etl.lake.entities import resolve_entities
from etl.lake.entity_changes import Side, between
from etl.lake.entity_state import ENTITY_STATE, resolved
from etl.rows import Origin, story_rows

Row = dict[str, Any]
Story = Mapping[str, Sequence[Row]]

_CORPUS = "bench/wikinews_2019_2020.jsonl.gz"
_TABLES = ("articles", "article_entities", "mentions")
_COMPARED = ("entities", "entity_aliases", "entity_senses")


def scratch_lake() -> duckdb.DuckDBPyConnection:
    """A connection with an empty lake in memory: the core tables and the state of entity resolution."""
    con = duckdb.connect(":memory:", config={"threads": 1})
    con.execute("SET TimeZone = 'UTC'")
    con.execute("ATTACH ':memory:' AS lake")
    con.execute("CREATE SCHEMA lake.internal")
    for table in schema.CORE:
        con.execute(ddl.create_table(table, f"lake.{table.name}"))
    for statement in ENTITY_STATE.values():
        con.execute(statement)
    return con


def add_stories(con: duckdb.DuckDBPyConnection, stories: Sequence[Story]) -> None:
    """Add the rows of stories to the lake and resolve what they changed."""
    for name in _TABLES:
        table = schema.core(name)
        rows = [row for story in stories for row in story[name]]
        fields = [pa.field(f.name, f.type) for f in table.schema]
        con.register("incoming", pa.Table.from_pylist(rows, schema=pa.schema(fields)))
        columns = ddl.column_list(table)
        con.execute(f"CREATE OR REPLACE TEMP TABLE came_{name} AS SELECT {columns} FROM incoming")
        con.execute(f"INSERT INTO lake.{name} ({columns}) SELECT {columns} FROM incoming")
        con.unregister("incoming")
    resolve_entities(con, between(con, _side("came_{}"), _side("lake.{}", "false")))


def remove_stories(con: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> None:
    """Take articles out of the lake and resolve what that changed."""
    for name in _TABLES:
        where = "article_id IN (SELECT unnest(?::VARCHAR[]))"
        con.execute(f"CREATE OR REPLACE TEMP TABLE went_{name} AS SELECT * FROM lake.{name} WHERE {where}", [ids])
        con.execute(f"DELETE FROM lake.{name} WHERE {where}", [ids])
    resolve_entities(con, between(con, _side("lake.{}", "false"), _side("went_{}")))


def _side(relation: str, where: str = "true") -> Side:
    return Side(*(f"(SELECT 0 AS snapshot_id, * FROM {relation.format(t)} WHERE {where})" for t in _TABLES))


def outcome(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """All that entity resolution decided: the compared tables, and the entity of every mention."""
    found = {name: con.execute(f"SELECT * FROM lake.{name} ORDER BY ALL").fetchall() for name in _COMPARED}
    value, joins = resolved("c.entity_id", "c.article_id", "e")
    found["mentions"] = con.execute(
        f"SELECT c.mention_id, {value} AS entity_id FROM lake.mentions c {joins} ORDER BY ALL"
    ).fetchall()
    return found


def resolve_in(stories: Sequence[Story], size: int) -> dict[str, list[tuple[Any, ...]]]:
    """What comes out when the stories arrive in this order in batches of `size` (0: all at once)."""
    con = scratch_lake()
    try:
        for start in range(0, len(stories), size or len(stories) or 1):
            add_stories(con, stories[start : start + (size or len(stories))])
        return outcome(con)
    finally:
        con.close()


def differences(
    stories: Sequence[Story], *, shuffles: int, sizes: Sequence[int]
) -> Iterator[tuple[int, int, list[str]]]:
    """Number of the shuffle, batch size, and the tables that differ from all stories at once in their order."""
    expected = resolve_in(stories, 0)
    for number in range(shuffles):
        order = list(stories)
        random.Random(number).shuffle(order)
        for size in sizes:
            found = resolve_in(order, size)
            yield number, size, [name for name in expected if found[name] != expected[name]]


def read_stories(path: Path, count: int) -> list[Story]:
    """The first stories of the corpus as core rows."""
    documents = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line, _ in zip(lines, range(count), strict=False):
            documents.append(json.loads(line))
    return [as_rows(document, *rest) for document, *rest in read_documents(documents)]


def as_rows(document: Mapping[str, Any], article: Any, reading: Any) -> Story:
    """A document that was read as core rows, published on its `date` where the text gives no time."""
    origin = Origin(str(document["doc_id"]), str(document["doc_id"]), None, "bench", "bench", "bench")
    rows: dict[str, list[Row]] = defaultdict(list, story_rows(article, reading, origin, None))
    day = datetime.fromisoformat(document["date"]).replace(tzinfo=UTC) if document.get("date") else None
    for row in rows["articles"]:
        row["published_at"] = row.get("published_at") or day
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=295)
    parser.add_argument("--shuffles", type=int, default=20)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 100, 0])
    parser.add_argument("--growth", action="store_true", help="what a batch costs by the size of the lake, and no more")
    parser.add_argument("--lakes", type=int, nargs="+", default=[1_000, 10_000, 50_000], help="stories, with --growth")
    options = parser.parse_args()
    if options.growth:
        report(options.lakes, batches=(20, 200))
        return 0
    root = os.environ.get("COPYDESK_EVAL")
    if not root:
        print("identity: NOT RUN. COPYDESK_EVAL does not name a folder of gold data.")
        return 0
    stories = read_stories(Path(root) / _CORPUS, options.stories)
    wrong = runs = 0
    for number, size, tables in differences(stories, shuffles=options.shuffles, sizes=options.sizes):
        runs += 1
        wrong += bool(tables)
        if tables:
            print(f"shuffle {number}, batches of {size or 'all'}: {', '.join(tables)} differ", flush=True)
    print(f"identity: {len(stories)} stories, {runs} runs, {runs - wrong} equal, {wrong} not")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
