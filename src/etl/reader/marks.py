"""What to mark in a text, and the text cut where marks begin and end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Row = dict[str, Any]

# The innermost of marks over one stretch is the one that a reader points at.
_ORDER = ("furniture", "dateline", "quote", "speaker", "cue", "mention")


@dataclass(frozen=True, slots=True)
class Mark:
    """`text[start:end]` is of `kind` (one of furniture, dateline, quote, speaker, cue, mention).

    `key` names the note on it; several marks may share one (a quotation, its cue and its speaker). `title` is the
    note's first line, `facts` the others, label and value.
    """

    start: int
    end: int
    kind: str
    key: str
    title: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under the same marks throughout, outermost first."""

    start: int
    end: int
    marks: tuple[Mark, ...]


def marks_of(article: Row, quotes: Sequence[Row], mentions: Sequence[Row], part: str) -> list[Mark]:
    """Every mark in a part (`text` or `headline`) of the article, by where it starts."""
    found = [*_furniture(article)] if part == "text" else []
    for number, quote in enumerate(quotes, start=1):
        if quote["part"] == part:
            found += _quote(number, quote)
    for number, mention in enumerate(mentions, start=1):
        if mention["part"] == part:
            found.append(_mention(number, mention))
    return sorted(found, key=lambda mark: (mark.start, -mark.end))


def _furniture(article: Row) -> Iterator[Mark]:
    for number, span in enumerate(article["furniture"] or (), start=1):
        if span["label"] == "body":
            continue
        kind = "dateline" if span["label"] == "dateline" else "furniture"
        facts = [("rule", span["rule"])]
        if kind == "dateline":
            facts += [
                ("place", article["dateline_place_name"]),
                ("country", article["dateline_country_code"]),
                ("GeoNames", article["dateline_geonames_id"]),
            ]
        title = f"{span['label'].replace('_', ' ')}, not running text"
        yield Mark(span["start"], span["end"], kind, f"f{number}", title, _told(facts))


def _quote(number: int, quote: Row) -> Iterator[Mark]:
    key = f"q{number}"
    who = quote["speaker_name"] or quote["speaker_text"] or "nobody named"
    title = f"{quote['quote_type']} quotation, {who}"
    facts = _told(
        [
            ("printed speaker", quote["speaker_text"]),
            ("role", quote["speaker_role"]),
            ("affiliation", quote["speaker_affiliation"]),
            ("cue", quote["cue_text"]),
            ("form", quote["quote_form"]),
            ("rule", quote["quote_rule"]),
            ("confidence", f"{quote['quote_confidence']:.2f}"),
            ("entity", quote["speaker_entity_id"]),
            ("id", quote["quote_id"]),
        ]
    )
    yield Mark(quote["quote_start"], quote["quote_end"], "quote", key, title, facts)
    for kind in ("speaker", "cue"):
        if quote[f"{kind}_start"] is not None:
            yield Mark(quote[f"{kind}_start"], quote[f"{kind}_end"], kind, key, title, facts)


def _mention(number: int, mention: Row) -> Mark:
    facts = [
        ("entity", mention["entity_id"]),
        ("rule", mention["mention_rule"]),
        ("confidence", f"{mention['mention_confidence']:.2f}"),
    ]
    title = f"{mention['entity_name']}, {mention['entity_type']}"
    return Mark(mention["mention_start"], mention["mention_end"], "mention", f"m{number}", title, _told(facts))


def _told(facts: Sequence[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, str(value)) for label, value in facts if value is not None)


def cut(length: int, marks: Sequence[Mark]) -> Iterator[Piece]:
    """The text of `length` code points in pieces, in order and without gaps, each with the marks over it."""
    edges = {0, length}
    for mark in marks:
        edges |= {min(mark.start, length), min(mark.end, length)}
    waiting = sorted(marks, key=lambda mark: mark.start)
    running: list[Mark] = []
    at = 0
    for start, end in pairwise(sorted(edges)):
        while at < len(waiting) and waiting[at].start <= start:
            running.append(waiting[at])
            at += 1
        running = [mark for mark in running if mark.end > start]
        yield Piece(start, end, tuple(sorted(running, key=lambda mark: _ORDER.index(mark.kind))))
