"""Input made to do harm costs little and gives a reject: each test fails where its guard is taken away."""

import io
import struct
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from cases import delivery, inputs

from etl.readers import READERS, read
from etl.readers.containers import open_members
from etl.records import Delivery, Limits, Reject, Story

MEGABYTE = 1 << 20

MARKUP: dict[str, Callable[[str], str]] = {
    "nitf": lambda body: (
        f"<nitf><body><body.head><hedline><hl1>Bridge</hl1></hedline></body.head>"
        f"<body.content><p>{body}</p></body.content></body></nitf>"
    ),
    "newsml_1_2": lambda body: (
        "<NewsML><NewsItem><NewsComponent><NewsLines><HeadLine>Bridge</HeadLine></NewsLines><ContentItem>"
        f"<DataContent><p>{body}</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
    ),
    "newsml_g2": lambda body: (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x"><contentMeta><headline>Bridge</headline>'
        f"</contentMeta><contentSet><inlineXML><p>{body}</p></inlineXML></contentSet></newsItem>"
    ),
    "rss": lambda body: (
        '<rss version="2.0"><channel><title>Feed</title><item><title>Bridge</title><link>http://a.example/1</link>'
        f"<description>{body}</description></item></channel></rss>"
    ),
}


def items_of(data: bytes, limits: Limits | None = None) -> list[Story | Reject]:
    return list(read(delivery(data, limits=limits)).items)


def outcomes(data: bytes, limits: Limits | None = None) -> list[str]:
    return [item.reason if isinstance(item, Reject) else "loaded" for item in items_of(data, limits)]


def timed(function: Callable[[], Any]) -> float:
    began = time.process_time()
    function()
    return time.process_time() - began


# --- entities --------------------------------------------------------------------------------


def declared(format_name: str, declarations: str, body: str) -> bytes:
    document = MARKUP[format_name](body)
    root = document[1:].split(">")[0].split(" ")[0]
    return f"<!DOCTYPE {root} [{declarations}]>{document}".encode()


@pytest.mark.parametrize("format_name", ["nitf", "newsml_1_2", "newsml_g2"])
def test_a_billion_laughs_are_not_laughed(format_name: str) -> None:
    levels = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    data = declared(format_name, f'<!ENTITY e0 "ha">{levels}', "&e9;")
    assert timed(lambda: outcomes(data)) < 1
    assert outcomes(data) == ["entity_bomb"]


@pytest.mark.parametrize("format_name", MARKUP)
def test_no_entity_brings_a_file_in(format_name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the word is swordfish")
    for kind in (f'SYSTEM "file://{tmp_path}/secret"', f'SYSTEM "{tmp_path}/secret"', 'SYSTEM "http://127.0.0.1:9/x"'):
        found = items_of(declared(format_name, f"<!ENTITY leak {kind}>", "before &leak; after"))
        assert "swordfish" not in repr(found)
        assert [item for item in found if isinstance(item, Story) and "before" in item.text] == []


# --- depth -----------------------------------------------------------------------------------


@pytest.mark.parametrize("format_name", MARKUP)
def test_elements_that_nest_too_deep_are_refused_whole(format_name: str) -> None:
    data = MARKUP[format_name]("<b>" * 5000 + "x" + "</b>" * 5000).encode()
    assert outcomes(data) == ["too_deep"]


@pytest.mark.parametrize("format_name", ["nitf", "newsml_1_2", "newsml_g2"])
def test_the_depth_that_is_allowed_is_a_setting(format_name: str) -> None:
    data = MARKUP[format_name]("<b>" * 30 + "x" + "</b>" * 30).encode()
    assert outcomes(data) == ["loaded"]
    assert outcomes(data, Limits(max_depth=20)) == ["too_deep"]


@pytest.mark.parametrize("depth", [300, 1000, 200_000])
def test_json_that_nests_too_deep_is_refused(depth: int) -> None:
    data = b'{"uri": "urn:x", "headline": "Bridge", "versioncreated": "2031-04-02", "x": ' + b"[" * depth + b"]" * depth
    assert outcomes(data + b"}") == ["too_deep"]


# --- length ----------------------------------------------------------------------------------


class OneLine(io.RawIOBase):
    """A file that opens as a format does and then repeats one letter, without ever being held in memory."""

    def __init__(self, opening: bytes, size: int) -> None:
        self._opening, self._size, self._at = opening, size, 0
        self.most = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0 if whence == 0 else self._at if whence == 1 else self._size)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        count = max(0, min(len(buffer), self._size - self._at))
        start = self._opening[self._at : self._at + count]
        buffer[:count] = start + b"a" * (count - len(start))
        self._at += count
        self.most = max(self.most, self._at)
        return count


