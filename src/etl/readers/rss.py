"""Feeds: RSS 0.9x to 2.0, RDF Site Summary 1.0, Atom and WordPress exports, one story an item.

Items are cut from the file by their tags and parsed each on its own, under the namespaces that the feed's head
declares: each has its place in the file, a damaged one costs only itself, and long exports stream.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from lxml import etree

from etl.readers.base import Head, Reader
from etl.readers.clock import zone_of
from etl.readers.elements import Piece, cut_elements
from etl.readers.encoding import Decoded, byte_order_mark, decode, sixteen_bit_order, xml_declared
from etl.readers.gather import Gathered, add_extra
from etl.readers.instants import parse_instant
from etl.readers.layout import Layout, lay_out, plain_lines
from etl.readers.markup import Piece as Stretch
from etl.readers.markup import RefusalError, line_of, parse_html, parse_xml
from etl.readers.sight import look
from etl.readers.window import Window
from etl.records import Delivery, Instant, Limits, Reject, Related, Story, Subject

FORMAT = "rss"

_ATOM = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
_RSS_RDF = re.compile(r"http://(?:purl\.org/rss/1\.0/|(?:my|channel)\.netscape\.com/rdf/)")
_FIRST_ITEM = re.compile(rb"<((?:[\w.-]+:)?(?:item|entry))[\s>/]")
_XMLNS = re.compile(r"""\bxmlns(?::([\w.-]+))?\s*=\s*["']([^"'<&]*)["']""")
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
_NAMED = re.compile(r"<!\[CDATA\[.*?\]\]>|&([A-Za-z][A-Za-z0-9]{1,31});", re.DOTALL)
_BARE = re.compile(r"<!\[CDATA\[.*?\]\]>|&(?!#?\w{1,32};)", re.DOTALL)
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&#?\w{1,32};")
_MAIL_AND_NAME = re.compile(r"\S+@\S+\s*\((.+)\)")
_ROOT_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|RDF)\s*>")
_MAX_HEAD = 1 << 20


def claim(head: Head) -> str | None:
    """Evidence: the root element `rss`, Atom's `feed`, or `RDF` with the RSS namespace."""
    sight = look(head)
    if sight.kind != "xml":
        return None
    if sight.root == "rss":
        return "root element rss"
    if sight.root == "feed" and sight.namespace in _ATOM:
        return "root element feed of Atom"
    if sight.root == "RDF" and _RSS_RDF.search(sight.text):
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
    return _read_items(delivery, tag, _Feed(declared=xml_declared(start)))


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


@dataclass(slots=True)
class _Feed:
    """What the head of the feed says for all its items."""

    declared: str | None
    namespaces: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    language: str | None = None
    has_channel: bool = False


def _read_items(delivery: Delivery, tag: bytes, feed: _Feed) -> Iterator[Story | Reject]:
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


def _read_head(data: bytes, feed: _Feed) -> None:
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
        name = _canonical(element)
        if event == "start":
            feed.has_channel = feed.has_channel or name in ("channel", "feed")
            feed.language = feed.language or element.get("{http://www.w3.org/XML/1998/namespace}lang")
        elif depth <= 2 and name in _rules()["channel"] and _canonical(element.getparent()) in ("channel", "feed"):
            value = line_of(element.find("{*}name") if len(element) else element)
            feed.fields.setdefault(_rules()["channel"][name], value or "")


def _read_item(piece: Piece, feed: _Feed, delivery: Delivery) -> Story | Reject:
    if piece.kind != "element":
        reason = "truncated" if piece.kind == "unclosed" else "story_too_long"
        return Reject(delivery.path, piece.offset, piece.length, "read", reason, "an item without its end tag")
    decoded = decode(piece.data, feed.declared)
    try:
        return _story(_parse_item(decoded.text, feed), piece, decoded, feed, delivery.limits)
    except RefusalError as refusal:
        return refusal.as_reject(delivery.path, piece.offset, piece.length)


