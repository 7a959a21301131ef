"""Quotations and their speakers in plain documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchmarks.tasks.entities import read_documents
from etl.records import Article, Quote

# What the published table `quotes` holds. Demands, promises and judgements (`stance`) stay out on every set: counted,
# they would gain 3.4 points on PolNeAR, which annotates them, and lose 13 on Wikinews, which does not.
_PUBLISHED = "speech"


def predict(documents: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Yield `quotes` for each document's `text`: span, type and speaker by the fullest name the story gives."""
    for document, article, reading in read_documents(documents):
        text = str(document["text"])
        yield {
            "doc_id": document["doc_id"],
            "quotes": [_row(text, article, quote) for quote in reading.quotes if quote.kind == _PUBLISHED],
        }


def _row(text: str, article: Article, quote: Quote) -> dict[str, object]:
    shift = (article.headline_start or 0) if quote.part == "headline" else 0

    def moved(offset: int | None) -> int | None:
        return None if offset is None else offset + shift

    start, end = moved(quote.speaker_start), moved(quote.speaker_end)
    printed = None if start is None or end is None else text[start:end]
    return {
        "start": quote.start + shift,
        "end": quote.end + shift,
        "type": quote.type,
        "speaker_text": quote.speaker_name or printed,
        "speaker_start": start,
        "speaker_end": end,
        "rule": quote.rule,
        "confidence": quote.confidence,
    }
