"""WARC: web archives, one story for each page that a record holds.

`response` records hold what a server sent, with its HTTP head, `resource` records the bare page and `conversion`
records the text that somebody took out of it. Records about the crawl and records of pictures, styles and scripts
are passed over; a page that is no story, was not sent whole or was sent with an error is a reject.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa

from etl.readers.base import Reader
from etl.readers.encoding import decode
from etl.readers.html import read_page
from etl.readers.layout import plain_lines
from etl.readers.markup import RefusalError
from etl.readers.sight import Sight
from etl.readers.window import Window
from etl.records import Delivery, Limits, Reject, Story

FORMAT = "warc"

_MAX_HEAD = 64 * 1024
_VERSION = re.compile(rb"WARC/\d+\.\d+[ \t]*\r?\n")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")
_NO_PAGE = re.compile(
    r"(?:image|video|audio|font)/|text/(?:css|javascript|vtt)|application/(?:x-)?(?:javascript|json|font|ecmascript"
    r"|octet-stream|pdf|zip|manifest|vnd\.ms-font|wasm|protobuf)",
    re.IGNORECASE,
)
_PAGE = re.compile(r"text/html|application/xhtml", re.IGNORECASE)


def claim(_: Sight) -> str | None:
    """Evidence: a WARC record header."""
    return "a WARC record header"


@dataclass(frozen=True, slots=True)
class _Record:
    """One record: where it stands, its header fields by lower-case name, its content."""

    offset: int
    length: int
    fields: dict[str, str]
    content: bytes


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """The story of each page in the archive, in order, or why it is none."""
    count = 0
    for record in _records(delivery):
        if isinstance(record, Reject):
            yield record
            continue
        try:
            story = _story(record, delivery.limits)
        except RefusalError as refusal:
            yield refusal.as_reject(delivery.path, record.offset, record.length)
            continue
        if story is None:
            continue
        count += 1
        if count > delivery.limits.max_stories:
            rest = max(delivery.size - record.offset, record.length)
            yield Reject(delivery.path, record.offset, rest, "read", "too_many_stories", "more pages than allowed")
            return
        yield story


# --- records ---------------------------------------------------------------------------------


def _records(delivery: Delivery) -> Iterator[_Record | Reject]:
    window = Window(delivery.stream)
    while _skip_blank(window):
        start = window.offset
        head = _take_head(window)
        if head is None:
            passed = _resynchronise(window)
            yield Reject(delivery.path, start, passed, "read", "stray_bytes", "bytes that belong to no WARC record")
            continue
        length = _content_length(head)
        if length is None:
            yield Reject(delivery.path, start, window.offset - start, "read", "bad_header", "no Content-Length")
            continue
        yield _take_content(delivery, window, start, head, length)


def _skip_blank(window: Window) -> bool:
    """Move to the next byte that is no line end; False at the end of the file."""
    while True:
        rest = window.data[window.at : window.at + 4096].lstrip(b"\r\n \t\x00")
        if rest:
            window.at = min(window.at + 4096, len(window.data)) - len(rest)
            return True
        window.at = min(window.at + 4096, len(window.data))
        if not window.has_data() and not window.grow():
            return False


def _need(window: Window, count: int) -> bool:
    """Have so many bytes in the window, if the file has them."""
    while len(window.data) - window.at < count and window.grow():
        pass
    return len(window.data) - window.at >= count


def _take_head(window: Window) -> dict[str, str] | None:
    _need(window, _MAX_HEAD)
    version = _VERSION.match(window.data, window.at)
    if version is None:
        return None
    # The next version line bounds the search: without it a file of version lines costs the square of its length.
    following = _VERSION.search(window.data, version.end(), window.at + _MAX_HEAD)
    end = _END_OF_HEAD.search(window.data, version.end() - 2, following.start() if following else window.at + _MAX_HEAD)
    if end is None:
        return None
    window.at = end.end()
    return _fields(window.data[version.end() : end.start()])


def _fields(head: bytes) -> dict[str, str]:
    """Header fields by lower-case name; lines that begin with a blank go on from the line before."""
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", head).decode("utf-8", "replace")
    pairs = (line.partition(":") for line in unfolded.splitlines())
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def _content_length(fields: dict[str, str]) -> int | None:
    printed = fields.get("content-length", "")
    return int(printed) if re.fullmatch(r"\d{1,18}", printed, re.ASCII) else None


def _resynchronise(window: Window) -> int:
    """Pass over what is no record; how many bytes that was."""
    start = window.offset
    window.at += 1
    while (found := _VERSION.search(window.data, window.at)) is None:
        window.at = max(window.at, len(window.data) - 32)
        if not window.grow():
            window.at = len(window.data)
            return window.offset - start
    window.at = found.start()
    return window.offset - start


def _take_content(
    delivery: Delivery, window: Window, start: int, fields: dict[str, str], length: int
) -> _Record | Reject:
    limit = delivery.limits.max_story_bytes
    if length > limit:
        missing = _pass_over(window, length)
        whole = window.offset - start
        if missing:
            return Reject(
                delivery.path, start, whole, "read", "truncated", f"{missing} bytes of the record are missing"
            )
        return Reject(delivery.path, start, whole, "read", "story_too_long", f"a record of {length} bytes")
    is_whole = _need(window, length)
    content = window.data[window.at : window.at + length]
    window.at += len(content)
    if not is_whole:
        detail = f"{length - len(content)} bytes of the record are missing"
        return Reject(delivery.path, start, window.offset - start, "read", "truncated", detail)
    return _Record(start, window.offset - start, fields, content)


def _pass_over(window: Window, length: int) -> int:
    """Move over content without keeping it; how many bytes of it the file lacks."""
    while length:
        step = min(length, len(window.data) - window.at)
        window.at += step
        length -= step
        if length and not window.grow():
            break
    return length


# --- pages -----------------------------------------------------------------------------------


def _story(record: _Record, limits: Limits) -> Story | None:
    kind = record.fields.get("warc-type", "").lower()
    if kind not in ("response", "resource", "conversion"):
        return None
    if "warc-truncated" in record.fields:
        raise RefusalError("truncated", f"the crawler cut the record: {record.fields['warc-truncated'][:40]}")
    url = record.fields.get("warc-target-uri", "").strip("<>") or None
    media, body = record.fields.get("content-type", ""), record.content
    if kind == "response":
        if not media.lower().startswith("application/http") and not body.startswith(b"HTTP/"):
            return None
        media, body = _response(body, limits)
    if _NO_PAGE.match(media):
        return None
    if kind == "conversion" and media.lower().startswith("text/plain"):
        return _with_record(_converted(record, body), record)
    if not _PAGE.match(media) and not (media == "" and b"<html" in body[:2048].lower()):
        raise RefusalError("not_a_page", f"content of type {media[:60]!r}")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", media, re.IGNORECASE)
    story = read_page(body, record.offset, record.length, limits, charset.group(1) if charset else None, url)
    return _with_record(story, record)


def _with_record(story: Story, record: _Record) -> Story:
    kept = {
        name: record.fields[key]
        for name, key in (("WARC-Record-ID", "warc-record-id"), ("WARC-Date", "warc-date"))
        if key in record.fields
    }
    own = {f"warc/{name}": value for name, value in record.fields.items() if name.startswith("x-")}
    return replace(story, format=FORMAT, extra={**story.extra, **kept, **own})


def _converted(record: _Record, body: bytes) -> Story:
    decoded = decode(body, "utf-8")
    text = plain_lines(decoded.text.replace("\x00", "")).text
    if not text:
        raise RefusalError("no_text", "a conversion without text")
    return Story(
        format=FORMAT,
        byte_offset=record.offset,
        byte_length=record.length,
        text=text,
        encoding=decoded.encoding,
        encoding_evidence=decoded.evidence,
        guid=record.fields.get("warc-target-uri", "").strip("<>") or None,
        is_text_layout=True,
    )


def _response(content: bytes, limits: Limits) -> tuple[str, bytes]:
    """Media type and body of an HTTP response, unchunked and decompressed."""
    end = _END_OF_HEAD.search(content, 0, _MAX_HEAD)
    if end is None:
        raise RefusalError("truncated", "an HTTP head without end")
    status_line, _, rest = content[: end.start()].partition(b"\n")
    status = re.match(rb"HTTP/\d(?:\.\d)?\s+(\d{3})", status_line)
    fields = _fields(rest)
    media = fields.get("content-type", "")
    if status is not None and not status.group(1).startswith(b"2") and not _NO_PAGE.match(media):
        raise RefusalError("http_status", f"the server answered {status.group(1).decode()}")
    body = content[end.end() :]
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    return media, _decompressed(body, fields.get("content-encoding", "").lower(), limits)


def _unchunked(body: bytes) -> bytes:
    """The chunks of a body joined; many archives keep the header field but store the body joined already."""
    pieces: list[bytes] = []
    at = 0
    while (size := _CHUNK_SIZE.match(body, at)) is not None:
        length = int(size.group(1), 16)
        if length == 0:
            return b"".join(pieces)
        piece = body[size.end() : size.end() + length]
        if len(piece) < length:
            raise RefusalError("truncated", "a chunk of the response is cut off")
        pieces.append(piece)
        at = size.end() + length
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    if pieces:
        raise RefusalError("truncated", "the last chunk of the response is missing")
    return body


def _decompressed(body: bytes, encoding: str, limits: Limits) -> bytes:
    if encoding in ("gzip", "x-gzip") and body.startswith(b"\x1f\x8b"):
        return _inflated(body, 31, limits)
    if encoding == "deflate":
        return _inflated(body, 15 if body[:1] == b"\x78" else -15, limits)
    if encoding == "zstd" and body.startswith(b"\x28\xb5\x2f\xfd"):
        return _unzstd(body, limits)
    if encoding == "br" and b"<" not in body[:512]:
        raise RefusalError("unsupported_encoding", "a body compressed with Brotli")
    return body


def _inflated(body: bytes, bits: int, limits: Limits) -> bytes:
    inflater = zlib.decompressobj(wbits=bits)
    try:
        data = inflater.decompress(body, limits.max_story_bytes)
    except zlib.error as error:
        if bits < 0 or not body.startswith(b"\x1f\x8b"):
            return body  # stored decompressed, under a header field that says otherwise
        raise RefusalError("damaged", f"the compressed body: {error}") from None
    if inflater.unconsumed_tail:
        raise RefusalError("decompression_bomb", f"a body of more than {limits.max_story_bytes} bytes")
    if not inflater.eof:
        raise RefusalError("truncated", "the compressed body is cut off")
    return data


def _unzstd(body: bytes, limits: Limits) -> bytes:
    try:
        with pa.CompressedInputStream(pa.BufferReader(body), "zstd") as stream:
            data: bytes = stream.read(limits.max_story_bytes + 1)
    except (OSError, pa.ArrowException) as error:
        raise RefusalError("damaged", f"the compressed body: {error}") from None
    if len(data) > limits.max_story_bytes:
        raise RefusalError("decompression_bomb", f"a body of more than {limits.max_story_bytes} bytes")
    return data


READER = Reader(FORMAT, "warc", claim, read)
