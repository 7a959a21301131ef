"""Invented wire stories as core rows, without readers, desk or language in between."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from etl import schema
from etl.ids import make_id
from etl.lake.commit import Committed, commit_batch
from etl.lake.connect import Lake

NOW = datetime(2024, 5, 2, 12, 0, tzinfo=UTC)
FINGERPRINT = "rules-1"


@dataclass(frozen=True)
class Item:
    """One delivered file with one story in it."""

    name: str
    body: str = "The harbour board met on Tuesday and put off its vote."
    guid: str | None = None
    chain_key: str | None = None
    chain_rule: str = "guid"
    provider: str | None = "Northern Wire"
    published_at: datetime | None = datetime(2024, 5, 1, 9, 0, tzinfo=UTC)
    quotes: tuple[tuple[str, str], ...] = (("We shall vote in June,", "Ada Holm"),)
    feed: str = "north"
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def sha(self) -> str:
        return hashlib.sha256(f"{self.name}|{self.body}".encode()).hexdigest()

    @property
    def article_id(self) -> str:
        return make_id("art", self.sha, 0)


def blank(dtype: pa.DataType) -> object:
    """The value of a required column that a test does not care for."""
    if pa.types.is_list(dtype):
        return []
    if pa.types.is_string(dtype):
        return "x"
    return False if pa.types.is_boolean(dtype) else 0


def row(table: str, **values: object) -> dict[str, object]:
    described = schema.core(table)
    filled = {f.name: None if f.nullable else blank(f.type) for f in described.schema if f.name not in STAMPED}
    assert set(values) <= set(described.columns), set(values) - set(described.columns)
    return filled | values


STAMPED = {"run_id", "batch_id", "loaded_at", "seen_at"}


def article_row(item: Item) -> dict[str, object]:
    key = item.chain_key or item.guid or item.name
    values = {
        "article_id": item.article_id,
        "chain_key": key,
        "chain_rule": item.chain_rule,
        "guid": item.guid,
        "provider": item.provider,
        "text": item.body,
        "body": item.body,
        "headline": f"Headline of {item.name}",
        "word_count": len(item.body.split()),
        "published_at": item.published_at,
        "status": "usable",
        "item_kind": "story",
        "raw_sha256": item.sha,
        "path": f"{item.feed}/{item.name}",
        "fingerprint": FINGERPRINT,
        "published_precision": "second",
    }
    return row("articles", **(values | item.facts))


def quote_rows(item: Item) -> list[dict[str, object]]:
    return [
        row(
            "quotes",
            quote_id=make_id("quo", item.article_id, number),
            utterance_id=make_id("utt", item.article_id, number),
            article_id=item.article_id,
            part="text",
            quote_text=words,
            quote_type="direct",
            quote_kind="speech",
            quote_form="cue_speaker",
            speaker_name=speaker,
            speaker_entity_id=make_id("ent", speaker),
            raw_sha256=item.sha,
        )
        for number, (words, speaker) in enumerate(item.quotes)
    ]


def entity_rows(item: Item) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    mentions, entities = [], []
    for number, name in enumerate(sorted({speaker for _, speaker in item.quotes})):
        entity = make_id("ent", name)
        mentions.append(
            row(
                "mentions",
                mention_id=make_id("men", item.article_id, number),
                article_id=item.article_id,
                part="text",
                mention_text=name,
                entity_type="PERSON",
                entity_id=entity,
                entity_name=name,
                mention_rule="tagger",
                mention_confidence=0.9,
                raw_sha256=item.sha,
            )
        )
        entities.append(
            row(
                "article_entities",
                article_id=item.article_id,
                entity_id=entity,
                entity_type="PERSON",
                entity_name=name,
                scope="global",
                raw_sha256=item.sha,
            )
        )
    return mentions, entities


def batch(items: list[Item], fingerprint: str = FINGERPRINT) -> dict[str, pa.Table]:
    """The tables of a batch of one-story files."""
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in ("raw_files", "deliveries", "articles")}
    rows |= {"quotes": [], "mentions": [], "article_entities": []}
    for item in items:
        path = f"{item.feed}/{item.name}"
        rows["raw_files"].append(
            row(
                "raw_files", raw_sha256=item.sha, path=path, feed=item.feed, story_count=1, reject_count=0,
                file_bytes=len(item.body), fingerprint=fingerprint,
            )
        )  # fmt: skip
        rows["deliveries"].append(
            row(
                "deliveries",
                location=f"/in/{path}",
                path=path,
                raw_sha256=item.sha,
                file_bytes=len(item.body),
                modified_ns=7,
            )
        )
        rows["articles"].append(article_row(item) | {"fingerprint": fingerprint})
        rows["quotes"] += quote_rows(item)
        mentions, entities = entity_rows(item)
        rows["mentions"] += mentions
        rows["article_entities"] += entities
    return {name: _arrow(name, found) for name, found in rows.items()}


def stamped(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables with the columns of their run filled in, as a worker stages them."""
    stamps = {"run_id": "run-1", "batch_id": "batch-1", "loaded_at": NOW, "seen_at": NOW}
    filled = {}
    for name, table in tables.items():
        for column in (c for c in stamps if c in schema.core(name).columns):
            cells = pa.array([stamps[column]] * table.num_rows, schema.COLUMNS[column][0])
            table = table.append_column(column, cells)
        filled[name] = table
    return filled


def _arrow(name: str, rows: list[dict[str, object]]) -> pa.Table:
    fields = [pa.field(f.name, f.type) for f in schema.core(name).schema if f.name not in STAMPED]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def load(lake: Lake, items: list[Item], *, batch_id: str = "batch-1", fingerprint: str = FINGERPRINT) -> Committed:
    return commit_batch(
        lake,
        batch(items, fingerprint),
        batch_id=batch_id,
        run_id="run-1",
        files=[(item.sha, fingerprint) for item in items],
        loaded_at=NOW,
    )


def table_rows(lake: Lake, name: str) -> list[tuple[object, ...]]:
    """All rows of a core table, sorted; bookkeeping of who loaded it when left out."""
    names = [f'"{c}"' for c in schema.core(name).columns if c not in STAMPED]
    return sorted(lake.con.execute(f"SELECT {', '.join(names)} FROM lake.{name}").fetchall(), key=repr)


def numbered(count: int, start: int = 0) -> list[Item]:
    """`count` unrelated stories of one provider."""
    return [
        Item(
            name=f"story-{n}.txt",
            body=f"Council {n} of the valley passed budget number {n} on Monday. It is the {n}th in a row.",
            guid=f"urn:wire:{n}",
            quotes=((f"Budget {n} is sound,", f"Speaker {n}"),),
        )
        for n in range(start, start + count)
    ]


def open_folder(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"
