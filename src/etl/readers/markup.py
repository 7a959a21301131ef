"""XML and HTML made harmless: parsing without entities, DTD or network, and documents that follow one another.

A parser never opens anything but the bytes it is given. What it cannot take whole is a `RefusalError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.entities import html5
from typing import Any, BinaryIO

from lxml import etree

from etl.readers.encoding import byte_order_mark, codec_name, decode, sixteen_bit_order, xml_declared
from etl.records import Limits, Reject

_PADDING = b"\x00\x1a\x04 \t\r\n\x0c"
_MAX_ENTITY_TEXT = 1024 * 1024
_CHUNK = 1024 * 1024
_LONGEST_CLOSING = 4096
"""Bytes that an end tag and the white space behind it may take up where they straddle two chunks."""
_OPENS_END_TAG = re.compile(rb"</(?:[\w.-]+:)?\Z")
_LONGEST_PREFIX = 256
_REFERENCE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);|#)")
_NO_TAG = rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
# libxml2 error codes: entity loop, resource limit (depth, entity amplification, name and text sizes), internal.
_ENTITY_LOOP = 89
_LIMITS = frozenset((1, 114, 115, 116))


class RefusalError(Exception):
    """Bytes that do not hold a whole story: a stable reason code and one line for a human."""

    def __init__(self, reason: str, detail: str) -> None:
        """Keep both; `reason` is snake case and never reworded."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def as_reject(self, path: str, byte_offset: int, byte_length: int) -> Reject:
        """The refusal as a record, for the stretch of bytes it is about."""
        return Reject(path, byte_offset, byte_length, "read", self.reason, self.detail)


