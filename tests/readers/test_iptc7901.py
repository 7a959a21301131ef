from datetime import UTC, datetime
from pathlib import Path

import pytest
from cases import cases, check_case, check_whole, claims, delivery, inputs, mutations
from hypothesis import given, settings

from etl.readers import iptc7901
from etl.records import Limits, Reject, Story

ITEM = (
    b"\x01bdt0417 3 wi 96 hjdk  dpa 0417\r\n\nHafen/Sturm/\r\n"
    b"\x021ST LEAD\nSturm dr\xfcckt Hafenmauer ein =\r\nVon Jan Peters, dpa =\r\n\n"
    b"   Emden (dpa) - In der Nacht hat ein Sturm die Hafenmauer von Emden\r\n"
    b"eingedr\xfcckt. \xabEs war laut\xbb, sagte Ilse Brandt.\r\n\n"
    b"   Verletzt wurde niemand.\r\n\n"
    b"# Notizblock\r\n\n## Redaktionelle Hinweise\r\n- Tel.: 040 0000\r\n\ndpa jp yy n1\r\n\r\n"
    b"\x03040612 Mrz 14\r\n\x7f\n\x7f\x04"
)


def read_all(data: bytes, limits: Limits | None = None) -> list[Story | Reject]:
    return list(iptc7901.read(delivery(data, limits=limits)))


def one(data: bytes) -> Story:
    (story,) = read_all(data)
    assert isinstance(story, Story)
    return story


@pytest.mark.parametrize("folder", cases("iptc7901"))
def test_golden(folder: Path, is_updating_golden: bool) -> None:
    check_case(folder, is_updating_golden)


def test_header_and_head_are_fields() -> None:
    story = one(ITEM)
    assert (story.service, story.urgency, story.categories, story.stated_word_count) == ("bdt", 3, ("wi",), 96)
    assert (story.provider, story.item_number) == ("dpa", "0417")
    assert (story.slugline, story.keywords) == ("Hafen/Sturm", ("Hafen", "Sturm"))
    assert (story.version, story.signals) == ("1ST LEAD", ("update",))
    assert story.headline == "Sturm drückt Hafenmauer ein"
    assert story.bylines == ("Von Jan Peters, dpa",)
    assert (story.encoding, story.encoding_evidence) == ("iso8859-1", "fallback")


def test_wrapped_lines_are_one_paragraph_and_the_notebook_is_apart() -> None:
    story = one(ITEM)
    body = story.text[: story.blocks[0].start - 1]
    assert body.split("\n") == [
        "Emden (dpa) - In der Nacht hat ein Sturm die Hafenmauer von Emden eingedrückt. "
        "«Es war laut», sagte Ilse Brandt.",
        "Verletzt wurde niemand.",
    ]
    assert [(block.label, story.text[block.start : block.end]) for block in story.blocks] == [
        ("contact", "# Notizblock\n## Redaktionelle Hinweise\n- Tel.: 040 0000"),
        ("desk_code", "dpa jp yy n1"),
    ]


@pytest.mark.parametrize(
    ("line", "when"),
    [
        (b"040612 Mrz 14", datetime(2014, 3, 4, 6, 12)),
        (b"040612 GMT d\xe9c 14", datetime(2014, 12, 4, 6, 12, tzinfo=UTC)),
        (b"040612 GMT Okt 2014", datetime(2014, 10, 4, 6, 12, tzinfo=UTC)),
    ],
    ids=["local time", "accent", "full year"],
)
def test_end_line(line: bytes, when: datetime) -> None:
    published = one(ITEM.replace(b"040612 Mrz 14", line)).published
    assert published is not None
    assert published.when == when


def test_zone_may_follow_the_year() -> None:
    published = one(ITEM.replace(b"040612 Mrz 14", b"040612 sep 14EDT")).published
    assert published is not None
    assert published.when.isoformat() == "2014-09-04T06:12:00-04:00"


