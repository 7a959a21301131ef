"""Cutting a long file of tagged text at one element: the stories of an SGML collection, the items of a feed.

The cut is made on bytes, before decoding and parsing, so that each element has its place in the file, a
damaged one costs only itself, and memory holds one element and one chunk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from etl.readers.window import Window

_MOST_OUTSIDE = 1 << 20
_LONGEST_TOKEN = 64
"""Bytes at the end of the window that may be the beginning of a tag."""

Kind = Literal["element", "outside", "unclosed", "too_long"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the file: an `element` from its "<" to its ">", or what is none.

    `unclosed` elements have no end tag before the next start tag or the end of the file; of those that are
    `too_long` only the beginning is in `data`, `length` is that of all of it.
    """

    kind: Kind
    offset: int
    length: int
    data: bytes


def cut_elements(window: Window, name: bytes, max_bytes: int) -> Iterator[Piece]:
    """Every element of that name (with its prefix, as printed), and in between what is outside them."""
    start_tag = re.compile(rb"<" + re.escape(name) + rb"(?=[\s>/])")
    end_tag = b"</" + name
    while True:
        found = start_tag.search(window.data, window.at)
        if found is None and not window.ended and len(window.data) - window.at <= _MOST_OUTSIDE:
            window.grow()
            continue
        # Behind the last start tag in the window another may begin that the window's end cuts.
        cut = len(window.data) - (0 if window.ended else len(name) + 2)
        until = found.start() if found else max(window.at, cut)
        if until > window.at:
            yield Piece("outside", window.offset, until - window.at, window.data[window.at : until])
            window.at = until
        if found:
            yield _take(window, start_tag, end_tag, max_bytes)
        elif window.ended:
            return


def _take(window: Window, start_tag: re.Pattern[bytes], end_tag: bytes, max_bytes: int) -> Piece:
    token = re.compile(rb"<!\[CDATA\[|" + re.escape(end_tag) + rb"|" + start_tag.pattern)
    searched = 1
    while True:
        end, searched = _end_of_element(window, token, searched)
        if end is not None:
            break
        if len(window.data) - window.at > max_bytes:
            return _pass_over(window, start_tag, end_tag)
        window.grow()
    kind, at = end
    data = window.data[window.at : at]
    verdict: Kind = kind if len(data) <= max_bytes else "too_long"
    piece = Piece(verdict, window.offset, len(data), data)
    window.at = at
    return piece


def _end_of_element(
    window: Window, token: re.Pattern[bytes], searched: int
) -> tuple[tuple[Literal["element", "unclosed"], int] | None, int]:
    """Where the element at the window's place ends, None when that is not in the window; how far it was searched.

    Tags quoted in character data begin and end nothing. No byte is looked at twice, so that a thousand of them cost no
    more than their length.
    """
    data, at = window.data, window.at + searched
    while (found := token.search(data, at)) is not None:
        at = found.start()
        if found.group().startswith(b"<!"):
            close = data.find(b"]]>", found.end())
            if close < 0:
                break
            at = close + 3
        elif found.group().startswith(b"</"):
            close = data.find(b">", found.end())
            if close < 0:
                break
            return ("element", close + 1), 0
        else:
            return ("unclosed", at), 0
    else:
        at = max(at, len(data) - _LONGEST_TOKEN)
    return (("unclosed", len(data)), 0) if window.ended else (None, at - window.at)


def _pass_over(window: Window, start_tag: re.Pattern[bytes], end_tag: bytes) -> Piece:
    offset, data = window.offset, window.data[window.at : window.at + 1024]
    window.at = max(window.at + 1, len(window.data) - len(end_tag))
    while True:
        end = window.data.find(end_tag, window.at)
        again = start_tag.search(window.data, window.at, len(window.data) if end < 0 else end)
        if again:
            window.at = again.start()
            break
        close = window.data.find(b">", end) if end >= 0 else -1
        if close >= 0:
            window.at = close + 1
            break
        window.at = end if end >= 0 else max(window.at, len(window.data) - len(end_tag))
        if not window.grow():
            window.at = len(window.data)
            break
    return Piece("too_long", offset, window.offset - offset, data)
