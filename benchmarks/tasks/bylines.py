"""Bylines and credits through the desk, for the gold set of bylines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etl.desk import edit_story, parse_byline, parse_credits
from etl.desk.credits import agency_in
from etl.records import Credit, Story

ROLES = ("reporting", "additional_reporting", "writing", "editing", "compiled", "translation")
_FORM_OF_KIND = {"byline-line": "line", "tail": "tail", "byline-story": "story", "neg": "story"}


def predict(documents: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Yield `doc_id`, `authors`, `agency` and `credits` (names by role) for each document.

    `form` says what `text` is: a header `line`, the closing `tail`, or a whole `story`; without it the
    gold's `kind` tells. A line has no closing credits and a tail no authors.
    """
    for document in documents:
        text = str(document["text"])
        form = str(document.get("form") or _form(str(document.get("kind") or "story")))
        if form == "line":
            people, agency = parse_byline(text), None
        elif form == "tail":
            people, agency = parse_credits(text), None
        else:
            story = Story(format="text", byte_offset=0, byte_length=len(text), text=text, is_text_layout=True)
            article = edit_story(story)
            people, agency = article.credits, article.agency
        yield {
            "doc_id": document["doc_id"],
            "authors": _names(people, "author"),
            "agency": agency or agency_in(people),
            "credits": {role: _names(people, role) for role in ROLES},
        }


def _form(kind: str) -> str:
    return next((form for start, form in _FORM_OF_KIND.items() if kind.startswith(start)), "story")


def _names(people: tuple[Credit, ...], role: str) -> list[str]:
    return [credit.name for credit in people if credit.role == role and credit.name]
