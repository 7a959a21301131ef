"""Text dumps: a plain text file with one story or many, as it fell out of an archive, an editor or a browser.

Stories are split at form feeds, at the ZCZC and NNNN of old transmissions, at end marks (`###`, `-30-`, `ENDS`), at
rules of equals signs and where the header that opens the file comes again. The text stays verbatim: furniture, headline
and byline in it are the desk's to find.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import BinaryIO

from etl.readers.base import Reader
from etl.readers.encoding import Decoded, byte_order_mark, decode, sixteen_bit_order
from etl.readers.sight import Sight
from etl.records import Delivery, Limits, Reject, Story

FORMAT = "textdump"

_CHUNK = 1024 * 1024
_LOOK_AHEAD = 16 * 1024
_WHITE = b" \t\r\n\x0c\x0b\x00\x1a"
_DASH = rb"(?:-|\xe2\x80[\x93\x94]|[\x96\x97])"
_MARK = re.compile(
    rb"(?P<hard>\x0c|^[ \t]*NNNN[ \t]*\r?$|^(?=ZCZC[ \t\r\n]))|^[ \t]*(?:#(?:[ \t]*#){2,}|"
    + _DASH
    + rb"{1,2}[ \t]*(?:30|0|[Ee]nds?|ENDS?)[ \t]*"
    + _DASH
    + rb"{1,2}|\(?ENDS?\)?|={8,})[ \t]*\r?$",
    re.MULTILINE,
)
_PROSE = re.compile(r"(?:[^\W\d_]+[\W_]+){2}[^\W\d_]|[^\W\d_]{12}")
_KEYED = re.compile(rb"([A-Za-z][A-Za-z ]{1,20}):[ \t]")


@dataclass(frozen=True, slots=True)
class _Words:
    """The tables of `data/textdump.toml`; words that are looked for in the file as bytes."""

    tail_openers: tuple[bytes, ...]
    header_keys: frozenset[bytes]
    documentation: frozenset[str]


@cache
def _words() -> _Words:
    data = tomllib.loads(resources.files("etl.readers").joinpath("data/textdump.toml").read_text(encoding="utf-8"))
    return _Words(
        tuple(word.encode() for word in data["tail_openers"]),
        frozenset(word.encode() for word in data["header_keys"]),
        frozenset(data["documentation"]),
    )


def claim(seen: Sight) -> str | None:
    """A text dump is plain text with words in it, in the layout of no other format."""
    if _is_table(seen.text[:16384]):
        return None
    return "plain text with words" if _PROSE.search(seen.text[:16384]) else None


def _is_table(text: str) -> bool:
    """Comma separated values and the like: the same number of separators, and not few, in each of the first lines."""
    lines = [line for line in text.splitlines()[:12] if line.strip()][:6]
    counts = [{line.count(separator) for line in lines} for separator in ",;\t|"]
    return len(lines) > 3 and any(len(found) == 1 and min(found) >= 4 for found in counts)


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """The stories of the file in their order; together they cover every byte of it that is not white space.

    A text bears no mark of the trade. What by its name tells of the files beside it (`README.txt` among copy)
    is therefore refused, as `not_wire_copy`; in formats that are told by their bytes a name counts for nothing.
    """
    name = (delivery.member or delivery.path).replace("\\", "/").rpartition("/")[2]
    if name.partition(".")[0] in _words().documentation:
        detail = f"{name} is, by its name, about the files beside it; copy under another name is read"
        yield Reject(delivery.path, 0, delivery.size, "read", "not_wire_copy", detail)
        return
    for item in _pieces(delivery.stream, delivery.limits):
        if item.data is None:
            detail = f"no story of more than {delivery.limits.max_story_bytes} bytes is read"
            yield Reject(delivery.path, item.offset, delivery.size - item.offset, "read", "too_large", detail)
            return
        yield _story(item.offset, item.data, item.decoded or decode(item.data), delivery.path)


READER = Reader(FORMAT, "text", claim, read)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bytes of one story with white space at both ends taken off; None for one that is too long.

    `decoded` is set where the bytes alone do not show their encoding: in UTF-16 the file's first bytes do.
    """

    offset: int
    data: bytes | None
    decoded: Decoded | None = None


def _story(offset: int, data: bytes, decoded: Decoded, path: str) -> Story | Reject:
    controls = len(data) - len(data.translate(None, bytes(range(9)) + bytes(range(14, 32))))
    if not decoded.encoding.startswith(("utf-16", "utf-32")) and controls > len(data) // 10 + 8:
        return Reject(path, offset, len(data), "read", "binary", f"{controls} control characters in {len(data)} bytes")
    if not decoded.text.strip():
        return Reject(path, offset, len(data), "read", "no_content", "bytes that hold no text")
    return Story(
        format=FORMAT,
        byte_offset=offset,
        byte_length=len(data),
        text=decoded.text,
        encoding=decoded.encoding,
        encoding_evidence=decoded.evidence,
        is_text_layout=True,
    )


# --- splitting -------------------------------------------------------------------------------


def _pieces(stream: BinaryIO, limits: Limits) -> Iterator[_Piece]:
    data, base = stream.read(_CHUNK), 0
    mark = byte_order_mark(data)
    if (mark and mark[0] != "utf-8") or (not mark and sixteen_bit_order(data)):
        yield from _wide_pieces(data + stream.read(limits.max_story_bytes))
        return
    header = _header(data)
    while True:
        more, rest = stream.read(max(_CHUNK, len(data))), 0
        for start, end in _cut(data, header, is_last=not more):
            piece = _trimmed(data, start, end, base)
            if piece is not None:
                yield piece
            rest = end
        if not more:
            return
        data, base = data[rest:] + more, base + rest
        if len(data) > limits.max_story_bytes + _CHUNK:
            yield _Piece(base, None)
            return


