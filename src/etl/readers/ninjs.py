"""ninjs 1, 2 and 3: news in JSON, as dpa, TT, NTB, AP and superdesk newsrooms send it.

A file holds one item, an array of items, or items one after the other. Property names are compared in lower
case, because version 3 only respells those of version 2; what a property must be stands in `data/ninjs.toml`. An item
that breaks the schema is refused whole; what no field holds is kept in `extra` as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from etl.readers.base import Reader
from etl.readers.encoding import decode
from etl.readers.gather import Gathered
from etl.readers.jsonstream import json_objects, objects_in_array
from etl.readers.layout import Layout, lay_out, mark_headline, plain_lines
from etl.readers.markup import Piece, RefusalError, parse_html, parse_xml
from etl.readers.ninjs_fields import Item, check, fill, rules, settle
from etl.readers.nitf import gather_inner
from etl.readers.sight import Sight
from etl.records import Delivery, Limits, Reject, Story

FORMAT = "ninjs"

_KEYS = re.compile(r'"([A-Za-z_$][\w$]{0,40})"\s*:')
_TAGGED = re.compile(r"</?[A-Za-z][^<>]*>|&(?:#\d+|#x[\da-fA-F]+|[A-Za-z]+);")
_NITF = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^>]*>\s*)?<nitf[\s>]")


def claim(seen: Sight) -> str | None:
    """ninjs is JSON with a `uri` (superdesk: `guid`) and properties that only ninjs has, or none but its own."""
    return _evidence(seen.text[:4096]) or _evidence(seen.text)


def _evidence(text: str) -> str | None:
    keys = {key.lower() for key in _KEYS.findall(text)}
    if not keys & {"uri", "guid"}:
        return None
    known = rules()
    proof = sorted(keys & known.proof) or sorted(keys) * (keys <= known.kinds.keys() | {"guid"})
    return f"JSON properties {', '.join(proof[:4])}" if proof else None


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """The story of each ninjs item in the file, or why it is none."""
    for piece in json_objects(delivery.stream, delivery.limits):
        if isinstance(piece, Reject):
            yield Reject(delivery.path, piece.byte_offset, piece.byte_length, "read", piece.reason, piece.detail)
            continue
        try:
            items, encoding, evidence = _load(piece)
        except RefusalError as refusal:
            yield refusal.as_reject(delivery.path, piece.offset, piece.length)
            continue
        for place, item in items:
            try:
                yield _story(item, place, encoding, evidence, delivery.limits)
            except RefusalError as refusal:
                yield refusal.as_reject(delivery.path, place.offset, place.length)


READER = Reader(FORMAT, "json", claim, read)


def _story(item: Item, piece: Piece, encoding: str, evidence: str, limits: Limits) -> Story:
    check(item)
    found = Gathered()
    for name, value in item.items():
        if value or value == 0:  # null and empty say nothing
            fill(name, value, found)
    settle(found)
    layout = _set_bodies(found, limits)
    if not layout.text and not found.fields.get("headline") and found.fields.get("status") != "canceled":
        raise RefusalError("no_content", "neither a headline nor a body")
    return found.story(FORMAT, piece, encoding, evidence, layout)


def _load(piece: Piece) -> tuple[list[tuple[Piece, Item]], str, str]:
    """The items of one JSON object with their places: itself, or what the answer of a news API wraps.

    Examples: `{"total": 2, "items": [...]}`, `{"data": {"item": {...}}}` (AP).
    """
    loaded, encoding, evidence = _parse(piece.data)
    if not isinstance(loaded, dict):
        raise RefusalError("schema_invalid", f"a JSON {type(loaded).__name__} where an item is expected")
    wrapped = None if "uri" in loaded or "guid" in loaded else _unwrapped(loaded)
    if not isinstance(wrapped, list):
        return [(piece, _lower(wrapped or loaded))], encoding, evidence
    places = objects_in_array(piece, len(wrapped))
    return [(place, _lower(item)) for place, item in zip(places, wrapped, strict=True)], encoding, evidence


def _lower(item: Item) -> Item:
    return {name.lower(): value for name, value in item.items()}


def _unwrapped(loaded: Item) -> Item | list[Item] | None:
    """The item or items that an answer of a news API wraps, None where it wraps none."""
    for name in ("data", "item", "items", "_items"):
        inner = loaded.get(name)
        if isinstance(inner, dict):
            return inner if "uri" in inner or "guid" in inner else _unwrapped(inner)
        if isinstance(inner, list) and inner and all(isinstance(entry, dict) for entry in inner):
            return inner
    return None


def _parse(data: bytes) -> tuple[Any, str, str]:
    try:
        return orjson.loads(data), "utf-8", "strict"
    except orjson.JSONDecodeError as error:
        decoded = decode(data)
        if decoded.encoding == "utf-8" and decoded.evidence == "strict":
            raise _refusal(error) from None
    try:
        return orjson.loads(decoded.text), decoded.encoding, decoded.evidence
    except orjson.JSONDecodeError as error:
        raise _refusal(error) from None


def _refusal(error: orjson.JSONDecodeError) -> RefusalError:
    if "Recursion limit" in error.msg or "depth limit" in error.msg:
        return RefusalError("too_deep", error.msg)
    cut = "end of data" in error.msg or error.pos >= len(error.doc.rstrip())
    return RefusalError("truncated" if cut else "malformed", f"{error.msg} at character {error.pos}")


# --- body ------------------------------------------------------------------------------------


def _set_bodies(found: Gathered, limits: Limits) -> Layout:
    """Set the best of the bodies; they are renderings of one text, so the others add nothing."""
    order = rules().order
    bodies: list[tuple[str, str]] = found.notes.get("bodies", [])
    ranked = sorted(bodies, key=lambda body: order.get(body[0].lower(), len(order)))
    if len(ranked) > 1:
        found.keep("bodies", ", ".join(role for role, _ in ranked))
    for _, value in ranked:
        layout = _set_body(value, found, limits)
        if layout.text:
            return mark_headline(layout, found.fields.get("headline"), FORMAT)
    return Layout("")


def _set_body(value: str, found: Gathered, limits: Limits) -> Layout:
    if _NITF.match(value):
        return gather_inner(parse_xml(value.encode("utf-8", "replace")).root, found, limits)
    if not _TAGGED.search(value):
        return plain_lines(value)
    return lay_out(parse_html(value), rule=FORMAT, max_depth=limits.max_depth)
