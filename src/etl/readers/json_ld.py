"""JSON-LD of web pages: the objects in it, the one that describes the page's story, and their values as text."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import orjson
from lxml import etree

from etl.readers.html_rules import rules

Node = dict[str, Any]

_MAX_NODES = 2000
_LONGEST_SCRIPT = 2_000_000
_LONGEST_VALUE = 4000
_JSON_TAIL = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>|;)\s*$"
)


def one_line(text: str) -> str:
    """Text on one line, character references resolved, not longer than a heading or a name can be."""
    return " ".join(html.unescape(text[:_LONGEST_VALUE]).replace("\x00", "").split())


def json_ld(root: etree._Element) -> Iterator[Node]:
    """Every object of the page's JSON-LD, those inside lists and graphs included, outer ones first."""
    count = 0
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        queue: list[Any] = [_loads(script.text)]
        while queue and count < _MAX_NODES:
            value = queue.pop(0)
            if isinstance(value, list):
                queue = [*value[:_MAX_NODES], *queue]
            elif isinstance(value, dict):
                count += 1
                yield value
                queue += [
                    value[key]
                    for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "about")
                    if key in value
                ]


def _loads(text: str) -> Any:
    """JSON as pages hold it: in comments or CDATA marks, with raw line ends in its strings."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    if len(text) > _LONGEST_SCRIPT:
        return None
    text = _JSON_TAIL.sub("", text).strip()
    for candidate in (text, re.sub(r",\s*([}\]])", r"\1", text), html.unescape(text)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _types(node: Node) -> list[str]:
    kinds = node.get("@type")
    return [str(kind).rpartition("/")[2].lower() for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind]


def choose_article(nodes: list[Node], url: str | None, title: str | None) -> tuple[Node, bool]:
    """The object that describes this page's story, and whether its type is a story's."""
    order = {kind: rank for rank, kind in enumerate(rules()["json_ld"]["article"])}

    def cost(node: Node) -> tuple[bool, bool, int, bool]:
        rank = min((order.get(kind, len(order)) for kind in _types(node)), default=len(order))
        own = {text_of(node.get("url")), text_of(node.get("mainEntityOfPage")), text_of(node.get("@id"))}
        is_ours = url is not None and any(_same_page(url, mine) for mine in own if mine)
        is_titled = (
            bool(title)
            and letters_of(text_of(node.get("headline")) or "") in letters_of(title or "")
            and "headline" in node
        )
        return not (is_ours or is_titled), "headline" not in node, rank, not is_ours

    articles = [node for node in nodes if any(k in order or k.endswith("article") for k in _types(node))]
    if articles:
        return min(articles, key=cost), True
    pages = [node for node in nodes if any(kind in rules()["json_ld"]["page"] for kind in _types(node))]
    pages = [node for node in pages if "datePublished" in node or "headline" in node or "author" in node]
    return (pages[0] if pages else {}), False


def _same_page(one: str, two: str) -> bool:
    strip = re.compile(r"^(?:https?:)?//(?:www\.)?|[?#].*$|/+$")
    return strip.sub("", one) == strip.sub("", two)


def resolved(value: Any, nodes: dict[str, Node]) -> Any:
    """A value that only points at another object, as that object."""
    if isinstance(value, dict) and "name" not in value and str(value.get("@id")) in nodes:
        return nodes[str(value["@id"])]
    return value


def text_of(value: Any) -> str | None:
    """A value as one line of text: of a list the first, of an object its name, value or id."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("@id") or value.get("url") or value.get("value")
    return (one_line(str(value)) or None) if isinstance(value, str | int) else None


def stated_text(value: Any) -> str | None:
    """The whole text of a story as JSON-LD states it, its line breaks kept."""
    return html.unescape(value).replace("\x00", "") if isinstance(value, str) else None


def name_of(value: Any) -> str | None:
    """The name of a person or organisation, from an object, from its given and family names, or as it stands."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict) and "name" not in value and (value.get("givenName") or value.get("familyName")):
        return one_line(f"{value.get('givenName') or ''} {value.get('familyName') or ''}") or None
    return text_of(value.get("name") if isinstance(value, dict) else value)


def strings_of(value: Any) -> list[str]:
    """Texts of a value that is a list, or one string with commas."""
    items = value if isinstance(value, list) else [value]
    texts = [text for text in (text_of(item) for item in items) if text]
    if len(texts) == 1:
        texts = re.split(r"\s*[,;]\s*", texts[0])
    return list(dict.fromkeys(text for text in texts if text))


def letters_of(text: str) -> str:
    """Letters and digits alone: what two prints of one headline share."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
