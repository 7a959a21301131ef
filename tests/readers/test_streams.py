"""A long file is read in memory that does not grow with it."""

import io
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from etl.readers import read
from etl.records import Delivery, Story

MEGABYTE = 1 << 20
SIZE = 20 * MEGABYTE
SENTENCE = "Notwithstanding counterproposals, telecommunications representatives acknowledged responsibilities. "

STORIES: dict[str, Callable[[int], str]] = {
    "anpa": lambda n: (
        f"\x16\x16\x01W{n % 10000:04}\x1fabc\r\nr i\x13\x11 BC-Bridge 05-19 0702\r\n\x02^BC-Bridge,{n}<\r\n"
        f"^Bridge closes<\r\n\t{SENTENCE * 400}\r\n\x03AP-WF-05-19-31 1509GMT<\r\n\x0c\x04\r\n"
    ),
    "iptc7901": lambda n: (
        f"\x01eca{n % 1000:03} 4 i 211 ccccb   dpa 061\r\nBridge/\r\n\x02Bridge closes =\r\n"
        f"    Larkfield (dpa) - {SENTENCE * 400}\r\n\x03071341 GMT Okt 31\r\n\x7f\x04"
    ),
    "jsonlines": lambda n: f'{{"id": "{n}", "headline": "Bridge closes", "text": "{SENTENCE * 400}"}}\n',
    "newsml_1_2": lambda n: (
        f"<NewsML><NewsItem><NewsComponent><NewsLines><HeadLine>Bridge {n}</HeadLine></NewsLines><ContentItem>"
        f"<DataContent><p>{SENTENCE * 400}</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>\n"
    ),
    "newsml_g2": lambda n: (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:{n}"><contentMeta><headline>Bridge</headline>'
        f"</contentMeta><contentSet><inlineXML><p>{SENTENCE * 400}</p></inlineXML></contentSet></newsItem>\n"
    ),
    "ninjs": lambda n: f'{{"uri": "urn:{n}", "headline": "Bridge closes", "body_text": "{SENTENCE * 400}"}}\n',
    "nitf": lambda n: (
        f"<nitf><body><body.head><hedline><hl1>Bridge {n}</hl1></hedline></body.head>"
        f"<body.content><p>{SENTENCE * 400}</p></body.content></body></nitf>\n"
    ),
    "reuters_sgml": lambda n: (
        f'<REUTERS NEWID="{n}"><DATE> 2-MAR-1987 09:28:21.66</DATE><TEXT><TITLE>BRIDGE CLOSES</TITLE>'
        f"<BODY>{SENTENCE * 400}\n Reuter\n&#3;</BODY></TEXT></REUTERS>\n"
    ),
    "textdump": lambda n: f"Bridge closes, {n}\n\n{SENTENCE * 400}\n\x0c\n",
}


class Repeated(io.RawIOBase):
    """A file of one story after the other, made while it is read."""

    def __init__(self, story: Callable[[int], str], count: int) -> None:
        self._story, self._count = story, count
        self.size = sum(len(self._story(number)) for number in range(count))
        self.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        assert (offset, whence) == (0, 0), "no reader of a stream goes back, but for the first look"
        self._number, self._rest = 0, b""
        return 0

    def readinto(self, buffer: Any) -> int:
        while len(self._rest) < len(buffer) and self._number < self._count:
            block = range(self._number, min(self._number + 10, self._count))
            self._rest += "".join(map(self._story, block)).encode()
            self._number = block.stop
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


@pytest.mark.parametrize("format_name", STORIES)
def test_memory_does_not_grow_with_the_file(format_name: str) -> None:
    story = STORIES[format_name]
    count = SIZE // len(story(0))
    source = Repeated(story, count)
    tracemalloc.start()
    try:
        reading = read(Delivery("stream", io.BufferedReader(source), source.size))
        loaded = sum(isinstance(item, Story) for item in reading.items)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (reading.format, loaded) == (format_name, count)
    assert peak < SIZE // 2, f"{peak / MEGABYTE:.1f} MB for a file of {source.size / MEGABYTE:.0f} MB"
