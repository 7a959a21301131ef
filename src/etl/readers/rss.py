"""Feeds: RSS 0.9x to 2.0, RDF Site Summary 1.0, Atom and WordPress exports, one story an item.

Items are cut from the file by their tags and parsed each on its own, under the namespaces that the feed's head
declares: each has its place in the file, a damaged one costs only itself, and long exports stream.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

from etl.readers.base import Reader
from etl.readers.elements import Piece, cut_elements
from etl.readers.encoding import byte_order_mark, decode, sixteen_bit_order, xml_declared
from etl.readers.feed_items import FORMAT, Feed, canonical_name, feed_rules, item_story
from etl.readers.markup import RefusalError, line_of, parse_xml
from etl.readers.sight import Sight
from etl.readers.window import Window
from etl.records import Delivery, Reject, Story

_ATOM = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
_RSS_RDF = re.compile(r"http://(?:purl\.org/rss/1\.0/|(?:my|channel)\.netscape\.com/rdf/)")
_FIRST_ITEM = re.compile(rb"<((?:[\w.-]+:)?(?:item|entry))[\s>/]")
_XMLNS = re.compile(r"""\bxmlns(?::([\w.-]+))?\s*=\s*["']([^"'<&]*)["']""")
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
_NAMED = re.compile(r"<!\[CDATA\[.*?\]\]>|&([A-Za-z][A-Za-z0-9]{1,31});", re.DOTALL)
_BARE = re.compile(r"<!\[CDATA\[.*?\]\]>|&(?!#?\w{1,32};)", re.DOTALL)
_FOREIGN = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;)[A-Za-z]")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_ROOT_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|RDF)\s*>")
_MAX_HEAD = 1 << 20


def claim(seen: Sight) -> str | None:
    """Evidence: the root element `rss`, Atom's `feed`, or `RDF` with the RSS namespace."""
    if seen.root == "rss":
        return "root element rss"
    if seen.root == "feed" and seen.namespace in _ATOM:
        return "root element feed of Atom"
    if seen.root == "RDF" and _RSS_RDF.search(seen.text):
        return "root element RDF with the RSS namespace"
    return None


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """Every item of the feed; a feed without channel is one reject, a damaged or empty item is one of its own."""
    start = delivery.stream.read(64 * 1024)
    delivery.stream.seek(0)
    if ((mark := byte_order_mark(start)) and mark[0] != "utf-8") or sixteen_bit_order(start):
        yield from _read_wide(delivery)
    else:
        yield from _read_narrow(delivery, start)


def _read_narrow(delivery: Delivery, start: bytes) -> Iterator[Story | Reject]:
    """A feed in UTF-8 or an 8-bit encoding, from its first bytes on."""
    name = _FIRST_ITEM.search(start)
    tag = name.group(1) if name else b"entry" if b"<feed" in start else b"item"
    return _read_items(delivery, tag, Feed(declared=xml_declared(start)))


def _read_wide(delivery: Delivery) -> Iterator[Story | Reject]:
    """A feed in UTF-16: turned into UTF-8 as a whole, its places turned back into those of the file."""
    data = delivery.stream.read(delivery.limits.max_story_bytes + 1)
    if len(data) > delivery.limits.max_story_bytes:
        yield Reject(delivery.path, 0, delivery.size, "read", "too_large", "a feed in UTF-16 is read as a whole")
        return
    decoded = decode(data)
    narrow = decoded.text.encode()
    mark = len(data) - len(decoded.text.encode(decoded.encoding))
    inner = Delivery(delivery.path, BytesIO(narrow), len(narrow), delivery.member, delivery.limits)

    def place(offset: int) -> int:
        return mark + len(narrow[:offset].decode("utf-8", "ignore").encode(decoded.encoding)) if offset else 0

    for item in _read_narrow(inner, narrow[: 64 * 1024]):
        start, end = place(item.byte_offset), place(item.byte_offset + item.byte_length)
        changes: dict[str, Any] = {"byte_offset": start, "byte_length": max(0, end - start)}
        if isinstance(item, Story):
            changes |= {"encoding": decoded.encoding, "encoding_evidence": decoded.evidence}
        yield _replaced(item, changes)


def _replaced(item: Story | Reject, changes: dict[str, Any]) -> Story | Reject:
    kept = {name: getattr(item, name) for name in type(item).__dataclass_fields__}
    return type(item)(**(kept | changes))


