"""HTML pages of news: one story a page, its fields from what the page says of itself, its text from the page.

JSON-LD is asked first, then Open Graph, other meta elements and microdata (`html_meta`); the running text is found
by weight (`html_body`). A page that is no story (an error page, a front page, a page filled in by scripts) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from etl.readers.base import Reader
from etl.readers.encoding import Decoded, decode
from etl.readers.html_body import extract_body
from etl.readers.html_meta import PageMeta, read_meta
from etl.readers.html_rules import rules
from etl.readers.markup import RefusalError, parse_html
from etl.readers.sight import Sight
from etl.records import Delivery, Limits, Reject, Related, Remark, Story

FORMAT = "html"

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""", re.IGNORECASE)
_SHORTEST_STORY = 250
"""Letters that a page must show to be taken for a story when nothing in it says that it is one."""
_MAX_SUMMARY = 2000


def claim(seen: Sight) -> str | None:
    """Evidence: a DOCTYPE `html`, or a first element `html`, `head` or `body`."""
    return seen.detail


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """The story of the page, or why it is none."""
    limit = delivery.limits.max_story_bytes
    data = delivery.stream.read(limit + 1)
    if len(data) > limit:
        detail = f"no page of more than {limit} bytes is read"
        yield Reject(delivery.path, 0, delivery.size, "read", "too_large", detail)
        return
    try:
        yield read_page(data, 0, len(data), delivery.limits)
    except RefusalError as refusal:
        yield refusal.as_reject(delivery.path, 0, len(data))


def read_page(
    data: bytes, offset: int, length: int, limits: Limits, charset: str | None = None, url: str | None = None
) -> Story:
    """The story of one page.

    Args:
        data: the page.
        offset: where in the file the bytes stand that the story answers for, `length` how many they are.
        limits: bounds.
        charset: character set that the server named; it counts more than the page's own.
        url: address the page came from, where the file says.

    Raises:
        RefusalError: `empty`, `error_page`, `no_article`, `no_text`, `truncated`, `too_deep`.
    """
    declared = _CHARSET.search(data[:4096])
    decoded = decode(data, charset or (declared.group(1).decode("ascii") if declared else None))
    tail = decoded.text[-4096:].encode("utf-8", "replace").lower()
    _refuse_cut(tail)
    root = parse_html(decoded.text)
    if root is None:
        raise RefusalError("empty", "a page without an element")
    meta = read_meta(root)
    picture = _picture(root)
    _refuse_error_page(root)
    _refuse_deep(root, limits.max_depth)
    body = extract_body(root, meta.headline, meta.article_body)
    if len(body.text) < _SHORTEST_STORY and not meta.is_article:
        raise RefusalError("no_article", f"{len(body.text)} letters of text and nothing that says it is a story")
    if not body.text:
        raise RefusalError("no_text", "the page's text is not in it")
    return Story(
        format=FORMAT,
        byte_offset=offset,
        byte_length=length,
        text=body.text,
        blocks=body.blocks,
        related=(Related("picture", picture),) if picture else (),
        extra=_extra(meta, url),
        remarks=_remarks(tail),
        **_fields(meta, decoded, url),
    )


def _fields(meta: PageMeta, decoded: Decoded, url: str | None) -> dict[str, Any]:
    return {
        "encoding": decoded.encoding,
        "encoding_evidence": decoded.evidence,
        "guid": meta.url or url or meta.guid,
        "provider": meta.provider,
        "headline": meta.headline,
        "bylines": tuple(meta.authors),
        "published": meta.published,
        "versioned": meta.modified,
        "keywords": tuple(meta.keywords[:100]),
        "categories": tuple(meta.category[:20]),
        "language": meta.language,
        "copyright": meta.copyright,
    }


def _extra(meta: PageMeta, url: str | None) -> dict[str, str]:
    values = {
        "url": meta.url or url,
        "fetched_from": url if url != meta.url else None,
        "id": meta.guid,
        "summary": meta.summary[:_MAX_SUMMARY] if meta.summary else None,
    }
    return {name: value for name, value in values.items() if value}


def _picture(root: etree._Element) -> str | None:
    metas = (m for m in root.iter("meta") if (m.get("property") or m.get("name")) in ("og:image", "twitter:image"))
    return next((content.strip() for m in metas if (content := m.get("content")) and content.strip()), None)


def _refuse_error_page(root: etree._Element) -> None:
    """ "503 Service Unavailable": what servers and gates send in place of a page."""
    title = root.find(".//title")
    text = " ".join((title.text or "").split()) if title is not None else ""
    if re.match(rules()["body"]["error_titles"], text, re.IGNORECASE):
        raise RefusalError("error_page", f"a page titled {text[:80]!r}")


def _refuse_deep(root: etree._Element, max_depth: int) -> None:
    """Elements that nest deeper than any page's: followed along the last child and by a walk that stops early."""
    depth, level = 0, [root]
    while level:
        depth += 1
        if depth > max_depth:
            raise RefusalError("too_deep", f"elements nest deeper than {max_depth}")
        level = [child for element in level for child in element if len(child)]


def _remarks(tail: bytes) -> tuple[Remark, ...]:
    if b"</html" in tail:
        return ()
    return (Remark("read", "no_end_tag", "the page does not end with </html>: it may be cut off"),)


def _refuse_cut(tail: bytes) -> None:
    """A transfer that broke off ends in the midst of a tag or of text; pages that merely leave out end tags do not."""
    if b"</html" not in tail and b"</body" not in tail and not tail.rstrip(b" \t\r\n\x00").endswith(b">"):
        raise RefusalError("truncated", "the page breaks off: neither body nor html is closed")


READER = Reader(FORMAT, "html", claim, read)
