"""Whatever the bytes, a file gives stories or rejects, in order, inside the file, and never an exception."""

import time

import pytest
from cases import assert_covers, check_whole, delivery, inputs, mutations
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.readers import read
from etl.records import Limits

TOKENS = {
    "nitf": [
        b"<nitf>",
        b"</nitf>",
        b"<p>",
        b"</p>",
        b"&x;",
        b"<!DOCTYPE nitf [",
        b"<![CDATA[",
        b"]]>",
        b"<?xml version='1.0'?>",
        b"\x00",
    ],
    "newsml_1_2": [
        b"<NewsItem>",
        b"</NewsItem>",
        b"<NewsComponent>",
        b"</NewsML>",
        b"<DataContent>",
        b"<nitf>",
        b"&x;",
        b"<p>",
        b"\x00",
    ],
    "newsml_g2": [
        b"<itemSet>",
        b"</itemSet>",
        b"<newsItem>",
        b"</newsMessage>",
        b"<inlineXML>",
        b"<p>",
        b"&x;",
        b"qcode=''",
        b"\x00",
    ],
    "ninjs": [b"{", b"}", b"[", b'"', b",", b"\\", b'"uri":', b"null", b"\\ud800", b"\x00", b"1e999", b"\xff"],
    "textdump": [
        b"\nNNNN\n",
        b"\nZCZC A1\n",
        b"\x0c",
        b"\n###\n",
        b"\n-30-\n",
        b"\n========\n",
        b"\r\n\r\n",
        b"Source: X\n",
        b"\x00",
        b"\xff\xfe",
        b"\x01",
    ],
}
FORMATS = sorted(TOKENS)


def check(data: bytes) -> None:
    items = list(read(delivery(data)).items)
    check_whole(data, items)
    if items:
        assert_covers(data, items)


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    check(data)


@pytest.mark.parametrize("format_name", FORMATS)
def test_mutated_cases(format_name: str) -> None:
    @settings(max_examples=200, deadline=None)
    @given(mutations(inputs(format_name), TOKENS[format_name]))
    def holds(data: bytes) -> None:
        check(data)

    holds()


@pytest.mark.parametrize("format_name", FORMATS)
def test_text_in_the_layout_of_a_format(format_name: str) -> None:
    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.sampled_from(TOKENS[format_name]) | st.binary(max_size=6), max_size=30))
    def holds(pieces: list[bytes]) -> None:
        check(b"".join(pieces))

    holds()


@pytest.mark.parametrize(
    "opening", [b"<nitf><p>", b'{"uri": "', b'[{"uri": "urn:x", "headline": "', b"words and words "]
)
def test_a_line_without_end_is_refused_in_bounded_memory(opening: bytes) -> None:
    data = opening + b"a" * 6_000_000
    items = list(read(delivery(data, limits=Limits(max_story_bytes=1_000_000))).items)
    assert [getattr(item, "reason", "loaded") for item in items] == ["too_large"]


@pytest.mark.parametrize(
    "data",
    [
        b"<nitf>" + b"<?" * 200_000,
        b"<nitf>" + b"<!--" * 200_000,
        b"<!DOCTYPE nitf [" + b"]" * 200_000,
        b"<nitf>" + b"</nitf" * 200_000,
        b'{"uri": "' + b'\\"' * 200_000,
        b'{"uri": ' + b"[" * 200_000,
        b"words and words " + b"# " * 200_000,
        b"words and words " + b"\n" * 200_000 + b"=" * 200_000,
        b"a" * 400_000,
        b"Document 1 of 2\n\nwords and words \n" + b"\x0c" * 400_000,
        b"Document 1 of 2\n\nwords and words \n" + b"\n###\n" * 60_000,
        b"<html>" + b"<div>" * 100_000,
        b"<!DOCTYPE lewis>" + b"<!" * 200_000,
        b"<!DOCTYPE lewis>\n<REUTERS><![CDATA[" + b"</REUTERS>" * 50_000,
        b"<!DOCTYPE lewis>\n<REUTERS><![CDATA[" + b"<REUTERS>" * 50_000 + b"]]>",
        b"WARC/1.0\r\n" * 40_000,
        b"<!DOCTYPE lewis>" + b"<!<" * 200_000,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_patterns_take_no_more_than_a_second(data: bytes) -> None:
    start = time.process_time()
    list(read(delivery(data)).items)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"text": "Words.", "x": ' + b"[" * 300 + b"]" * 300 + b"}\n" * 2, "too_deep"),
        (
            b'{"uri": "urn:x", "headline": "Words", "versioncreated": "", "x": ' + b"[" * 300 + b"]" * 300 + b"}",
            "too_deep",
        ),
        (b'{"uri": "urn:x", "headline": "Words", "versioncreated": "", "associations": ["x"]}', "schema_invalid"),
        (b'{"uri": "urn:x", "versioncreated": "", "bodies": [{"role": [], "value": "Words."}]}', None),
    ],
    ids=["depth of a line", "depth of an item", "association", "role"],
)
def test_json_of_another_shape_than_expected(data: bytes, reason: str | None) -> None:
    (item, *_) = read(delivery(data)).items
    assert getattr(item, "reason", None) == reason


def test_a_file_of_tiny_stories_ends_at_the_limit() -> None:
    data = b"Words and more words.\n\x0c" * 50
    items = list(read(delivery(data, limits=Limits(max_stories=10))).items)
    assert [getattr(item, "reason", "loaded") for item in items] == ["loaded"] * 10 + ["too_many_stories"]
    assert_covers(data, items)
