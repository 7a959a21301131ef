"""An HTTP API: its answer each time it has changed, page by page where it has pages."""

from __future__ import annotations

import json
from collections.abc import Generator
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from etl.collect.records import Learned, SourceError, Told, Visit
from etl.collect.rss import document, document_name
from etl.collect.web import VALIDATORS, Answer, StatusError, access_of, conditions, get, is_same_server, joined, shown
from etl.config import Http

_NEXT, _SINCE, _BEGAN = "next", "since", "began"
_OVERLAP = timedelta(minutes=1)
"""How much earlier than the last whole visit to ask for: clocks differ, and copies of a server lag."""


def visit_http(fetch: Http, visit: Visit) -> Generator[Told, None, None]:
    """What has changed at an address.

    A visit that ends before the last page leaves the next page's address; the next visit goes on from there.
    Validators and the time to ask from are remembered only when the walk is whole.
    """
    access = access_of(visit, fetch.headers, fetch.headers_env, fetch.query_env, fetch.username, fetch.password_env)
    memory = dict(visit.state.memory)
    resumed = memory.pop(_NEXT, None)
    began = memory.pop(_BEGAN, "") if resumed else (visit.now - _OVERLAP).isoformat(timespec="seconds")
    here: str | None = resumed or _since(fetch, memory)
    asked = {} if resumed or fetch.since_parameter else conditions(memory)
    first: Answer | None = None
    for _ in range(fetch.max_pages):
        assert here is not None, "the loop ends with the last page"
        try:
            answer = get(visit, here, asked, access)
        except StatusError as error:
            if resumed and 400 <= error.status < 500 and error.status not in {401, 403, 429}:
                yield Learned(memory)  # the place to go on from is no longer known: begin anew next time
            raise
        asked = {}
        if answer.body is None:
            return
        first = first or (None if resumed else answer)
        yield document(here, document_name(here, ".json"), answer.body)
        here = _next(fetch, answer)
        if here is None:
            kept = {name: memory[name] for name in VALIDATORS if name in memory}
            yield Learned((first.validators() if first else kept) | {_SINCE: began})
            return
        yield Learned(memory | {_NEXT: here, _BEGAN: began})


def _since(fetch: Http, memory: dict[str, str]) -> str:
    if fetch.since_parameter is None or _SINCE not in memory:
        return fetch.url
    parts = urlsplit(fetch.url)
    held = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != fetch.since_parameter]
    return urlunsplit(parts._replace(query=urlencode([*held, (fetch.since_parameter, memory[_SINCE])])))


def _next(fetch: Http, answer: Answer) -> str | None:
    """The address of the page after this one, None after the last.

    Raises:
        SourceError: the answer is not JSON, or names a page that cannot be the next.
    """
    if fetch.next_pointer is None:
        return None
    try:
        found = _pointed(json.loads(answer.body or b""), fetch.next_pointer)
    except ValueError as error:
        raise SourceError(f"{shown(answer.url)} is not JSON, so it has no next page: {error}") from error
    if not found:
        return None
    if not isinstance(found, str):
        raise SourceError(f"{shown(answer.url)} has {type(found).__name__} at {fetch.next_pointer}, not an address")
    following = joined(answer.url, found)
    if not is_same_server(following, fetch.url):
        raise SourceError(f"{shown(answer.url)} has its next page on another server, {shown(following)}")
    if following == answer.url:
        raise SourceError(f"{shown(answer.url)} names itself as its next page")
    return following


def _pointed(document: object, pointer: str) -> object:
    """What a JSON pointer (RFC 6901) leads to, None if nothing is there."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document.get(name)
        elif isinstance(document, list) and name.isdecimal() and int(name) < len(document):
            document = document[int(name)]
        else:
            return None
    return document
