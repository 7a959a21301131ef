"""What the elements of a feed item say: from an item's tree to a story, by the names in `data/rss.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree

from etl.readers.clock import parse_time
from etl.readers.elements import Piece
from etl.readers.encoding import Decoded
from etl.readers.gather import Gathered, add_extra
from etl.readers.layout import Layout, lay_out, plain_lines
from etl.readers.markup import Piece as Stretch
from etl.readers.markup import RefusalError, line_of, parse_html
from etl.records import Limits, Related, Story, Subject

FORMAT = "rss"

_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&#?\w{1,32};")
_MAIL_AND_NAME = re.compile(r"\S+@\S+\s*\((.+)\)")


@dataclass(slots=True)
class Feed:
    """What the head of the feed says for all its items."""

    declared: str | None
    namespaces: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    language: str | None = None
    has_channel: bool = False


def item_story(item: etree._Element, piece: Piece, decoded: Decoded, feed: Feed, limits: Limits) -> Story:
    """The story of one item.

    Raises:
        RefusalError: `no_text`, `too_deep`.
    """
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
    name = canonical_name(element)
    kind = feed_rules()["item"].get(name)
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
        found.first("status", feed_rules()["status"].get(line_of(element) or ""))


def _take_time(found: Gathered, kind: str, name: str, printed: str | None) -> None:
    instant = parse_time(printed)
    if instant is None or kind in found.fields:
        found.keep(name, printed)
    else:
        found.first(kind, instant)


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
        is_picture = medium == "image" or canonical_name(element) == "media:thumbnail"
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
def feed_rules() -> dict[str, Any]:
    """The tables of `data/rss.toml`."""
    return tomllib.loads(files("etl.readers").joinpath("data/rss.toml").read_text(encoding="utf-8"))


def canonical_name(element: etree._Element | None) -> str:
    """An element's name with the prefix that its namespace usually bears."""
    if element is None or not isinstance(element.tag, str):
        return ""
    space, _, local = element.tag.rpartition("}")
    if not space:
        return local
    prefix = feed_rules()["namespaces"].get(space[1:])
    if prefix is None:
        prefix = element.prefix or ""
    return f"{prefix}:{local}" if prefix else local
