"""People of plain documents, one cluster each, with the pronouns that mean them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchmarks.tasks.entities import place, read_documents
from etl.language.pronouns import follow_pronouns


def predict(documents: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Yield `clusters` (lists of start and end) of the people in each document's `text`."""
    for document, article, reading in read_documents(documents):
        people: dict[int, list[dict[str, int]]] = {}
        for mention in reading.mentions:
            if mention.label == "PERSON":
                start, end = place(article, mention)
                people.setdefault(mention.cluster, []).append({"start": start, "end": end})
        for pronoun in follow_pronouns(article, reading):
            people.setdefault(pronoun.cluster, []).append({"start": pronoun.start, "end": pronoun.end})
        yield {"doc_id": document["doc_id"], "clusters": [{"mentions": m} for m in people.values()]}
