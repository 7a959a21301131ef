"""NewsML 1.0 to 1.2: AFP, EFE, ANP, Kyodo, TASS, ANA, ATS, Business Wire.

A file holds one or many `NewsItem` elements. A news item is a tree of components: pictures, captions and style sheets
hang in it beside the text, and so do language versions. Each component with a headline and text of its own is a story;
what the components around it say (copyright, subjects, provider) holds for it unless it says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from etl.readers.base import Reader
from etl.readers.gather import Gathered
from etl.readers.layout import Layout, joined, labelled, lay_out, mark_headline, plain_lines
from etl.readers.markup import (
    NAMES,
    Parsed,
    Piece,
    RefusalError,
    child_of,
    children_of,
    documents,
    line_of,
    local_name,
    parse_html,
    parse_xml,
    ranges_of,
)
from etl.readers.newsml1_fields import CHARACTERISTICS, ENVELOPE, fill_all, fill_component, settle
from etl.readers.nitf import gather_inner
from etl.readers.sight import Sight
from etl.records import Delivery, Limits, Reject, Remark, Story

FORMAT = "newsml_1_2"

# Roles of components whose text is not the story's, as AFP, Business Wire, EFE and others write them, lower case.
# fmt: off
_SIDE_ROLES = frozenset((
    "caption", "photo", "picture", "graphic", "logo", "thumbnail", "quicklook", "preview", "highdef", "icon",
    "video", "audio", "stylesheet", "headline", "subheadline", "abstract", "summary", "synopsis", "smartlink",
    "document",
))
# fmt: on
_NO_TEXT = re.compile(r"(?:image|video|audio)/|text/css", re.IGNORECASE)
_TEXT_MEDIA = frozenset(("", "text", "complexdata", "structuredtext", "mixed"))


def claim(seen: Sight) -> str | None:
    """NewsML 1 is XML whose root element is `NewsML`."""
    return "root element NewsML" if seen.root == "NewsML" else None


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """The stories of each news item in the file, or why there are none."""
    for piece in documents(delivery.stream, "NewsML", delivery.limits):
        if isinstance(piece, Reject):
            rest = delivery.size - piece.byte_offset
            yield replace(piece, path=delivery.path, byte_length=rest)
            return
        try:
            parsed = parse_xml(piece.data)
            yield from _stories(parsed, piece, delivery)
        except RefusalError as refusal:
            yield refusal.as_reject(delivery.path, piece.offset, piece.length)


READER = Reader(FORMAT, "xml", claim, read)


def _stories(parsed: Parsed, piece: Piece, delivery: Delivery) -> list[Story | Reject]:
    heads = [head for item in children_of(parsed.root, "NewsItem") for head in _heads(item)]
    if not heads:
        raise RefusalError("no_content", "a NewsML document without a news item")
    envelope = Gathered()
    for element in children_of(parsed.root, "NewsEnvelope"):
        fill_all(element, envelope, ENVELOPE, "NewsEnvelope")
    out: list[Story | Reject] = []
    places = ranges_of(piece, parsed.root, [head.element for head in heads])
    for head, place in zip(heads, places, strict=True):
        try:
            story = _story(head, envelope, parsed, place, delivery.limits)
            out.append(story if head.number == 1 else _told_apart(story, head.number))
        except RefusalError as refusal:
            out.append(refusal.as_reject(delivery.path, place.offset, place.length))
    return out


def _told_apart(story: Story, number: int) -> Story:
    """A further story of one news item shares its identifier, but must not be taken for a version of the first."""
    remark = Remark("read", "further_story", f"story {number} of its news item, its identifier is extended")
    return replace(story, guid=f"{story.guid}#{number}" if story.guid else None, remarks=(*story.remarks, remark))


# --- which component is a story --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Head:
    """A story of a document: the item or component that it is, its content items, its place in the item."""

    element: etree._Element
    texts: list[etree._Element]
    number: int = 1


def _role(component: etree._Element) -> str:
    role = child_of(component, "Role")
    return (role.get("FormalName") or "").strip().lower() if role is not None else ""


_Survey = dict[etree._Element, tuple[list[etree._Element], bool]]
"""For each component: the content items in or below it that hold its text, in document order; whether it is a story of
its own: it has a headline and text, and stands beside others of the kind."""


def _survey(component: etree._Element, known: _Survey) -> tuple[list[etree._Element], bool]:
    """Take a component and all those below it into `known`, in document order."""
    texts: list[etree._Element] = []
    known[component] = (texts, False)
    lines = None
    for child in component:
        name = NAMES[child.tag]
        if name == "NewsComponent":
            inner, is_own = _survey(child, known)
            texts += [] if is_own else inner
        elif name == "ContentItem" and _is_text(child):
            texts.append(child)
        elif name == "NewsLines" and lines is None:
            lines = child
    if texts and _role(component) in _SIDE_ROLES:
        texts.clear()
    is_own = bool(texts) and lines is not None and line_of(child_of(lines, "HeadLine")) is not None
    known[component] = (texts, is_own)
    return known[component]


def _is_text(item: etree._Element) -> bool:
    parts = {NAMES[part.tag]: part for part in reversed(item)}
    media, mime = parts.get("MediaType"), parts.get("MimeType")
    if media is not None and (media.get("FormalName") or "").lower() not in _TEXT_MEDIA:
        return False
    if mime is not None and _NO_TEXT.match(mime.get("FormalName") or ""):
        return False
    return "DataContent" in parts


def _heads(item: etree._Element) -> list[_Head]:
    """The stories of an item: its components with their own headline and text; the item itself where that is one."""
    known: _Survey = {}
    outermost = children_of(item, "NewsComponent")
    for component in outermost:
        _survey(component, known)
    own = [_Head(component, texts) for component, (texts, is_own) in known.items() if is_own]
    if len(own) > 1:
        return [replace(head, number=number) for number, head in enumerate(own, 1)]
    every = [text for c, (texts, is_own) in known.items() if is_own or c in outermost for text in texts]
    return [_Head(item, every)]


# --- one story -------------------------------------------------------------------------------


def _story(head: _Head, envelope: Gathered, parsed: Parsed, place: Piece, limits: Limits) -> Story:
    found = Gathered()
    contents = _contents(head.texts)
    for component in _chain(contents[0] if contents else head.element):
        fill_component(component, found)
    layout = _set_contents(contents, found, limits)
    for name, value in envelope.fields.items():
        found.first(name, value)
    for path, value in envelope.extra.items():
        found.keep(path, value)
    settle(found)
    layout = mark_headline(layout, found.fields.get("headline"), FORMAT)
    if not layout.text and not found.fields.get("headline") and found.fields.get("status") != "canceled":
        raise RefusalError("no_content", "neither a headline nor a body")
    return found.story(FORMAT, place, parsed.encoding, parsed.evidence, layout)


def _contents(items: list[etree._Element]) -> list[etree._Element]:
    """The content items of a story, renderings of one and the same text left out."""
    if len(items) < 2:
        return items
    kept: list[etree._Element] = []
    for item in items:
        parent = item.getparent()
        is_choice = parent is not None and (
            parent.get("EquivalentsList") == "yes" or child_of(parent, "BasisForChoice") is not None
        )
        if not (is_choice and any(other.getparent() is parent for other in kept)):
            kept.append(item)
    return sorted(kept, key=_is_contact)


def _is_contact(item: etree._Element) -> bool:
    """Business Wire delivers the contacts as a component of their own, before the body they stand under in print."""
    parent = item.getparent()
    return parent is not None and _role(parent) == "contact"


def _chain(element: etree._Element) -> list[etree._Element]:
    """The components around an element, innermost first, up to its news item."""
    around = [element, *element.iterancestors()]
    chain = [e for e in around if local_name(e) in ("NewsComponent", "NewsItem")]
    if len(chain) == 1:  # a news item without text: what its outermost component says still holds
        chain = [*children_of(chain[0], "NewsComponent")[:1], *chain]
    return chain


# --- body ------------------------------------------------------------------------------------


def _set_contents(items: list[etree._Element], found: Gathered, limits: Limits) -> Layout:
    layouts = []
    for item in items:
        for part in item:
            if local_name(part) == "DataContent":
                layout = _set_data(part, found, limits)
                layouts.append(labelled(layout, "contact", FORMAT) if _is_contact(item) else layout)
            elif local_name(part) == "Characteristics":
                fill_all(part, found, CHARACTERISTICS, "Characteristics")
    return joined(layouts)


def _set_data(data: etree._Element, found: Gathered, limits: Limits) -> Layout:
    """NITF, XHTML, bare paragraphs, escaped HTML (ANA) or plain text: whatever the data holds."""
    if len(data) == 0:
        text = data.text or ""
        if re.search(r"</?[A-Za-z][^<>]*>", text):
            return lay_out(parse_html(text), rule=FORMAT, max_depth=limits.max_depth)
        return plain_lines(text)
    inner = data[0]
    if local_name(inner) == "nitf":
        return gather_inner(inner, found, limits)
    return lay_out(data, rule=FORMAT, max_depth=limits.max_depth)
