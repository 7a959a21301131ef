"""Golden chains: files of every format that carries versions, and what stands of them in every order of arrival."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from etl import rows
from etl.desk import edit_story
from etl.lake import open_lake, publish
from etl.lake.commit import commit_batch
from etl.lake.connect import Lake, connect_duckdb
from etl.lake.link import FACTS, resolve_lake, version_of
from etl.readers import read
from etl.records import Delivery, Reading, Reject
from etl.resolve.clusters import cluster_texts
from etl.resolve.records import Version, VersionLink
from etl.resolve.shingles import sketch
from etl.resolve.syndication import Document, find_copies
from etl.resolve.versions import link_versions

FOLDER = Path(__file__).parent.parent / "golden" / "chains"
CASES = sorted(path.name for path in FOLDER.iterdir())
MOST_ORDERS = 120
LOADED = datetime(2031, 4, 2, 8, tzinfo=UTC)
EMPTY = Reading()


@cache
def tables(case: str, name: str) -> dict[str, pa.Table]:
    """The core rows of one file, quotes and names left out: linking does not read them."""
    path = FOLDER / case / name
    data = path.read_bytes()
    sha = hashlib.sha256(data).hexdigest()
    origin = rows.Origin(sha, f"{case}/{name}", case, "rules-1", "run-1", "batch-1")
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with path.open("rb") as stream:
        reading = read(Delivery(f"{case}/{name}", stream, len(data)))
        for item in reading.items:
            assert not isinstance(item, Reject), item
            for table, some in rows.story_rows(edit_story(item), EMPTY, origin, None).items():
                found[table] += some
    assert len(found["articles"]) == 1, name
    found["raw_files"] = [
        {"raw_sha256": sha, "path": f"{case}/{name}", "feed": case, "file_bytes": len(data), "story_count": 1,
         "reject_count": 0, "fingerprint": "rules-1", "run_id": "run-1", "batch_id": "batch-1", "loaded_at": LOADED}
    ]  # fmt: skip
    return rows.arrow_tables(found)


def names(case: str) -> list[str]:
    return sorted(path.name for path in (FOLDER / case).iterdir() if path.name != "expected.json")


def expected(case: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / case / "expected.json").read_text())
    return found


def load(lake: Lake, files: list[tuple[str, str]], number: int) -> None:
    parts = [tables(case, name) for case, name in files]
    batch = {
        table: pa.concat_tables([part[table] for part in parts]) for table in ("raw_files", "articles", "warnings")
    }
    shas = batch["raw_files"].column("raw_sha256").to_pylist()
    commit_batch(
        lake, batch, batch_id=f"batch-{number}", run_id="run-1", files=[(s, "rules-1") for s in shas], loaded_at=LOADED
    )


def stands(lake: Lake, warehouse: Path, as_of: datetime) -> dict[str, tuple[list[str], list[str], list[int]]]:
    """By case: files that stand, reasons on tombstones, numbers of missing takes."""
    resolve_lake(lake, as_of)
    publish(lake, warehouse, as_of)
    found: dict[str, tuple[list[str], list[str], list[int]]] = {case: ([], [], []) for case in CASES}
    paths = warehouse / "parquet"
    articles = f"read_parquet('{paths}/articles/*/*.parquet', hive_partitioning = false)"
    for path, missing in lake.con.execute(f"SELECT path, takes_missing FROM {articles} ORDER BY path").fetchall():
        case, _, name = path.partition("/")
        found[case][0].append(name)
        found[case][2][:] = missing
    tombs = lake.con.execute(
        f"""SELECT min(split_part(a.path, '/', 1)), t.withheld_reason
            FROM read_parquet('{paths}/tombstones/*.parquet') t
            JOIN lake.story_versions v USING (story_id) JOIN lake.articles a ON a.article_id = v.article_id
            GROUP BY t.story_id, t.withheld_reason"""
    ).fetchall()
    for case, reason in tombs:
        found[case][1].append(reason)
    return found


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_what_stands_of_each_case_in_one_lake(tmp_path: Path, seed: int | None) -> None:
    files = [(case, name) for case in CASES for name in names(case)]
    size = len(files)
    if seed is not None:
        random.Random(seed).shuffle(files)
        size = len(files) // 4
    instants = sorted({state["as_of"] for case in CASES for state in expected(case)})
    with open_lake(tmp_path) as lake:
        for number, start in enumerate(range(0, len(files), size)):
            load(lake, files[start : start + size], number)
            resolve_lake(lake, datetime.fromisoformat(instants[0]))
        seen = {as_of: stands(lake, tmp_path, datetime.fromisoformat(as_of)) for as_of in instants}
    wrong = {}
    for case in CASES:
        for state in expected(case):
            wanted = (state["published"], state["tombstones"], state["missing_takes"])
            if seen[state["as_of"]][case] != wanted:
                wrong[case, state["as_of"]] = (seen[state["as_of"]][case], wanted)
    assert not wrong, "\n".join(map(repr, wrong.items()))


@cache
def versions(case: str) -> tuple[tuple[Version, str], ...]:
    """The versions of a case with their texts, as linking reads them from the lake."""
    found = []
    with connect_duckdb() as con:
        for name in names(case):
            part = tables(case, name)
            con.register("articles", part["articles"])
            con.register("files", part["raw_files"])
            cursor = con.execute(f"SELECT {FACTS} FROM articles a JOIN files f USING (raw_sha256)")
            row = dict(zip([c[0] for c in cursor.description], cursor.fetchall()[0], strict=True))
            text = row.pop("body")
            found.append((version_of(row, int(sketch([text]).text_ids[0])), text))
    return tuple(found)


def link(some: list[tuple[Version, str]], as_of: datetime) -> list[VersionLink]:
    found = [version for version, _ in some]
    _, pairs = cluster_texts([text for _, text in some])
    ids = [version.text_id for version in found]
    named = {(min(ids[a], ids[b]), max(ids[a], ids[b]), share) for a, b, share in pairs if ids[a] != ids[b]}
    documents = [Document(v.article_id, v.text_id, v.provider, v.agency, v.published_at) for v in found if v.text_id]
    return link_versions(found, find_copies(documents, sorted(named)), as_of=as_of)


@pytest.mark.parametrize("case", CASES)
def test_every_order_of_arrival_gives_the_same_links(case: str) -> None:
    whole = list(versions(case))
    for state in expected(case):
        as_of = datetime.fromisoformat(state["as_of"])
        orders = itertools.islice(itertools.permutations(whole), MOST_ORDERS)
        results = [link(list(order), as_of) for order in orders]
        assert all(result == results[0] for result in results)
        published = [r for r in results[0] if r.is_published]
        assert len(published) == len(state["published"])


def test_there_are_cases_in_every_format_that_carries_versions() -> None:
    assert len(CASES) >= 40
    formats = ("nitf", "ninjs", "newsml_1_2", "newsml_g2", "anpa", "iptc7901", "jsonlines")
    assert all(any(case.startswith(name) for case in CASES) for name in formats)
