"""Names of plain documents with the entity each means over all of them, and its Wikipedia title where one is known.

The documents are resolved together, as a lake of nothing but them. Titles come from an alias table that
COPYDESK_ALIASES names (see docs/how-to/correct-an-identity.md); without one an entity's own name stands for the title.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.identity import add_stories, as_rows, scratch_lake
from benchmarks.tasks.entities import CONLL, place, read_documents
from etl.lake.entity_state import resolved
from etl.resolve.entity_files import parse_titles


def predict(documents: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Yield `entities` (start, end, label, entity, wikipedia) for each document's `text`."""
    read = list(read_documents(documents))
    con = scratch_lake()
    if path := os.environ.get("COPYDESK_ALIASES"):
        for t in parse_titles(Path(path).read_text(encoding="utf-8").split("\n")):
            values = [t.alias_id, t.alias, t.entity_type, t.wikidata_id, t.wikipedia_title, t.is_ambiguous]
            con.execute("INSERT INTO lake.entity_titles VALUES (?, ?, ?, ?, ?, ?)", values)
    stories = [as_rows(*item) for item in read]
    add_stories(con, stories)
    value, joins = resolved("c.entity_id", "c.article_id", "e")
    found = con.execute(
        f"""SELECT c.mention_id, n.entity_id, n.scope, coalesce(n.wikipedia_title, n.entity_name)
            FROM (SELECT c.mention_id, {value} AS now_id FROM lake.mentions c {joins}) c
            JOIN lake.entities n ON n.entity_id = c.now_id"""
    ).fetchall()
    known = {mention: rest for mention, *rest in found}
    for (document, article, reading), story in zip(read, stories, strict=True):
        rows = {(row["part"], row["mention_start"], row["mention_end"]): row["mention_id"] for row in story["mentions"]}
        entities = []
        for mention in reading.mentions:
            ident = rows.get((mention.part, mention.start, mention.end))
            if ident is None:  # a derived headline repeats the text, and its names are counted once
                continue
            entity, scope, title = known[ident]
            start, end = place(article, mention)
            label = CONLL[mention.label]
            # A bare surname has no title of its own.
            wikipedia = title if scope == "global" else None
            entities.append({"start": start, "end": end, "label": label, "entity": entity, "wikipedia": wikipedia})
        yield {"doc_id": document["doc_id"], "entities": entities}
