"""Fetching over HTTP: polite, bounded in time and size, and whole or not at all.

The standard library's client is enough for GET, and it lets every read of a connection be bounded by one deadline;
a total time is what clients with a timeout per read do not give.
"""

from __future__ import annotations

import base64
import http.client
import re
import socket
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, quote, urlencode, urljoin, urlsplit, urlunsplit

from etl.collect.records import Deadline, ItemError, SourceError, Visit
from etl.collect.sockets import TimedSocket, connect, encrypt, is_inner
from etl.collect.turns import turn

MAX_REDIRECTS = 5
LONGEST_WAIT = timedelta(days=1)
"""A server that asks for more patience is asked again after this."""

VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
"""What a server says of a document's version, and the header that says it back."""

_CHUNK = 64 * 1024
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_GZIP = 31
_SAFE = "/%:@!$&'()*+,;=~-._?"
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]+")


class StatusError(SourceError):
    """The server answered with a status that is not a document; `status` is its number."""

    def __init__(self, status: int, reason: str, retry_after: timedelta | None) -> None:
        """Keep the status beside the reason."""
        super().__init__(reason, retry_after)
        self.status = status


@dataclass(frozen=True, slots=True)
class Access:
    """What a server of ours is told and nobody else: headers and parameters that may be secret."""

    headers: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole document: the address it came from, its body decompressed, and the headers in small letters.

    `body` is None when the server says that nothing has changed. `inner_allowed` tells whether what it links to may
    be on this machine or its network, as the server itself is.
    """

    url: str
    body: bytes | None
    headers: Mapping[str, str]
    inner_allowed: bool = False

    def validators(self) -> dict[str, str]:
        """What to show the server next time, so that it can say that nothing has changed."""
        return {name: self.headers[name] for name in VALIDATORS if self.headers.get(name)}


def access_of(
    visit: Visit,
    headers: tuple[tuple[str, str], ...],
    headers_env: tuple[tuple[str, str], ...],
    query_env: tuple[tuple[str, str], ...],
    username: str | None,
    password_env: str | None,
) -> Access:
    """The access that a source's keys state, secrets taken from the environment.

    Raises:
        SourceError: a variable is not set.
    """
    held = [*headers, *((name, visit.secret(variable)) for name, variable in headers_env)]
    if username is not None and password_env is not None:
        pair = f"{username}:{visit.secret(password_env)}".encode()
        held.append(("Authorization", f"Basic {base64.b64encode(pair).decode()}"))
    return Access(tuple(held), tuple((name, visit.secret(variable)) for name, variable in query_env))


def conditions(memory: Mapping[str, str]) -> dict[str, str]:
    """Headers that ask for a document only if it differs from the one whose validators are remembered."""
    return {header: memory[name] for name, header in VALIDATORS.items() if memory.get(name)}


def shown(url: str) -> str:
    """An address as messages show it: without a query, which may hold a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def is_same_server(one: str, other: str) -> bool:
    """True if both addresses are of one scheme, host and port."""
    return _origin(urlsplit(one)) == _origin(urlsplit(other))


def joined(base: str, link: str) -> str:
    """The whole address of a link that a document or a redirect gives.

    Raises:
        SourceError: it is none, like `http://[/` or `http://host:99999/`.
    """
    try:
        whole = urljoin(base, link.strip())
        _ = urlsplit(whole).port
    except ValueError as error:
        raise SourceError(f"{shown(base)} gives an address that is none: {link[:100]!r}") from error
    return whole


def get(
    visit: Visit, url: str, headers: Mapping[str, str], access: Access, *, inner_allowed: bool | None = None
) -> Answer:
    """Fetch a document, over at most five redirects, each a turn of its own at its server.

    Args:
        visit: the visit that asks.
        url: http or https.
        headers: conditions and the like, sent to any server.
        access: sent to the server of `url` alone.
        inner_allowed: whether an address that a reply gave may lead to this machine or its network. None for an
            address of the configuration: it may be anywhere, and its redirects may lead inside if it is inside.

    Raises:
        SourceError: it cannot be had whole and in time; StatusError, with the status, when the server says so.
    """
    deadline = visit.document_deadline(shown(url))
    here = url
    for _ in range(MAX_REDIRECTS + 1):
        asked = _with_parameters(here, access.parameters) if is_same_server(here, url) else here
        own = dict(access.headers) if is_same_server(here, url) else {}
        _refuse_scheme(here, url)
        with turn(visit, _host(here)), _Request(asked, deadline) as request:
            inner = is_inner(request.address())
            inner_allowed = inner if inner_allowed is None else inner_allowed
            if inner and not inner_allowed:  # nothing has been sent yet
                raise SourceError(f"{shown(here)} is at an inner address, where a reply from outside must not lead")
            request.send({**_common(visit), **headers, **own})
            target = request.redirected()
            if target is None:
                answer = request.answer(here, visit.source.max_bytes, visit.clock.now())
                return replace(answer, inner_allowed=inner_allowed)
        here = joined(here, target)
    raise SourceError(f"{shown(url)} redirects more than {MAX_REDIRECTS} times")


