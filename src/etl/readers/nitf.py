"""NITF, the XML of AP, PA, AAP, EFE, NTB, CP and of the bodies inside NewsML: head fields and body text.

Each element of the head fills a field through `_FILLERS`; attributes and elements that no filler takes are kept
in `extra` under their path. Versions 2 to 3.6 differ in what they allow, not in what the elements mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from etl.readers.base import Reader
from etl.readers.gather import Gathered
from etl.readers.layout import Layout, lay_out
from etl.readers.markup import Piece, RefusalError, documents, local_name, parse_xml
from etl.readers.nitf_fields import fill, gather_body_head, settle
from etl.readers.sight import Sight
from etl.records import Delivery, Limits, Reject, Story

FORMAT = "nitf"


def claim(seen: Sight) -> str | None:
    """NITF is XML whose root element is `nitf`, in whatever namespace."""
    return "root element nitf" if seen.root == "nitf" else None


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """The story of each NITF document in the file, or why it is none."""
    for piece in documents(delivery.stream, "nitf", delivery.limits):
        if isinstance(piece, Reject):
            rest = delivery.size - piece.byte_offset
            yield replace(piece, path=delivery.path, byte_length=rest)
            return
        try:
            yield _story(piece, delivery.limits)
        except RefusalError as refusal:
            yield refusal.as_reject(delivery.path, piece.offset, piece.length)


READER = Reader(FORMAT, "xml", claim, read)


def _story(piece: Piece, limits: Limits) -> Story:
    parsed = parse_xml(piece.data)
    if local_name(parsed.root) != "nitf":
        raise RefusalError("malformed", f"root element is {local_name(parsed.root)}, not nitf")
    found = Gathered()
    layout = gather(parsed.root, found, limits)
    if not layout.text and not found.fields.get("headline") and found.fields.get("status") != "canceled":
        raise RefusalError("no_content", "neither a headline nor a body")
    return found.story(FORMAT, piece, parsed.encoding, parsed.evidence, layout)


def gather(root: etree._Element, found: Gathered, limits: Limits) -> Layout:
    """Fill what an `nitf` element says into `found`, and set its body."""
    found.first("language", root.get("baselang") or root.get("{http://www.w3.org/XML/1998/namespace}lang"))
    body = None
    for part in root:
        if local_name(part) == "head":
            for element in part.iter(etree.Element):
                fill(element, found, "head")
        elif local_name(part) == "body":
            body = part
    layout = _set_body(body, found, limits) if body is not None else Layout("")
    settle(found)
    return layout


# What a NITF document inside an item of another format may add to that item's own fields.
_INNER_FIELDS = ("headline", "dateline", "copyright", "rights_holder", "usage_terms", "ednote", "urgency", "language")


def gather_inner(root: etree._Element, found: Gathered, limits: Limits) -> Layout:
    """The body of a NITF document inside an item of another format; the item's own fields go first.

    Identity, times and slug of the inner document are those of a copy, so the item's are never filled from them.
    """
    inner = Gathered()
    layout = gather(root, inner, limits)
    for name in _INNER_FIELDS:
        found.first(name, inner.fields.get(name))
    for name in ("bylines", "subjects"):
        if name not in found.lists:
            found.lists.update({name: inner.lists[name]} if name in inner.lists else {})
    for path, value in inner.extra.items():
        found.keep(f"nitf/{path}", value)
    return layout


def _set_body(body: etree._Element, found: Gathered, limits: Limits) -> Layout:
    parts = {local_name(part): part for part in body}
    known = parts.keys() & {"body.head", "body.content", "body.end"}
    if "body.head" in parts:
        gather_body_head(parts["body.head"], found)
    if not known:  # <body><p>...</p></body>, as some NewsML writers have it
        return lay_out(body, rule=FORMAT, max_depth=limits.max_depth)
    if "body.content" not in known:
        return lay_out(parts.get("body.end"), rule=FORMAT, max_depth=limits.max_depth)
    return lay_out(parts["body.content"], parts.get("body.end"), rule=FORMAT, max_depth=limits.max_depth)
