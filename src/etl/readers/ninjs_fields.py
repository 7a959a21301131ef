"""What a ninjs item must hold, and the story field each of its properties fills."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import orjson

from etl.readers.gather import Gathered
from etl.readers.instants import parse_instant
from etl.readers.markup import RefusalError
from etl.records import Related, Subject

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rules:
    """The tables of `data/ninjs.toml`."""

    kinds: dict[str, str]
    fields: dict[str, str]
    instants: dict[str, str]
    values: dict[str, list[str]]
    order: dict[str, int]
    proof: frozenset[str]


@cache
def rules() -> Rules:
    """The tables, read once."""
    data = tomllib.loads(resources.files("etl.readers").joinpath("data/ninjs.toml").read_text(encoding="utf-8"))
    order = {role: rank for rank, role in enumerate(data["bodies"]["order"])}
    proof = frozenset(data["proof"]["properties"])
    return Rules(data["kinds"], data["fields"], data["instants"], data["values"], order, proof)


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


def check(item: Item) -> None:
    """Refuse an item that breaks the schema where it matters: identity, kinds of values, closed lists of values."""
    if not item.get("uri") and not item.get("guid"):
        raise RefusalError("schema_invalid", "an item without uri")
    known = rules()
    for name, value in item.items():
        kind = known.kinds.get(name) or ("text" if name.startswith(("body_", "description_", "headline_")) else None)
        if value is not None and kind is not None and not _IS_KIND[kind](value):
            raise RefusalError(
                "schema_invalid", f"{name} must be of kind {kind.replace('_', ' ')}, not {_short(value)}"
            )
        if value and name in known.values and value not in known.values[name]:
            raise RefusalError(
                "schema_invalid", f"{name} must be one of {', '.join(known.values[name])}, not {_short(value)}"
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


def fill(name: str, value: Any, found: Gathered) -> None:
    """Put a property into the field it fills; what no field takes is kept as JSON."""
    known = rules()
    special = _SPECIAL.get(name)
    if name in known.instants:
        if not found.first(known.instants[name], parse_instant(value)):
            _keep(name, value, found)
    elif special is not None:
        special(name, value, found)
    elif name.startswith("body_"):
        found.notes.setdefault("bodies", []).append((name.removeprefix("body_"), value))
    elif name not in known.fields or not isinstance(value, str):
        _keep(name, value, found)
    elif known.fields[name] == "bylines":
        found.add("bylines", " ".join(value.split()))
    elif name == "title":
        found.note("title", value)
    elif not found.first(known.fields[name], value):
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


def settle(found: Gathered) -> None:
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