def _trimmed(data: bytes, start: int, end: int, base: int) -> _Piece | None:
    left = end - len(data[start:end].lstrip(_WHITE))
    text = data[left:end].rstrip(_WHITE)
    return _Piece(base + left, text) if text else None


def _wide_pieces(data: bytes) -> Iterator[_Piece]:
    """UTF-16 and UTF-32: boundaries are found in the text and counted back into the bytes of the file."""
    mark, white = byte_order_mark(data), _WHITE.decode()
    name, at = mark if mark else (sixteen_bit_order(data) or "utf-16-le", 0)
    try:
        narrow = data[at:].decode(name).encode("utf-8")
    except UnicodeDecodeError:  # damaged: what it holds as 8-bit text decides, which mostly means binary
        yield _Piece(0, data)
        return
    for start, end in _cut(narrow, _header(narrow), is_last=True):
        text = narrow[start:end].decode("utf-8")
        left = len(text[: len(text) - len(text.lstrip(white))].encode(name))
        if text.strip(white):
            decoded = Decoded(text.strip(white), name, "declared" if mark else "repaired")
            yield _Piece(at + left, decoded.text.encode(name), decoded)
        at += len(text.encode(name))


def _cut(data: bytes, header: re.Pattern[bytes] | None, *, is_last: bool) -> list[tuple[int, int]]:
    """Stretches of stories that tile the part of `data` that can be decided; all of it where it is the last."""
    marks = [(m.start(), m.end(), m["hard"] is not None) for m in _MARK.finditer(data) if m.end()]
    if header is not None:
        marks += [(m.start(1), m.start(1), True) for m in header.finditer(data) if m.start(1)]
    marks.sort()
    cuts: list[int] = [0]
    edges = [start for start, _, _ in marks[1:]] + [len(data)]
    at, last = 0, b""  # `last` is the last byte of the story so far: a file of form feeds must not be stripped at each
    for (start, end, is_hard), edge in zip(marks, edges, strict=False):
        if not is_last and end + _LOOK_AHEAD > len(data):
            break
        last = data[at:start].rstrip(_WHITE)[-1:] or last
        after = data[end : min(edge, end + _LOOK_AHEAD)]
        is_page_end = data[start:end] == b"\x0c"
        if _begins_story(last, after, is_hard=is_hard and not is_page_end, is_page_end=is_page_end):
            cuts.append(end)
            last = b""
        else:
            last = data[start:end].rstrip(_WHITE)[-1:] or last
        at = end
    if is_last:
        cuts.append(len(data))
    return list(itertools.pairwise(cuts))


def _begins_story(last: bytes, after: bytes, *, is_hard: bool, is_page_end: bool) -> bool:
    """Whether what follows a mark is another story, not the rest of the one above it, of which `last` is the last byte.

    A repeated header, ZCZC and NNNN are hard marks. A form feed is one unless a sentence runs across it (a page break).
    Below an end mark stand contacts and company descriptions as often as the next story.
    """
    after = after.strip(_WHITE)
    if not last or not after:
        return bool(after) and (is_hard or is_page_end)
    if is_hard:
        return True
    if is_page_end:
        return not (after[:1].islower() and (last.isalnum() or last in b",;-"))
    if after.lower().startswith(_words().tail_openers):
        return False
    return any(len(paragraph.split()) >= 20 for paragraph in re.split(rb"\n[ \t\r]*\n", after))


def _header(data: bytes) -> re.Pattern[bytes] | None:
    """The header lines that open the file, as a pattern to find them again at the head of another story.

    Two lines such as `Source: X` and `MEDIA RELEASE PR67276`, or one numbered line such as `Story 3 of 40`; a single
    keyed line counts only with a key of the trade, because any text may hold "Note: ...".
    """
    lines = data.lstrip(_WHITE + b"\xef\xbb\xbf")[:4096].splitlines()[:2]
    shapes = [shape for shape in map(_shape, lines) if shape is not None]
    if not lines or not shapes or _shape(lines[0]) is None:
        return None
    if len(shapes) == 1 and not _stands_alone(lines[0]):
        return None
    body = rb"[^\n]*\n".join(shapes)
    return re.compile(rb"(?:\A|\n)[ \t\r]*\n(" + body + rb")", re.MULTILINE)


def _shape(line: bytes) -> bytes | None:
    """A header line as a pattern: its key, or its words with any number in place of each number."""
    line = line.strip()
    keyed = _KEYED.match(line)
    if keyed:
        return re.escape(keyed.group(1)) + rb":[ \t]"
    if re.search(rb"\d", line) and len(line) <= 60 and re.match(rb"[A-Z0-9]", line):
        return rb"\d+".join(re.escape(part) for part in re.split(rb"\d+", line))
    return None


def _stands_alone(line: bytes) -> bool:
    keyed = _KEYED.match(line.strip())
    if keyed:
        return keyed.group(1).lower() in _words().header_keys - {b"source", b"date", b"from"}
    return re.search(rb"(?i)\b(?:story|document|article|item|no\.?|release)\b", line) is not None
