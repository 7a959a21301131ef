"""Batches whose offsets and spans hold: `rows.py` makes rows of a kind, this makes rows that are true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from etl.lake import commit_batch, open_lake, publish, resolve_lake
from etl.lake.connect import Lake
from tests.lake import rows


def batch(items: list[rows.Item], fingerprint: str = rows.FINGERPRINT) -> dict[str, pa.Table]:
    """Tables of one-story files in which every quotation and name stands where its offsets say."""
    tables = {name: table.to_pylist() for name, table in rows.batch(items, fingerprint).items()}
    texts: dict[str, str] = {}
    for item, article in zip(items, tables["articles"], strict=True):
        said = "".join(f"“{words}” {speaker} said.\n" for words, speaker in item.quotes)
        text = texts[item.article_id] = f"{said}{item.body}"
        middle = len(said) // 2
        article |= {
            "text": text,
            "furniture": [_span(0, middle, "dateline"), _span(middle, len(text), "body")],
            "paragraphs": [{"start": middle, "end": len(text)}],
        }
    for quote in tables["quotes"]:
        _place(quote, "quote", texts[quote["article_id"]])
        quote["speaker_text"] = quote["speaker_name"]
        _place(quote, "speaker", texts[quote["article_id"]])
    for mention in tables["mentions"]:
        _place(mention, "mention", texts[mention["article_id"]])
    shaped = rows.batch(items, fingerprint)
    return {name: pa.Table.from_pylist(found, schema=shaped[name].schema) for name, found in tables.items()}


def _span(start: int, end: int, label: str) -> dict[str, object]:
    return {"start": start, "end": end, "label": label, "rule": "test"}


def _place(row: dict[str, Any], name: str, text: str) -> None:
    row[f"{name}_start"] = text.index(row[f"{name}_text"])
    row[f"{name}_end"] = row[f"{name}_start"] + len(row[f"{name}_text"])


def load(lake: Lake, items: list[rows.Item], batch_id: str = "batch-1", fingerprint: str = rows.FINGERPRINT) -> None:
    """Commit a batch of true rows."""
    commit_batch(
        lake,
        batch(items, fingerprint),
        batch_id=batch_id,
        run_id="run-1",
        files=[(item.sha, fingerprint) for item in items],
        loaded_at=rows.NOW,
    )


def fill(warehouse: Path, count: int = 12, batches: int = 2) -> None:
    """Load, link and publish `batches` batches of `count` stories each, the last of them withheld by its sender.

    More than ten rows a batch, so that they become files: fewer stay in the catalog.
    """
    items = rows.numbered(count * batches)
    items[-1] = rows.Item(name="withheld.txt", body="Not for print.", guid="urn:w", facts={"status": "withheld"})
    with open_lake(warehouse) as lake:
        for number in range(batches):
            load(lake, items[number * count : (number + 1) * count], f"batch-{number}")
        resolve_lake(lake, as_of=rows.NOW)
        publish(lake, warehouse, rows.NOW)
