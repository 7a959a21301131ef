"""Headlines in sentence case, and headlines of items that came without one."""

import pytest

from etl.desk import edit_story
from etl.desk.headlines import sentence_case
from etl.records import Article, Story

BODY = (
    "Ferry crews of the Nordby Line walked out, said Mona McAllister of the SFU union. The Bank of Nordby sees new "
    "harbour costs at U.S. ports, and slammed the plan. The bank has no comment."
)


def _cased(headline: str, language: str | None = "en", names: tuple[str, ...] = ()) -> str | None:
    return sentence_case(headline, BODY, [(0, len(BODY))], names, language)


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("FERRY CREWS OF NORDBY LINE WALK OUT", "Ferry crews of Nordby Line walk out"),
        ("NORDBY LINE <NBL.OL> SEES U.S. COSTS", "Nordby Line <NBL.OL> sees U.S. costs"),
        ("MCALLISTER'S SFU TO STRIKE IN FEBRUARY", "McAllister's SFU to strike in February"),
        ("UPDATE 1-FERRY CREWS STRIKE", "UPDATE 1-Ferry crews strike"),
        ("FERRY SINKS? BANK OF NORDBY SILENT", "Ferry sinks? Bank of Nordby silent"),
        ("Ferry Crews Walked Out Over Harbour Costs", "Ferry crews walked out over harbour costs"),
        ("McAllister Slams the Plan as Ferry Crews Walk", "McAllister slams the plan as ferry crews walk"),
        ("Ferry crews walk out, McAllister says", "Ferry crews walk out, McAllister says"),
        ("Mona McAllister quits", "Mona McAllister quits"),
    ],
)
def test_sentence_case(printed: str, sentence: str) -> None:
    assert _cased(printed) == sentence


def test_names_of_dateline_and_byline_keep_their_capitals() -> None:
    assert _cased("FERRY CREWS STRIKE IN OSLO, PETRA ROE SAYS", names=("OSLO", "Petra Roe")) == (
        "Ferry crews strike in Oslo, Petra Roe says"
    )


def test_german_nouns_are_no_title_case() -> None:
    assert _cased("Fährleute Streiken Gegen Hafen Kosten", "de") == "Fährleute Streiken Gegen Hafen Kosten"


def test_a_body_without_small_letters_shows_nothing() -> None:
    body = "FERRY CREWS WALKED OUT ON MONDAY."
    assert sentence_case("FERRY CREWS STRIKE", body, [(0, len(body))], (), "en") is None
    assert sentence_case("FERRY CREWS STRIKE", "", [], (), "en") is None


def _markup(text: str, **fields: object) -> Article:
    return edit_story(Story(format="newsml_g2", byte_offset=0, byte_length=len(text), text=text, **fields))  # type: ignore[arg-type]


def test_an_alert_without_headline_gets_its_first_line_with_a_remark() -> None:
    article = _markup("OSLO (AP) - Ferry sinks off Norway, police say.\nMore to come.")
    assert article.headline == "Ferry sinks off Norway, police say."
    assert article.headline_start == article.story.text.index("Ferry")
    assert article.headline_evidence == "derived"
    assert [remark.code for remark in article.remarks] == ["derived_headline"]
    assert article.body.startswith("Ferry sinks off Norway, police say.")


def test_a_derived_headline_is_a_sentence_at_most() -> None:
    article = _markup("A ferry sank off Norway on Monday. " + "Nobody on board was hurt, the police said. " * 8)
    assert article.headline == "A ferry sank off Norway on Monday."


def test_where_a_headline_comes_from() -> None:
    assert _markup("A ferry sank.", headline="Ferry sinks").headline_evidence == "delivered"
    text = "Ferry sinks off Norway\n\nOSLO (AP) - A ferry sank."
    printed = edit_story(Story("textdump", 0, len(text), text, is_text_layout=True))
    assert (printed.headline, printed.headline_evidence) == ("Ferry sinks off Norway", "printed")
    assert _markup("").headline_evidence is None
