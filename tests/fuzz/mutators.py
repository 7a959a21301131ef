"""Changes to a wire file that keep most of its structure: those that get past a parser's first line of defence.

A mutator takes a source of chance, the bytes and those of all other seeds, and gives new bytes. Elements of mark-up,
values of JSON, blocks of transmissions and lines of text are moved, doubled, dropped, swapped and filled with what
has broken readers before; a few mutators work on any bytes.
"""

from __future__ import annotations

import bz2
import gzip
import io
import itertools
import json
import lzma
import random
import re
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

Mutator = Callable[[random.Random, bytes, Sequence[bytes]], bytes]

_LARGEST = 64 * 1024
_LONG = 400 * 1024
_PART = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<[^<>]*>|[^<]+|<", re.DOTALL)
_VALUE = re.compile(rb"""(=\s*)(?:"[^"]*"|'[^']*')""")
_CONTROLS = re.compile(rb"[\x01-\x04\x0c\x10-\x1f]")
_NASTY_TEXTS: tuple[bytes, ...] = (
    b"", b" ", b"\x00", b"0", b"-1", b"999999999999999999999", b"1e999", b"NaN", b"null", b"&x;", b"&#0;", b"&#xD800;",
    b"&amp;", b"]]>", b"<", b">", b"\"", b"'", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe",
    "\ufdd0\ufdd1\ufdd8".encode(), "\u2028".encode(), "\u202e".encode(), b"00000000T000000", b"20310231T256199Z",
    b"9999-12-31T23:59:59+23:59", b"0001-01-01T00:00:00-23:59", b"2031-04-02T15:15:00+99:99", b"YYYYMMDD", b"a" * 3000,
    b"<p>" * 300, b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<![CDATA[", b"<!--", b"<?xml version='1.0' encoding='utf-7'?>",
    b"\x01", b"\x02", b"\x03\x04", b"\x16\x16\x01", b"\x0c", b"\nNNNN\n", b"\n###\n", b"\nZCZC\n", b"\r", b"\r\n\r\n",
    b"WARC/1.0\r\n", b"From x\n", b"{", b"}", b"[", b"\\ud800", b"\\", b"%PDF", b"\x1f\x8b", b"PK\x03\x04",
)  # fmt: skip
_NASTY_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, 10**30, "", " ", "\ud800", "\x00", "<p>x</p>", "<nitf>", "&x;", [], {}, [[]],
    [None], [""], {"": ""}, [{}], {"value": None}, "2031-04-02T15:15:00+99:99", "x" * 3000, ["a", 1], {"uri": []},
)  # fmt: skip


def _place(chance: random.Random, count: int) -> int:
    return chance.randrange(count) if count else 0


# --- any bytes -------------------------------------------------------------------------------


def cut(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A transmission that broke off."""
    return data[: _place(chance, len(data))]


def splice(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """The head of one file with the tail of another."""
    other = chance.choice(others)
    return data[: _place(chance, len(data))] + other[_place(chance, len(other)) :]


def follow(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Two files one after the other."""
    return data + chance.choice((b"", b"\n", b"\x00", b"\x0c")) + chance.choice(others)


def insert(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Something nasty anywhere."""
    at = _place(chance, len(data))
    return data[:at] + chance.choice(_NASTY_TEXTS) + data[at:]


def flip(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Line noise: up to eight bytes changed."""
    noisy = bytearray(data)
    for _number in range(chance.randint(1, 8) if data else 0):
        noisy[_place(chance, len(noisy))] = chance.randrange(256)
    return bytes(noisy)


def repeat(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A stretch many times over."""
    left = _place(chance, len(data))
    stretch = data[left : left + chance.randint(1, 200)]
    return data[:left] + stretch * min(chance.randint(2, 2000), _LARGEST // (len(stretch) or 1)) + data[left:]


def prolong(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A file that goes on and on with one short stretch: what costs the square of its length shows here."""
    left = _place(chance, len(data))
    stretch = data[left : left + chance.randint(1, 40)] if chance.random() < 0.6 else chance.choice(_NASTY_TEXTS)
    tail = data[left:] if chance.random() < 0.5 else b""
    return data[:left] + stretch * (_LONG // (len(stretch) or 1)) + tail


def recode(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """The text in another encoding, whatever it declares."""
    codec = chance.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp1252", "iso8859-1", "cp437"))
    return data.decode("utf-8", "replace").encode(codec, "replace")


def pack(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """The file in a container."""
    packer = chance.choice((gzip.compress, bz2.compress, lzma.compress, _zipped, _tarred))
    return packer(data) + (b"" if chance.random() < 0.8 else packer(chance.choice(others)))


def _zipped(data: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", data)
        archive.writestr("b/c.gz", gzip.compress(data))
    return target.getvalue()


def _tarred(data: bytes) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name in ("a.txt", "../b"):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


# --- structures ------------------------------------------------------------------------------


def _move(chance: random.Random, parts: list[bytes], foreign: Callable[[], bytes]) -> bytes:
    """Drop, double, swap, replace or nest parts of a file."""
    if not parts:
        return b""
    first, second = sorted((_place(chance, len(parts)), _place(chance, len(parts))))
    kind = chance.randrange(6)
    if kind == 0:
        del parts[first : first + chance.randint(1, 4)]
    elif kind == 1:
        parts[first:first] = parts[first : second + 1] * chance.randint(1, 3)
    elif kind == 2:
        parts[first], parts[second] = parts[second], parts[first]
    elif kind == 3:
        parts[first] = foreign()
    elif kind == 4:
        parts[first] = parts[first] * min(chance.randint(2, 600), _LARGEST // (len(parts[first]) or 1) + 1)
    else:
        parts.insert(first, chance.choice(_NASTY_TEXTS))
    return b"".join(parts)


def mark_up(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Tags and texts moved about; a part may come from another file of mark-up."""

    def foreign() -> bytes:
        found = _PART.findall(chance.choice(others))
        return chance.choice(found) if found else b""

    return _move(chance, _PART.findall(data), foreign)


def attributes(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Another value in one attribute."""
    values = list(_VALUE.finditer(data))
    if not values:
        return data
    value = chance.choice(values)
    nasty = chance.choice(_NASTY_TEXTS).replace(b'"', b"").replace(b"<", b"")
    return data[: value.start()] + value.group(1) + b'"' + nasty + b'"' + data[value.end() :]


def transmission(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Blocks between control characters moved about."""
    other = chance.choice(others)
    return _move(chance, _blocks(data), lambda: chance.choice(_blocks(other) or [b""]))


def _blocks(data: bytes) -> list[bytes]:
    edges = [0, *(match.start() for match in _CONTROLS.finditer(data)), len(data)]
    return [data[left:right] for left, right in itertools.pairwise(edges) if left < right]


def lines(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Lines moved about."""
    other = chance.choice(others)
    return _move(
        chance, data.splitlines(keepends=True), lambda: chance.choice(other.splitlines(keepends=True) or [b""])
    )


def json_values(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """One value of a JSON document replaced, dropped, wrapped or nested deeply."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return lines(chance, data, [data])
    holders = [node for node in _containers(document) if node]
    if not holders:
        return json.dumps(chance.choice(_NASTY_VALUES)).encode()
    holder = chance.choice(holders)
    key = chance.choice(list(holder)) if isinstance(holder, dict) else _place(chance, len(holder))
    kind = chance.randrange(4)
    if kind == 0:
        del holder[key]
    elif kind == 1:
        holder[key] = chance.choice(_NASTY_VALUES)
    elif kind == 2:
        holder[key] = chance.choice(([holder[key]], {"value": holder[key]}, str(holder[key]), chance.choice(holders)))
    else:
        for _number in range(chance.randint(2, 400)):
            holder[key] = [holder[key]]
    try:
        return json.dumps(document).encode()
    except (ValueError, RecursionError):  # a container was put inside itself
        return data


def _containers(node: Any) -> list[Any]:
    found, at = [node] if isinstance(node, dict | list) else [], 0
    while at < len(found):
        inner = found[at].values() if isinstance(found[at], dict) else found[at]
        found += [value for value in inner if isinstance(value, dict | list)]
        at += 1
    return found


_ANYWHERE: tuple[Mutator, ...] = (cut, splice, follow, insert, flip, repeat, recode, pack)


def mutate(chance: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """One to four changes, most of them of the kind that the file's own structure offers."""
    for _ in range(chance.randint(1, 4)):
        structured: tuple[Mutator, ...] = (lines,)
        opening = data.lstrip(b"\x16\x00\xef\xbb\xbf \r\n")[:1]
        if opening == b"<":
            structured = (mark_up, mark_up, attributes)
        elif opening in (b"{", b"["):
            structured = (json_values,)
        elif opening == b"\x01":
            structured = (transmission, lines)
        data = chance.choice(structured if chance.random() < 0.7 else _ANYWHERE)(chance, data, others)[:_LARGEST]
    return data
