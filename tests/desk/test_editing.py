"""Whole stories over the desk: what is cut, what fields it gives, and that nothing is lost."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.desk import delivered_body, edit_story
from etl.records import Article, Block, Instant, Story

DUMP = """\
Advertisement

Ferry crews strike over night shifts in Port Ellen

Share
Harbour Tribune Washington Bureau

ABERDEEN, Scotland Ferry crews walked out on Monday over night shifts, leaving thousands at the piers.

“We are tired,” said Mona Reid, who leads the union.

Advertisement

The company said talks would go on. Read more about ferries in the annual report of the line.

(Quillon is a Harbour Tribune special correspondent.)

(c)2019 Harbour Tribune Washington Bureau

Visit the Harbour Tribune Washington Bureau at www.harbourtribune.example

Distributed by Northern Content Agency, LLC.

Advertisement
"""

WRAPPED = """\
FERRY LINE <FRY> SEES HIGHER COSTS
    By Orla Vance, Reuters
    LONDON, March 3 - The Ferry Line Co said it expects costs to
rise by a tenth this year because of fuel and the new night
shifts that crews have asked for.
    It said a payout was not in danger and that talks with the
crews would go on.
    Oper net      9.1 mln      7.4 mln
    Sales        94.4 mln     92.0 mln
 Reuter
