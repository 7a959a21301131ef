"""What linking keeps in the lake between runs: each version's facts and keys, and the grams of every text.

A rule that changes what is kept raises `link.RULES`, and all of it is made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from etl.lake.link_postings import TABLE as POSTINGS
from etl.lake.link_postings import Postings
from etl.resolve.keys import link_keys
from etl.resolve.pairing import FEWEST, Counted, Facts, count_shared, counted, postings, verified
from etl.resolve.records import Version
from etl.resolve.shingles import Lists, Numbers, Sketches

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
LINK_TABLES = {
    # numbers are given as versions come: what is new stands together in the files
    "link_versions": {"number": "BIGINT", **_VERSION_COLUMNS},
    "link_keys": {"number": "BIGINT", "key": "BIGINT", "role": "INTEGER"},
    "link_sketches": {
        "number": "BIGINT",
        "text_id": "BIGINT",
        "held": "INTEGER",
        "sampled": "INTEGER",
        "is_short": "BOOLEAN",
        "figures": "BIGINT[]",
    },
    POSTINGS: {"posting": "BIGINT"},
    "link_pairs": {"lesser": "BIGINT", "greater": "BIGINT", "shared": "BIGINT", "share": "DOUBLE"},
}
LINK_STATE = {
    name: f"CREATE TABLE lake.internal.{name} ({', '.join(f'{c} {t}' for c, t in columns.items())})"
    for name, columns in LINK_TABLES.items()
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
_FAR = 50_000
"""Numbers with a greater gap between them are read apart: what a file holds in the gap is passed over."""

Con = duckdb.DuckDBPyConnection


def forget_all(con: Con) -> None:
    """Empty the index."""
    for name in LINK_TABLES:
        con.execute(f"DELETE FROM lake.internal.{name}")


def forget(con: Con, articles: Sequence[str]) -> None:
    """Take articles out of the versions and keys; their texts stay."""
    if not articles:
        return
    fill(con, "link_gone", {"article_id": pa.array(articles, pa.string())})
    gone = "WHERE article_id IN (FROM link_gone)"
    con.execute(
        f"DELETE FROM lake.internal.link_keys WHERE number IN (SELECT number FROM lake.internal.link_versions {gone})"
    )
    con.execute(f"DELETE FROM lake.internal.link_versions {gone}")


def orphans(con: Con) -> bool:
    """True if the index holds a text that no article has any more: its grams may have made others common."""
    row = con.execute(
        """SELECT count(*) FROM lake.internal.link_sketches
           WHERE text_id NOT IN (SELECT text_id FROM lake.internal.link_versions)"""
    ).fetchone()
    return bool(row and row[0])


def remember(con: Con, versions: Sequence[Version], sketches: Sketches, held: Postings) -> set[int]:
    """Add new versions and their texts; give the ids of old texts that some pair was taken from or given to."""
    first = _next_number(con, "link_versions")
    numbered = list(enumerate(versions, first))
    _insert(con, "link_versions", [[n, *(getattr(v, name) for name in _VERSION_COLUMNS)] for n, v in numbered])
    _insert(con, "link_keys", [[n, key, role] for n, v in numbered for key, role in link_keys(v).items()])
    names, rows = np.unique(sketches.text_ids, return_index=True)
    fill(con, "link_new", {"text_id": names})
    known = con.execute(
        "SELECT text_id FROM lake.internal.link_sketches SEMI JOIN link_new USING (text_id)"
    ).fetchnumpy()
    fresh = rows[~np.isin(names, np.append(np.asarray(known["text_id"], np.int64), 0))]
    return _add_texts(con, sketches.take(np.sort(fresh)), held) if len(fresh) else set()


def _next_number(con: Con, name: str) -> int:
    row = con.execute(f"SELECT coalesce(max(number) + 1, 0) FROM lake.internal.{name}").fetchone()
    return int(row[0]) if row else 0


def _add_texts(con: Con, new: Sketches, held: Postings) -> set[int]:
    first = _next_number(con, "link_sketches")
    numbers = first + np.arange(len(new.text_ids))
    old = held.find(np.unique(new.grams.values))
    shared, taken, kept = count_shared(old, postings(new.grams, numbers), first)
    columns = {"number": numbers, "text_id": new.text_ids, "held": new.grams.sizes, "sampled": new.sampled}
    figures = pa.ListArray.from_arrays(pa.array(new.figures.starts, pa.int32()), new.figures.values)
    _insert_arrow(con, "link_sketches", columns | {"is_short": new.is_short, "figures": figures})
    held.add(kept)
    shared = shared.take(shared.count >= FEWEST)
    texts = _texts(con, shared, taken)
    lessened = _take_back(con, taken, texts)
    return _add_pairs(con, shared, texts) | _add_pairs(con, lessened, texts) | texts.named(lessened)


@dataclass(frozen=True, slots=True)
class _Texts:
    """Facts of some texts by number, and the ids of those texts."""

    facts: Facts
    ids: Numbers

    def of(self, numbers: Numbers) -> Numbers:
        """The ids of texts by number."""
        found: Numbers = self.ids[np.searchsorted(self.facts.numbers, numbers)]
        return found

    def numbers(self, ids: Numbers) -> Numbers:
        """The numbers of texts by id."""
        order = np.argsort(self.ids)
        found: Numbers = self.facts.numbers[order[np.searchsorted(self.ids, ids, sorter=order)]]
        return found

    def named(self, pairs: Counted) -> set[int]:
        """The ids of both texts of all pairs."""
        return set(self.of(np.concatenate([pairs.left, pairs.right])).tolist())


def _texts(con: Con, *pairs: Counted) -> _Texts:
    asked = np.unique(np.concatenate([numbers for found in pairs for numbers in (found.left, found.right)]))
    fill(con, "link_asked", {"number": asked})
    found = con.execute(
        """SELECT number, held::BIGINT AS held, sampled::BIGINT AS sampled, is_short, text_id
           FROM lake.internal.link_sketches SEMI JOIN link_asked USING (number) ORDER BY number"""
    ).fetchnumpy()
    number, held, sampled, is_short, ids = (np.asarray(column) for column in found.values())
    return _Texts(Facts(number, held, sampled, is_short), ids)


def _add_pairs(con: Con, pairs: Counted, texts: _Texts) -> set[int]:
    """Keep the pairs that share enough; give the ids of their texts."""
    found = verified(pairs, texts.facts, lambda numbers: _figures(con, numbers))
    left, right = texts.of(found.left), texts.of(found.right)
    columns = {"lesser": np.minimum(left, right), "greater": np.maximum(left, right)}
    if len(left):
        _insert_arrow(con, "link_pairs", columns | {"shared": found.count, "share": found.share})
    return texts.named(found)


def _take_back(con: Con, taken: Counted, texts: _Texts) -> Counted:
    """Remove the pairs that shared what is common now; give them with what they share without it."""
    left, right = texts.of(taken.left), texts.of(taken.right)
    columns = {"lesser": np.minimum(left, right), "greater": np.maximum(left, right), "taken": taken.count}
    fill(con, "link_taken", columns)
    found = con.execute(
        """SELECT lesser, greater, shared - taken AS shared FROM lake.internal.link_pairs
           JOIN link_taken USING (lesser, greater)"""
    ).fetchnumpy()
    lesser, greater, shared = (np.asarray(column, np.int64) for column in found.values())
    if len(lesser):
        fill(con, "link_lessened", {"lesser": lesser, "greater": greater})
        con.execute(
            """DELETE FROM lake.internal.link_pairs
               WHERE (lesser, greater) IN (SELECT (lesser, greater) FROM link_lessened)"""
        )
    return counted(texts.numbers(lesser), texts.numbers(greater), shared)


def _figures(con: Con, numbers: Numbers) -> Lists:
    """The figures of texts, in the order of these numbers."""
    asked = np.unique(numbers)
    fill(con, "link_asked", {"number": asked})
    found = con.execute(
        """SELECT figures FROM lake.internal.link_sketches SEMI JOIN link_asked USING (number) ORDER BY number"""
    ).to_arrow_table()
    lists = found.column("figures").combine_chunks()
    values = lists.values.to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    held = Lists(values, lists.offsets.to_numpy().astype(np.int64))
    return held.take(np.searchsorted(asked, numbers))


def spans(con: Con, asked: str) -> str:
    """A condition in SQL that `number` lies near one of the temporary table `asked`.

    A join alone is led by the least and the greatest number, so that one old version makes it read all since.
    """
    found = con.execute(f"SELECT number FROM {asked} ORDER BY number").fetchnumpy()
    numbers = np.asarray(found["number"], np.int64)
    parts = np.split(numbers, np.flatnonzero(np.diff(numbers) > _FAR) + 1)
    return f"({' OR '.join(f'number BETWEEN {part[0]} AND {part[-1]}' for part in parts if len(part)) or 'false'})"


def read_versions(con: Con, asked: str) -> list[Version]:
    """The versions whose number is in the temporary table `asked`, in order of article_id."""
    columns = ", ".join(_VERSION_COLUMNS)
    rows = con.execute(
        f"""SELECT {columns} FROM lake.internal.link_versions SEMI JOIN {asked} USING (number)
            WHERE {spans(con, asked)} ORDER BY article_id"""
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
    types = LINK_TABLES[name]
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
