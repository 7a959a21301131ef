"""What a story's page shows, read from the published tables, the lake and the delivered file."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Any

import duckdb

from etl.lake import LakeError, open_lake
from etl.readers.containers import open_members
from etl.records import Delivery

Row = dict[str, Any]

RAW_BYTES = 64 * 1024
"""Bytes of a delivery that are shown."""

_HASHED = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a story that may be shown: the one that stands, and those it replaced."""

    article_id: str
    index: int
    headline: str | None
    body: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class StoryView:
    """One published article with everything that was found in it.

    `raw` is the delivered text of the story (its first `RAW_BYTES` bytes); None where the file is gone or is
    not the one that was read, which `raw_note` then says.
    """

    article: Row
    quotes: Sequence[Row]
    mentions: Sequence[Row]
    versions: Sequence[Version] = field(default_factory=tuple)
    raw: str | None = None
    raw_note: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the list of stories."""

    article_id: str
    headline: str | None
    provider: str | None
    published: str | None
    path: str
    quotes: int


def rows_of(found: duckdb.DuckDBPyConnection) -> list[Row]:
    """All rows of an answer as mappings by column name."""
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def find_stories(
    con: duckdb.DuckDBPyConnection, words: str = "", *, where: str = "true", limit: int = 100
) -> list[Hit]:
    """Published stories that hold all the `words` in headline, body or a quotation, newest first.

    `where` is an SQL condition over `articles`, by whoever owns the warehouse: never pass on what a page sent.
    """
    source, values = "articles", list[object]()
    if words.strip():
        newest = f", newest := {int(limit)}" if where == "true" else ""
        source, values = f"search_articles(?{newest})", [words]
    rows = con.execute(
        f"""WITH page AS (
                SELECT article_id, headline, coalesce(provider, source, distributor) AS provider, published_at, path,
                       byte_offset
                FROM {source} a WHERE {where} ORDER BY published_at DESC NULLS LAST, path, byte_offset LIMIT ?
            )
            SELECT article_id, headline, provider, strftime(published_at, '%d %b %Y'), path,
                   (SELECT count(*) FROM quotes q WHERE q.article_id = page.article_id)
            FROM page ORDER BY published_at DESC NULLS LAST, path, byte_offset""",
        [*values, limit],
    ).fetchall()
    return [Hit(*row) for row in rows]


def load_story(con: duckdb.DuckDBPyConnection, warehouse: Path, article_id: str) -> StoryView | None:
    """The story's view, None where no such article is published.

    Former versions and the delivered bytes come from the lake; without one the view does without them.
    """
    articles = rows_of(con.execute("SELECT * FROM articles WHERE article_id = ?", [article_id]))
    if not articles:
        return None
    article = articles[0]
    quotes = rows_of(
        con.execute("SELECT * FROM quotes WHERE article_id = ? ORDER BY part, quote_start, quote_end", [article_id])
    )
    mentions = rows_of(
        con.execute("SELECT * FROM mentions WHERE article_id = ? ORDER BY part, mention_start", [article_id])
    )
    try:
        versions, locations = _from_lake(warehouse, article)
    except LakeError:
        return StoryView(article, quotes, mentions, raw_note="There is no lake beside these tables.")
    raw, note = read_raw(locations, article)
    return StoryView(article, quotes, mentions, versions, raw, note)


def _from_lake(warehouse: Path, article: Row) -> tuple[list[Version], list[Path]]:
    with open_lake(warehouse, read_only=True) as lake:
        # Only what stands and what it replaced: a killed, withheld or embargoed text is shown to nobody.
        found = lake.con.execute(
            "SELECT article_id, version_index, headline, body, is_current FROM lake.story_versions "
            "JOIN lake.articles a USING (article_id) WHERE story_id = ? AND a.status = 'usable' "
            "AND (article_id = ? OR withheld_reason = 'superseded') ORDER BY version_index",
            [article["story_id"], article["article_id"]],
        ).fetchall()
        where = lake.con.execute(
            "SELECT DISTINCT location FROM lake.deliveries WHERE raw_sha256 = ? ORDER BY location",
            [article["raw_sha256"]],
        ).fetchall()
    return [Version(*row) for row in found], [Path(row[0]) for row in where]


def read_raw(locations: Sequence[Path], article: Row) -> tuple[str | None, str]:
    """The delivered bytes as text, and a note: where they are from, or why there are none."""
    for location in locations:
        try:
            size = location.stat().st_size
            with location.open("rb") as stream:
                if not _is_the_same(stream, size, article):
                    continue
                data = _piece(Delivery(location.name, stream, size), article)
        except OSError:
            continue
        if data is not None:
            cut = article["byte_length"] > RAW_BYTES
            shown = f"the first {RAW_BYTES:,} of {article['byte_length']:,} bytes" if cut else f"{len(data):,} bytes"
            return data.decode(_codec(article["encoding"]), "replace"), f"{article['path']}: {shown}"
    return None, "The delivered file is no longer where it was found, or is another now."


def _is_the_same(stream: BufferedReader, size: int, article: Row) -> bool:
    """Whether the file still is the one that was read; of very large ones only that it is long enough."""
    if size > _HASHED:
        return True
    same = bool(hashlib.file_digest(stream, "sha256").hexdigest() == article["raw_sha256"])
    stream.seek(0)
    return same


def _piece(delivery: Delivery, article: Row) -> bytes | None:
    """The story's bytes in the delivery or in the member of it; None where there is no such member."""
    if article["member"] is None:
        return _slice(delivery, article)
    for member in open_members(delivery):
        if isinstance(member, Delivery) and member.member == article["member"]:
            return _slice(member, article)
    return None


def _slice(delivery: Delivery, article: Row) -> bytes | None:
    if article["byte_offset"] >= delivery.size:
        return None
    delivery.stream.seek(article["byte_offset"])
    return delivery.stream.read(min(article["byte_length"], RAW_BYTES))


def _codec(name: str | None) -> str:
    try:
        return codecs.lookup(name or "utf-8").name
    except LookupError:
        return "utf-8"
