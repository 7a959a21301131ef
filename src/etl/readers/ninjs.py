"""ninjs 1, 2 and 3: news in JSON, as dpa, TT, NTB, AP and superdesk newsrooms send it.

A file holds one item, an array of items, or items one after the other. Property names are compared in lower
case, because version 3 only respells those of version 2; what a property must be stands in `data/ninjs.toml`. An item
that breaks the schema is refused whole; what no field holds is kept in `extra` as JSON.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import orjson

from etl.readers.base import Head, Reader
from etl.readers.encoding import decode
from etl.readers.gather import Gathered
from etl.readers.instants import parse_instant
from etl.readers.jsonstream import json_objects, objects_in_array
from etl.readers.layout import Layout, lay_out, mark_headline, plain_lines
from etl.readers.markup import Piece, RefusalError, parse_html, parse_xml
from etl.readers.nitf import gather_inner
from etl.readers.sight import look
from etl.records import Delivery, Limits, Reject, Related, Story, Subject

FORMAT = "ninjs"

Item = dict[str, Any]

_KEYS = re.compile(r'"([A-Za-z_$][\w$]{0,40})"\s*:')
_TAGGED = re.compile(r"</?[A-Za-z][^<>]*>|&(?:#\d+|#x[\da-fA-F]+|[A-Za-z]+);")
_NITF = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^>]*>\s*)?<nitf[\s>]")


@dataclass(frozen=True, slots=True)
class _Rules:
    """The tables of `data/ninjs.toml`."""

    kinds: dict[str, str]
    fields: dict[str, str]
    instants: dict[str, str]
    values: dict[str, list[str]]
    order: dict[str, int]
    proof: frozenset[str]


@cache
def _rules() -> _Rules:
    data = tomllib.loads(resources.files("etl.readers").joinpath("data/ninjs.toml").read_text(encoding="utf-8"))
    order = {role: rank for rank, role in enumerate(data["bodies"]["order"])}
    proof = frozenset(data["proof"]["properties"])
    return _Rules(data["kinds"], data["fields"], data["instants"], data["values"], order, proof)


@lru_cache(maxsize=4)  # the reader of JSON Lines asks too
def claim(head: Head) -> str | None:
    """ninjs is JSON with a `uri` (superdesk: `guid`) and properties that only ninjs has, or none but its own."""
    seen = look(head)
    if seen.kind != "json":
        return None
    return _evidence(seen.text[:4096]) or _evidence(seen.text)


def _evidence(text: str) -> str | None:
    keys = {key.lower() for key in _KEYS.findall(text)}
    if not keys & {"uri", "guid"}:
        return None
    rules = _rules()
    proof = sorted(keys & rules.proof) or sorted(keys) * (keys <= rules.kinds.keys() | {"guid"})
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


READER = Reader(FORMAT, claim, read)


def _story(item: Item, piece: Piece, encoding: str, evidence: str, limits: Limits) -> Story:
    _check(item)
    found = Gathered()
    for name, value in item.items():
        if value not in (None, "", [], {}):
            _fill(name, value, found)
    _settle(found)
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


# --- schema ----------------------------------------------------------------------------------

_IS_KIND: dict[str, Callable[[object], bool]] = {
    "text": lambda value: isinstance(value, str),
    "text_or_whole": lambda value: isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)),
    "texts": lambda value: (
        isinstance(value, str) or (isinstance(value, list) and all(isinstance(t, str) for t in value))
    ),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "list": lambda value: isinstance(value, list) and all(isinstance(entry, dict) for entry in value),
    "object": lambda value: isinstance(value, dict),
    "list_or_object": lambda value: isinstance(value, list | dict),
}


def _check(item: Item) -> None:
    """Refuse an item that breaks the schema where it matters: identity, kinds of values, closed lists of values."""
    if not item.get("uri") and not item.get("guid"):
        raise RefusalError("schema_invalid", "an item without uri")
    rules = _rules()
    for name, value in item.items():
        kind = rules.kinds.get(name) or ("text" if name.startswith(("body_", "description_", "headline_")) else None)
        if value is not None and kind is not None and not _IS_KIND[kind](value):
            raise RefusalError(
                "schema_invalid", f"{name} must be of kind {kind.replace('_', ' ')}, not {_short(value)}"
            )
        if value and name in rules.values and value not in rules.values[name]:
            raise RefusalError(
                "schema_invalid", f"{name} must be one of {', '.join(rules.values[name])}, not {_short(value)}"
            )
    urgency = item.get("urgency")
    if urgency is not None and not (urgency == int(urgency) and 1 <= urgency <= 9):
        raise RefusalError("schema_invalid", f"urgency must be a whole number from 1 to 9, not {urgency}")
    associations = item.get("associations")
    if isinstance(associations, list) and not all(isinstance(e, dict) and e.get("uri") for e in associations):
        raise RefusalError("schema_invalid", "an association without uri")


def _short(value: object) -> str:
    return repr(value)[:60]


# --- fields ----------------------------------------------------------------------------------


def _fill(name: str, value: Any, found: Gathered) -> None:
    rules = _rules()
    special = _SPECIAL.get(name)
    if name in rules.instants:
        if not found.first(rules.instants[name], parse_instant(value)):
            _keep(name, value, found)
    elif special is not None:
        special(name, value, found)
    elif name.startswith("body_"):
        found.notes.setdefault("bodies", []).append((name.removeprefix("body_"), value))
    elif name not in rules.fields or not isinstance(value, str):
        _keep(name, value, found)
    elif rules.fields[name] == "bylines":
        found.add("bylines", " ".join(value.split()))
    elif name == "title":
        found.note("title", value)
    elif not found.first(rules.fields[name], value):
        _keep(name, value, found)


def _keep(name: str, value: Any, found: Gathered) -> None:
    found.keep(name, value if isinstance(value, str) else _as_json(value))


def _as_json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError as error:  # what was read may still nest deeper than can be written
        raise RefusalError("too_deep", str(error)) from None


def _headlines(_name: str, value: Any, found: Gathered) -> None:
    """The headline is the one whose role is main, else the first; the others are kept."""
    if isinstance(value, str):
        found.prefer("headline", " ".join(value.split()))
        return
    ranked = sorted(value, key=lambda entry: entry.get("role") != "main")
    for entry in ranked:
        if isinstance(entry.get("value"), str) and not found.first("headline", " ".join(entry["value"].split())):
            found.keep(f"headlines/{entry.get('role') or 'other'}", entry["value"])


def _bodies(_name: str, value: Any, found: Gathered) -> None:
    for entry in value:
        if not isinstance(entry.get("value"), str):
            raise RefusalError("schema_invalid", "a body whose value is not a text")
        kind = _first_text(entry, "contenttype", "contentType") or ""
        role = _first_text(entry, "role") or kind.rpartition("/")[2]
        found.notes.setdefault("bodies", []).append((role, entry["value"]))
        found.note("wordcount", entry.get("wordCount") or entry.get("wordcount"))


def _subjects(_name: str, value: Any, found: Gathered) -> None:
    for entry in value:
        printed = _first_text(entry, "code", "literal", "uri", "name")
        if not printed:
            continue
        scheme = _first_text(entry, "scheme")
        uri = _first_text(entry, "uri")
        if scheme is None and uri and "/" in uri:
            scheme = uri.rpartition("/")[0]
        code = printed.rpartition("/")[2] if printed == uri and "/" in printed else printed
        if re.fullmatch(r"[A-Za-z][\w-]*:[^/\s].*", code) and scheme is None:
            scheme, _, code = code.partition(":")
        found.add("subjects", Subject(code, scheme, _first_text(entry, "name")))


def _first_text(entry: Item, *names: str) -> str | None:
    return next((entry[name] for name in names if isinstance(entry.get(name), str) and entry[name]), None)


def _services(_name: str, value: Any, found: Gathered) -> None:
    for entry in value if isinstance(value, list) else []:
        found.add("categories", _first_text(entry, "code", "name") if isinstance(entry, dict) else str(entry))


def _places(name: str, value: Any, found: Gathered) -> None:
    for entry in value:
        found.add("places", _first_text(entry, "name", "literal", "code"))
    if any(entry.keys() - {"name", "literal"} for entry in value):
        _keep(name, value, found)


def _keywords(_name: str, value: Any, found: Gathered) -> None:
    for entry in value if isinstance(value, list) else str(value).split(","):
        found.add("keywords", str(entry).strip())


def _signals(_name: str, value: Any, found: Gathered) -> None:
    for entry in value if isinstance(value, list) else [value]:
        printed = _first_text(entry, "code", "name") if isinstance(entry, dict) else str(entry)
        found.add("signals", (printed or "").rpartition(":")[2].lower())


def _associations(name: str, value: Any, found: Gathered) -> None:
    entries = value.values() if isinstance(value, dict) else value
    for entry in entries:
        target = _first_text(entry, "uri", "guid") if isinstance(entry, dict) else None
        if target:
            found.add("related", Related(_first_text(entry, "type", "rel") or "associated", target))
    _keep(name, value, found)


def _replaced(name: str, value: Any, found: Gathered) -> None:
    for target in value if isinstance(value, list) else [value]:
        found.add("related", Related("replaces" if name == "replacing" else "evolves", str(target)))


def _number(name: str, value: Any, found: Gathered) -> None:
    if name == "urgency":
        found.first("urgency", int(value))
    elif name == "wordcount":
        found.note("wordcount", value)
    else:
        found.put("priority_code", str(value), name)


_SPECIAL: dict[str, Callable[[str, Any, Gathered], object]] = {
    "headline": _headlines,
    "headlines": _headlines,
    "bodies": _bodies,
    "subject": _subjects,
    "subjects": _subjects,
    "service": _services,
    "anpa_category": _services,
    "place": _places,
    "places": _places,
    "keywords": _keywords,
    "signal": _signals,
    "signals": _signals,
    "associations": _associations,
    "replacing": _replaced,
    "evolvedfrom": _replaced,
    "urgency": _number,
    "wordcount": _number,
    "priority": _number,
    "editorialpriority": _number,
    "version": lambda _, value, found: found.first("version", str(value)),
    "usageterms": lambda _, value, found: found.first(
        "usage_terms", value if isinstance(value, str) else " ".join(value)
    ),
    "pubstatus": lambda _, value, found: found.first("status", value),
    "authors": lambda _, value, found: found.note("authors", value),
}


def _settle(found: Gathered) -> None:
    """Fields that depend on more than one property."""
    notes = found.notes
    title = notes.get("title")
    if not found.first("headline", title) and title and title != found.fields.get("headline"):
        found.keep("title", title)
    count = notes.get("wordcount")
    if isinstance(count, int | float) and count > 0:
        found.first("stated_word_count", int(count))
    authors = notes.get("authors")
    if authors:
        found.keep("authors", _as_json(authors))
        if not found.lists.get("bylines"):
            for author in authors if isinstance(authors, list) else []:
                found.add("bylines", _first_text(author, "name") if isinstance(author, dict) else None)


# --- body ------------------------------------------------------------------------------------


def _set_bodies(found: Gathered, limits: Limits) -> Layout:
    """Set the best of the bodies; they are renderings of one text, so the others add nothing."""
    order = _rules().order
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
