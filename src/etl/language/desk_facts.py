"""What the desk already knows of a story's names: the dateline's places and the people credited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from etl.language.found import Found, Text
from etl.language.model import Analysis
from etl.language.pieces import Piece, flatten
from etl.records import Article, Place

_TOKEN = re.compile(r"\w+(?:['’.-]\w+)*\.?|[^\w\s]")


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """Mentions on desk lines, and the label that the desk's fields give a name wherever it stands.

    `texts` are the desk lines, to be read behind the story's own pieces; the `piece` of a mention is its number in
    `texts` plus the number of those pieces.
    """

    texts: tuple[Text, ...]
    found: tuple[Found, ...]
    labels: dict[str, str]
    country_code: str | None
    city: str | None
    place: Place | None


def desk_facts(article: Article, piece_count: int) -> DeskFacts:
    """Collect the names of dateline and credits; `piece_count` pieces of the story come before the desk lines."""
    texts: list[Text] = []
    found: list[Found] = []
    labels: dict[str, str] = {}
    for start, end, names, label, rule in _lines(article):
        piece = Piece("text", start, flatten(article.story.text[start:end]), is_desk_line=True)
        number = piece_count + len(texts)
        spans = list(_places_of(piece.text, names))
        if spans:
            texts.append((piece, simple_analysis(piece.text)))
            found += [Found(number, left, right, label, rule, 0.98) for left, right in spans]
    if dateline := article.dateline:
        for name in (dateline.city, dateline.region):
            if name:
                labels.update(dict.fromkeys((name, _titled(name)), "GPE"))
    for credit in article.credits:
        if credit.name and " " in credit.name:
            labels[credit.name] = "PERSON"
    place = article.dateline.resolved if article.dateline else None
    city = article.dateline.city if article.dateline else None
    return DeskFacts(tuple(texts), tuple(found), labels, place.country_code if place else None, city, place)


def _lines(article: Article) -> Iterator[tuple[int, int, list[str], str, str]]:
    """Yield span, names in it, their label and the rule for each desk line that stands in the text."""
    if (d := article.dateline) and d.start is not None and d.end is not None:
        yield d.start, d.end, [name for name in (d.city, d.region) if name], "GPE", "dateline"
    spans = {(p.start, p.end) for p in article.paragraphs}
    for credit in article.credits:
        if credit.name and credit.start is not None and credit.end is not None:
            inside = any(start <= credit.start < end for start, end in spans)
            if not inside:
                yield credit.start, credit.end, [credit.name], "PERSON", "byline"


def _places_of(text: str, names: Sequence[str]) -> Iterator[tuple[int, int]]:
    done = 0
    for name in names:
        at = text.find(name, done)
        at = text.upper().find(name.upper(), done) if at < 0 and len(text.upper()) == len(text) else at
        if at >= 0:
            done = at + len(name)
            yield at, done


def _titled(name: str) -> str:
    """ "ST. LOUIS" becomes "St. Louis", "RIO DE JANEIRO" "Rio de Janeiro"."""
    if not name.isupper():
        return name
    words = [word if word in ("U.S.", "D.C.", "UAE") else word.capitalize() for word in name.split()]
    small = ("De", "Del", "La", "Of", "Da", "Do")
    return " ".join(word.lower() if n and word in small else word for n, word in enumerate(words))


def simple_analysis(text: str) -> Analysis:
    """Return words and one sentence, without names: for desk lines and for languages no model reads."""
    tokens = tuple(match.span() for match in _TOKEN.finditer(text))
    return Analysis(tokens=tokens, sentences=((0, len(tokens)),) if tokens else (), names=())
