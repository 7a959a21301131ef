"""What a web page says of itself: JSON-LD, Open Graph and other meta elements, microdata, and the page's own headings.

Every source is a witness, none is trusted alone: site names hang on titles, bylines sit in `author` as links or
as "By X and Y", and pages describe other stories beside their own.
"""

from __future__ import annotations

import html
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

import orjson
from lxml import etree

from etl.readers.html_dates import page_time, printed_instant
from etl.readers.markup import line_of
from etl.records import Instant

Node = dict[str, Any]

_MAX_NODES = 2000
_MAX_NAME_WORDS = 6
_LONGEST_SCRIPT = 2_000_000
_LONGEST_VALUE = 4000
_LONGEST_TITLE = 500
_SAME_MOMENT = 14 * 3600
"""Two prints of one moment differ by no more seconds than the widest zone."""
_JSON_TAIL = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>|;)\s*$"
)
_SEPARATOR = re.compile(r"\s+(?:[|»·•›‹/–—-]|::|\|\|)\s+|\s*[|»›‹ㅣ]\s*")
_AND = re.compile(
    r"\s*(?:,|;|\||•|\s/\s|\n)\s*|\s+(?:and|und|et|y|e|og|och|en|i|&|dan|con|with|mit|avec|für|for|for the)\s+",
    re.IGNORECASE,
)
_URL = re.compile(r"^(?:https?:)?//|^www\.|^/[\w-]+/|^@|\S+@\S+\.\w+$")


@cache
def rules() -> dict[str, Any]:
    """The tables of `data/html.toml`."""
    return tomllib.loads(files("etl.readers").joinpath("data/html.toml").read_text(encoding="utf-8"))


@dataclass(slots=True)
class PageMeta:
    """What was found, as far as it was found."""

    headline: str | None = None
    authors: list[str] = field(default_factory=list)
    published: Instant | None = None
    modified: Instant | None = None
    language: str | None = None
    provider: str | None = None
    keywords: list[str] = field(default_factory=list)
    category: list[str] = field(default_factory=list)
    guid: str | None = None
    copyright: str | None = None
    url: str | None = None
    summary: str | None = None
    article_body: str | None = None
    is_article: bool = False


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The page's sources of metadata, read once."""

    root: etree._Element
    article: Node
    nodes: dict[str, Node]
    meta: dict[str, list[str]]
    has_article: bool


def read_meta(root: etree._Element) -> PageMeta:
    """All metadata of a parsed page."""
    meta = _meta_elements(root)
    nodes = list(_json_ld(root))
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    url = _first(meta, "url") or _canonical(root)
    article, is_article = _choose_article(nodes, url, _first(meta, "headline"))
    seen = Witnesses(root, article, by_id, meta, is_article)
    publisher = _name(_resolved(article.get("publisher"), by_id)) or _first(meta, "provider")
    return PageMeta(
        headline=_headline(seen, publisher),
        authors=_authors(seen, publisher),
        published=_instant(seen, "datePublished", "published"),
        modified=_instant(seen, "dateModified", "modified"),
        language=_language(seen),
        provider=publisher,
        keywords=_strings(article.get("keywords")) or _strings(_all(meta, "keywords")),
        category=_strings(article.get("articleSection")) or _strings(_all(meta, "category")),
        guid=_first(meta, "guid") or _text(article.get("identifier")),
        copyright=_text(article.get("copyrightNotice")) or _first(meta, "copyright"),
        url=url or _text(article.get("url")),
        summary=_text(article.get("description")) or _first(meta, "summary"),
        article_body=_stated_text(article.get("articleBody")),
        is_article=is_article or _first(meta, "published") is not None or meta.get("og:type", [""])[0] == "article",
    )


# --- sources ---------------------------------------------------------------------------------


