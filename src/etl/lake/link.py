"""The resolve stage over a lake: links what changed and what that bears on, and writes only rows that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from etl import schema
from etl.chains import fold, item_guid, keyword
from etl.lake import ddl
from etl.lake.check import conform
from etl.lake.commit import insert_rows
from etl.lake.connect import Lake
from etl.lake.corrections import read_corrected
from etl.lake.entities import resolve_entities
from etl.lake.entity_changes import since as changes_since
from etl.lake.link_postings import Postings, prepare_postings
from etl.lake.link_state import Con, fill, forget, forget_all, orphans, read_pairs, read_versions, remember
from etl.lake.reach import gather
from etl.lake.transaction import transaction
from etl.resolve.corrected import Corrected
from etl.resolve.groups import is_follow_up
from etl.resolve.records import Copy, Version, VersionLink
from etl.resolve.shingles import sketch
from etl.resolve.syndication import Document, find_copies, over_outlets, similar_articles
from etl.resolve.versions import link_versions

RULES = "7"
"""Raise it with every change of a linking rule: the next run then links all articles anew."""

_CONSUMER = "resolve"
_REPLACES = re.compile(r"replac|correct|previous|supersed|update", re.IGNORECASE)
_BATCH = 5_000
"""Texts that are held in memory at once."""
_AT_ONCE = 20_000
"""Articles that are linked at once, besides those that hang together with them."""


@dataclass(frozen=True, slots=True)
class _Since:
    """Where the last time ended: its snapshot and clock; no snapshot means that all has to be linked anew."""

    snapshot: int | None
    as_of: datetime | None


def resolve_lake(lake: Lake, as_of: datetime) -> dict[str, int]:
    """Link what has been delivered since the last time; give the rows written by table (none if nothing changed).

    Writes `story_versions`, `syndication`, `corrected` and the tables of entities in one commit. An embargo that has
    passed since the last time is a change. Doing it twice is doing it once, and what comes out depends neither on the
    order nor on the batches in which files were loaded.
    """

    def work() -> tuple[dict[str, int], bool]:
        snapshot = lake.snapshot()
        since = _since(lake)
        pending = _pending(lake, since, snapshot, as_of)
        if not pending and since.snapshot is not None and not _files_changed(lake, since.snapshot, snapshot):
            return {}, False
        written = _link(lake, pending, as_of)
        changes = None if since.snapshot is None else changes_since(lake.con, since.snapshot + 1, snapshot)
        written |= resolve_entities(lake.con, changes)
        _set_bookmark(lake, snapshot, as_of)
        return written, True

    prepare_postings(lake.con)
    return transaction(lake.con, work, message="resolve", extra={"as_of": as_of.isoformat()})


def _since(lake: Lake) -> _Since:
    found = lake.con.execute(
        "SELECT snapshot, as_of, rules FROM lake.internal.bookmarks WHERE consumer = ?", [_CONSUMER]
    ).fetchone()
    oldest = lake.con.execute("SELECT min(snapshot_id) FROM lake.snapshots()").fetchone()
    # What happened before the oldest snapshot that is kept cannot be asked for.
    if found is None or found[2] != RULES or oldest is None or oldest[0] > found[0] + 1:
        return _Since(None, None)
    return _Since(int(found[0]), found[1])


def _files_changed(lake: Lake, last: int, snapshot: int) -> bool:
    """True if any raw file was loaded or replaced after snapshot `last`; every load writes `raw_files`."""
    if snapshot <= last:
        return False
    # table_changes takes literals only, both ends inclusive
    changes = lake.con.execute(
        f"SELECT count(*) FROM lake.table_changes('raw_files', {last + 1}, {snapshot})"
    ).fetchone()
    return bool(changes and changes[0])


def _set_bookmark(lake: Lake, snapshot: int, as_of: datetime) -> None:
    lake.con.execute("DELETE FROM lake.internal.bookmarks WHERE consumer = ?", [_CONSUMER])
    lake.con.execute("INSERT INTO lake.internal.bookmarks VALUES (?, ?, ?, ?)", [_CONSUMER, snapshot, as_of, RULES])


# --- what changed ----------------------------------------------------------------------------------

FACTS = """
    article_id, chain_key, chain_rule, coalesce(provider, f.feed, '') AS sender,
    coalesce(slugline, '') AS keyword, guid, delivered_version, item_number, published_at, versioned_at,
    CASE WHEN body = '' THEN '' ELSE md5(regexp_replace(lower(body), '\\s+', ' ', 'g')) END AS text_mark,
    published_precision AS precision, embargo_at, status, item_kind, kills, signals, related AS replaces, take,
    CASE WHEN item_kind IN ('story', 'alert') THEN body ELSE '' END AS body,
    coalesce(provider, '') AS provider, coalesce(agency, '') AS agency, coalesce(is_publishable, true) AS is_publishable