def _parse_item(text: str, feed: _Feed) -> etree._Element:
    """The item's element, under the namespaces of the feed's head; prefixes that nobody declared get one."""
    text = _known_names(text)
    spaces = dict(feed.namespaces)
    for pair in _PREFIX.findall(text):
        prefix = pair[0] or pair[1]
        if prefix not in ("xml", "xmlns") and prefix not in spaces:
            spaces[prefix] = f"urn:undeclared:{prefix}"
    declared = "".join(f' xmlns{":" if p else ""}{p}="{html.escape(uri)}"' for p, uri in spaces.items())
    try:
        root = parse_xml(f"<w{declared}>{text}</w>".encode("utf-8", "replace")).root
    except RefusalError as refusal:
        repaired = _BARE.sub(lambda m: m.group() if len(m.group()) > 1 else "&amp;", text)
        if refusal.reason != "malformed" or repaired == text:
            raise
        root = parse_xml(f"<w{declared}>{repaired}</w>".encode("utf-8", "replace")).root
    if len(root) != 1:
        raise RefusalError("malformed", "not one item")
    return root[0]


def _known_names(text: str) -> str:
    """Text with HTML's named characters (`&nbsp;`), which XML does not know, as characters."""
    return _NAMED.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    name = found.group(1)
    return found.group() if name is None or name in _XML_NAMES else html.unescape(found.group())


# --- fields ----------------------------------------------------------------------------------


def _story(item: etree._Element, piece: Piece, decoded: Decoded, feed: _Feed, limits: Limits) -> Story:
    found = Gathered()
    for child in item:
        if isinstance(child.tag, str):
            _take(found, child)
    about = item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
    found.first("guid", about)
    found.first("language", item.get("{http://www.w3.org/XML/1998/namespace}lang"))
    for name in ("provider", "language", "copyright"):
        found.first(name, feed.fields.get(name))
    found.first("language", feed.language)
    if feed.fields.get("author") and not found.lists.get("bylines"):
        found.add("bylines", feed.fields["author"])
    layout = _text(found, limits)
    if not layout.text and not found.fields.get("headline"):
        raise RefusalError("no_text", "an item with neither title nor text")
    return found.story(
        FORMAT, Stretch(piece.offset, piece.length, piece.data), decoded.encoding, decoded.evidence, layout
    )


def _take(found: Gathered, element: etree._Element) -> None:
    name = _canonical(element)
    kind = _rules()["item"].get(name)
    if kind in ("content", "summary"):
        found.note(kind, element)
    elif kind in ("published", "created", "versioned"):
        _take_time(found, kind, name, line_of(element))
    elif kind == "author":
        _take_author(found, element)
    elif kind == "category":
        _take_category(found, element)
    elif kind in ("subject", "keywords", "places"):
        _take_list(found, kind, line_of(element) or "")
    elif kind in ("enclosure", "media", "media_group", "link", "source"):
        _take_link(found, kind, element)
    elif kind == "headline":
        found.put(kind, _inline(element), name)
    elif kind is not None:
        found.put(kind, line_of(element), name)
    else:
        _take_unknown(found, name, element)


def _take_unknown(found: Gathered, name: str, element: etree._Element) -> None:
    add_extra(found, name, element)
    if name == "wp:status":
        found.first("status", _rules()["status"].get(line_of(element) or ""))


def _take_time(found: Gathered, kind: str, name: str, printed: str | None) -> None:
    instant = parse_time(printed)
    if instant is None or kind in found.fields:
        found.keep(name, printed)
    else:
        found.first(kind, instant)


