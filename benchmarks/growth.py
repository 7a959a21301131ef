"""Cost of linking 1,000 new stories, by the size of the lake that they are added to.

    python -m benchmarks.growth [--corpus DIR] [--sizes 10000,100000,1000000] [--linked N] [--peer PYTHON]

DIR holds `wikinews_2019_2020.jsonl.gz`; by default `$COPYDESK_EVAL/bench`. Texts are made from it: each is a story
of the corpus with two words in five replaced by others of the corpus, so that phrases return as they do on a wire.
Of the new stories one in five is a cut copy of an old one. No more than N stories are loaded and linked; what a larger
lake holds beyond them is written into its tables as it would be for stories that share nothing.
PYTHON is an interpreter that has rensa, whose MinHash signatures of 5,000 of the texts are timed beside our
sketches, index, pairs and clusters; `--sizes ""` does that alone.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from etl import schema
from etl.lake import open_lake
from etl.lake.commit import commit_batch
from etl.lake.connect import Lake
from etl.lake.link import resolve_lake
from etl.resolve.clusters import cluster_texts
from etl.resolve.pairing import NUMBER_BITS
from etl.resolve.shingles import GRAM_BITS

NOW = datetime(2031, 4, 2, tzinfo=UTC)
ADDED = 1_000
_CHUNK = 10_000
_ROWS_AT_ONCE = 20_000_000
_REPLACED = 0.4
_PEER = """
import json, sys, time, rensa
texts = json.load(sys.stdin)
start = time.process_time()
for text in texts:
    words = text.lower().split()
    m = rensa.RMinHash(num_perm=128, seed=1)
    m.update([" ".join(words[n:n + 4]) for n in range(len(words) - 3)])
    m.digest()