"""
"""What linking reads of an article: columns of `articles` joined with `raw_files` as f."""


def _pending(lake: Lake, since: _Since, snapshot: int, as_of: datetime) -> set[str]:
    """Bring the index up to date; give the articles whose links may differ now."""
    con = lake.con
    if since.snapshot is None:
        forget_all(con)
        return _absorb(con, "lake.articles a", Postings(con, emptied=True)) | _stale(con)
    pending = _embargoes_passed(con, since.as_of, as_of)
    if snapshot <= since.snapshot:
        return pending
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE link_changes AS
            SELECT * FROM lake.table_changes('articles', {since.snapshot + 1}, {snapshot})
            QUALIFY snapshot_id = max(snapshot_id) OVER (PARTITION BY article_id)"""
    )
    went = _ids(con, "SELECT article_id FROM lake.internal.link_versions SEMI JOIN link_changes USING (article_id)")
    if went:
        fill(con, "link_went", {"article_id": pa.array(sorted(went), pa.string())})
        gather(con, "link_went")
        pending |= _ids(con, "FROM link_reach")
        forget(con, sorted(went))
    came = "(FROM link_changes WHERE change_type IN ('insert', 'update_postimage')) a"
    pending |= _absorb(con, came, Postings(con, emptied=False))
    if went and orphans(con):
        # A text that is gone may have made grams common: then all is counted anew.
        forget_all(con)
        pending |= _absorb(con, "lake.articles a", Postings(con, emptied=True))
    return pending


def _embargoes_passed(con: Con, seen_at: datetime | None, as_of: datetime) -> set[str]:
    return _ids(
        con,
        """SELECT article_id FROM lake.internal.link_versions
           WHERE embargo_at > least(?, ?) AND embargo_at <= greatest(?, ?)""",
        [seen_at, as_of, seen_at, as_of],
    )


def _stale(con: Con) -> set[str]:
    """Articles that were linked once and are no longer in the lake."""
    known = "ANTI JOIN lake.internal.link_versions USING (article_id)"
    return _ids(
        con,
        f"SELECT article_id FROM lake.story_versions {known} UNION SELECT article_id FROM lake.syndication {known}",
    )


def _ids(con: Con, query: str, values: Sequence[object] = ()) -> set[str]:
    return {ident for (ident,) in con.execute(query, list(values)).fetchall()}


