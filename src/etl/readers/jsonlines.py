"""JSON Lines: one object a line, its properties put into fields by a mapping.

The mapping that is shipped, `data/jsonlines.toml`, knows the names that corpora and exports commonly use. Another
one comes with the call (`read_mapped`), or as the first line of the file itself:

    {"copydesk_mapping": {"text": ["story.body"], "headline": ["story.hed"]}}
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from etl.readers import ninjs
from etl.readers.base import Reader
from etl.readers.clock import parse_time
from etl.readers.encoding import decode
from etl.readers.gather import Gathered
from etl.readers.layout import Layout, lay_out, plain_lines
from etl.readers.markup import Piece, RefusalError, parse_html
from etl.readers.sight import Sight
from etl.readers.window import Window
from etl.records import Delivery, Instant, Limits, Reject, Story, Subject

FORMAT = "jsonlines"

MAPPING_KEY = "copydesk_mapping"
FieldMapping = Mapping[str, Sequence[str]]

# "\ud800" without its other half, which JSON can spell and no text can hold.
_LONE_SURROGATE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_TIMES = frozenset(("created", "published", "versioned", "embargo"))
# fmt: off
_STRINGS = frozenset((
    "headline", "guid", "version", "provider", "dateline", "slugline", "priority_code", "service", "item_number",
    "language", "ednote", "copyright", "rights_holder", "usage_terms", "credit_line", "take",
))
# fmt: on
_LISTS = {"byline": "bylines", "keywords": "keywords", "categories": "categories", "places": "places"}
_STATUSES = {
    "usable": "usable",
    "published": "usable",
    "publish": "usable",
    "withheld": "withheld",
    "draft": "withheld",
    "embargoed": "withheld",
    "canceled": "canceled",
    "cancelled": "canceled",
    "killed": "canceled",
    "withdrawn": "canceled",
}


@cache
def default_mapping() -> FieldMapping:
    """The mapping that is shipped."""
    mapping: FieldMapping = tomllib.loads(
        files("etl.readers").joinpath("data/jsonlines.toml").read_text(encoding="utf-8")
    )
    return mapping


def claim(seen: Sight) -> str | None:
    """Evidence: the first line is one whole JSON object with a text or a headline, and it is no ninjs."""
    line = seen.text.partition("\n")[0].strip()
    if not (line.startswith("{") and line.endswith("}")) or ninjs.claim(seen) is not None:
        return None
    try:
        first = orjson.loads(line.encode("latin-1", "replace"))
    except orjson.JSONDecodeError:
        first = None
    if not isinstance(first, dict):
        return None
    if MAPPING_KEY in first:
        return "a JSON line with a mapping"
    names = [name for field in ("text", "html", "headline") for name in default_mapping()[field]]
    known = next((name for name in names if _value(first, name)), None)
    return f"JSON lines with {known}" if known else None


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """Every line of the file by the mapping in its first line, or the shipped one."""
    return read_mapped(delivery, default_mapping())


def read_mapped(delivery: Delivery, mapping: FieldMapping) -> Iterator[Story | Reject]:
    """Every line of the file; a line that is no object or has neither text nor headline is a reject.

    Args:
        delivery: the file.
        mapping: for each field the properties that may fill it; the form of `data/jsonlines.toml`.
    """
    count = 0
    for offset, length, line in _lines(delivery):
        if line is None:
            detail = f"a line of more than {delivery.limits.max_story_bytes} bytes"
            yield Reject(delivery.path, offset, length, "read", "story_too_long", detail)
            continue
        if not line.strip(b"\x00 \t\r\n\x1e\xef\xbb\xbf"):
            continue
        count += 1
        if count > delivery.limits.max_stories:
            rest = max(delivery.size - offset, length)
            yield Reject(delivery.path, offset, rest, "read", "too_many_stories", "more lines than allowed")
            return
        try:
            values, encoding, evidence = _load(line)
            if count == 1 and isinstance(values.get(MAPPING_KEY), dict):
                mapping = _given_mapping(values[MAPPING_KEY])
                continue
            yield _story(values, mapping, Piece(offset, length, line), (encoding, evidence), delivery.limits)
        except RefusalError as refusal:
            yield refusal.as_reject(delivery.path, offset, length)


def _lines(delivery: Delivery) -> Iterator[tuple[int, int, bytes | None]]:
    """Offset, length without the line end, and bytes of each line; None for the bytes of one over the limit."""
    window, limit = Window(delivery.stream), delivery.limits.max_story_bytes
    searched, start, is_long = 0, 0, False
    while True:
        end = window.data.find(b"\n", window.at + searched)
        if end < 0 and not window.ended:
            searched = len(window.data) - window.at
            if is_long or searched > limit:  # let go of what cannot be kept and go on to the line's end
                start, is_long = (start if is_long else window.offset), True
                window.at, searched = len(window.data), 0
            window.grow()
            continue
        stop = end if end >= 0 else len(window.data)
        offset = start if is_long else window.offset
        length = window.base + stop - offset
        if length:
            yield offset, length, None if is_long or length > limit else window.data[window.at : stop]
        window.at, searched, is_long = stop + (end >= 0), 0, False
        if end < 0:
            return


def _load(line: bytes) -> tuple[dict[str, Any], str, str]:
    try:
        values, encoding, evidence = orjson.loads(line), "utf-8", "strict"
    except orjson.JSONDecodeError:
        decoded = decode(line)
        encoding, evidence = decoded.encoding, decoded.evidence
        try:
            values = orjson.loads(_LONE_SURROGATE.sub(r"\\ufffd", decoded.text.lstrip("\ufeff\x1e")))
        except orjson.JSONDecodeError as error:
            cut = not line.rstrip(b" \r").endswith(b"}")
            raise RefusalError("truncated" if cut else "malformed", error.msg) from None
    if not isinstance(values, dict):
        raise RefusalError("malformed", f"a JSON {type(values).__name__} where an object is expected")
    return values, encoding, evidence


def _given_mapping(given: dict[str, Any]) -> FieldMapping:
    """The mapping of the file over the shipped one: a property alone counts as a list of one."""
    own = {field: [names] if isinstance(names, str) else list(names or ()) for field, names in given.items()}
    return {**default_mapping(), **{field: [n for n in names if isinstance(n, str)] for field, names in own.items()}}


def _value(values: dict[str, Any], path: str) -> Any:
    """The value at a dotted path, None where there is none."""
    if path in values:
        return values[path]
    at: Any = values
    for name in path.split("."):
        if not isinstance(at, dict) or name not in at:
            return None
        at = at[name]
    return at


def _story(
    values: dict[str, Any], mapping: FieldMapping, piece: Piece, encoding: tuple[str, str], limits: Limits
) -> Story:
    found = Gathered()
    used: set[str] = set()
    layout = Layout("")
    for field, names in mapping.items():
        for name in names:
            value = _value(values, name)
            if value in (None, "", [], {}) or (field in _STRINGS and isinstance(value, dict)):
                continue
            if field in ("text", "html"):
                if not layout.text and isinstance(value, str | list):
                    layout = _text(value, field, limits)
                    used.add(name.split(".")[0])
            elif _take(found, field, value):
                used.add(name.split(".")[0])
            else:
                continue
            break
    for name, value in values.items():
        if name not in used and value not in (None, "", [], {}):
            found.keep(name, value if isinstance(value, str) else _as_json(value))
    if not layout.text and not found.fields.get("headline"):
        raise RefusalError("no_text", "an object with neither text nor headline")
    return found.story(FORMAT, piece, *encoding, layout)


def _as_json(value: Any) -> str:
    try:
        return orjson.dumps(value, default=str).decode()
    except orjson.JSONEncodeError as error:  # what was read may still nest deeper than can be written
        raise RefusalError("too_deep", str(error)) from None


def _text(value: str | list[Any], field: str, limits: Limits) -> Layout:
    text = value if isinstance(value, str) else "\n\n".join(part for part in value if isinstance(part, str))
    text = _clean(text)
    if field == "html" or text.lstrip().startswith(("<p", "<div", "<html", "<!DOCTYPE")):
        root = parse_html(text)
        return Layout("") if root is None else lay_out(root, rule=FORMAT, max_depth=limits.max_depth)
    return plain_lines(text)


def _clean(text: str) -> str:
    """Text that can be stored: lone halves of surrogate pairs, which JSON can spell, are no characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")


