"""NewsML-G2: news items, packages, knowledge and planning items, alone or in a news message.

Items are read one by one; prefixes do not matter, the namespace does. The body is NITF, XHTML, an agency's own XML or
plain text inside the item; where it lies elsewhere (`remoteContent`) the story says so in a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from etl.readers.base import HEAD_BYTES, Reader
from etl.readers.gather import Gathered, add_extra, whole_number
from etl.readers.layout import Layout, labelled, lay_out, mark_headline, plain_lines
from etl.readers.markup import (
    Parsed,
    Piece,
    RefusalError,
    documents,
    line_of,
    local_name,
    parse_html,
    parse_xml,
    ranges_of,
)
from etl.readers.newsmlg2_fields import HEADER, LANG, SECTIONS, fill, settle
from etl.readers.nitf import gather_inner
from etl.readers.sight import Sight, look
from etl.records import Delivery, Limits, Reject, Related, Remark, Story

FORMAT = "newsml_g2"

_NAMESPACE = "iptc.org/std/nar/"
_ITEMS = ("newsItem", "packageItem", "knowledgeItem", "conceptItem", "planningItem", "catalogItem")


def claim(seen: Sight) -> str | None:
    """NewsML-G2 is XML whose root is a news message or an item, in the namespace of the IPTC's news architecture."""
    if seen.root not in ("newsMessage", *_ITEMS):
        return None
    if seen.namespace is not None and _NAMESPACE not in seen.namespace:
        return None
    return f"root element {seen.root} of {seen.namespace or 'NewsML-G2'}"


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """The story of each item in the file, or why there is none."""
    root = look(delivery.stream.read(HEAD_BYTES)).root or "newsMessage"
    delivery.stream.seek(0)
    for piece in documents(delivery.stream, root, delivery.limits):
        if isinstance(piece, Reject):
            rest = delivery.size - piece.byte_offset
            yield replace(piece, path=delivery.path, byte_length=rest)
            return
        try:
            yield from _stories(parse_xml(piece.data), piece, delivery)
        except RefusalError as refusal:
            yield refusal.as_reject(delivery.path, piece.offset, piece.length)


READER = Reader(FORMAT, "xml", claim, read)


def _stories(parsed: Parsed, piece: Piece, delivery: Delivery) -> list[Story | Reject]:
    root = parsed.root
    items = [root] if local_name(root) in _ITEMS else _items(root)
    if not items:
        raise RefusalError("no_content", "a news message without an item")
    message = Gathered()
    for header in (e for e in root if local_name(e) == "header"):
        fill(header, message, HEADER, "header")
    out: list[Story | Reject] = []
    for item, place in zip(items, ranges_of(piece, root, items), strict=True):
        try:
            out.append(_story(item, message, parsed, place, delivery.limits))
        except RefusalError as refusal:
            out.append(refusal.as_reject(delivery.path, place.offset, place.length))
    return out


def _items(message: etree._Element) -> list[etree._Element]:
    sets = message.iterchildren("{*}itemSet")
    return [item for item_set in sets for item in item_set.iterchildren() if local_name(item) in _ITEMS]


def _story(item: etree._Element, message: Gathered, parsed: Parsed, place: Piece, limits: Limits) -> Story:
    found = Gathered()
    layout = _gather_item(item, found, limits)
    for name, value in message.fields.items():
        found.first(name, value)
    for path, value in message.extra.items():
        found.keep(path, value)
    settle(found)
    if (
        not layout.text and found.notes.get("class") != "text"
    ):  # pictures and video have a caption, nothing else to read
        layout = labelled(Layout(found.notes.get("description", "")), "caption", FORMAT)
    layout = mark_headline(layout, found.fields.get("headline"), FORMAT)
    if not layout.text and not found.fields.get("headline") and found.fields.get("status") != "canceled":
        raise RefusalError("no_content", f"a {local_name(item)} with neither a headline nor a body")
    story = found.story(FORMAT, place, parsed.encoding, parsed.evidence, layout)
    remote = found.notes.get("remote")
    if remote and not found.notes.get("is_inline"):
        return replace(story, remarks=(Remark("read", "remote_content", f"the body lies at {remote}"),))
    return story


def _gather_item(item: etree._Element, found: Gathered, limits: Limits) -> Layout:
    found.first("guid", item.get("guid"))
    found.first("version", item.get("version"))
    found.note("lang", item.get(LANG))
    layout = Layout("")
    for section in item:
        name = local_name(section)
        if name in SECTIONS:
            fill(section, found, SECTIONS[name], name)
        elif name == "contentSet":
            layout = _set_content(section, found, limits)
        elif name in ("concept", "conceptSet", "newsCoverageSet"):
            layout = _set_concepts(section)
        elif name == "groupSet":
            _gather_group(section, found)
        elif name not in ("catalogRef", "catalog", "assert", "partMeta"):
            add_extra(found, name, section)
    return layout


# --- content ---------------------------------------------------------------------------------


def _set_content(content: etree._Element, found: Gathered, limits: Limits) -> Layout:
    """Set the first rendition that holds text; the others are renderings of the same."""
    layout = Layout("")
    for part in content:
        name = local_name(part)
        if name == "remoteContent":
            target = part.get("href") or part.get("residref")
            found.note("remote", target)
            found.add(
                "related", Related((part.get("rendition") or "remote").rpartition(":")[2], target) if target else None
            )
        elif name in ("inlineXML", "inlineData"):
            found.first("stated_word_count", whole_number(part.get("wordcount") or ""))
            if not layout.text:
                layout = _set_inline(part, found, limits)
                found.note("is_inline", bool(layout.text) or None)
            else:
                found.keep("contentSet/rendition", part.get("contenttype") or name)
    return layout


def _set_inline(part: etree._Element, found: Gathered, limits: Limits) -> Layout:
    if part.get("encoding") or (part.get("contenttype") or "").startswith(("image/", "video/", "audio/")):
        return Layout("")
    if len(part) == 0:
        text = part.text or ""
        if re.search(r"</?[A-Za-z][^<>]*>", text):
            return lay_out(parse_html(text), rule=FORMAT, max_depth=limits.max_depth)
        return plain_lines(text)
    if local_name(part[0]) == "nitf":
        return gather_inner(part[0], found, limits)
    return lay_out(part, rule=FORMAT, max_depth=limits.max_depth)


_CONCEPT_TEXTS = frozenset(("name", "definition", "note", "headline", "description", "edNote"))


def _set_concepts(section: etree._Element) -> Layout:
    """Concepts and planned coverage: their names, definitions and notes, a line each."""
    texts = [line_of(e) for e in section.iter(etree.Element) if local_name(e) in _CONCEPT_TEXTS]
    return Layout("\n".join(dict.fromkeys(text for text in texts if text)))


def _gather_group(groups: etree._Element, found: Gathered) -> None:
    """A package holds no text of its own: what it refers to becomes related items, its titles are kept."""
    for element in groups.iter(etree.Element):
        if local_name(element) == "itemRef":
            target = element.get("residref") or element.get("href")
            parent = element.getparent()
            role = (parent.get("role") or "item").rpartition(":")[2] if parent is not None else "item"
            found.add("related", Related(role, target) if target else None)
            title = next((line_of(e) for e in element if local_name(e) in ("title", "headline")), None)
            found.keep("groupSet/itemRef/title", title)
