"""What publishing a batch of 1,000 costs, by the size of the lake that it came into.

    python -m benchmarks.publish [--sizes 0,100000,1000000] [--json]

The lake is filled by SQL: articles of some 2.4 kB over 25 years, three quotations and eight mentions each, no entities
in common. It is published, the newest 1,000 stories are added, and it is published again; that second publish is
timed, the Parquet files apart from `copydesk.duckdb`. A size of 0 is the 1,000 alone. Times are processor seconds over
all threads.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

from etl import schema
from etl.lake import ddl, open_lake, publish
from etl.lake.connect import Lake
from etl.lake.database import build_database
from tests.lake.rows import NOW

BATCH = 1_000
_STEP = 787
"""Seconds between stories: a million are 25 years."""

_WORDS = (
    "array_to_string([w[1 + CAST(2000 * pow(hash(n * {salt} + i) / 18446744073709551616.0, 3) AS INT)] "
    "FOR i IN range({count})], ' ')"
)
_ARTICLE_ID = "'art-' || md5(n::VARCHAR)[:20]"
_SHA = "md5((n // 100)::VARCHAR) || md5((n // 100)::VARCHAR)"
_COLUMNS: dict[str, dict[str, str]] = {
    "articles": {
        "article_id": _ARTICLE_ID,
        "published_at": f"TIMESTAMPTZ '2000-01-01 00:00:00+00' + to_seconds(n * {_STEP})",
        "provider": "'Agency ' || n % 12",
        "headline": "'Story ' || n || ' about ' || w[1 + n % 2000]",
        "text": _WORDS.format(salt=131, count=400),
        "body": _WORDS.format(salt=131, count=400),
        "status": "'usable'",
        "item_kind": "'story'",
        "raw_sha256": _SHA,
    },
    "quotes": {
        "quote_id": "'quo-' || md5((n * 3 + k)::VARCHAR)[:20]",
        "article_id": _ARTICLE_ID,
        "quote_start": "100 * k",
        "quote_text": _WORDS.format(salt="13 + k", count=18),
        "quote_kind": "'speech'",
        "speaker_name": "'Speaker ' || hash(n * 7 + k) % 20000",
        "raw_sha256": _SHA,
    },
    "mentions": {
        "mention_id": "'men-' || md5((n * 8 + k)::VARCHAR)[:20]",
        "article_id": _ARTICLE_ID,
        "mention_start": "50 * k",
        "mention_text": "'Name ' || hash(n * 11 + k) % 40000",
        "entity_name": "'Name ' || hash(n * 11 + k) % 40000",
        "entity_id": "'ent-' || md5((hash(n * 11 + k) % 40000)::VARCHAR)[:20]",
        "entity_type": "'PERSON'",
        "raw_sha256": _SHA,
    },
    "article_entities": {
        "article_id": _ARTICLE_ID,
        "entity_id": "'ent-' || md5((hash(n * 11 + k) % 40000)::VARCHAR)[:20]",
        "entity_name": "'Name ' || hash(n * 11 + k) % 40000",
        "entity_type": "'PERSON'",
        "scope": "'world'",
        "raw_sha256": _SHA,
    },
    "story_versions": {
        "article_id": _ARTICLE_ID,
        "story_id": "'sto-' || md5(n::VARCHAR)[:20]",
        "version_index": "1",
        "version_count": "1",
        "is_current": "true",
        "is_published": "true",
        "link_rule": "'guid'",
    },
}
_EACH = {"quotes": 3, "mentions": 8, "article_entities": 8}


def fill(lake: Lake, first: int, last: int) -> None:
    """Add stories number `first` to before `last`, straight into the tables."""
    for name, given in _COLUMNS.items():
        table = schema.core(name)
        columns = ", ".join(
            f"({given.get(f.name, 'NULL' if f.nullable else _zero(f.name, ddl.duckdb_type(f.type)))})::"
            f"{ddl.duckdb_type(f.type)}"
            for f in table.schema
        )
        lake.con.execute(
            f"INSERT INTO lake.{name} SELECT {columns} FROM range({first}, {last}) stories(n), "
            f"range({_EACH.get(name, 1)}) parts(k), (SELECT ['w' || i FOR i IN range(2001)] AS w)"
        )


def _zero(name: str, dtype: str) -> str:
    if dtype.endswith("[]"):
        return "[]"
    return {"VARCHAR": f"'{name}'", "BOOLEAN": "false"}.get(dtype, "0")


def measure(size: int) -> dict[str, Any]:
    """Seconds for both parts of a publish of 1,000 stories into `size`, and how many files it wrote."""
    with tempfile.TemporaryDirectory() as temporary, open_lake(Path(temporary)) as lake:
        warehouse, building = Path(temporary), 0.0

        def timed(*given: Any, **named: Any) -> None:
            nonlocal building
            started = time.process_time()
            build_database(*given, **named)
            building = time.process_time() - started

        for first in range(0, size, 50_000):
            fill(lake, first, min(first + 50_000, size))
        with mock.patch("etl.lake.publish.build_database", timed):
            if size:
                publish(lake, warehouse, NOW, index=False)
            fill(lake, size, size + BATCH)
            started, wall = time.process_time(), time.perf_counter()
            report = publish(lake, warehouse, NOW)
            spent, waited = time.process_time() - started, time.perf_counter() - wall
        files = len([*(warehouse / "parquet").rglob("*.parquet")])
    return {
        "stories": size,
        "parquet_s": round(spent - building, 2),
        "database_s": round(building, 2),
        "wall_s": round(waited, 1),
        "rewritten": report.rewritten,
        "files": files,
    }


def main() -> None:
    """Measure each size and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="0,100000,1000000", help="stories before the batch, by commas")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    alone = 0.0
    for size in map(int, arguments.sizes.split(",")):
        row = measure(size)
        alone = alone or row["parquet_s"]
        if arguments.json:
            print(json.dumps(row), flush=True)
            continue
        print(
            "{stories:>9,} stories: Parquet {parquet_s} s ({ratio:.2f} times the first), {rewritten} of {files} files, "
            "database {database_s} s, {wall_s} s by the clock".format(ratio=row["parquet_s"] / alone, **row),
            flush=True,
        )


if __name__ == "__main__":
    main()