def parse_time(printed: str | None) -> Instant | None:
    """An instant of a feed: RFC 822 ("Mon, 30 Sep 2002 01:56:02 GMT") or ISO 8601."""
    stamp = parse_instant(printed)
    if stamp is not None or not printed:
        return stamp
    try:
        when = parsedate_to_datetime(printed)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    zone = re.search(r"(?:[+-]\d{4}|\b[A-Z]{1,5})\s*(?:\(.*\))?$", printed.strip())
    label = zone.group().split("(")[0].strip() if zone else None
    if when.tzinfo is None and zone_of(label):
        when = when.replace(tzinfo=zone_of(label))
    elif label == "-0000":
        label = None
    return Instant(printed.strip(), when, "second", label if when.tzinfo else None)


def _take_author(found: Gathered, element: etree._Element) -> None:
    """Atom's `author` holds a `name`; RSS has "mail@example.org (Name)" there."""
    name = line_of(element.find("{*}name")) if len(element) else line_of(element)
    both = _MAIL_AND_NAME.fullmatch(name or "")
    if both:
        found.keep("author", name)
    found.add("bylines", both.group(1) if both else name)


def _take_category(found: Gathered, element: etree._Element) -> None:
    code = line_of(element) or element.get("label") or element.get("term")
    found.add("categories", code)
    scheme = element.get("domain") or element.get("scheme")
    if code and scheme:
        found.add("subjects", Subject(element.get("nicename") or element.get("term") or code, scheme, code))


def _take_list(found: Gathered, kind: str, printed: str) -> None:
    for value in (part.strip() for part in re.split(r"[,;]", printed)):
        if value:
            found.add("subjects" if kind == "subject" else kind, Subject(value) if kind == "subject" else value)


def _take_link(found: Gathered, kind: str, element: etree._Element) -> None:
    """Links in elements, attributes and groups; the item's own address is kept as `link`."""
    if kind == "media_group":
        for child in element:
            if isinstance(child.tag, str):
                _take(found, child)
        return
    target = element.get("href") or element.get("url") or line_of(element)
    relation = element.get("rel") or ("alternate" if kind == "link" else kind)
    if kind == "link" and relation == "alternate":
        found.keep("link", target)
    elif kind == "source":
        found.keep("source", line_of(element) or target)
    elif target:
        medium = (element.get("type") or element.get("medium") or "").split("/")[0]
        is_picture = medium == "image" or _canonical(element) == "media:thumbnail"
        found.add("related", Related("picture" if is_picture else relation, target))


def _text(found: Gathered, limits: Limits) -> Layout:
    """The item's text: its content, else its summary; a summary beside a content is kept apart."""
    content, summary = found.notes.get("content"), found.notes.get("summary")
    layout = _lay_out(content, limits)
    if not layout.text:
        return _lay_out(summary, limits)
    found.keep("summary", _inline(summary) if summary is not None else None)
    return layout


def _lay_out(element: etree._Element | None, limits: Limits) -> Layout:
    if element is None:
        return Layout("")
    if len(element):  # XHTML in place
        return lay_out(element, rule=FORMAT, max_depth=limits.max_depth)
    text = element.text or ""
    if element.get("type") in ("text", "text/plain") or not _MARKUP.search(text):
        return plain_lines(text)
    root = parse_html(text)
    return Layout("") if root is None else lay_out(root, rule=FORMAT, max_depth=limits.max_depth)


def _inline(element: etree._Element) -> str | None:
    """An element's text on one line, without the markup that may be escaped in it."""
    text = line_of(element)
    if not text or not _MARKUP.search(text):
        return text
    root = parse_html(text)
    return None if root is None else line_of(root)


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(files("etl.readers").joinpath("data/rss.toml").read_text(encoding="utf-8"))


def _canonical(element: etree._Element | None) -> str:
    """An element's name with the prefix that its namespace usually bears."""
    if element is None or not isinstance(element.tag, str):
        return ""
    space, _, local = element.tag.rpartition("}")
    if not space:
        return local
    prefix = _rules()["namespaces"].get(space[1:])
    if prefix is None:
        prefix = element.prefix or ""
    return f"{prefix}:{local}" if prefix else local


READER = Reader(FORMAT, claim, read)
