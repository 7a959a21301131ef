"""From an article to its mentions, entities and quotations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from etl.language.cues import LANGUAGES, load_words
from etl.language.desk_facts import DeskFacts, desk_facts, simple_analysis
from etl.language.entities import gather_entities
from etl.language.found import Found, Text, View, make_views, put_between
from etl.language.metonyms import mark_metonyms
from etl.language.model import Analysis, Models
from etl.language.names import find_names
from etl.language.pieces import Piece, cut_pieces
from etl.language.quotes import find_quotes
from etl.language.truecase import truecase_lines
from etl.language.witnesses import find_full_names
from etl.records import Article, Mention, Paragraph, Reading, Remark, StoryEntity

_MODELLED = frozenset({"en"})


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what one article names, and its paragraphs (None: not of the body) as the names model read them."""

    mentions: tuple[Mention, ...]
    entities: tuple[StoryEntity, ...]
    read: tuple[tuple[Paragraph | None, Analysis], ...]


def read_article(article: Article, models: Models) -> Reading:
    """Return mentions, entities and quotations of one article; their offsets count in its text or headline.

    A story in a language that the models do not read keeps the names its desk fields give, and a remark. Where
    the quotation engine has data for the language, it keeps its quotations too, and full names with a listed
    given name, so that they have their speakers.
    """
    modelled, quoted, _ = _served(article)
    names = read_names(article, models)
    quotes = find_quotes(article, names.read, names.mentions, names.entities, models.parser) if quoted else ()
    remarks = () if modelled else (_remark(article.language, quoted),)
    return Reading(mentions=names.mentions, entities=names.entities, quotes=quotes, remarks=remarks)


def read_names(article: Article, models: Models) -> Names:
    """The part of `read_article` before quotations: names, places, and people as one each over the story."""
    modelled, quoted, language = _served(article)
    pieces = cut_pieces(article)
    analyses = _analyse(pieces, models, modelled)
    cased = truecase_lines([piece.text for piece in pieces])
    recased = (replace(p, text=text, is_recased=text != p.text) for p, text in zip(pieces, cased, strict=True))
    texts = list(zip(recased, analyses, strict=True))
    facts = desk_facts(article, len(texts))
    every: Sequence[Text] = (*texts, *facts.texts)
    found = find_names(every, facts) if modelled else _listed_names(every, facts, language if quoted else None)
    mentions, entities = gather_entities(every, found, facts)
    if modelled:
        mentions = mark_metonyms(article, mentions, entities)
    return Names(tuple(mentions), tuple(entities), tuple((piece.paragraph, analysis) for piece, analysis in texts))


def _served(article: Article) -> tuple[bool, bool, str]:
    """Whether the names model reads the article, whether the quotation engine does, and its language."""
    language = (article.language or LANGUAGES[0]).partition("-")[0].lower()
    return language in _MODELLED, language in LANGUAGES, language


def _analyse(pieces: Sequence[Piece], models: Models, modelled: bool) -> list[Analysis]:
    if not modelled:
        return [simple_analysis(piece.text) for piece in pieces]
    return models.names.analyse([piece.text for piece in pieces])


def _listed_names(texts: Sequence[Text], facts: DeskFacts, language: str | None) -> list[Found]:
    """Names without a model: those of the desk and, for quotations, full names with a listed given name."""
    found = list(facts.found)
    if language is not None:
        views = make_views(texts[: len(texts) - len(facts.texts)])
        found = put_between(found, (f for view in views for f in find_full_names(view)))
        found = put_between(found, _speaking_surnames(views, found, language))
    return sorted(found, key=lambda f: (f.piece, f.start))


def _speaking_surnames(views: Sequence[View], found: Sequence[Found], language: str) -> Iterator[Found]:
    """Surnames of people named in full, beside a cue only: "warnte Sommer" is Petra Sommer, "im Sommer" is not."""
    verbs = load_words(language).verbs
    names = {view.number: view.text for view in views}
    surnames = {names[f.piece][f.start : f.end].split()[-1] for f in found if f.label == "PERSON" and f.piece in names}
    for view in views:
        for (start, end), word in zip(view.tokens, view.words, strict=True):
            if word in surnames and (view.before(start) in verbs or view.after(end) in verbs):
                yield Found(view.number, start, end, "PERSON", "surname", 0.9)


def _remark(language: str | None, quoted: bool) -> Remark:
    if quoted:
        detail = f"no model reads {language!r}: names of desk fields and listed given names, quotations by cues"
        return Remark("language", "language_partly_supported", detail)
    return Remark("language", "language_unsupported", f"no model reads {language!r}: desk fields only")
