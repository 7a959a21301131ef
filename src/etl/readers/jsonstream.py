"""JSON objects of a file that holds one, an array of them, or one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import orjson

from etl.readers.markup import Piece
from etl.records import Limits, Reject

_CHUNK = 1024 * 1024
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|["{}]', re.DOTALL)
_SEPARATORS = b" \t\r\n,[]\x00\x1a\x1e\xef\xbb\xbf"
"""What may stand between objects: commas, the array's brackets, RS of JSON text sequences, a byte order mark."""


def json_objects(stream: BinaryIO, limits: Limits) -> Iterator[Piece | Reject]:
    """Each object with the stretch of the file it answers for; the stretches cover the file.

    An object over `limits.max_story_bytes` is a `Reject` without path, and with it ends the file. A last object that
    is not closed, or junk, is a piece like the others: its reader finds what is wrong. UTF-16 is one piece.
    """
    data, base = stream.read(_CHUNK), 0
    if len(data) < _CHUNK and _is_one_object(data):  # nearly every file: no need to look for its pieces
        yield Piece(0, len(data), data)
        return
    if b"\x00" in data[:4] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data += stream.read(limits.max_story_bytes)
        yield Piece(0, len(data), data)
        return
    held: Piece | None = None
    while True:
        pieces, used = _closed_objects(data, base)
        for piece in pieces:
            if held is not None:
                yield held
            held = piece
        data, base = data[used:], base + used
        more = stream.read(max(_CHUNK, len(data)))
        if not more:
            break
        data += more
        if len(data) > limits.max_story_bytes:
            yield from _end(held, b"", base)
            yield Reject(
                "", base, 0, "read", "too_large", f"no item of more than {limits.max_story_bytes} bytes is read"
            )
            return
    yield from _end(held, data, base)


def _is_one_object(data: bytes) -> bool:
    if not data.lstrip().startswith(b"{"):
        return False
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True


def _end(held: Piece | None, rest: bytes, base: int) -> Iterator[Piece | Reject]:
    """The last whole object, with what is left: separators belong to it, anything else is a piece of its own."""
    if not rest.strip(_SEPARATORS):
        if held is not None:
            yield Piece(held.offset, held.length + len(rest), held.data)
        elif rest:
            yield Piece(base, len(rest), rest)
        return
    if held is not None:
        yield held
    yield Piece(base, len(rest), rest)


def _closed_objects(data: bytes, base: int) -> tuple[list[Piece], int]:
    """The objects that both open and close in `data`, and how many bytes they take up."""
    pieces: list[Piece] = []
    depth, start, used, at = 0, 0, 0, 0
    while (token := _TOKEN.search(data, at)) is not None:
        at, mark = token.end(), token.group()
        if mark == b'"':  # a string that has not ended yet
            break
        if mark == b"{":
            start = token.start() if depth == 0 else start
            depth += 1
        elif mark == b"}" and depth:
            depth -= 1
            if depth == 0:
                pieces.append(_piece(data, used, start, at, base))
                used = at
    return pieces, used


def _piece(data: bytes, used: int, start: int, end: int, base: int) -> Piece:
    """An object and the separators before it; with anything else before it, it is malformed as a whole."""
    junk = data[used:start].strip(_SEPARATORS)
    return Piece(base + used, end - used, data[used:end] if junk else data[start:end])


def objects_in_array(piece: Piece, count: int) -> list[Piece]:
    """The stretches of the objects of the first array of objects in a piece; together they tile the piece.

    Where they cannot be told apart, they keep their order but are one byte long, the last but for the rest.
    """
    opened = re.search(rb'"\w+"\s*:\s*\[\s*\{', piece.data)
    found = _closed_objects(piece.data[opened.end() - 1 :], 0)[0][:count] if opened else []
    starts = list(range(count))
    if opened and len(found) == count:
        starts = [0, *(opened.end() - 1 + place.offset for place in found[1:])]
    ends = [*starts[1:], piece.length]
    return [Piece(piece.offset + start, end - start, b"") for start, end in zip(starts, ends, strict=True)]
