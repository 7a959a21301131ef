"""Syndication: the copies of one text over outlets, and which of them came first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from etl.resolve.clusters import cluster_grams
from etl.resolve.records import Copy
from etl.resolve.shingles import text_grams

_OWN, _CREDITS_NOBODY, _CREDITS_AGENCY = range(3)
_NO_TIME = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Document:
    """An article's running text and what tells an agency's own copy from an outlet's; names are folded."""

    article_id: str
    text: str
    provider: str
    agency: str
    published_at: datetime | None


def find_copies(documents: Iterable[Document]) -> tuple[list[Copy], list[tuple[str, str, float]]]:
    """Clusters of near-duplicate texts as copies, and the verified pairs (article ids, share of the shorter text).

    Versions of one story cluster too; `over_outlets` drops clusters that hold nothing else. The result does
    not depend on the order of the documents.
    """
    kept: list[Document] = []

    def texts() -> Iterator[str]:
        for document in documents:
            kept.append(replace(document, text=""))  # millions of texts need not be held at once
            yield document.text

    grams = text_grams(texts())
    order = sorted(range(len(kept)), key=lambda n: kept[n].article_id)
    ordered = [kept[n] for n in order]
    labels, pairs = cluster_grams([grams[n] for n in order])
    groups: dict[int, list[int]] = defaultdict(list)
    for position, label in enumerate(labels):
        groups[label].append(position)
    shares: dict[int, dict[int, float]] = defaultdict(dict)
    for one, other, share in pairs:
        shares[one][other] = shares[other][one] = share
    copies: list[Copy] = []
    for positions in groups.values():
        if len(positions) > 1:
            copies += _copies(positions, ordered, shares)
    return copies, [(ordered[a].article_id, ordered[b].article_id, share) for a, b, share in pairs]


def over_outlets(copies: Sequence[Copy], stories: Mapping[str, str]) -> list[Copy]:
    """The copies of clusters that hold more than one story (article_id to story_id in `stories`)."""
    held: dict[str, set[str]] = defaultdict(set)
    for copy in copies:
        held[copy.cluster_id].add(stories[copy.article_id])
    return [copy for copy in copies if len(held[copy.cluster_id]) > 1]


def _copies(
    positions: Sequence[int], documents: Sequence[Document], shares: Mapping[int, Mapping[int, float]]
) -> list[Copy]:
    credited = {documents[n].agency for n in positions} - {""}
    ranked = sorted(positions, key=lambda n: _precedence(documents[n], credited))
    head = documents[ranked[0]].article_id
    best = min(_precedence(documents[ranked[0]], credited)[0], _CREDITS_NOBODY)
    copies = [Copy(head, head, True, None, 1.0, _precedence(documents[ranked[0]], credited)[0] <= best)]
    for place, position in enumerate(ranked[1:], start=1):
        known = shares.get(position, {})
        # matched with an earlier copy where one is near enough, else with the nearest of all
        earlier = {n: known[n] for n in ranked[:place] if n in known} or {n: known[n] for n in ranked if n in known}
        if earlier:
            nearest = max(earlier, key=lambda n: (earlier[n], -ranked.index(n)))
            match, share = documents[nearest].article_id, earlier[nearest]
        else:
            match, share = head, 1.0  # the same words as another member, which bears the pairs for both
        is_origin = _precedence(documents[position], credited)[0] <= best
        copies.append(Copy(documents[position].article_id, head, False, match, share, is_origin))
    return copies


def _precedence(document: Document, credited: set[str]) -> tuple[int, datetime, str]:
    """An agency's own copy first, then copies that credit nobody, then those that credit an agency; by time."""
    own = bool(document.provider) and document.provider in credited | {document.agency}
    rank = _OWN if own else _CREDITS_AGENCY if document.agency else _CREDITS_NOBODY
    return rank, document.published_at or _NO_TIME, document.article_id
