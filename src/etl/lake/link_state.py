"""What linking keeps in the lake between runs: each version's facts and keys, and the grams of every text.

A rule that changes what is kept raises `link.RULES`, and all of it is made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from etl.resolve.keys import link_keys
from etl.resolve.pairing import (
    Counted,
    Held,
    TextFacts,
    count_shared,
    facts_of,
    held,
    verified,
)
from etl.resolve.records import Version
from etl.resolve.shingles import Sketch

_TIME = "TIMESTAMP WITH TIME ZONE"
_VERSION_COLUMNS = {
    "article_id": "VARCHAR",
    "chain_key": "VARCHAR",
    "chain_rule": "VARCHAR",
    "sender": "VARCHAR",
    "keyword": "VARCHAR",
    "text_mark": "VARCHAR",
    "guid": "VARCHAR",
    "delivered_version": "VARCHAR",
    "item_number": "VARCHAR",
    "published_at": _TIME,
    "versioned_at": _TIME,
    "precision": "VARCHAR",
    "embargo_at": _TIME,
    "status": "VARCHAR",
    "item_kind": "VARCHAR",
    "kills": "VARCHAR[]",
    "signals": "VARCHAR[]",
    "replaces": "VARCHAR[]",
    "take": "VARCHAR",
    "text_id": "BIGINT",
    "provider": "VARCHAR",
    "agency": "VARCHAR",
    "is_publishable": "BOOLEAN",
}
_TABLES = {
    "link_versions": _VERSION_COLUMNS,
    "link_keys": {"article_id": "VARCHAR", "key": "BIGINT", "role": "INTEGER"},
    "link_texts": {
        "text_id": "BIGINT",
        "held": "INTEGER",
        "sampled": "INTEGER",
        "is_short": "BOOLEAN",
        "figures": "BIGINT[]",
    },
    "link_grams": {"gram": "BIGINT", "text_id": "BIGINT"},
    "link_pairs": {"lesser": "BIGINT", "greater": "BIGINT", "shared": "BIGINT", "share": "DOUBLE"},
}
LINK_STATE = {
    name: f"CREATE TABLE lake.internal.{name} ({', '.join(f'{c} {t}' for c, t in columns.items())})"
    for name, columns in _TABLES.items()
}
"""CREATE TABLE by name, for the lake's internal schema."""

_ARROW = {
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "BIGINT[]": pa.list_(pa.int64()),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    _TIME: pa.timestamp("us", tz="UTC"),
}
_FEWEST = 2
"""Pairs that share fewer grams are never verified: their texts need not be looked up."""

Con = duckdb.DuckDBPyConnection


def forget_all(con: Con) -> None:
    """Empty the index."""
    for name in _TABLES:
        con.execute(f"DELETE FROM lake.internal.{name}")


def forget(con: Con, articles: Sequence[str]) -> None:
    """Take articles out of the versions and keys; their texts stay."""
    if articles:
        fill(con, "link_gone", {"article_id": pa.array(articles, pa.string())})
        for name in ("link_versions", "link_keys"):
            con.execute(f"DELETE FROM lake.internal.{name} WHERE article_id IN (FROM link_gone)")


def orphans(con: Con) -> bool:
    """True if the index holds a text that no article has any more: its grams may have made others common."""
    row = con.execute(
        """SELECT count(*) FROM lake.internal.link_texts
           WHERE text_id NOT IN (SELECT text_id FROM lake.internal.link_versions)"""
    ).fetchone()
    return bool(row and row[0])


def remember(con: Con, versions: Sequence[Version], sketches: Iterable[Sketch]) -> set[int]:
    """Add new versions and their texts; give the ids of old texts that some pair was taken from or given to."""
    _insert(con, "link_versions", [[getattr(v, name) for name in _VERSION_COLUMNS] for v in versions])
    _insert(con, "link_keys", [[v.article_id, k, role] for v in versions for k, role in link_keys(v).items()])
    texts = {sketch.text_id: sketch for sketch in sketches if sketch.text_id}
    fill(con, "link_new", {"text_id": pa.array(texts, pa.int64())})
    known = con.execute("SELECT text_id FROM lake.internal.link_texts SEMI JOIN link_new USING (text_id)").fetchall()
    for (text,) in known:
        del texts[text]
    return _add_texts(con, list(texts.values()))