def _take(found: Gathered, field: str, value: Any) -> bool:
    """Put a value into its field; False where the field cannot hold it."""
    if field in _TIMES:
        return found.first(field, _instant(value))
    if field in _LISTS or field == "subjects":
        names = [name for name in _names(value) if name]
        for name in names:
            found.add(_LISTS.get(field, field), Subject(name) if field == "subjects" else name)
        return bool(names)
    if field == "status":
        return found.first(field, _STATUSES.get(str(value).lower()))
    if field == "urgency":
        return found.first(field, value if type(value) is int and 0 < value < 10 else None)
    if field in _STRINGS and isinstance(value, str | int | float):
        return found.first(field, _clean(str(value)))
    return False


def _names(value: Any) -> list[str]:
    """Strings, and the names or codes of objects, of a value that is one or a list of them."""
    items = value if isinstance(value, list) else [value]
    named = [item.get("name") or item.get("code") if isinstance(item, dict) else item for item in items]
    return [_clean(str(item)).strip() for item in named if isinstance(item, str | int)]


def _instant(value: Any) -> Instant | None:
    """ISO 8601 or RFC 822 text, or seconds or milliseconds since 1970."""
    if isinstance(value, str):
        return parse_time(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if abs(value) > 1e11 else value
        try:
            return Instant(str(value), datetime.fromtimestamp(seconds, UTC), "second", "UTC")
        except (ValueError, OverflowError, OSError):
            return None
    return None


READER = Reader(FORMAT, "json", claim, read)
