"""Terms of use that a story's text prints, and whether they forbid its publication."""

from __future__ import annotations

import re
from functools import cache

from etl.desk.lexicon import load
from etl.desk.sheet import Layout
from etl.records import Story

_SENTENCE_ENDS = re.compile(r"(?<=[^\W\d_]{2}[.!?])(?:[\"”)]?\s+|$)|(?<=\.)\s+(?=[A-Z][a-z])")
_KINDS = ("kill", "withhold", "advisory")


def read_terms(story: Story, layout: Layout, ednote: str | None) -> tuple[str | None, bool]:
    """The terms of use and whether they leave the story publishable.

    A field of the file counts first; then lines of terms, the copyright line and the note to editors, of which
    the sentences that state terms are taken.
    """
    forbids = False
    terms: list[str] = []
    for text in (
        story.usage_terms,
        layout.fields.get("terms"),
        layout.fields.get("copyright"),
        story.copyright,
        ednote,
    ):
        if not text:
            continue
        found = text if text == story.usage_terms else _terms_of(text)
        if found and found not in terms:
            terms.append(found)
            forbids = forbids or _forbidding().search(found) is not None
    return (terms[0] if terms else None), not forbids


def is_publishable(kind: str, *, terms_allow: bool, is_held: bool) -> bool:
    """Whether the item is for readers at all; an embargo with its time is no matter of the item itself."""
    return terms_allow and not is_held and kind not in _KINDS


def _terms_of(text: str) -> str | None:
    """The sentences of a line from the first that states terms to the last, None when none does."""
    printed = " ".join(text.split())
    if _any_terms().search(printed) is None:
        return None
    start = 0
    kept: list[str] = []
    for stop in [found.end() for found in _SENTENCE_ENDS.finditer(printed)] + [len(printed)]:
        sentence = printed[start:stop].strip()
        if sentence and _any_terms().search(sentence):
            kept.append(sentence)
        start = stop
    return " ".join(kept) or None


@cache
def _forbidding() -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{pattern})" for pattern in load("terms.toml")["forbidding"]), re.I)


@cache
def _any_terms() -> re.Pattern[str]:
    data = load("terms.toml")
    return re.compile("|".join(rf"\b(?:{pattern})" for pattern in (*data["forbidding"], *data["restricting"])), re.I)