def _add_texts(con: Con, new: Sequence[Sketch]) -> set[int]:
    if not new:
        return set()
    fresh = held(new)
    fill(con, "link_sought", {"gram": np.unique(fresh.grams).view(np.int64)})
    found = con.execute(
        "SELECT gram, text_id FROM lake.internal.link_grams SEMI JOIN link_sought USING (gram)"
    ).fetchnumpy()
    old = Held(np.asarray(found["gram"], np.int64).view(np.uint64), np.asarray(found["text_id"], np.int64))
    shared, taken, kept = count_shared(old, fresh)
    rows = [[s.text_id, len(s.grams), s.sampled, s.is_short, sorted(s.figures)] for s in new]
    _insert(con, "link_texts", rows)
    _insert_arrow(con, "link_grams", {"gram": kept.grams.view(np.int64), "text_id": kept.texts})
    wanted = shared.count >= _FEWEST
    shared = Counted(shared.left[wanted], shared.right[wanted], shared.count[wanted])
    pairs = verified(shared, _facts(con, shared, new))
    _insert(con, "link_pairs", [list(pair) for pair in pairs])
    return {text for pair in pairs for text in pair[:2]} | _take_back(con, taken)


def _take_back(con: Con, taken: Counted) -> set[int]:
    """Lessen the pairs that shared what is common now, and drop those that share too little without it."""
    if not len(taken.left):
        return set()
    fill(con, "link_taken", {"lesser": taken.left, "greater": taken.right, "taken": taken.count})
    rows = con.execute(
        """SELECT lesser, greater, shared - taken FROM lake.internal.link_pairs
           JOIN link_taken USING (lesser, greater)"""
    ).fetchall()
    if not rows:
        return set()
    left, right, count = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    fill(con, "link_lessened", {"lesser": left, "greater": right})
    con.execute(
        "DELETE FROM lake.internal.link_pairs WHERE (lesser, greater) IN (SELECT (lesser, greater) FROM link_lessened)"
    )
    lessened = Counted(left, right, count)
    _insert(con, "link_pairs", [list(pair) for pair in verified(lessened, _facts(con, lessened, ()))])
    return set(left.tolist()) | set(right.tolist())


def _facts(con: Con, pairs: Counted, new: Sequence[Sketch]) -> dict[int, TextFacts]:
    facts = {sketch.text_id: facts_of(sketch) for sketch in new}
    ids = np.setdiff1d(np.concatenate([pairs.left, pairs.right]), np.array(list(facts), np.int64))
    fill(con, "link_asked", {"text_id": ids})
    rows = con.execute(
        """SELECT text_id, held, sampled, is_short, figures FROM lake.internal.link_texts
           SEMI JOIN link_asked USING (text_id)"""
    ).fetchall()
    return facts | {row[0]: TextFacts(row[1], row[2], row[3], frozenset(row[4])) for row in rows}


def read_versions(con: Con, ids: str) -> list[Version]:
    """The versions whose article_id is in the temporary table `ids`, in order of article_id."""
    columns = ", ".join(_VERSION_COLUMNS)
    rows = con.execute(
        f"SELECT {columns} FROM lake.internal.link_versions WHERE article_id IN (FROM {ids}) ORDER BY article_id"
    ).fetchall()
    return [Version(**_tuples(dict(zip(_VERSION_COLUMNS, row, strict=True)))) for row in rows]


def read_pairs(con: Con, texts: Iterable[int]) -> list[tuple[int, int, float]]:
    """The verified pairs of which both texts are among these, in order."""
    fill(con, "link_among", {"text_id": pa.array(sorted(texts), pa.int64())})
    return con.execute(
        """SELECT lesser, greater, share FROM lake.internal.link_pairs
           WHERE lesser IN (FROM link_among) AND greater IN (FROM link_among) ORDER BY 1, 2"""
    ).fetchall()


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: tuple(row[name] or ()) for name in ("kills", "signals", "replaces")}


def fill(con: Con, name: str, columns: dict[str, Any]) -> None:
    """Make a temporary table of these columns."""
    con.register("filling", pa.table(columns))
    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM filling")
    finally:
        con.unregister("filling")


def _insert(con: Con, name: str, rows: Sequence[Sequence[Any]]) -> None:
    types = _TABLES[name]
    columns = zip(*rows, strict=True) if rows else ([] for _ in types)
    arrays = {c: pa.array(values, _ARROW[t]) for (c, t), values in zip(types.items(), columns, strict=True)}
    if rows:
        _insert_arrow(con, name, arrays)


def _insert_arrow(con: Con, name: str, columns: dict[str, Any]) -> None:
    con.register("adding", pa.table(columns))
    try:
        con.execute(f"INSERT INTO lake.internal.{name} ({', '.join(columns)}) SELECT {', '.join(columns)} FROM adding")
    finally:
        con.unregister("adding")
