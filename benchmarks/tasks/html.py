"""HTML pages: title, authors, time and body as the reader delivers them, one line a page.

Every page is opened and read as a run opens and reads it (containers, recognition, the reader that claims it).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from etl.readers import read
from etl.readers.containers import open_members
from etl.records import Delivery, Reject, Story

Document = dict[str, object]


def predict(documents: Iterable[Document], root: Path) -> Iterator[Document]:
    """A prediction for each document, whose page lies at its `raw_path` under `root`, gzipped or not."""
    for document in documents:
        raw_path = str(document["raw_path"])
        yield {"doc_id": document["doc_id"], **_predicted(root / raw_path, raw_path)}


def _predicted(path: Path, raw_path: str) -> Document:
    with path.open("rb") as stream:
        for member in open_members(Delivery(raw_path, stream, path.stat().st_size)):
            if isinstance(member, Reject):
                continue
            for item in read(member).items:
                if isinstance(item, Story):
                    return page_fields(item)
    return {"title": None, "authors": [], "published": None, "body": ""}


def page_fields(story: Story) -> Document:
    """The scored fields of one page."""
    return {
        "title": story.headline,
        "authors": list(story.bylines),
        "published": story.published.when.isoformat() if story.published else None,
        "body": story.text,
    }
