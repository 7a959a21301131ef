from datetime import datetime
from pathlib import Path

import pytest
from cases import cases, check_case, check_whole, claims, delivery, inputs, mutations
from hypothesis import given, settings

from etl.readers import reuters_sgml
from etl.records import Limits, Reject, Story, Subject

START = b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n'
ELEMENT = b"""<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="9" NEWID="7">
<DATE> 3-MAR-1987 09:28:21.66</DATE>
<TOPICS><D>salt</D><D>ship</D></TOPICS>
<PLACES><D>chile</D></PLACES>
<PEOPLE></PEOPLE>
<ORGS><D>imo</D></ORGS>
<EXCHANGES></EXCHANGES>
<COMPANIES></COMPANIES>
<UNKNOWN>
&#5;&#5;&#5;C T
&#22;&#22;&#1;f0482&#31;reute
u f BC-SALT-SHIPS-&lt;SLT>-WAIT   03-03 0057</UNKNOWN>
<TEXT>&#2;
<TITLE>SALT SHIPS &lt;SLT> WAIT
IN IQUIQUE</TITLE>
<AUTHOR>    By Rosa Pinto, Reuters</AUTHOR>
<DATELINE>    IQUIQUE, Chile, March 3 - </DATELINE><BODY>Six salt ships of Salt Lines Inc &lt;SLT>
waited in the port, agents &amp; crews said.
    "We have been here for a week," said one captain.
 Reuter
&#3;</BODY></TEXT>
</REUTERS>
"""


def read_all(data: bytes, limits: Limits | None = None) -> list[Story | Reject]:
    return list(reuters_sgml.read(delivery(data, limits=limits)))


def one(data: bytes) -> Story:
    (story,) = read_all(data)
    assert isinstance(story, Story)
    return story


@pytest.mark.parametrize("folder", cases("reuters_sgml"))
def test_golden(folder: Path, is_updating_golden: bool) -> None:
    check_case(folder, is_updating_golden)


def test_every_element_is_a_field() -> None:
    story = one(START + ELEMENT)
    assert story.headline == "SALT SHIPS <SLT> WAIT IN IQUIQUE"
    assert story.text.split("\n") == [
        "Six salt ships of Salt Lines Inc <SLT> waited in the port, agents & crews said.",
        '"We have been here for a week," said one captain.',
        "Reuter",
    ]
    assert [story.text[block.start : block.end] for block in story.blocks] == ["Reuter"]
    assert (story.dateline, story.bylines) == ("IQUIQUE, Chile, March 3", ("By Rosa Pinto, Reuters",))
    assert story.subjects == (Subject("salt", "topics"), Subject("ship", "topics"))
    assert (story.places, story.extra["ORGS"], story.extra["@NEWID"]) == (("chile",), "imo", "7")
    assert (story.priority_code, story.categories, story.slugline) == ("u", ("f",), "SALT-SHIPS-<SLT>-WAIT")
    assert (story.service, story.item_number) == ("f", "0482")
    assert story.published is not None
    assert story.published.when == datetime(1987, 3, 3, 9, 28, 21)
    assert story.byte_offset == len(START)


def test_a_damaged_date_keeps_its_day() -> None:
    story = one(ELEMENT.replace(b"09:28:21.66", b"605:12:19.12"))
    assert story.published is not None
    assert (story.published.when, story.published.precision) == (datetime(1987, 3, 3), "day")
    assert [remark.code for remark in story.remarks] == ["date_damaged"]


def test_the_placeholder_of_a_brief_is_no_text() -> None:
    begin, end = ELEMENT.index(b"<TEXT>"), ELEMENT.index(b"</TEXT>")
    brief = b'<TEXT TYPE="BRIEF">&#2;\n******<TITLE>SALT UP TWO DLRS\n</TITLE>Blah blah blah.\n&#3;\n\n'
    story = one(ELEMENT[:begin] + brief + ELEMENT[end:])
    assert (story.headline, story.text) == ("SALT UP TWO DLRS", "")


def test_untagged_tables_keep_their_rows() -> None:
    begin, end = ELEMENT.index(b"<TEXT>"), ELEMENT.index(b"</TEXT>")
    rows = b" Iquique.......644 vs.....1,337\n Arica.........680 vs.......425\n"
    table = b'<TEXT TYPE="UNPROC">&#2;\nSALT STOCKS - MARCH 3\n' + rows + b"&#3;\n"
    story = one(ELEMENT[:begin] + table + ELEMENT[end:])
    assert story.text.split("\n") == [
        "SALT STOCKS - MARCH 3",
        "Iquique.......644 vs.....1,337",
        "Arica.........680 vs.......425",
    ]
    assert story.is_text_layout
    assert story.headline is None


def test_a_byte_outside_utf8_is_read_as_western() -> None:
    story = one(ELEMENT.replace(b"one captain", b"Captain M\xfcller"))
    assert "Captain Müller" in story.text
    assert story.encoding_evidence == "fallback"


def test_an_element_cut_off_is_refused_and_the_next_still_loads() -> None:
    cut = ELEMENT[: ELEMENT.index(b"said one")]
    reject, story = read_all(cut + ELEMENT)
    assert isinstance(reject, Reject)
    assert (reject.reason, reject.byte_length) == ("truncated", len(cut))
    assert isinstance(story, Story)


def test_bytes_between_elements_are_refused_by_themselves() -> None:
    assert [getattr(item, "reason", None) for item in read_all(ELEMENT + b"&#5; noise\n" + ELEMENT)] == [
        None,
        "stray_bytes",
        None,
    ]


def test_a_file_without_elements_says_so() -> None:
    (reject,) = read_all(START)
    assert isinstance(reject, Reject)
    assert reject.reason == "no_story"


def test_number_of_stories_is_bounded() -> None:
    items = read_all(ELEMENT * 4, Limits(max_stories=2))
    assert [getattr(item, "reason", None) for item in items] == [None, None, "too_many_stories"]


@pytest.mark.parametrize("data", [b"", b"<nitf/>", b"<html><body>", b"REUTERS says"])
def test_claims_nothing_else(data: bytes) -> None:
    assert "reuters_sgml" not in claims(data)


TOKENS = [
    b"<REUTERS ",
    b"</REUTERS>",
    b"<TEXT>",
    b"</TEXT>",
    b"<BODY>",
    b"</BODY>",
    b"&#3;",
    b"&lt;",
    b"&",
    b"<D>",
    b"]]>",
]


@settings(max_examples=300, deadline=1000)
@given(mutations([START + ELEMENT, *inputs("reuters_sgml")], TOKENS))
def test_mutated_files_give_stories_or_rejects(data: bytes) -> None:
    check_whole(data, read_all(data))