def _read_items(delivery: Delivery, tag: bytes, feed: Feed) -> Iterator[Story | Reject]:
    head, tail, count, is_silent = bytearray(), b"", 0, True
    for piece in cut_elements(Window(delivery.stream), tag, delivery.limits.max_story_bytes):
        if piece.kind == "outside":
            if not count:
                head += piece.data[: _MAX_HEAD - len(head)]
            tail = piece.data[-1024:]
            continue
        if not count:
            _read_head(bytes(head), feed)
            if not feed.has_channel:
                yield Reject(delivery.path, 0, delivery.size, "read", "no_channel", "items outside a channel")
                return
        count += 1
        is_silent, tail = False, b""
        if count > delivery.limits.max_stories:
            length = max(delivery.size - piece.offset, piece.length)
            yield Reject(delivery.path, piece.offset, length, "read", "too_many_stories", "more items than allowed")
            return
        yield _read_item(piece, feed, delivery)
    if not _ROOT_END.search(tail):
        yield Reject(
            delivery.path, delivery.size - len(tail), len(tail), "read", "truncated", "the feed has no end tag"
        )
    elif is_silent:
        yield Reject(delivery.path, 0, delivery.size, "read", "no_story", "a feed without items")


def _read_head(data: bytes, feed: Feed) -> None:
    """Namespaces and channel fields from what stands before the first item."""
    text = decode(data, feed.declared).text
    feed.namespaces = {prefix: uri for prefix, uri in _XMLNS.findall(text) if prefix != "xml"}
    parser = etree.XMLPullParser(events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False)
    try:
        parser.feed(re.sub(r"^\s*<\?xml.*?\?>", "", _known_names(text), flags=re.DOTALL).strip().encode())
        events: list[Any] = list(parser.read_events())
    except etree.XMLSyntaxError:
        events = []
    depth = 0
    for event, element in events:
        depth += 1 if event == "start" else -1
        name = canonical_name(element)
        if event == "start":
            feed.has_channel = feed.has_channel or name in ("channel", "feed")
            feed.language = feed.language or element.get("{http://www.w3.org/XML/1998/namespace}lang")
        elif (
            depth <= 2
            and name in feed_rules()["channel"]
            and canonical_name(element.getparent()) in ("channel", "feed")
        ):
            value = line_of(element.find("{*}name") if len(element) else element)
            feed.fields.setdefault(feed_rules()["channel"][name], value or "")


def _read_item(piece: Piece, feed: Feed, delivery: Delivery) -> Story | Reject:
    if piece.kind != "element":
        reason = "truncated" if piece.kind == "unclosed" else "story_too_long"
        return Reject(delivery.path, piece.offset, piece.length, "read", reason, "an item without its end tag")
    decoded = decode(piece.data, feed.declared)
    try:
        return item_story(_parse_item(decoded.text, feed), piece, decoded, feed, delivery.limits)
    except RefusalError as refusal:
        return refusal.as_reject(delivery.path, piece.offset, piece.length)


def _parse_item(text: str, feed: Feed) -> etree._Element:
    """The item's element, under the namespaces of the feed's head.

    What strict parsing refuses is tried once more with the two faults repaired that leave nothing in doubt: prefixes
    that nobody declared, and ampersands that begin no reference.
    """
    text = _known_names(text)
    try:
        root = _parse_under(text, feed.namespaces)
    except RefusalError as refusal:
        if refusal.reason != "malformed":
            raise
        prefixes = {prefix for pair in _PREFIX.findall(text) for prefix in pair} - {"", "xml", "xmlns"}
        spaces = {prefix: f"urn:undeclared:{prefix}" for prefix in sorted(prefixes)} | feed.namespaces
        root = _parse_under(_BARE.sub(lambda m: m.group() if len(m.group()) > 1 else "&amp;", text), spaces)
    if len(root) != 1:
        raise RefusalError("malformed", "not one item")
    return root[0]


def _parse_under(text: str, namespaces: dict[str, str]) -> etree._Element:
    declared = "".join(f' xmlns{":" if p else ""}{p}="{html.escape(uri)}"' for p, uri in namespaces.items())
    return parse_xml(f"<w{declared}>{text}</w>".encode("utf-8", "replace")).root


def _known_names(text: str) -> str:
    """Text with HTML's named characters (`&nbsp;`), which XML does not know, as characters."""
    return _NAMED.sub(_character, text) if _FOREIGN.search(text) else text


def _character(found: re.Match[str]) -> str:
    name = found.group(1)
    return found.group() if name is None or name in _XML_NAMES else html.unescape(found.group())


READER = Reader(FORMAT, "xml", claim, read)
