"""A feed: the document each time it has changed, and, if asked, the page of each new item once."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from lxml import etree

from etl.collect.records import Found, ItemError, Learned, SourceError, Told, Visit
from etl.collect.web import VALIDATORS, Access, StatusError, access_of, conditions, get, is_same_server, joined, page
from etl.config import Rss

_LINK = {"link", "{http://purl.org/rss/1.0/}link", "{http://www.w3.org/2005/Atom}link"}
_ITEM = {"item", "{http://purl.org/rss/1.0/}item", "{http://www.w3.org/2005/Atom}entry"}
_PENDING = "pending"
_PATIENCE = 100
"""Visits on which a page that cannot be had is asked for again."""


def visit_rss(fetch: Rss, visit: Visit) -> Generator[Told, None, None]:
    """What has changed at a feed.

    The pages still to be fetched are remembered with the document's validators: a feed that has not changed since
    does not list them again.
    """
    access = access_of(visit, fetch.headers, fetch.headers_env, fetch.query_env, fetch.username, fetch.password_env)
    memory = visit.state.memory
    answer = get(visit, fetch.url, conditions(memory), access)
    tries: dict[str, int] = json.loads(memory.get(_PENDING, "{}"))
    if answer.body is None:
        validators = {name: memory[name] for name in VALIDATORS if name in memory}
    else:
        yield document(fetch.url, document_name(fetch.url, ".xml"), answer.body)
        validators = answer.validators()
        tries = dict.fromkeys(item_links(answer.body, answer.url), 0) | tries
    pending = {link: n + 1 for link, n in tries.items() if fetch.follow and link not in visit.state.taken}
    yield Learned(validators | {_PENDING: json.dumps(pending)})
    robots = _Robots(visit, answer.inner_allowed)
    for link, tried in pending.items():
        yield Found(link, "page", document_name(link, ".html"), _page(visit, robots, link, final=tried >= _PATIENCE))


def document(url: str, name: str, body: bytes) -> Found:
    """A whole document, as found at an address."""
    return Found(url, "document", name, iter([body]), is_remembered=False)


def document_name(url: str, suffix: str) -> str:
    """A file name from the last part of an address that says something, with `suffix` if it has none of its own."""
    parts = urlsplit(url)
    names = [name for name in unquote(parts.path).split("/") if name.strip()]
    name = names[-1] if names else parts.hostname or "document"
    return name if PurePosixPath(name).suffix and names else name + suffix


def item_links(body: bytes, url: str) -> list[str]:
    """The http and https links of a feed's items, in its order, each once; none if the document cannot be read."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    if root is None:
        return []
    items = [element for element in root.iter() if element.tag in _ITEM]
    links = (whole for item in items for link in _links(item) if (whole := _whole(url, link)))
    return list(dict.fromkeys(links))


def _whole(url: str, link: str) -> str | None:
    try:
        whole = joined(url, link)
    except SourceError:
        return None  # the item says nothing that could be fetched; the document that holds it is kept
    return whole if urlsplit(whole).scheme in {"http", "https"} else None


def _links(item: etree._Element) -> Iterator[str]:
    for child in item:
        if child.tag in _LINK and child.get("rel", "alternate") == "alternate":
            link = (child.get("href") or child.text or "").strip()
            if link:
                yield link
                return


def _page(visit: Visit, robots: _Robots, link: str, *, final: bool) -> Iterator[bytes]:
    try:
        if not robots.allow(link):
            raise ItemError("robots.txt asks not to fetch it", final=True)
        body = page(visit, link, inner_allowed=robots.inner_allowed).body
    except ItemError as error:
        raise ItemError(str(error), final=final or error.final) from error
    if body is None:
        raise ItemError("the server says that nothing has changed, and was not asked that", final=final)
    yield body


class _Robots:
    """What the robots.txt of each server allows, each read once a visit."""

    def __init__(self, visit: Visit, inner_allowed: bool) -> None:
        self._visit, self.inner_allowed = visit, inner_allowed
        self._rules: list[tuple[str, RobotFileParser]] = []

    def allow(self, url: str) -> bool:
        for server, rules in self._rules:
            if is_same_server(server, url):
                return rules.can_fetch(self._visit.user_agent, url)
        self._rules.append((url, self._read(url)))
        return self.allow(url)

    def _read(self, url: str) -> RobotFileParser:
        rules = RobotFileParser()
        try:
            address = urljoin(url, "/robots.txt")
            body = get(self._visit, address, {}, Access(), inner_allowed=self.inner_allowed).body or b""
        except StatusError as error:
            # No rules, nothing asked; a server in trouble is left alone until the next visit.
            if error.status >= 500 or error.status == 429:
                raise
            body = b""
        except SourceError as error:
            self._visit.deadline.left()
            raise ItemError(str(error)) from error
        rules.parse(body.decode("utf-8", "replace").splitlines())
        return rules
