"""What a web page says of itself: JSON-LD, Open Graph and other meta elements, microdata, and the page's own headings.

Every source is a witness, none is trusted alone: site names hang on titles, bylines sit in `author` as links or
as "By X and Y", and pages describe other stories beside their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lxml import etree

from etl.readers.html_dates import page_time, printed_instant
from etl.readers.html_rules import rules
from etl.readers.json_ld import (
    Node,
    choose_article,
    json_ld,
    letters_of,
    name_of,
    one_line,
    resolved,
    stated_text,
    strings_of,
    text_of,
)
from etl.readers.markup import line_of
from etl.records import Instant

_MAX_NAME_WORDS = 6
_LONGEST_TITLE = 500
_SAME_MOMENT = 14 * 3600
"""Two prints of one moment differ by no more seconds than the widest zone."""
_SEPARATOR = re.compile(r"\s+(?:[|»·•›‹/–—-]|::|\|\|)\s+|\s*[|»›‹ㅣ]\s*")
_AND = re.compile(
    r"\s*(?:,|;|\||•|\s/\s|\n)\s*|\s+(?:and|und|et|y|e|og|och|en|i|&|dan|con|with|mit|avec|für|for|for the)\s+",
    re.IGNORECASE,
)
_URL = re.compile(r"^(?:https?:)?//|^www\.|^/[\w-]+/|^@|\S+@\S+\.\w+$")


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
    nodes = list(json_ld(root))
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    url = _first(meta, "url") or _canonical(root)
    article, is_article = choose_article(nodes, url, _first(meta, "headline"))
    seen = Witnesses(root, article, by_id, meta, is_article)
    publisher = name_of(resolved(article.get("publisher"), by_id)) or _first(meta, "provider")
    return PageMeta(
        headline=_headline(seen, publisher),
        authors=_authors(seen, publisher),
        published=_instant(seen, "datePublished", "published"),
        modified=_instant(seen, "dateModified", "modified"),
        language=_language(seen),
        provider=publisher,
        keywords=strings_of(article.get("keywords")) or strings_of(_all(meta, "keywords")),
        category=strings_of(article.get("articleSection")) or strings_of(_all(meta, "category")),
        guid=_first(meta, "guid") or text_of(article.get("identifier")),
        copyright=text_of(article.get("copyrightNotice")) or _first(meta, "copyright"),
        url=url or text_of(article.get("url")),
        summary=text_of(article.get("description")) or _first(meta, "summary"),
        article_body=stated_text(article.get("articleBody")),
        is_article=is_article or _first(meta, "published") is not None or meta.get("og:type", [""])[0] == "article",
    )


# --- sources ---------------------------------------------------------------------------------


def _meta_elements(root: etree._Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        content = element.get("content")
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if content and content.strip() and name:
            found.setdefault(name.strip().lower(), []).append(one_line(content))
    return found


def _first(meta: dict[str, list[str]], kind: str) -> str | None:
    return next((meta[name][0] for name in rules()["meta"][kind] if name in meta), None)


def _all(meta: dict[str, list[str]], kind: str) -> list[str]:
    return next((meta[name] for name in rules()["meta"][kind] if name in meta), [])


def _canonical(root: etree._Element) -> str | None:
    return next((link.get("href") for link in root.iter("link") if link.get("rel") == "canonical"), None)


# --- headline --------------------------------------------------------------------------------


def _headline(seen: Witnesses, publisher: str | None) -> str | None:
    """The headline that the page prints, in the spelling of its best witness."""
    h1s = (line_of(h1) for h1 in islice(seen.root.iter("h1"), 50))
    printed = [line for line in h1s if line and 8 < len(line) <= _LONGEST_TITLE]
    ld = text_of(seen.article.get("headline")) if seen.has_article else None
    stated = [text for text in (ld, *(_all(seen.meta, "headline")[:1])) if text]
    title = (line_of(seen.root.find(".//title")) or "")[:_LONGEST_TITLE] or None
    stated = [text[:_LONGEST_TITLE] for text in stated]
    stated = [_without_site(text, publisher, [*printed, *stated], title) for text in stated]
    if ld and seen.article.get("alternativeHeadline"):
        return stated[0]  # a page that tells its headline from an alternative one means it
    keys = {letters_of(line) for line in printed}
    confirmed = next((text for text in stated if letters_of(text) in keys), None)
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
            publisher is not None
            and letters_of(tail)
            and (letters_of(tail) in letters_of(publisher) or letters_of(publisher) in letters_of(tail))
        )
        if is_site or any(letters_of(other) == letters_of(head) for other in others if other != text):
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
    mine = letters_of(publisher or "")
    return bool(mine) and (letters_of(name) == mine or (len(letters_of(name)) > 4 and letters_of(name) in mine))


def _author_values(value: Any, nodes: dict[str, Node]) -> list[str]:
    items = value if isinstance(value, list) else [value]
    found: list[str] = []
    for item in items[:50]:
        item = resolved(item, nodes)
        inner = item.get("name") if isinstance(item, dict) else None
        if isinstance(inner, list):
            found += [text for text in (text_of(one) for one in inner) if text]
        else:
            name = name_of(item)
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
    return list({letters_of(name): name for name in reversed(names)}.values())[::-1]


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
    candidates = [text_of(seen.article.get(key)), *named]
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
    value = text_of(seen.article.get("inLanguage"))
    html_element = seen.root if seen.root.tag == "html" else None
    declared = html_element.get("lang") if html_element is not None else None
    found = declared or value or _first(seen.meta, "language")
    match = re.match(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$", (found or "").strip())
    return match.group().replace("_", "-") if match else None