def test_a_bad_end_line_is_remarked_upon() -> None:
    story = one(ITEM.replace(b"040612 Mrz 14", b"990612 Foo 14"))
    assert story.published is None
    assert [remark.code for remark in story.remarks] == ["end_line_not_understood"]


@pytest.mark.parametrize(
    ("stage", "status", "signal"),
    [(b"KILL KILL KILL", "canceled", "kill"), (b"HOLD HOLD HOLD", "withheld", "withhold"), (b"EXTRA", None, "alert")],
)
def test_stage_lines(stage: bytes, status: str | None, signal: str) -> None:
    story = one(ITEM.replace(b"1ST LEAD", stage))
    assert (story.status, story.signals) == (status, (signal,))


def test_a_headline_that_the_line_length_cut_is_joined() -> None:
    cut = b"Sturm dr\xfcckt in einer langen Nacht mit viel Wind und Regen die\r\nHafenmauer von Emden ein ="
    story = one(ITEM.replace(b"Sturm dr\xfcckt Hafenmauer ein =", cut))
    assert story.headline == "Sturm drückt in einer langen Nacht mit viel Wind und Regen die Hafenmauer von Emden ein"


def test_a_head_without_equals_sign_ends_at_the_blank_line() -> None:
    story = one(ITEM.replace(b" =\r\nVon Jan Peters, dpa =", b""))
    assert story.headline == "Sturm drückt Hafenmauer ein"
    assert story.text.startswith("Emden (dpa)")


def test_a_headline_that_begins_with_a_stage_word_is_a_headline() -> None:
    assert one(ITEM.replace(b"1ST LEAD\nSturm", b"Lead-free paint: Sturm")).headline.startswith("Lead-free")  # type: ignore[union-attr]


def test_an_item_cut_off_is_refused_and_the_next_still_loads() -> None:
    reject, story = read_all(ITEM[: ITEM.index(b"# Notizblock")] + ITEM)
    assert isinstance(reject, Reject)
    assert reject.reason == "truncated"
    assert isinstance(story, Story)


def test_another_format_in_the_stream_is_a_reject() -> None:
    (reject,) = read_all(b"\x01W2\x1fx\r\n\x02text\x03\x04")
    assert isinstance(reject, Reject)
    assert reject.reason == "bad_header"


def test_umlauts_in_seven_bits() -> None:
    text = "Stürme drücken die Mauer ein. Das Öl für Köln kommt über den Hafen, und die Häfen schließen."
    seven = text.translate(str.maketrans("ÄÖÜäöüß", "[\\]{|}~")).encode("ascii")
    data = ITEM.decode("latin-1").encode("ascii", "ignore").replace(b"Verletzt", seven + b" Verletzt")
    story = one(data)
    assert text in story.text
    assert (story.encoding, story.encoding_evidence) == ("din_66003", "repaired")


def test_braces_in_other_text_are_braces() -> None:
    data = ITEM.decode("latin-1").encode("ascii", "ignore").replace(b"Verletzt", b"{a} {b} {c} Verletzt")
    assert "{a} {b} {c}" in one(data).text


@pytest.mark.parametrize("data", [b"", b"plain", b"\x16\x16\x01W1204\x1fasian\r\n"], ids=["empty", "text", "anpa"])
def test_claims_nothing_else(data: bytes) -> None:
    assert "iptc7901" not in claims(data)


TOKENS = [
    b"\x01",
    b"\x02",
    b"\x03",
    b"\x04",
    b"\x7f",
    b"\x1f",
    b"\x08",
    b" =\r\n",
    b"\r\n\n",
    b"# Notebook\r\n",
    b"/\r\n",
]


@settings(max_examples=300, deadline=1000)
@given(mutations([ITEM, *inputs("iptc7901")], TOKENS))
def test_mutated_streams_give_stories_or_rejects(data: bytes) -> None:
    check_whole(data, read_all(data))