def _absorb(con: Con, source: str, held: Postings) -> set[str]:
    """Put the articles of `source` into the index, some at a time; give them and those whose texts they bear on."""
    ids = sorted(_ids(con, f"SELECT article_id FROM {source}"))
    touched: set[int] = set()
    for start in range(0, len(ids), _BATCH):
        fill(con, "link_batch", {"article_id": pa.array(ids[start : start + _BATCH], pa.string())})
        found = con.execute(
            f"""SELECT {FACTS} FROM {source} JOIN lake.raw_files f USING (raw_sha256)
                WHERE article_id IN (FROM link_batch)"""
        )
        names = [str(column[0]) for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        sketches = sketch([row.pop("body") for row in rows])
        versions = [version_of(row, text) for row, text in zip(rows, sketches.text_ids.tolist(), strict=True)]
        touched |= remember(con, versions, sketches, held)
    fill(con, "link_touched", {"text_id": pa.array(sorted(touched), pa.int64())})
    near = "SELECT article_id FROM lake.internal.link_versions WHERE text_id IN (FROM link_touched)"
    return set(ids) | _ids(con, near)


def version_of(row: dict[str, Any], text_id: int) -> Version:
    """The version that a row of `FACTS` (but for its body) and the id of its text make."""
    related = row["replaces"] or ()
    targets = [r["target"] for r in related if r["target"] and _REPLACES.search(r["relation"] or "")]
    row["replaces"] = tuple(item_guid(target) for target in targets)
    row["guid"] = item_guid(row["guid"]) if row["guid"] else None
    for name in ("sender", "provider", "agency"):
        row[name] = fold(row[name])
    row["keyword"] = keyword(row["keyword"]) if row["keyword"] else ""
    row["kills"] = tuple(item_guid(reference) for reference in row["kills"] or ())
    row["signals"] = tuple(row["signals"] or ())
    return Version(**row, text_id=text_id)


# --- links -------------------------------------------------------------------------------------


def _link(lake: Lake, pending: set[str], as_of: datetime) -> dict[str, int]:
    """Link the pending articles with all that hang together with them, some at a time."""
    written = {"story_versions": 0, "syndication": 0, "corrected": 0}
    for ids in _parts(lake.con, pending):
        versions, links, copies = _linked(lake.con, as_of)
        changes = read_corrected(lake.con, versions, links)
        written["corrected"] += _replace(lake, "corrected", _rows("corrected", changes), ids)
        written["story_versions"] += _replace(lake, "story_versions", _rows("story_versions", links), ids)
        written["syndication"] += _replace(lake, "syndication", _rows("syndication", copies), ids)
    return written


def _parts(con: Con, pending: set[str]) -> Iterator[str]:
    """Gather article ids, part by part, in the temporary table whose name is given."""
    left = sorted(pending)
    done: set[str] = set()
    while left:
        fill(con, "link_seeds", {"article_id": pa.array(left[:_AT_ONCE], pa.string())})
        gather(con, "link_seeds")
        yield "link_reach"
        done |= _ids(con, "FROM link_reach")
        left = [ident for ident in left[_AT_ONCE:] if ident not in done]


def _linked(con: Con, as_of: datetime) -> tuple[list[Version], list[VersionLink], list[Copy]]:
    versions = read_versions(con, "link_numbers")
    documents = [Document(v.article_id, v.text_id, v.provider, v.agency, v.published_at) for v in versions if v.text_id]
    pairs = read_pairs(con, {d.text_id for d in documents})
    copies = find_copies(documents, pairs)
    following = {v.article_id for v in versions if v.chain_rule == "text" and is_follow_up(v)}
    similar = similar_articles(documents, pairs, following)
    links = link_versions(versions, copies, similar, as_of=as_of)
    return versions, links, over_outlets(copies, {link.article_id: link.story_id for link in links})


def _rows(name: str, records: Sequence[Copy] | Sequence[VersionLink] | Sequence[Corrected]) -> pa.Table:
    table = schema.core(name).schema
    columns = [pa.array([getattr(r, f.name) for r in records], f.type) for f in table]
    return pa.Table.from_arrays(columns, schema=table)


def _replace(lake: Lake, name: str, rows: pa.Table, ids: str) -> int:
    """Make `rows` all that a core table holds of the articles in `ids`, writing only where it differs.

    Returns rows written or deleted.
    """
    table = schema.core(name)
    columns = ddl.column_list(table)
    present = f"SELECT {columns} FROM lake.{name} WHERE article_id IN (FROM {ids})"
    lake.con.register("wanted", rows)
    try:
        lake.con.execute(f"CREATE OR REPLACE TEMP TABLE present AS {present}")
        fresh = lake.con.execute(f"SELECT {columns} FROM wanted EXCEPT FROM present").to_arrow_table()
        lake.con.execute(f"CREATE OR REPLACE TEMP TABLE gone AS FROM present EXCEPT SELECT {columns} FROM wanted")
    finally:
        lake.con.unregister("wanted")
    row = lake.con.execute("SELECT count(*) FROM gone").fetchone()
    gone = row[0] if row else 0
    if gone:
        keys = ", ".join(table.key)
        lake.con.execute(f"DELETE FROM lake.{name} WHERE ({keys}) IN (SELECT ({keys}) FROM gone)")
    if fresh.num_rows:
        insert_rows(lake, table, conform(table, fresh))
    return int(fresh.num_rows + gone)
