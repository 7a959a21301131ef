"""The stretches of a story that the language stage reads, and how their offsets map back."""

from __future__ import annotations

from dataclasses import dataclass

from etl.records import Article, Paragraph, Part


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of text: a headline, a paragraph of the body, or a line of the desk (dateline, byline).

    `text` has line breaks replaced one for one by spaces, so that `start + offset` counts in `part` of the story.
    `paragraph` is None but for paragraphs. What a desk line names is known from the desk and not asked of a model.
    A line in capitals is `is_recased`: its small letters are a guess.
    """

    part: Part
    start: int
    text: str
    paragraph: Paragraph | None = None
    is_desk_line: bool = False
    is_recased: bool = False


def cut_pieces(article: Article) -> tuple[Piece, ...]:
    """Return headline (when there is one of its own) and paragraphs of the body, in this order.

    A headline derived from the body's first line is read there; read twice, its names would count twice.
    """
    pieces = []
    if article.headline and article.headline_evidence != "derived":
        pieces.append(Piece("headline", 0, flatten(article.headline)))
    text = article.story.text
    pieces += [Piece("text", p.start, flatten(text[p.start : p.end]), p) for p in article.paragraphs]
    return tuple(pieces)


_BREAKS = {ord(c): " " for c in "\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029"}


def flatten(text: str) -> str:
    """Return text of the same length with every line break and tab made a space."""
    return text.translate(_BREAKS)
