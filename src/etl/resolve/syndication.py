"""Syndication: the copies of one text over outlets, and which of them came first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime

from etl.resolve.clusters import Pair, cluster
from etl.resolve.records import Copy

_OWN, _CREDITS_NOBODY, _CREDITS_AGENCY = range(3)
_NO_TIME = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Document:
    """An article's text by its id and what tells an agency's own copy from an outlet's; names are folded."""

    article_id: str
    text_id: int
    provider: str
    agency: str
    published_at: datetime | None


def find_copies(documents: Sequence[Document], pairs: Sequence[Pair]) -> list[Copy]:
    """Clusters of near-duplicate texts as copies, from the verified pairs of texts.

    Versions of one story cluster too; `over_outlets` drops clusters that hold nothing else. The result does
    not depend on the order of the documents, nor on documents whose text no pair leads to.
    """
    names = cluster(sorted({d.text_id for d in documents}), pairs)
    groups: dict[int, list[Document]] = defaultdict(list)
    for document in documents:
        groups[names[document.text_id]].append(document)
    near: dict[int, dict[int, float]] = defaultdict(dict)
    for one, other, share in pairs:
        near[one][other] = near[other][one] = share
    return [copy for members in groups.values() if len(members) > 1 for copy in _copies(members, near)]


def similar_articles(
    documents: Iterable[Document], pairs: Iterable[Pair], wanted: Set[str]
) -> list[tuple[str, str, float]]:
    """Pairs of articles, one of them in `wanted`, whose texts are near-duplicates or the same, with the share."""
    holders: dict[int, list[str]] = defaultdict(list)
    for document in sorted(documents, key=lambda d: d.article_id):
        holders[document.text_id].append(document.article_id)
    found = []
    for one, other, share in (*pairs, *((text, text, 1.0) for text in holders)):
        ours, others = holders[one], holders[other]
        if wanted.isdisjoint(ours) and wanted.isdisjoint(others):
            continue
        found += [(a, b, share) for a in ours for b in others if a != b and (a in wanted or b in wanted)]
    return sorted(found, key=lambda pair: (pair[2], pair))


def over_outlets(copies: Sequence[Copy], stories: Mapping[str, str]) -> list[Copy]:
    """The copies of clusters that hold more than one story (article_id to story_id in `stories`)."""
    held: dict[str, set[str]] = defaultdict(set)
    for copy in copies:
        held[copy.cluster_id].add(stories[copy.article_id])
    return [copy for copy in copies if len(held[copy.cluster_id]) > 1]


def _copies(members: Sequence[Document], near: Mapping[int, Mapping[int, float]]) -> list[Copy]:
    """The copies of one cluster, each matched with the nearest of those before it."""
    credited = {d.agency for d in members} - {""}
    ranked = sorted(members, key=lambda d: _precedence(d, credited))
    head = ranked[0].article_id
    best = min(_precedence(ranked[0], credited)[0], _CREDITS_NOBODY)
    first: dict[int, tuple[int, str]] = {}
    heads = {d.text_id: d.article_id for d in reversed(ranked)}
    copies: list[Copy] = []
    for document in ranked:
        match, share = None, 1.0
        if copies:
            match, share = _nearest(document.text_id, near.get(document.text_id, {}), first, heads)
        is_origin = _precedence(document, credited)[0] <= best
        copies.append(Copy(document.article_id, head, not first, match, share, is_origin))
        first.setdefault(document.text_id, (len(first), document.article_id))
    return copies


def _nearest(
    text: int, near: Mapping[int, float], first: Mapping[int, tuple[int, str]], heads: Mapping[int, str]
) -> tuple[str, float]:
    """The copy that a text is matched with: an earlier one (texts in `first`, in order) if any is near enough."""
    if text in first:
        return first[text][1], 1.0
    earlier = [name for name in near if name in first]
    if earlier:
        best = max(earlier, key=lambda name: (near[name], -first[name][0]))
        return first[best][1], near[best]
    known = [name for name in near if name in heads]
    best = max(known, key=lambda name: (near[name], heads[name]))
    return heads[best], near[best]


def _precedence(document: Document, credited: set[str]) -> tuple[int, datetime, str]:
    """An agency's own copy first, then copies that credit nobody, then those that credit an agency; by time."""
    own = bool(document.provider) and document.provider in credited | {document.agency}
    rank = _OWN if own else _CREDITS_AGENCY if document.agency else _CREDITS_NOBODY
    return rank, document.published_at or _NO_TIME, document.article_id
