"""From an article to its mentions, entities and quotations."""

from __future__ import annotations

from collections.abc import Sequence

from etl.language.entities import gather_entities
from etl.language.model import Analysis, Models
from etl.language.names import find_names
from etl.language.pieces import Piece, cut_pieces
from etl.records import Article, Reading

_SUPPORTED = frozenset({"en", None})


def read_article(article: Article, models: Models) -> Reading:
    """Return mentions, entities and quotations of one article; their offsets count in its text or headline."""
    pieces = cut_pieces(article)
    analyses = models.names.analyse([piece.text for piece in pieces])
    texts: Sequence[tuple[Piece, Analysis]] = list(zip(pieces, analyses, strict=True))
    found = find_names(texts)
    mentions, entities = gather_entities(texts, found)
    return Reading(mentions=mentions, entities=entities)
