from pathlib import Path

import pytest
from cases import Feeding, cases, check_case, check_whole, claims, delivery, inputs, mutations
from hypothesis import given, settings

from etl.readers import eml
from etl.records import Limits, Related, Story

HEADER = (
    b"Message-ID: <1@desk.example>\r\nFrom: =?utf-8?q?K=C3=BCsten?= Desk <desk@desk.example>\r\n"
    b"To: all@desk.example\r\n"
    b"Subject: =?iso-8859-1?q?Salz_f=FCr_Emden?=\r\n =?iso-8859-1?q?_kommt?=\r\n"
    b"Date: Mon, 3 Mar 2014 09:28:21 +0100\r\n"
    b"Keywords: salt, port\r\nIn-Reply-To: <0@desk.example>\r\nMIME-Version: 1.0\r\n"
)
PLAIN = HEADER + (
    b'Content-Type: text/plain; charset="iso-8859-1"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    b"EMDEN (KD) - Das Salz f\xfcr Emden kommt.\r\n\r\nMehr am Abend.\r\n-- \r\nDesk, Tel. 040\r\n"
)
MULTI = HEADER + (
    b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n--B\r\nContent-Type: text/html\r\n\r\n'
    b"<p>One.</p><p>Two.</p>\r\n"
    b'--B\r\nContent-Type: image/jpeg\r\nContent-Disposition: attachment; filename="a.jpg"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n/9j/\r\n--B--\r\n"
)


FEED = Feeding(eml.read)
read_all, one, reasons = FEED.read_all, FEED.one, FEED.reasons


@pytest.mark.parametrize("folder", cases("eml"))
def test_golden(folder: Path, is_updating_golden: bool) -> None:
    check_case(folder, is_updating_golden)


def test_headers_are_fields() -> None:
    story = one(PLAIN)
    assert (story.headline, story.provider) == ("Salz für Emden kommt", "Küsten Desk")
    assert (story.guid, story.keywords) == ("1@desk.example", ("salt", "port"))
    assert story.related == (Related("reply_to", "0@desk.example"),)
    assert story.extra["To"] == "all@desk.example"
    assert story.published is not None
    assert story.published.when.isoformat() == "2014-03-03T09:28:21+01:00"


def test_plain_text_and_signature() -> None:
    story = one(PLAIN)
    assert story.text == "EMDEN (KD) - Das Salz für Emden kommt.\nMehr am Abend.\nDesk, Tel. 040"
    assert [(block.label, story.text[block.start : block.end]) for block in story.blocks] == [
        ("contact", "Desk, Tel. 040")
    ]
    assert (story.encoding, story.encoding_evidence) == ("iso8859-1", "declared")


def test_html_is_laid_out_and_attachments_are_named() -> None:
    story = one(MULTI)
    assert story.text == "One.\nTwo."
    assert Related("attachment", "a.jpg") in story.related


def test_flowed_lines_run_on() -> None:
    flowed = PLAIN.replace(b'charset="iso-8859-1"', b'charset="iso-8859-1"; format=flowed')
    assert one(flowed.replace(b"Das Salz", b"Das \r\nSalz")).text.startswith("EMDEN (KD) - Das Salz")


def test_a_mailbox_holds_many_messages_each_with_its_place() -> None:
    line = b"From desk@desk.example Mon Mar  3 09:28:21 2014\r\n"
    data = line + PLAIN + b"\r\n" + line + MULTI + b"\r\n" + line + PLAIN
    items = read_all(data)
    assert [type(item) for item in items] == [Story, Story, Story]
    assert all(data[item.byte_offset :].startswith(line) for item in items)
    assert sum(item.byte_length for item in items) == len(data)


def test_a_message_cut_off_is_refused() -> None:
    assert reasons(MULTI[: MULTI.index(b"--B--")]) == ["truncated"]


def test_a_message_without_subject_and_text_is_refused() -> None:
    assert reasons(b"Message-ID: <1@x>\r\nMIME-Version: 1.0\r\nDate: x\r\n\r\n") == ["no_text"]


def test_parts_that_nest_without_end_are_refused() -> None:
    nested = HEADER
    for n in range(2000):
        nested += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
    assert reasons(nested) == ["too_deep"]


def test_a_message_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.readers.window.CHUNK", 512)
    assert reasons(PLAIN + b"x" * 9000, Limits(max_story_bytes=2000)) == ["too_large"]


@pytest.mark.parametrize(
    "data", [b"", b"By: me\n\ntext", b"<html>", b"Subject: x\n"], ids=["", "text", "html", "little"]
)
def test_claims_nothing_else(data: bytes) -> None:
    assert "eml" not in claims(data)


TOKENS = [
    b"\r\n\r\n",
    b"--B",
    b"--B--",
    b"=?utf-8?b?",
    b"?=",
    b"Content-Type: ",
    b"boundary=",
    b"\r\nFrom x 2014\r\nA:",
    b"base64",
]


@settings(max_examples=300, deadline=1000)
@given(mutations([PLAIN, MULTI, *inputs("eml")], TOKENS))
def test_mutated_messages_give_stories_or_rejects(data: bytes) -> None:
    check_whole(data, read_all(data))


def test_a_character_set_that_no_codec_can_be_named_is_passed_over() -> None:
    data = (
        b"Message-ID: <1@a.example>\r\nDate: Wed, 02 Apr 2031 15:15:00 +0000\r\nFrom: Desk <desk@a.example>\r\n"
        b'Subject: Bridge closes\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset="a\x00b"\r\n\r\n'
        b"The bridge is closed for a year.\r\n"
    )
    (story,) = eml.read(delivery(data))
    assert isinstance(story, Story)
    assert story.text == "The bridge is closed for a year."
