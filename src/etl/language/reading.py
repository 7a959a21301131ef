"""From an article to its mentions, entities and quotations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from etl.language.desk_facts import desk_facts, simple_analysis
from etl.language.entities import gather_entities
from etl.language.found import Text
from etl.language.model import Analysis, Models
from etl.language.names import find_names
from etl.language.pieces import Piece, cut_pieces
from etl.language.quotes import find_quotes
from etl.language.truecase import truecase_lines
from etl.records import Article, Reading, Remark

_SUPPORTED = frozenset({"en"})


def read_article(article: Article, models: Models) -> Reading:
    """Return mentions, entities and quotations of one article; their offsets count in its text or headline.

    A story in a language that the models do not read keeps the names its desk fields give, and a remark.
    """
    supported = article.language is None or article.language.partition("-")[0] in _SUPPORTED
    pieces = cut_pieces(article)
    analyses = _analyse(pieces, models, supported)
    cased = truecase_lines([piece.text for piece in pieces])
    recased = (replace(p, text=text, is_recased=text != p.text) for p, text in zip(pieces, cased, strict=True))
    texts = list(zip(recased, analyses, strict=True))
    facts = desk_facts(article, len(texts))
    every: Sequence[Text] = (*texts, *facts.texts)
    found = find_names(every, facts) if supported else list(facts.found)
    mentions, entities = gather_entities(every, found, facts)
    if not supported:
        remark = Remark("language", "language_unsupported", f"no model reads {article.language!r}: desk fields only")
        return Reading(mentions=mentions, entities=entities, remarks=(remark,))
    read = tuple((piece.paragraph, analysis) for piece, analysis in texts)
    quotes = find_quotes(article, read, mentions, entities, models.parser)
    return Reading(mentions=mentions, entities=entities, quotes=quotes)


def _analyse(pieces: Sequence[Piece], models: Models, supported: bool) -> list[Analysis]:
    if not supported:
        return [simple_analysis(piece.text) for piece in pieces]
    return models.names.analyse([piece.text for piece in pieces])
