"""The resolve stage over a lake: reads what changed, links it, writes only rows that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from etl import schema
from etl.chains import fold, keyword
from etl.lake import ddl
from etl.lake.check import conform
from etl.lake.commit import insert_rows
from etl.lake.connect import Lake
from etl.lake.selects import ALIASES_SELECT, entities_select
from etl.lake.transaction import transaction
from etl.resolve.records import Copy, Version, VersionLink
from etl.resolve.syndication import Document, find_copies, over_outlets
from etl.resolve.versions import link_versions

RULES = "1"
"""Raise it with every change of a linking rule: the next run then links all articles anew."""

_CONSUMER = "resolve"
_REPLACES = re.compile(r"replac|correct|previous|supersed|update", re.IGNORECASE)


def resolve_lake(lake: Lake, as_of: datetime) -> dict[str, int]:
    """Link all articles of the lake across stories; give the rows written by table (none if nothing changed).

    Writes `story_versions`, `syndication`, `entities` and `entity_aliases` in one commit. An embargo that has passed
    since the last time is a change. Doing it twice is doing it once.
    """

    def work() -> tuple[dict[str, int], bool]:
        snapshot = lake.snapshot()
        if not _is_due(lake, snapshot, as_of):
            return {}, False
        copies, similar = find_copies(_read_documents(lake))
        links = link_versions(_read_versions(lake), copies, similar, as_of=as_of)
        copies = over_outlets(copies, {link.article_id: link.story_id for link in links})
        written = {
            "story_versions": _replace(lake, "story_versions", _rows("story_versions", links)),
            "syndication": _replace(lake, "syndication", _rows("syndication", copies)),
            "entities": _replace(lake, "entities", lake.con.execute(entities_select()).to_arrow_table()),
            "entity_aliases": _replace(lake, "entity_aliases", lake.con.execute(ALIASES_SELECT).to_arrow_table()),
        }
        _set_bookmark(lake, snapshot, as_of)
        return written, True

    return transaction(lake.con, work, message="resolve", extra={"as_of": as_of.isoformat()})


def _is_due(lake: Lake, snapshot: int, as_of: datetime) -> bool:
    found = lake.con.execute(
        "SELECT snapshot, as_of, rules FROM lake.internal.bookmarks WHERE consumer = ?", [_CONSUMER]
    ).fetchone()
    if found is None or found[2] != RULES:
        return True
    last, seen_at = int(found[0]), found[1]
    passed = lake.con.execute(
        "SELECT count(*) FROM lake.articles WHERE embargo_at > least(?, ?) AND embargo_at <= greatest(?, ?)",
        [seen_at, as_of, seen_at, as_of],
    ).fetchone()
    return bool(passed and passed[0]) or _files_changed(lake, last, snapshot)


def _files_changed(lake: Lake, last: int, snapshot: int) -> bool:
    """True if any raw file was loaded or replaced after snapshot `last`; every load writes `raw_files`."""
    if snapshot <= last:
        return False
    oldest = lake.con.execute("SELECT min(snapshot_id) FROM lake.snapshots()").fetchone()
    if oldest is None or oldest[0] > last + 1:
        return True
    # table_changes takes literals only, both ends inclusive
    changes = lake.con.execute(
        f"SELECT count(*) FROM lake.table_changes('raw_files', {last + 1}, {snapshot})"
    ).fetchone()
    return bool(changes and changes[0])


def _set_bookmark(lake: Lake, snapshot: int, as_of: datetime) -> None:
    lake.con.execute("DELETE FROM lake.internal.bookmarks WHERE consumer = ?", [_CONSUMER])
    lake.con.execute("INSERT INTO lake.internal.bookmarks VALUES (?, ?, ?, ?)", [_CONSUMER, snapshot, as_of, RULES])


_VERSIONS = """
    SELECT article_id, chain_key, chain_rule, coalesce(provider, f.feed, '') AS sender,
           coalesce(slugline, '') AS keyword, guid, delivered_version, item_number, published_at, versioned_at,
           CASE WHEN body = '' THEN '' ELSE md5(regexp_replace(lower(body), '\\s+', ' ', 'g')) END AS text_mark,
           published_precision AS precision, embargo_at, status, item_kind, kills, signals, related AS replaces
    FROM lake.articles a JOIN lake.raw_files f USING (raw_sha256) ORDER BY article_id
"""


def _read_versions(lake: Lake) -> list[Version]:
    found = lake.con.execute(_VERSIONS)
    names = [str(column[0]) for column in found.description or ()]
    versions: list[Version] = []
    while some := found.fetchmany(10_000):
        versions += [_version(dict(zip(names, row, strict=True))) for row in some]
    return versions


def _read_documents(lake: Lake) -> Iterator[Document]:
    found = lake.con.execute(
        """SELECT article_id, body, coalesce(provider, ''), coalesce(agency, ''), published_at FROM lake.articles
           WHERE body <> '' AND item_kind IN ('story', 'alert')"""
    )
    while some := found.fetchmany(1_000):
        for ident, body, provider, agency, published_at in some:
            yield Document(ident, body, fold(provider), fold(agency), published_at)


def _version(row: dict[str, Any]) -> Version:
    related = row["replaces"] or ()
    row["replaces"] = tuple(r["target"] for r in related if r["target"] and _REPLACES.search(r["relation"] or ""))
    row["sender"] = fold(row["sender"])
    row["keyword"] = keyword(row["keyword"]) if row["keyword"] else ""
    return Version(**row | {name: tuple(row[name] or ()) for name in ("kills", "signals")})


def _rows(name: str, records: Sequence[Copy] | Sequence[VersionLink]) -> pa.Table:
    table = schema.core(name).schema
    columns = [pa.array([getattr(r, f.name) for r in records], f.type) for f in table]
    return pa.Table.from_arrays(columns, schema=table)


def _replace(lake: Lake, name: str, rows: pa.Table) -> int:
    """Make a core table hold exactly `rows`, writing only where it differs. Returns rows written or deleted."""
    table = schema.core(name)
    columns = ddl.column_list(table)
    lake.con.register("wanted", rows)
    try:
        fresh = lake.con.execute(
            f"SELECT {columns} FROM wanted EXCEPT SELECT {columns} FROM lake.{name}"
        ).to_arrow_table()
        gone = lake.con.execute(
            f"SELECT {columns} FROM lake.{name} EXCEPT SELECT {columns} FROM wanted"
        ).to_arrow_table()
    finally:
        lake.con.unregister("wanted")
    if gone.num_rows:
        keys = ", ".join(table.key)
        lake.con.register("gone", gone)
        try:
            lake.con.execute(f"DELETE FROM lake.{name} WHERE ({keys}) IN (SELECT ({keys}) FROM gone)")
        finally:
            lake.con.unregister("gone")
    if fresh.num_rows:
        insert_rows(lake, table, conform(table, fresh))
    return int(fresh.num_rows + gone.num_rows)