LONG_LINES = {
    "anpa": b"\x16\x16\x01W1234\x1fabc\r\nr i\x13\x11 BC-Bridge 05-19 0702\r\n\x02^BC-Bridge<\r\n\t",
    "eml": b"Message-ID: <1@a.example>\r\nDate: Wed, 02 Apr 2031 15:15:00 +0000\r\nFrom: a@a.example\r\n\r\n",
    "html": b"<!DOCTYPE html><html><head><title>Bridge</title></head><body><p>",
    "iptc7901": b"\x01eca062 4 i 211 ccccb   dpa 061\r\nBridge/\r\n\x02Bridge closes =\r\n    Larkfield (dpa) - ",
    "jsonlines": b'{"text": "A bridge closes for a year.", "headline": "Bridge"}\n{"text": "',
    "newsml_1_2": b"<NewsML><NewsItem><x>",
    "newsml_g2": b'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x"><x>',
    "ninjs": b'{"uri": "urn:x", "versioncreated": "2031-04-02T15:15:00Z", "headline": "',
    "nitf": b"<nitf><body><body.content><p>",
    "reuters_sgml": b"<!DOCTYPE lewis SYSTEM 'lewis.dtd'>\n<REUTERS><TEXT><BODY>",
    "rss": b'<rss version="2.0"><channel><item><title>',
    "textdump": b"words and more words of a story that has no end ",
    "warc": b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 199000000\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
}


def test_every_format_has_its_long_line() -> None:
    assert LONG_LINES.keys() == {reader.format for reader in READERS}


@pytest.mark.parametrize("format_name", LONG_LINES)
def test_a_line_of_two_hundred_megabytes_is_refused_in_little_memory(format_name: str) -> None:
    size = 200 * MEGABYTE
    stream = io.BufferedReader(OneLine(LONG_LINES[format_name], size))
    limits = Limits(max_story_bytes=MEGABYTE)
    tracemalloc.start()
    try:
        reading = read(Delivery("line", stream, size, limits=limits))
        items = list(reading.items)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reading.format == format_name
    assert [item for item in items if isinstance(item, Story)] == items[: format_name == "jsonlines"]
    reasons = {item.reason for item in items if isinstance(item, Reject)}
    assert reasons & {"too_large", "story_too_long", "truncated"}
    assert len(items) <= 2
    assert peak < 20 * MEGABYTE


# --- characters ------------------------------------------------------------------------------


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from strings(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for each in pair for text in strings(each))
    elif isinstance(value, tuple | list):
        yield from (text for each in value for text in strings(each))


NASTY = {
    "half a surrogate pair, as JSON spells it": b"\\ud800",
    "half a surrogate pair, as a reference": b"&#xD800;",
    "half a surrogate pair, as bytes": b"\xed\xa0\x80",
    "NUL": b"\x00",
    "NUL as a reference": b"&#0;",
    "NUL as JSON spells it": b"\\u0000",
    "a noncharacter that marks the layout": "\ufdd0\ufdd8".encode(),
}


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())
@pytest.mark.parametrize("format_name", LONG_LINES)
def test_what_is_loaded_can_be_stored_as_utf8(format_name: str, nasty: bytes) -> None:
    for data in inputs(format_name):
        for at in range(0, len(data), max(1, len(data) // 40)):
            for text in strings(items_of(data[:at] + nasty + data[at:])):
                text.encode()


# --- number ----------------------------------------------------------------------------------


def members(data: bytes) -> list[str | None]:
    found = []
    for item in open_members(delivery(data, limits=Limits(max_members=1000))):
        found.append(item.reason if isinstance(item, Reject) else None)
    return found


def test_a_tar_of_a_million_members_ends_at_the_limit() -> None:
    header = tarfile.TarInfo("a.txt").tobuf()
    data = header * 20_000 + b"\x00" * 1024
    assert timed(lambda: members(data)) < 1
    assert members(data) == [None] * 1000 + ["too_many_members"]


def test_a_zip_of_a_million_members_is_refused_by_the_size_of_its_directory() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", b"")
    data = target.getvalue()
    directory, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = data[directory:end]
    tail = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFE, 0xFFFE, len(entry) * 1_000_000, directory, 0)
    bomb = data[:directory] + entry * 1_000_000 + tail
    assert timed(lambda: members(bomb)) < 0.5
    assert members(bomb) == ["too_many_members"]


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_a_limit_of_nothing_is_no_limit(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})


def test_a_head_of_a_hundred_thousand_lines_is_read_in_time_that_grows_with_it() -> None:
    head = (
        b"\x16\x16\x01W3310^_asian^\r\nr i^\x13\x11 BC-AF--SaltLakes   05-19 0702^\r\n\x02^BC-AF--Salt Lakes,318<\r\n"
    )
    head = head.replace(b"^_", b"\x1f")
    data = head + b"^Eds: With photos.<\r\n" * 100_000 + b"\t   LODWAR, Kenya (AP) _ The lakes shrank.\r\n\x03\x04"
    assert timed(lambda: items_of(data)) < 3  # each line once took along a copy of all those behind it