"""


def _story(text: str, **fields: object) -> Story:
    return Story(format="textdump", byte_offset=0, byte_length=len(text), text=text, is_text_layout=True, **fields)  # type: ignore[arg-type]


def _markup(text: str, **fields: object) -> Story:
    return Story(format="nitf", byte_offset=0, byte_length=len(text), text=text, **fields)  # type: ignore[arg-type]


def _pieces(article: Article, label: str) -> list[str]:
    return [article.story.text[s.start : s.end].strip() for s in article.spans if s.label == label]


def test_dump_with_furniture_comes_out_as_fields_and_a_clean_body() -> None:
    article = edit_story(_story(DUMP))
    assert article.headline == "Ferry crews strike over night shifts in Port Ellen"
    assert article.story.text[article.headline_start or 0 :].startswith(article.headline)
    assert article.bureau == article.source == "Harbour Tribune Washington Bureau"
    assert article.dateline is not None
    assert article.dateline.printed == "ABERDEEN, Scotland"
    assert article.body.startswith("Ferry crews walked out on Monday")
    assert article.body.endswith("annual report of the line.")
    assert "Advertisement" not in article.body
    assert len(article.paragraphs) == 3
    (credit,) = article.credits
    assert (credit.name, credit.title, credit.role) == ("Quillon", "Harbour Tribune special correspondent", "author")
    assert article.byline == "Quillon"
    assert article.copyright == "(c)2019 Harbour Tribune Washington Bureau"
    assert (article.copyright_year, article.copyright_holder) == (2019, "Harbour Tribune Washington Bureau")
    assert article.distributor == "Northern Content Agency, LLC"
    assert article.source_url == "www.harbourtribune.example"
    assert (article.language, article.language_evidence) == ("en", "detected")
    assert article.published is None
    assert _pieces(article, "page") == ["Advertisement", "Share", "Advertisement", "Advertisement"]


def test_hard_wrapped_story_joins_lines_and_keeps_the_table() -> None:
    article = edit_story(_story(WRAPPED))
    assert article.headline == "FERRY LINE <FRY> SEES HIGHER COSTS"
    assert article.byline == "Orla Vance, Reuters"
    assert article.agency == "Reuters"
    assert article.body.split("\n") == [
        "The Ferry Line Co said it expects costs to rise by a tenth this year because of fuel and the new night"
        " shifts that crews have asked for.",
        "It said a payout was not in danger and that talks with the crews would go on.",
        "Oper net 9.1 mln 7.4 mln",
        "Sales 94.4 mln 92.0 mln",
    ]
    assert _pieces(article, "end_mark") == ["Reuter"]


def test_markup_story_opens_with_dateline_and_closes_with_credits() -> None:
    text = (
        "OSLO, March 3 (Reuters) - A ferry sank.\nNobody was hurt.\n"
        "(Reporting by Orla Vance; Editing by Bo Ek)\n© 2020 Example Wire"
    )
    article = edit_story(_markup(text, headline="Ferry sinks", language="en-GB"))
    assert article.body == "A ferry sank.\nNobody was hurt."
    assert [(c.name, c.role) for c in article.credits] == [("Orla Vance", "reporting"), ("Bo Ek", "editing")]
    assert (article.copyright_year, article.copyright_holder) == (2020, "Example Wire")
    assert (article.headline, article.headline_start) == ("Ferry sinks", None)
    assert (article.language, article.language_evidence) == ("en", "declared")


def test_delivered_body_keeps_credits_and_signs_but_not_what_the_reader_set_apart() -> None:
    text = "OSLO (Reuters) - A ferry sank.\n(Reporting by Orla Vance)\nReuter\nab/cd\nNot for publication"
    block = Block(text.index("Not for"), len(text), "contact", "reader.annex")
    assert delivered_body(edit_story(_markup(text, blocks=(block,)))) == (
        "OSLO (Reuters) - A ferry sank.\n(Reporting by Orla Vance)\nReuter\nab/cd"
    )
    article = edit_story(_story(DUMP))
    assert delivered_body(article) == article.body


def test_credits_at_the_end_of_the_last_paragraph_are_cut_from_it() -> None:
    article = edit_story(_markup("A ferry sank.\nNobody was hurt. (Reporting by Orla Vance; editing by Bo Ek)"))
    assert article.body.endswith("Nobody was hurt.")
    assert [c.name for c in article.credits] == ["Orla Vance", "Bo Ek"]


def test_blocks_of_the_reader_keep_their_label() -> None:
    text = "A ferry sank.\nFerry at the pier\nNobody was hurt."
    start = text.index("Ferry at")
    article = edit_story(_markup(text, blocks=(Block(start, start + 17, "caption", "nitf.caption"),)))
    assert article.body == "A ferry sank.\nNobody was hurt."
    assert _pieces(article, "caption") == ["Ferry at the pier"]


@pytest.mark.parametrize(
    "text",
    [
        "One line without any form",
        "A ferry sank on Monday. Nobody was hurt, the owners said.",
        "A FERRY SANK ON MONDAY OFF THE COAST AND NOBODY WAS HURT, THE OWNERS\n"
        "SAID. THE CREW SWAM TO THE PIER AND WAS HOME BEFORE THE EVENING CAME.",
        "apples\npears\nplums",
        "Share prices fell.\n\nPrint media fared worse.\n\nBy Friday the loss was made good.",
    ],
    ids=["line", "sentence", "capitals", "list", "false friends"],
)
def test_text_without_form_comes_out_whole(text: str) -> None:
    article = edit_story(_story(text))
    assert article.body.split() == text.split()
    assert article.headline is None
    assert article.credits == ()


@pytest.mark.parametrize(
    ("headline", "ednote", "signals", "kind", "status"),
    [
        ("UPDATE 2-Ferry sinks", None, ("update",), "story", "usable"),
        ("CORRECTED-Ferry sinks", None, ("correction",), "story", "usable"),
        ("REFILE-Ferry sinks", None, ("refile",), "story", "usable"),
        ("RPT-Ferry sinks", None, ("repeat",), "story", "usable"),
        ("Correction officers strike", None, (), "story", "usable"),
        ("Ferry sinks", "1st Ld-Writethru. Adds quote", ("writethru", "update"), "story", "usable"),
        ("KILL-Ferry sinks", "Please kill item npa 157, which was wrong", (), "kill", "canceled"),
        ("Ferry sinks", "HOLD HOLD HOLD Please hold item npa 123", (), "withhold", "withheld"),
        ("ADVISORY-Ferry coverage", None, ("advisory",), "advisory", "usable"),
    ],
)
def test_signals(headline: str, ednote: str | None, signals: tuple[str, ...], kind: str, status: str) -> None:
    article = edit_story(_markup("A ferry sank.", headline=headline, ednote=ednote))
    assert (article.signals, article.item_kind, article.status) == (signals, kind, status)


def test_kill_names_what_it_kills() -> None:
    text = "KILL KILL KILL\nPlease kill item npa 157 (Ferry sinks). It was wrong.\n"
    article = edit_story(_story(text))
    assert article.item_kind == "kill"
    assert article.kills == ("npa 157",)


def test_published_from_dateline_and_copyright_year_to_the_day() -> None:
    release = (
        "Source: Ferry Line Ltd\nMEDIA RELEASE PR12345\nFerry Line Orders Two Ships\n\n"
        "OSLO, Feb. 3, 2017 /PRNewswire-AsiaNet/ --\n\n"
        "Ferry Line Ltd today said it ordered two ships.\n\nSOURCE: Ferry Line Ltd\n"
    )
    article = edit_story(_story(release))
    assert article.published is not None
    assert (article.published.when, article.published.precision) == (datetime(2017, 2, 3), "day")
    assert article.headline == "Ferry Line Orders Two Ships"
    assert article.source == "Ferry Line Ltd"
    assert article.body == "Ferry Line Ltd today said it ordered two ships."


def test_created_wins_over_other_times_and_impossible_years_are_remarks() -> None:
    created = Instant("20200103", datetime(2020, 1, 3, tzinfo=UTC))
    odd = Instant("00010101", datetime(1, 1, 1, tzinfo=UTC))
    assert edit_story(_markup("A ferry sank.", created=created)).published == created
    article = edit_story(_markup("A ferry sank.", headline="Ferry", created=odd, versioned=created))
    assert article.published == created
    assert [remark.code for remark in article.remarks] == ["impossible_time"]


GOLDEN = Path(__file__).parent.parent / "golden" / "desk"
PRINTED = [line for case in sorted(GOLDEN.glob("*/story.txt")) for line in case.read_text(encoding="utf-8").split("\n")]
LINES = st.sampled_from(
    [*dict.fromkeys([*DUMP.split("\n"), *WRAPPED.split("\n"), *PRINTED]), "  ", "\t", "By ", "(c) 2001"]
)
LINE_ENDS = st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\u2028", "  ", ""])
STORIES = st.lists(st.tuples(LINES, LINE_ENDS).map("".join), max_size=16).map("".join)


@given(st.one_of(st.text(max_size=300), STORIES), st.booleans())
@example(
    "Ferry Line Orders Ships\n\nKYOTO, Japan,\rFeb. 1, 2017 /Kyodo JBN-AsiaNet/ --\n\nThe line ordered ships.\n", True
)
@settings(deadline=None, max_examples=200)
def test_spans_tile_the_text(text: str, is_text_layout: bool) -> None:
    story = Story(format="x", byte_offset=0, byte_length=0, text=text, is_text_layout=is_text_layout)
    article = edit_story(story)
    assert "".join(text[span.start : span.end] for span in article.spans) == text
    assert all(span.start < span.end for span in article.spans)
    bodies = [(span.start, span.end) for span in article.spans if span.label == "body"]
    for paragraph in article.paragraphs:
        assert any(start <= paragraph.start < paragraph.end <= end for start, end in bodies)
        assert text[paragraph.start : paragraph.end].strip() == text[paragraph.start : paragraph.end]
    assert all(first.end == second.start for first, second in pairwise(article.spans))
    for credit in article.credits:
        if credit.name is not None and credit.start is not None:
            assert " ".join(text[credit.start : credit.end].split()) == credit.name
    assert edit_story(story) == article