print(time.process_time() - start)
"""


class Texts:
    """Texts made from a corpus; number n is the same text at every call."""

    def __init__(self, corpus: Path) -> None:
        """Read the stories once."""
        with gzip.open(corpus / "wikinews_2019_2020.jsonl.gz", "rt", encoding="utf-8") as lines:
            stories = [str(json.loads(line)["text"]).split() for line in lines]
        self._words = np.array(sorted({word for story in stories for word in story}), dtype=object)
        number = {word: n for n, word in enumerate(self._words)}
        self._stories = [np.array([number[w] for w in story]) for story in stories if len(story) > 40]
        self._used = np.concatenate(self._stories)

    def make(self, n: int) -> str:
        """Text number n."""
        rng = np.random.default_rng(n)
        story = self._stories[rng.integers(len(self._stories))].copy()
        places = rng.random(len(story)) < _REPLACED
        story[places] = self._used[rng.integers(len(self._used), size=int(places.sum()))]
        return " ".join(self._words[story])


def _filler(dtype: pa.DataType, count: int) -> pa.Array:
    if pa.types.is_list(dtype):
        return pa.array([[]] * count, dtype)
    value = "x" if pa.types.is_string(dtype) else False if pa.types.is_boolean(dtype) else 0
    return pa.array([value] * count, dtype)


def _table(name: str, count: int, columns: Mapping[str, Sequence[object]]) -> pa.Table:
    arrays = []
    for field in schema.core(name).schema:
        if field.name in columns:
            arrays.append(pa.array(columns[field.name], field.type))
        elif field.nullable:
            arrays.append(pa.nulls(count, field.type))
        elif pa.types.is_timestamp(field.type):
            arrays.append(pa.array([NOW] * count, field.type))
        else:
            arrays.append(_filler(field.type, count))
    return pa.Table.from_arrays(arrays, schema=schema.core(name).schema)


def _load(lake: Lake, texts: list[str], first: int) -> None:
    """Commit stories as a run does, one a file, without reading them from one."""
    names = [str(first + n) for n in range(len(texts))]
    shas = [hashlib.sha256(name.encode()).hexdigest() for name in names]
    day = [NOW - timedelta(minutes=(first + n) % 500_000) for n in range(len(texts))]
    articles: dict[str, Sequence[object]] = {
        "article_id": [f"art-{sha[:20]}" for sha in shas],
        "chain_key": [f"guid:urn:{name}" for name in names],
        "chain_rule": ["guid"] * len(names),
        "guid": [f"urn:{name}" for name in names],
        "provider": [f"Outlet {int(name) % 40}" for name in names],
        "slugline": [f"Slug-{int(name) % 5000}" for name in names],
        "text": texts,
        "body": texts,
        "published_at": day,
        "status": ["usable"] * len(names),
        "item_kind": ["story"] * len(names),
        "raw_sha256": shas,
    }
    batch = {
        "raw_files": _table("raw_files", len(names), {"raw_sha256": shas}),
        "articles": _table("articles", len(names), articles),
    }
    files = [(sha, "x") for sha in shas]
    commit_batch(lake, batch, batch_id=f"batch-{first}", run_id="run", files=files, loaded_at=NOW)


def _added(texts: Texts, size: int, round_number: int) -> list[str]:
    """New stories, one in five a cut copy of an old one."""
    rng = random.Random(round_number)
    start = 10_000_000 + round_number * ADDED
    found = []
    for n in range(ADDED):
        if n % 5:
            found.append(texts.make(start + n))
        else:
            words = texts.make(rng.randrange(size)).split()
            found.append(" ".join(words[: max(60, len(words) // 2)]))
    return found


# What `_pad` writes for story number n, by table; `lake.articles` and others come by a template of one row.
_PADDING = {
    "main.raw_files": "SELECT t.* REPLACE (md5(n::VARCHAR) || md5('f' || n) AS raw_sha256) FROM template_files t, made",
    "main.articles": """SELECT t.* REPLACE ('art-' || md5('a' || n)[:20] AS article_id, 'urn:' || n AS guid,
        'guid:urn:' || n AS chain_key, md5(n::VARCHAR) || md5('f' || n) AS raw_sha256)
        FROM template_articles t, made""",
    "main.story_versions": """SELECT t.* REPLACE ('art-' || md5('a' || n)[:20] AS article_id,
        'story-' || md5('s' || n)[:20] AS story_id) FROM template_versions t, made""",
    "internal.link_versions": """SELECT t.* REPLACE (n AS number, 'art-' || md5('a' || n)[:20] AS article_id,
        'guid:urn:' || n AS chain_key, md5('m' || n) AS text_mark, 'urn:' || n AS guid,
        (hash('t' || n) >> 1)::BIGINT AS text_id) FROM (FROM lake.internal.link_versions LIMIT 1) t, made""",
    "internal.link_keys": """SELECT n, (hash(n * 8 + k) >> 1)::BIGINT, 1 + 2 * (k = 0)::INTEGER
        FROM made, range({keys}) r(k) ORDER BY n""",
    "internal.link_sketches": """SELECT t.* REPLACE (n AS number, (hash('t' || n) >> 1)::BIGINT AS text_id)
        FROM (FROM lake.internal.link_sketches WHERE NOT is_short LIMIT 1) t, made""",
}
_POSTINGS = """SELECT ((i * {step} + hash(i) % {step})::BIGINT << {bits}) | ({first} + hash(-i) % {count})::BIGINT
    FROM range({start}, {end}) r(i)"""


def _pad(lake: Lake, folder: Path, first: int, count: int) -> None:
    """Make the lake what it would be with `count` more stories that share nothing, numbered from `first`."""
    con = lake.con
    con.execute("SET memory_limit = '3GB'")
    con.execute("SET temp_directory = ?", [str(folder / "spill")])
    for name, table in (("files", "raw_files"), ("articles", "articles"), ("versions", "story_versions")):
        con.register(f"template_{name}", _table(table, 1, {}))
    con.execute(f"CREATE OR REPLACE TEMP TABLE made AS SELECT range AS n FROM range({first}, {first + count})")
    keys, grams = (_per_story(con, name, first) for name in ("link_keys", "link_postings"))
    for table, query in _PADDING.items():
        con.execute(f"INSERT INTO lake.{table} {query.format(keys=keys)}")
    total = count * grams
    for part in range(0, total, _ROWS_AT_ONCE):
        limits = {"start": part, "end": min(part + _ROWS_AT_ONCE, total)}
        step = (1 << GRAM_BITS) // total
        query = _POSTINGS.format(step=step, bits=NUMBER_BITS, first=first, count=count, **limits)
        con.execute(f"INSERT INTO lake.internal.link_postings {query}")
    con.execute("UPDATE lake.internal.bookmarks SET snapshot = ?", [lake.snapshot()])


def _per_story(con: duckdb.DuckDBPyConnection, table: str, stories: int) -> int:
    row = con.execute(f"SELECT count(*) FROM lake.internal.{table}").fetchone()
    return round(row[0] / stories) if row else 0


def measure(texts: Texts, size: int, linked: int, folder: Path, rounds: int = 3) -> Iterator[tuple[float, float]]:
    """(CPU, wall) seconds of linking each of some batches of new stories in a lake of `size` stories."""
    with open_lake(folder) as lake:
        began = time.perf_counter()
        real = min(size, linked)
        for start in range(0, real, _CHUNK):
            count = min(_CHUNK, real - start)
            _load(lake, [texts.make(n) for n in range(start, start + count)], start)
        resolve_lake(lake, NOW)
        if size > real:
            _pad(lake, folder, real, size - real)
        print(f"  a lake of {size:,} stories in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        for number in range(rounds):
            _load(lake, _added(texts, real, number), 10_000_000 + number * ADDED)
            cpu, wall = time.process_time(), time.perf_counter()
            written = resolve_lake(lake, NOW)
            yield time.process_time() - cpu, time.perf_counter() - wall
            if written["syndication"] < ADDED // 5:
                raise AssertionError(f"only {written['syndication']} rows of copies: the copies were not found")


def _speed(texts: Texts, peer: str | None) -> None:
    some = [texts.make(n) for n in range(5_000)]
    cpu = time.process_time()
    cluster_texts(some)
    ours = len(some) / (time.process_time() - cpu)
    print(f"near-duplicates            {ours:>10,.0f} stories/s, sketches, index, verified pairs and clusters")
    if peer is None:
        print("rensa: NOT MEASURED, no --peer named")
        return
    done = subprocess.run([peer, "-c", _PEER], input=json.dumps(some), capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"rensa: NOT MEASURED, {done.stderr.strip().splitlines()[-1]}")
        return
    theirs = len(some) / float(done.stdout)
    print(f"rensa, signatures alone    {theirs:>10,.0f} stories/s; ours is {ours / theirs:.2f} x")


def main() -> None:
    """Print a line for each size, and the speed of both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="folder of the benchmark texts")
    parser.add_argument("--sizes", default="10000,100000,1000000", help="stories in the lake before, by commas")
    parser.add_argument("--linked", type=int, default=10_000, help="stories that are linked one by one at most")
    parser.add_argument("--peer", help="Python interpreter that has rensa")
    options = parser.parse_args()
    corpus = options.corpus
    if corpus is None and os.environ.get("COPYDESK_EVAL"):
        corpus = Path(os.environ["COPYDESK_EVAL"]) / "bench"
    if corpus is None:
        sys.exit("growth: NOT MEASURED, no corpus named")
    texts = Texts(corpus)
    if options.peer or not options.sizes:
        _speed(texts, options.peer)
    least = None
    for size in map(int, filter(None, options.sizes.split(","))):
        with tempfile.TemporaryDirectory() as folder:
            found = list(measure(texts, size, options.linked, Path(folder)))
        cpu, wall = min(c for c, _ in found), min(w for _, w in found)
        least = least or cpu
        beside = f"{cpu / least:.2f} x the first size"
        print(f"{ADDED:,} stories to {size:>9,}: {cpu:6.2f} s CPU, {wall:6.2f} s wall; {beside}", flush=True)


if __name__ == "__main__":
    main()