def _meta_elements(root: etree._Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        content = element.get("content")
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if content and content.strip() and name:
            found.setdefault(name.strip().lower(), []).append(_line(content))
    return found


def _first(meta: dict[str, list[str]], kind: str) -> str | None:
    return next((meta[name][0] for name in rules()["meta"][kind] if name in meta), None)


def _all(meta: dict[str, list[str]], kind: str) -> list[str]:
    return next((meta[name] for name in rules()["meta"][kind] if name in meta), [])


def _canonical(root: etree._Element) -> str | None:
    return next((link.get("href") for link in root.iter("link") if link.get("rel") == "canonical"), None)


def _line(text: str) -> str:
    return " ".join(html.unescape(text[:_LONGEST_VALUE]).replace("\x00", "").split())


def _json_ld(root: etree._Element) -> Iterator[Node]:
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


def _choose_article(nodes: list[Node], url: str | None, title: str | None) -> tuple[Node, bool]:
    """The object that describes this page's story, and whether its type is a story's."""
    order = {kind: rank for rank, kind in enumerate(rules()["json_ld"]["article"])}

    def cost(node: Node) -> tuple[bool, bool, int, bool]:
        rank = min((order.get(kind, len(order)) for kind in _types(node)), default=len(order))
        own = {_text(node.get("url")), _text(node.get("mainEntityOfPage")), _text(node.get("@id"))}
        is_ours = url is not None and any(_same_page(url, mine) for mine in own if mine)
        is_titled = bool(title) and _key(_text(node.get("headline")) or "") in _key(title or "") and "headline" in node
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


def _resolved(value: Any, nodes: dict[str, Node]) -> Any:
    """A value that only points at another object, as that object."""
    if isinstance(value, dict) and "name" not in value and str(value.get("@id")) in nodes:
        return nodes[str(value["@id"])]
    return value


def _text(value: Any) -> str | None:
    """A value as one line of text: of a list the first, of an object its name, value or id."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("@id") or value.get("url") or value.get("value")
    return (_line(str(value)) or None) if isinstance(value, str | int) else None


def _stated_text(value: Any) -> str | None:
    """The whole text of a story as JSON-LD states it, its line breaks kept."""
    return html.unescape(value).replace("\x00", "") if isinstance(value, str) else None


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict) and "name" not in value and (value.get("givenName") or value.get("familyName")):
        return _line(f"{value.get('givenName') or ''} {value.get('familyName') or ''}") or None
    return _text(value.get("name") if isinstance(value, dict) else value)


def _strings(value: Any) -> list[str]:
    """Texts of a value that is a list, or one string with commas."""
    items = value if isinstance(value, list) else [value]
    texts = [text for text in (_text(item) for item in items) if text]
    if len(texts) == 1:
        texts = re.split(r"\s*[,;]\s*", texts[0])
    return list(dict.fromkeys(text for text in texts if text))


# --- headline --------------------------------------------------------------------------------


def _key(text: str) -> str:
    """Letters and digits alone: what two prints of one headline share."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _headline(seen: Witnesses, publisher: str | None) -> str | None:
    """The headline that the page prints, in the spelling of its best witness."""
    h1s = (line_of(h1) for h1 in islice(seen.root.iter("h1"), 50))
    printed = [line for line in h1s if line and 8 < len(line) <= _LONGEST_TITLE]
    ld = _text(seen.article.get("headline")) if seen.has_article else None
    stated = [text for text in (ld, *(_all(seen.meta, "headline")[:1])) if text]
    title = (line_of(seen.root.find(".//title")) or "")[:_LONGEST_TITLE] or None
    stated = [text[:_LONGEST_TITLE] for text in stated]
    stated = [_without_site(text, publisher, [*printed, *stated], title) for text in stated]
    if ld and seen.article.get("alternativeHeadline"):
        return stated[0]  # a page that tells its headline from an alternative one means it
    keys = {_key(line) for line in printed}
    confirmed = next((text for text in stated if _key(text) in keys), None)
    if confirmed or stated:
        return confirmed or stated[0]
    if printed:
        return printed[0]
    return _without_site(title, publisher, [], None) if title else None


def _without_site(text: str, publisher: str | None, others: list[str], title: str | None) -> str:
    """A title without the site's name: "Salt ships wait - The Desk"."""
    pieces = [(found.start(), found.end()) for found in _SEPARATOR.finditer(text)]
    for start, end in reversed(pieces):
        head, tail = text[:start].strip(), text[end:].strip()
        if not head or not tail:
            continue
        is_site = (
            publisher is not None and _key(tail) and (_key(tail) in _key(publisher) or _key(publisher) in _key(tail))
        )
        if is_site or any(_key(other) == _key(head) for other in others if other != text):
            return _without_site(head, publisher, others, title)
    return text


# --- authors ---------------------------------------------------------------------------------


def _authors(seen: Witnesses, publisher: str | None) -> list[str]:
    """Names credited: those of the story's own description, else of meta elements, else of the page's byline.

    The publisher's own name is a last resort: many pages put it where their writer's should stand.
    """
    value = seen.article.get("author") or seen.article.get("creator")
    witnesses = [_author_values(value, seen.nodes), *(seen.meta.get(name, []) for name in rules()["meta"]["author"])]
    house: list[str] = []
    for witness in (*witnesses, None):
        names = _clean_names(_printed_authors(seen.root) if witness is None else witness)
        people = [name for name in names if not _is_publisher(name, publisher)]
        if people:
            return people
        house = house or names
    return house


def _is_publisher(name: str, publisher: str | None) -> bool:
    mine = _key(publisher or "")
    return bool(mine) and (_key(name) == mine or (len(_key(name)) > 4 and _key(name) in mine))


def _author_values(value: Any, nodes: dict[str, Node]) -> list[str]:
    items = value if isinstance(value, list) else [value]
    found: list[str] = []
    for item in items[:50]:
        item = _resolved(item, nodes)
        inner = item.get("name") if isinstance(item, dict) else None
        if isinstance(inner, list):
            found += [text for text in (_text(one) for one in inner) if text]
        else:
            name = _name(item)
            found += [name] if name else []
    return found


def _clean_names(values: list[str]) -> list[str]:
    names: list[str] = []
    prefix = re.compile(rules()["author"]["prefix"], re.IGNORECASE)
    suffix = re.compile(rules()["author"]["suffix"], re.IGNORECASE)
    nobody = rules()["author"]["nobody"]
    for value in values:
        for part in _AND.split(value):
            name = suffix.sub("", re.sub(r"\s*\(.*?\)\s*", " ", prefix.sub("", part.strip()))).strip(" .,:|-–—\u200b")
            is_name = (
                name and not name.isdigit() and name.casefold() not in nobody and len(name.split()) <= _MAX_NAME_WORDS
            )
            if not is_name or _URL.search(name):
                continue
            names.append(name)
    return list({_key(name): name for name in reversed(names)}.values())[::-1]


def _printed_authors(root: etree._Element) -> list[str]:
    """Names on the page itself: `rel=author`, `itemprop=author`, or an element whose class says byline."""
    pattern = re.compile(rules()["author"]["classes"], re.IGNORECASE)
    for element in root.iter("a", "span", "div", "p", "address", "li"):
        is_named = element.get("rel") == "author" or "author" in (element.get("itemprop") or "").split()
        if is_named or pattern.search(f"{element.get('class') or ''} {element.get('data-testid') or ''}"):
            line = line_of(element)
            if line and 4 < len(line) < 100 and not any(ch.isdigit() for ch in line):
                return [line]
    return []


# --- times and language ----------------------------------------------------------------------


def _instant(seen: Witnesses, key: str, kind: str) -> Instant | None:
    named = (seen.meta[name][0] for name in rules()["meta"][kind] if name in seen.meta)
    candidates = [_text(seen.article.get(key)), *named]
    instants = [instant for instant in (page_time(text) for text in candidates if text) if instant]
    if not instants and kind == "published":
        found = printed_instant(seen.root, _canonical(seen.root) or _first(seen.meta, "url"))
        instants = [found] if found else []
    if not instants:
        return None
    first = instants[0]
    if first.when.tzinfo is not None and first.precision != "day":
        return first
    # Another witness for about the same moment may also state the zone.
    wall = first.when.replace(tzinfo=None)
    near = (i for i in instants if abs((i.when.replace(tzinfo=None) - wall).total_seconds()) < _SAME_MOMENT)
    return next((i for i in near if i.when.tzinfo is not None), first)


def _language(seen: Witnesses) -> str | None:
    value = _text(seen.article.get("inLanguage"))
    html_element = seen.root if seen.root.tag == "html" else None
    declared = html_element.get("lang") if html_element is not None else None
    found = declared or value or _first(seen.meta, "language")
    match = re.match(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$", (found or "").strip())
    return match.group().replace("_", "-") if match else None
