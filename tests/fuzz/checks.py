"""What must hold of any bytes at all, whichever fuzzer made them."""

from __future__ import annotations

import re
import time
from io import BytesIO

from etl.readers import read
from etl.readers.containers import open_members
from etl.records import Delivery, Limits, Reject, Story
from tests.readers.cases import assert_covers, check_whole

SLOWEST = 1.0
"""CPU seconds that one input of the fuzzers' size may take; a long one five microseconds a byte."""
LIMITS = Limits(max_story_bytes=1_000_000, max_members=200, max_expansion=50)
PARTLY_READ = frozenset(("warc", "rss"))
"""Formats whose reader passes over bytes on purpose: the pictures of a web archive, the channel around the items."""
_BETWEEN = re.compile(rb"<!(?:[^<>]++|<[^<>]*+>)*+>|\x16")
"""What may stand beside stories without belonging to one: the prolog of SGML, SYN of transmissions."""


def check(data: bytes, limits: Limits = LIMITS) -> int:
    """Open and read the bytes as a delivery; the number of stories and rejects in them.

    Raises:
        AssertionError: a range outside the file, an overlap, a byte nobody answers for, more than `SLOWEST` seconds.
    """
    began = time.process_time()
    count = 0
    for member in open_members(Delivery("input", BytesIO(data), len(data), limits=limits)):
        if isinstance(member, Reject):  # its range counts in the unpacked bytes
            assert member.byte_offset >= 0
            assert member.byte_length >= 0
            count += 1
        else:
            count += _check_member(member)
    spent = time.process_time() - began
    assert spent < max(SLOWEST, len(data) * 5e-6), f"{spent:.2f} seconds for {len(data)} bytes"
    return count


def _check_member(member: Delivery) -> int:
    content = member.stream.read()
    assert member.size == len(content)
    reading = read(member)
    items = list(reading.items)
    check_whole(content, items)
    if reading.format not in PARTLY_READ:
        assert_covers(_BETWEEN.sub(lambda found: b" " * len(found.group()), _without_mapping(content, items)), items)
    return len(items)


def _without_mapping(content: bytes, items: list[Story | Reject]) -> bytes:
    """JSON Lines may begin with a line that is a mapping of names, in whatever encoding; it is no story."""
    if (
        not content[:400]
        .replace(b"\x00", b"")
        .lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        .startswith(b'{"copydesk_mapping"')
    ):
        return content
    length = items[0].byte_offset if items else len(content)
    return b" " * length + content[length:]
