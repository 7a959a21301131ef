"""What a correction corrects: what was wrong, what is right, and where in the story it stood."""

from __future__ import annotations

import re
from functools import cache

from etl.desk.lexicon import load
from etl.desk.sheet import Layout
from etl.records import Correction, Story

_SIGNS = re.compile(
    r"correct|\bcorr\b|\bmiss?(?:pel|stat|ident|report|quot)|\bsted\b|erroneous|wrongly|(?:please|pls)\s+read|"
    r"berichtig|korrig|korrektur|richtig|heißt|heißen|corrig|bien\s+lire|fix(?:es|ed)\b|clarif",
    re.I,
)
_SAYS_SO = re.compile(r"(?:(?<=\n)|\s)[-–—]\s?(?=Correct(?:s|ing)\b)")
"""A story sent anew may close with it: "... in the harbour. - Corrects number of boats."."""
_OWN_ITEM_PARAGRAPHS = 3
_LONGEST = 900
_WHERE = ("where", "where2", "where3")
_EDGE = " \t.,;:-–—…"
_QUOTES = (('"', '"'), ("“", "”"), ("'", "'"), ("‘", "’"), ("«", "»"), ("„", "“"))
_PLACE_LAST = re.compile(r"\s+(?:in|throughout|at|of)$", re.I)


def read_correction(story: Story, layout: Layout, ednote: str | None, *, is_correction: bool) -> Correction | None:
    """The correction that notices and notes to editors state, None when none of them does.

    An item whose headline or signals call it a correction (`is_correction`) may be the correction itself: then
    its first paragraphs and its last are asked too, and count only where they say so.
    """
    for text in (*layout.notices, ednote):
        if text and _SIGNS.search(text):
            return _read(text)
    if not is_correction:
        return None
    first = layout.body[:_OWN_ITEM_PARAGRAPHS]
    for start, end in (*first, *layout.body[len(first) :][-1:]):
        if end - start <= _LONGEST and _SIGNS.search(story.text, start, end):
            says = _SAYS_SO.search(story.text, start, end)
            found = _read(story.text[says.end() if says else start : end])
            if says or found.wrong or found.right:
                return found
    return None


def _read(printed: str) -> Correction:
    text = " ".join(printed[:_LONGEST].split()).strip("()[]* ")
    places, patterns = _patterns()
    place = places.search(text)
    where = next(filter(None, map(place.__getitem__, _WHERE)), None) if place else None
    plain = places.sub(lambda found: f" {found[0]}" if found["kept"] else " ", text) if place else text
    for pattern in patterns:
        found = pattern.search(plain)
        if found is not None:
            parts = found.groupdict()
            return Correction(text, _part(parts.get("wrong")), _part(parts.get("right") or parts.get("name")), where)
    return Correction(text, where=where)


def _part(printed: str | None) -> str | None:
    """One side of a correction without the marks and quotation marks around it."""
    if printed is None:
        return None
    text = _PLACE_LAST.sub("", " ".join(printed.split()).strip(_EDGE))
    for opening, closing in _QUOTES:
        if len(text) > 2 and text[0] == opening and text.rstrip(_EDGE)[-1] == closing and text.count(closing) < 3:
            text = text.rstrip(_EDGE)[1:-1]
            break
    return text.strip(_EDGE) or None


@cache
def _patterns() -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    data = load("corrections.toml")
    return (
        re.compile(rf"\s*(?:{data['where']})", re.I),
        tuple(re.compile(entry["pattern"], re.I) for entry in data["pattern"]),
    )
