import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from cases import cases, check_case, check_whole, claims, delivery, inputs, mutations
from hypothesis import given, settings

from etl.readers import read as read_any
from etl.readers import warc
from etl.readers.containers import open_members
from etl.records import Delivery, Limits, Reject, Story

TEXT = [
    "OLD HARBOR (PH) — A ferry with 80 people on board ran aground on Tuesday off Old Harbor, the coast guard said.",
    "“We were lucky,” said its captain, Ole Brandt. The sea was calm, and the boats came out within the hour.",
    "The ferry, built in 1974, was on its way to Peles when it left the channel in fog.",
]
PAGE = (
    "<!DOCTYPE html><html><head><title>Ferry runs aground</title></head><body><h1>Ferry runs aground</h1>"
    + "".join(f"<p>{line}</p>" for line in TEXT)
    + "</body></html>"
).encode()
URL = "https://herald.example/ferry"


def record(kind: str, content: bytes, media: str = "application/http; msgtype=response", more: str = "") -> bytes:
    fields = f"WARC-Type: {kind}\r\nWARC-Target-URI: {URL}\r\n"
    fields += f"WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: {media}\r\n{more}"
    return f"WARC/1.0\r\n{fields}Content-Length: {len(content)}\r\n\r\n".encode() + content + b"\r\n\r\n"


def response(
    body: bytes = PAGE, more: str = "", status: str = "200 OK", media: str = "text/html; charset=utf-8"
) -> bytes:
    return record("response", f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n{more}\r\n".encode() + body)


INFO = record("warcinfo", b"software: test\r\n", "application/warc-fields")


def read_all(data: bytes, limits: Limits | None = None) -> list[Story | Reject]:
    return list(warc.read(delivery(data, limits=limits)))


def one(data: bytes) -> Story:
    (story,) = read_all(data)
    assert isinstance(story, Story), story
    return story


def reasons(data: bytes, limits: Limits | None = None) -> list[str | None]:
    return [getattr(item, "reason", None) for item in read_all(data, limits)]


@pytest.mark.parametrize("folder", cases("warc"))
def test_golden(folder: Path, is_updating_golden: bool) -> None:
    check_case(folder, is_updating_golden)


def test_each_page_has_the_place_of_its_record() -> None:
    data = INFO + response() + record("request", b"GET / HTTP/1.1\r\n\r\n") + response()
    first, second = read_all(data)
    assert isinstance(first, Story)
    assert (first.format, first.headline, first.guid) == ("warc", "Ferry runs aground", URL)
    assert first.text.split("\n") == TEXT
    assert first.byte_offset == len(INFO)
    assert data[second.byte_offset :].startswith(b"WARC/1.0\r\nWARC-Type: response")


def chunked(body: bytes) -> bytes:
    return (
        b"".join(b"%x\r\n%b\r\n" % (len(body[i : i + 100]), body[i : i + 100]) for i in range(0, len(body), 100))
        + b"0\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("pack", "more"),
    [
        (gzip.compress, "Content-Encoding: gzip\r\n"),
        (zlib.compress, "Content-Encoding: deflate\r\n"),
        (chunked, "Transfer-Encoding: chunked\r\n"),
        (lambda body: chunked(gzip.compress(body)), "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"),
        (lambda body: body, "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"),
    ],
    ids=["gzip", "deflate", "chunked", "both", "stored plain under such fields"],
)
def test_bodies_are_unpacked(pack: Callable[[bytes], bytes], more: str) -> None:
    assert one(response(pack(PAGE), more)).text.split("\n") == TEXT


def test_resources_and_conversions_are_read() -> None:
    assert one(record("resource", PAGE, "text/html")).text.split("\n") == TEXT
    assert one(record("conversion", "\n".join(TEXT).encode(), "text/plain")).text.split("\n") == TEXT


def test_pictures_styles_and_scripts_are_passed_over() -> None:
    assert reasons(INFO + response(b"\xff\xd8", media="image/jpeg") + response(b"a{}", media="text/css")) == []


def test_what_is_no_page_or_no_success_is_refused() -> None:
    assert reasons(response(status="404 Not Found")) == ["http_status"]
    assert reasons(response(b"<a/>", media="text/xml")) == ["not_a_page"]
    assert reasons(response(b"\x8b" * 600, "Content-Encoding: br\r\n")) == ["unsupported_encoding"]


def test_a_record_cut_off_is_refused() -> None:
    data = response() + response()
    assert reasons(data[:-200]) == [None, "truncated"]
    assert reasons(record("response", b"HTTP/1.1 200 OK\r\n\r\n", more="WARC-Truncated: length\r\n")) == ["truncated"]
    assert reasons(response(gzip.compress(PAGE)[:-20], "Content-Encoding: gzip\r\n")) == ["truncated"]
    assert reasons(response(chunked(PAGE)[:-50], "Transfer-Encoding: chunked\r\n")) == ["truncated"]


def test_reading_goes_on_behind_damage() -> None:
    assert reasons(response() + b"line noise\r\n\r\n" + response()) == [None, "stray_bytes", None]
    assert reasons(response().replace(b"Content-Length", b"Content-Longth", 1) + response()) == [
        "bad_header",
        "stray_bytes",
        None,
    ]


def test_bombs_and_long_records_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.readers.window.CHUNK", 4096)
    limits = Limits(max_story_bytes=20_000)
    bomb = response(gzip.compress(b"\x00" * 1_000_000), "Content-Encoding: gzip\r\n")
    long = response(PAGE + b" " * 50_000)
    assert reasons(bomb + long + response(), limits) == ["decompression_bomb", "story_too_long", None]
    assert reasons(response() * 3, Limits(max_stories=1)) == [None, "too_many_stories"]


def test_a_compressed_archive_is_read_through_its_container() -> None:
    data = b"".join(map(gzip.compress, (INFO, response(), response())))
    members = open_members(delivery(data, "crawl.warc.gz"))
    member = next(members)
    assert isinstance(member, Delivery)
    result = read_any(member)
    assert (result.format, [type(item) for item in result.items]) == ("warc", [Story, Story])


def test_compressed_bodies_do_not_make_the_archive_binary() -> None:
    data = INFO + response(gzip.compress(bytes(range(256)) * 40), "Content-Encoding: gzip\r\n")
    assert claims(data)["warc"] == "a WARC record header"


def test_claims_nothing_else() -> None:
    assert claims(INFO)["warc"] == "a WARC record header"
    assert all("warc" not in claims(data) for data in (b"", b"WARCRAFT", b"<html>"))


TOKENS = [
    b"WARC/1.0\r\n",
    b"\r\n\r\n",
    b"Content-Length: 99999\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"0\r\n\r\n",
    b"\x1f\x8b",
    b"<p>",
]


@settings(max_examples=200, deadline=2000)
@given(
    mutations([INFO + response() + response(chunked(PAGE), "Transfer-Encoding: chunked\r\n"), *inputs("warc")], TOKENS)
)
def test_mutated_archives_give_stories_or_rejects(data: bytes) -> None:
    check_whole(data, read_all(data))
