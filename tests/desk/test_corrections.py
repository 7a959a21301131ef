"""Corrections: what was wrong, what is right and where, in the forms the trade prints them in."""

import pytest

from etl.desk import edit_story
from etl.records import Article, Correction, Story

Parts = tuple[str | None, str | None, str | None]


def _edit(text: str, **fields: object) -> Article:
    story = Story(format="nitf", byte_offset=0, byte_length=len(text), text=text, headline="Ferry sinks", **fields)  # type: ignore[arg-type]
    return edit_story(story)


def _parts(correction: Correction | None) -> Parts:
    assert correction is not None
    return correction.wrong, correction.right, correction.where


@pytest.mark.parametrize(
    ("notice", "parts"),
    [
        ("(Corrects spelling of Halvorsen to Halvorson in paragraph 3)", ("Halvorsen", "Halvorson", "paragraph 3")),
        ("(Corrects spelling of captain's name to Halvorson)", (None, "Halvorson", None)),
        ("(Corrects name of union in paragraphs 3 and 5)", (None, None, "paragraphs 3 and 5")),
        ('(Corrects "Ada Quill" to "Ada Quille", paragraph 2)', ("Ada Quill", "Ada Quille", "paragraph 2")),
        ("(Corrects figure to 30 mln from 20 mln in headline)", ("20 mln", "30 mln", "headline")),
        ("(Corrects dateline to OSLO from BERGEN)", ("BERGEN", "OSLO", "dateline")),
        (
            "(This version of the story corrects paragraph 4 to show profit rose 5 percent, not 15 percent)",
            ("15 percent", "profit rose 5 percent", "paragraph 4"),
        ),
        (
            "(In June 3 story, corrects last paragraph to say two died, not four)",
            ("four", "two died", "last paragraph"),
        ),
    ],
)
def test_correction_lines(notice: str, parts: Parts) -> None:
    article = _edit(f"{notice}\nOSLO, June 4 (Reuters) - A ferry sank.")
    assert article.body == "A ferry sank."
    assert _parts(article.correction) == parts
    assert article.correction is not None
    assert article.correction.text == notice.strip("()")
    assert "correction" in article.signals


@pytest.mark.parametrize(
    ("ednote", "parts"),
    [
        ("Corrects day of vote to Tuesday, sted Monday; adds quotes.", ("Monday", "Tuesday", None)),
        ("Corrects figure in 3rd graf to 30 million, sted 20 million.", ("20 million", "30 million", "3rd graf")),
        (
            "In a June 3 story, Northern Wire misspelled the name of the pilot. It is Ada Quill, not Ada Quille.",
            ("Ada Quille", "Ada Quill", None),
        ),
        (
            "In a June 3 story about ferries, Northern Wire misspelled the name of Ada Quill.",
            (None, "Ada Quill", None),
        ),
        (
            "In a story June 3, the wire reported erroneously that crews would return on Monday. They return Tuesday.",
            ("crews would return on Monday", "They return Tuesday", None),
        ),
        (
            "CORRECTION: An earlier version of this article incorrectly listed the year of the launch. It was 1971.",
            (None, "1971", None),
        ),
        ("CORRECTION: The mayor's age is 54, not 45.", ("45", "54", None)),
        (
            "Berichtigung: Im 3. Absatz muss es heißen: 30 Boote (nicht 20 Boote).",
            ("20 Boote", "30 Boote", "3. Absatz"),
        ),
        ("Correctif: bien lire au 3e paragraphe 30 bateaux au lieu de 20.", ("20", "30 bateaux", "3e paragraphe")),
    ],
)
def test_correction_notes(ednote: str, parts: Parts) -> None:
    assert _parts(_edit("A ferry sank.", ednote=ednote).correction) == parts


def test_correction_item_of_its_own() -> None:
    text = (
        "CORRECTION - FERRY LINE YEAR NET\n"
        'In OSLO story headlined "FERRY LINE YEAR NET" please read in second paragraph ... revenue 915 mln ... '
        "instead of 581 mln."
    )
    story = Story(format="textdump", byte_offset=0, byte_length=len(text), text=text, is_text_layout=True)
    article = edit_story(story)
    assert article.headline == "CORRECTION - FERRY LINE YEAR NET"
    assert _parts(article.correction) == ("581 mln", "revenue 915 mln", "second paragraph")


def test_correction_at_the_end_of_a_story_sent_anew() -> None:
    article = _edit(
        "A ferry sank.\nIt had left Oslo at noon. - Corrects to show ferry left Oslo.", signals=("sig:correction",)
    )
    assert _parts(article.correction) == (None, "ferry left Oslo", None)
    assert article.correction is not None
    assert article.correction.text == "Corrects to show ferry left Oslo."


@pytest.mark.parametrize(
    "text",
    [
        "A market correction is due, the broker said. It was 1914, not 1915, that he had in mind.",
        "He corrected the count to 30 from 20, the minister said.",
    ],
)
def test_stories_about_corrections_are_none(text: str) -> None:
    assert _edit(text).correction is None
    assert _edit(text).signals == ()