class _Request:
    """One connection for one request: connected when entered, sent when told, everything closed at the end."""

    def __init__(self, url: str, deadline: Deadline) -> None:
        self._parts = urlsplit(url)
        self._deadline = deadline
        self._shown = shown(url)

    def __enter__(self) -> _Request:
        secure = self._parts.scheme == "https"
        host = self._parts.hostname or ""
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        try:
            port = self._parts.port or (443 if secure else 80)
            self.sock: socket.socket = connect(host, port, self._deadline)
            if secure:
                self.sock = encrypt(self.sock, host, self._deadline)
        except (OSError, ValueError) as error:
            raise SourceError(f"{self._shown} cannot be reached: {error}") from error
        self._connection = kind(host, port)
        # The wrapper has what http.client asks of a socket.
        self._connection.sock = TimedSocket(self.sock, self._deadline.left)
        return self

    def __exit__(self, *_: object) -> None:
        response: http.client.HTTPResponse | None = getattr(self, "_response", None)
        if response is not None:
            response.close()
        self._connection.close()
        self.sock.close()

    def address(self) -> str:
        """The address of the other end."""
        return str(self.sock.getpeername()[0])

    def redirected(self) -> str | None:
        """Where the server sends us, if it does."""
        location = self._response.getheader("Location")
        return location if self._response.status in _REDIRECTS and location else None

    def answer(self, url: str, limit: int, now: datetime) -> Answer:
        """The whole document."""
        response = self._response
        headers = {name.lower(): value for name, value in response.getheaders()}
        if response.status == 304:
            return Answer(url, None, headers)
        if response.status != 200:
            wait = retry_after(headers.get("retry-after"), now)
            reason = _BLANK.sub(" ", response.reason or "")[:80]
            raise StatusError(response.status, f"{self._shown} answers {response.status} {reason}".strip(), wait)
        return Answer(url, self._body(headers.get("content-encoding", "").strip().lower(), limit), headers)

    def send(self, headers: Mapping[str, str]) -> None:
        """Ask, and read the head of the answer."""
        target = quote(self._parts.path or "/", safe=_SAFE)
        if self._parts.query:
            target += "?" + quote(self._parts.query, safe=_SAFE)
        try:
            self._connection.request("GET", target, headers=dict(headers))
            self._response = self._connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise SourceError(f"{self._shown} does not answer: {_said(error)}") from error

    def _body(self, encoding: str, limit: int) -> bytes:
        if encoding not in {"", "identity", "gzip", "x-gzip"}:
            raise SourceError(f"{self._shown} is encoded as {encoding!r}, which was not asked for")
        expand = zlib.decompressobj(_GZIP) if encoding.endswith("gzip") else None
        body = bytearray()
        try:
            while chunk := self._response.read1(_CHUNK):
                body += expand.decompress(chunk, limit + 1 - len(body)) if expand else chunk
                if len(body) > limit:
                    raise SourceError(f"{self._shown} is larger than max_bytes = {limit}")
        except (OSError, http.client.HTTPException, zlib.error) as error:
            raise SourceError(f"{self._shown} was cut off: {_said(error)}") from error
        if self._response.length or (expand and not expand.eof):
            raise SourceError(f"{self._shown} was cut off: {len(body)} bytes and no more")
        return bytes(body)


def page(visit: Visit, url: str, *, inner_allowed: bool) -> Answer:
    """Fetch a page that a feed names; what is wrong with it is the page's own trouble.

    Raises:
        ItemError: it cannot be had; finally, if the server says that there is no such page.
        SourceError: the server asks for patience, or the visit's time is over.
    """
    try:
        return get(visit, url, {}, Access(), inner_allowed=inner_allowed)
    except StatusError as error:
        if error.status in {429, 503}:
            raise
        raise ItemError(str(error), final=error.status in {401, 403, 404, 410, 451}) from error
    except SourceError as error:
        visit.deadline.left()
        raise ItemError(str(error)) from error


def retry_after(printed: str | None, now: datetime) -> timedelta | None:
    """The patience that a Retry-After header asks for: seconds or a date, a day at most; None if it says nothing."""
    if printed is None:
        return None
    text = printed.strip()
    if text.isdecimal() and len(text) < 10:
        return min(timedelta(seconds=int(text)), LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max(when - now, timedelta(0)), LONGEST_WAIT)


def _common(visit: Visit) -> dict[str, str]:
    return {"User-Agent": visit.user_agent, "Accept-Encoding": "gzip", "Connection": "close"}


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port


def _refuse_scheme(here: str, first: str) -> None:
    parts = urlsplit(here)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SourceError(f"{shown(first)} leads to {parts.scheme or 'no'} address; only http and https are fetched")
    if parts.scheme == "http" and urlsplit(first).scheme == "https":
        raise SourceError(f"{shown(first)} leads from https to http; name the address that it should be")


def _with_parameters(url: str, parameters: tuple[tuple[str, str], ...]) -> str:
    if not parameters:
        return url
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query))


def _said(error: Exception) -> str:
    return _BLANK.sub(" ", str(error) or type(error).__name__)[:200]