@dataclass(frozen=True, slots=True)
class Piece:
    """One document of a file and the stretch of the file it answers for.

    The stretch begins at `offset` and is `length` bytes long; it holds `data` and what only separates documents.
    """

    offset: int
    length: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed document with the encoding it was read in."""

    root: etree._Element
    encoding: str
    evidence: str


def _parser(encoding: str | None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


_AS_UTF8 = _parser("utf-8")
_HTML = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)


def documents(stream: BinaryIO, root: str, limits: Limits) -> Iterator[Piece | Reject]:
    """The documents of a file, split where one root element has closed and the next begins.

    The pieces cover the file; memory is bounded by the longest document, not by the file. A document
    over `limits.max_story_bytes` is a `Reject` without path, from its first byte on, and with it ends the file.
    """
    close = _closing(root)
    data, base = stream.read(_CHUNK), 0
    searched = 0
    while True:
        start = 0
        for end in close.finditer(data, searched):
            if not _OPENS_END_TAG.search(data, max(0, end.start() - _LONGEST_PREFIX), end.start()):
                continue
            yield Piece(base + start, end.end() - start, data[start : end.end()])
            start = end.end()
        data, base = data[start:], base + start
        more = stream.read(max(_CHUNK, len(data)))
        if not more:
            break
        searched = max(0, len(data) - _LONGEST_CLOSING)
        data += more
        if len(data) > limits.max_story_bytes:
            detail = f"no document of more than {limits.max_story_bytes} bytes is read"
            yield Reject("", base, len(data), "read", "too_large", detail)
            return
    if data.strip(_PADDING) or base == 0:
        yield Piece(base, len(data), data)


@cache
def _closing(root: str) -> re.Pattern[bytes]:
    """The rest of an end tag from its name on, and what lies between it and the next document."""
    return re.compile(re.escape(root.encode()) + rb"\s*>\s*(?=<)")


def parse_xml(data: bytes) -> Parsed:
    """Parse one document.

    Raises:
        RefusalError: `empty`, `truncated`, `malformed`, `entity_bomb`, `external_entity`, `undefined_entity`,
            `too_deep`, `too_large`.
    """
    data = _without_padding(data)
    if not data:
        raise RefusalError("empty", "a document without a byte")
    declared = xml_declared(data)
    codec = codec_name(declared)
    if data.isascii() and (codec is None or not codec.startswith(("utf-16", "utf-32", "iso2022"))):
        encoding, evidence = codec or "utf-8", "declared" if codec else "strict"
        root = _parse(data, _AS_UTF8)  # ASCII is UTF-8 too, whatever is declared; libxml2 does not know "utf8"
    else:
        decoded = decode(data, declared)
        encoding, evidence = decoded.encoding, decoded.evidence
        if encoding == "utf-8" and evidence != "repaired" and byte_order_mark(data) is None:
            root = _parse(data, _AS_UTF8)
        else:
            root = _parse(decoded.text.strip("\x00\x1a\x04 \t\r\n").encode("utf-8", "surrogatepass"), _AS_UTF8)
    if (_REFERENCE.search(data) and b"<!DOCTYPE" in data) or encoding.startswith(("utf-16", "utf-32")):
        _fill_entities(root, len(data))
    return Parsed(root, encoding, evidence)


def _without_padding(data: bytes) -> bytes:
    """The document without the white space, NULs and end marks of old file systems around it; UTF-16 as it is."""
    if data[:1] == b"<" and data[-1:] == b">":
        return data
    if byte_order_mark(data) or sixteen_bit_order(data):
        return data
    return data.strip(_PADDING)


def _parse(data: bytes, parser: etree.XMLParser) -> etree._Element:
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(error, data) from None
    except ValueError as error:  # lxml's own refusals, such as an encoding it cannot take
        raise RefusalError("malformed", str(error)) from None


def _refusal(error: etree.XMLSyntaxError, data: bytes) -> RefusalError:
    message, code = " ".join(str(error.msg).split()), getattr(error, "code", 0)
    if code == _ENTITY_LOOP or ("ntity" in message and code in _LIMITS):
        return RefusalError("entity_bomb", message)
    if code in _LIMITS:
        return RefusalError("too_deep" if "epth" in message else "too_large", message)
    opened = re.search(
        rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)",
        re.sub(rb"<\?.*?\?>|<!--.*?-->|<![^>]*>", b"", data[:4096], flags=re.DOTALL),
    )
    if opened and not re.search(rb"</(?:[\w.-]+:)?" + re.escape(opened.group(1)) + rb"\s*>\s*\Z", data[-200:]):
        return RefusalError("truncated", f"the root element is not closed: {message}")
    return RefusalError("malformed", message)


def _fill_entities(root: etree._Element, size: int) -> None:
    """Put the text of entities that are plain text in their place; refuse those that nest or lie outside."""
    references: list[Any] = list(root.iter(etree.Entity))
    if not references:
        return
    document_type: Any = root.getroottree().docinfo.internalDTD
    declared = {e.name: e.content for e in document_type.iterentities()} if document_type is not None else {}
    budget = max(_MAX_ENTITY_TEXT, 10 * size)
    for reference in references:
        text = _entity_text(reference.name, declared)
        budget -= len(text)
        if budget < 0:
            raise RefusalError("entity_bomb", f"entity {reference.name} is repeated beyond all measure")
        _replace_by_text(reference, text)


def _entity_text(name: str, declared: dict[str, str | None]) -> str:
    if name not in declared:
        if name + ";" in html5:
            return html5[name + ";"]
        raise RefusalError("undefined_entity", f"entity {name} is not declared in the document")
    content = declared[name]
    if content is None:
        raise RefusalError("external_entity", f"entity {name} lies outside the document and is never fetched")
    if re.search(r"&[^#]|<", content):
        raise RefusalError("entity_bomb", f"entity {name} holds markup or further entities")
    return content


def _replace_by_text(node: etree._Element, text: str) -> None:
    parent, before = node.getparent(), node.getprevious()
    if parent is None:
        return
    text += node.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(node)


def ranges_of(piece: Piece, root: etree._Element, items: list[etree._Element]) -> list[Piece]:
    """The stretch of the file that each of several items of one document answers for; together they tile the document.

    An item's stretch begins at its start tag. Where the tags cannot be counted off against the elements (UTF-16, or
    a tag in an attribute), the stretches keep their order but are one byte long, the last but for the rest.
    """
    if len(items) == 1:
        return [piece]
    names = {local_name(item) for item in items}
    starts = list(range(len(items)))
    if items:
        pattern = b"|".join(re.escape(name.encode()) for name in sorted(names))
        tags = re.compile(_NO_TAG + rb"|(<(?:[\w.-]+:)?(?:" + pattern + rb")(?=[\s/>]))", re.DOTALL)
        found = [match.start(1) for match in tags.finditer(piece.data) if match.start(1) >= 0]
        elements = [element for element in root.iter(etree.Element) if local_name(element) in names]
        if len(found) == len(elements):
            place = dict(zip(elements, found, strict=True))
            starts = [0, *(place[item] for item in items[1:])]
    ends = [*starts[1:], piece.length]
    return [Piece(piece.offset + start, end - start, b"") for start, end in zip(starts, ends, strict=True)]


def parse_html(text: str) -> etree._Element | None:
    """The tree of an HTML fragment or page, None where there is nothing in it.

    Raises:
        RefusalError: `too_deep` where the parser would give up half way.
    """
    if not text.strip():
        return None
    try:
        root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), _HTML)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", 0) in _LIMITS:
            raise RefusalError("too_deep", str(error.msg)) from None
        return None
    for entry in _HTML.error_log:
        if entry.type in _LIMITS:
            raise RefusalError("too_deep", entry.message)
    return root


class _Names(dict[object, str]):
    """Names without namespace by tag; a look-up here is several times faster than cutting the tag each time."""

    def __missing__(self, tag: object) -> str:
        name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        if len(self) < _MOST_NAMES:
            self[tag] = name
        return name


_MOST_NAMES = 4096
NAMES = _Names()
"""`NAMES[element.tag]` is the element's name without its namespace; "" for what is no element."""


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return NAMES[element.tag]


def children_of(element: etree._Element, name: str) -> list[etree._Element]:
    """The children of that name, in whatever namespace."""
    return [child for child in element if NAMES[child.tag] == name]


def child_of(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of that name, in whatever namespace."""
    for child in element:
        if NAMES[child.tag] == name:
            return child
    return None


def text_of(element: etree._Element) -> str:
    """All text in an element, that of its children and their tails included."""
    return (
        etree.tostring(element, method="text", encoding="unicode", with_tail=False)
        if len(element)
        else element.text or ""
    )


def line_of(element: etree._Element | None) -> str | None:
    """All text in an element on one line, children and tails included; None where there is none."""
    if element is None:
        return None
    text = element.text if len(element) == 0 else text_of(element)
    if not text:
        return None
    return text if text.isalnum() else " ".join(text.split()) or None
