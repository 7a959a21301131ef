"""Clusters of near-duplicate stories, by the linking of the resolve stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etl.resolve.clusters import cluster_texts


def predict(documents: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    """One `{"doc_id", "cluster"}` for each document, in order; the cluster is named by its first document."""
    found = list(documents)
    # Sorted by text, so that the clusters are the same in whatever order the documents come.
    order = sorted(range(len(found)), key=lambda n: str(found[n]["text"]))
    labels, _ = cluster_texts([str(found[n]["text"]) for n in order])
    names = {n: found[order[label]]["doc_id"] for n, label in zip(order, labels, strict=True)}
    for number, document in enumerate(found):
        yield {"doc_id": document["doc_id"], "cluster": names[number]}
