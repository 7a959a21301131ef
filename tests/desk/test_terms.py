"""Terms of use in a story's own text, and whether they leave it publishable."""

import pytest

from etl.desk import edit_story
from etl.records import Article, Story

LEAD = "OSLO (AP) - A ferry sank.\nNobody was hurt."


def _edit(text: str, **fields: object) -> Article:
    return edit_story(Story("nitf", 0, len(text), text, headline="Ferry sinks", **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        (
            "(c) 2020 Northern Wire. All rights reserved. This material may not be published, rewritten or sold.",
            "This material may not be published, rewritten or sold.",
        ),
        ("This material may not be published or rewritten.", "This material may not be published or rewritten."),
        ("Not for use by clients in Norway.", "Not for use by clients in Norway."),
        ("EDITORIAL USE ONLY. NO SALES.", "EDITORIAL USE ONLY. NO SALES."),
        ("Reproduction without permission is prohibited.", "Reproduction without permission is prohibited."),
    ],
)
def test_terms_in_the_text(line: str, terms: str) -> None:
    article = _edit(f"{LEAD}\n{line}")
    assert article.usage_terms == terms
    assert article.body == "A ferry sank.\nNobody was hurt."
    assert article.is_publishable


@pytest.mark.parametrize(
    ("note", "is_publishable"),
    [
        ("NOT FOR PUBLICATION", False),
        ("Not for publication or broadcast.", False),
        ("For planning purposes only", False),
        ("For your information only.", False),
        ("Nicht zur Veröffentlichung bestimmt", False),
        ("Not for publication in Norway", True),
        ("Not for use by Bergen papers", True),
        ("Adds quotes", True),
    ],
)
def test_what_forbids_publication(note: str, is_publishable: bool) -> None:
    assert _edit(LEAD, ednote=note).is_publishable is is_publishable


def test_a_field_of_the_file_counts_before_the_text() -> None:
    article = _edit(f"{LEAD}\nThis material may not be published.", usage_terms="For subscribers of the line only")
    assert article.usage_terms == "For subscribers of the line only"


def test_kills_withheld_items_and_advisories_are_not_publishable() -> None:
    assert not _edit("MANDATORY KILL\nEditors: please kill the story.").is_publishable
    assert not _edit(LEAD, status="withheld").is_publishable
    assert not _edit("ADVISORY\nThe wire moves at noon.").is_publishable
    assert _edit(LEAD).is_publishable
