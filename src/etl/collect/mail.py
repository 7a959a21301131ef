"""A mailbox over IMAP: each message once, as delivered, and unread as before."""

from __future__ import annotations

import base64
import imaplib
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress

from etl.collect.records import Deadline, Found, ItemError, Learned, SourceError, Told, Visit
from etl.collect.sockets import TimedSocket, connect, encrypt
from etl.collect.turns import turn
from etl.config import Imap

_VALIDITY, _LAST = "uidvalidity", "last_uid"
_AT_ONCE = 100
_LITERAL = re.compile(rb"\{(\d+)\}$")
_ROOM = 64 * 1024
"""Bytes that an answer may have over those of the message in it."""


def visit_imap(fetch: Imap, visit: Visit) -> Generator[Told, None, None]:
    """The messages after the last that was taken; all of them when the server has numbered them anew."""
    with turn(visit, fetch.host), _mailbox(fetch, visit) as (box, validity):
        memory = visit.state.memory
        last = int(memory.get(_LAST, "0")) if memory.get(_VALIDITY) == validity else 0
        for uid, size in _new_messages(box, last):
            box.deadline = visit.document_deadline(f"message {uid}")
            chunks = _message(box, uid, size, visit.source.max_bytes)
            yield Found(f"{validity}/{uid}", "message", f"{uid}.eml", chunks, is_remembered=False)
            yield Learned({_VALIDITY: validity, _LAST: str(uid)})


class _TimedImap(imaplib.IMAP4):
    """The standard library's client on a connection that no answer may hold for longer than `deadline`."""

    def __init__(self, fetch: Imap, deadline: Deadline, limit: int) -> None:
        self._fetch, self.deadline, self._limit = fetch, deadline, limit
        super().__init__(fetch.host, fetch.port)

    def _create_socket(self, timeout: float | None) -> TimedSocket:  # noqa: ARG002  # the base class passes it
        sock = connect(self._fetch.host, self._fetch.port, self.deadline)
        if self._fetch.tls:
            sock = encrypt(sock, self._fetch.host, self.deadline)
        return TimedSocket(sock, lambda: self.deadline.left())

    def read(self, size: int) -> bytes:
        """Read a literal; one that is larger than any message that is wanted is not even begun."""
        if size > self._limit + _ROOM:
            raise self.abort(f"the server begins to send {size} bytes")
        return super().read(size)


@contextmanager
def _mailbox(fetch: Imap, visit: Visit) -> Iterator[tuple[_TimedImap, str]]:
    """The mailbox, open for reading only, and the mark of its numbering."""
    where = f"{fetch.host}:{fetch.port}"
    try:
        box = _TimedImap(fetch, visit.document_deadline(where), visit.source.max_bytes)
    except (OSError, imaplib.IMAP4.error) as error:
        raise SourceError(f"{where} cannot be reached: {error}") from error
    try:
        box.login(fetch.username, visit.secret(fetch.password_env))
        status, _ = box.select(_quoted(fetch.mailbox), readonly=True)
        if status != "OK":
            raise SourceError(f"{where} has no mailbox {fetch.mailbox!r}")
        _, validity = box.response("UIDVALIDITY")
        yield box, (validity[0] or b"0").decode("ascii", "replace")
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        raise SourceError(f"{where}: {error}") from error
    finally:
        # Not what a server may take its time over: all that matters is kept.
        with suppress(OSError, imaplib.IMAP4.error, SourceError):
            box.shutdown()


def _new_messages(box: _TimedImap, last: int) -> Iterator[tuple[int, int]]:
    """(UID, size) of the messages after `last`, in the order of their UIDs."""
    _, found = box.uid("SEARCH", f"UID {last + 1}:*")
    # "7:*" names the last message even if its UID is 5.
    uids = sorted(uid for uid in map(int, (found[0] or b"").split()) if uid > last)
    for start in range(0, len(uids), _AT_ONCE):
        some = uids[start : start + _AT_ONCE]
        _, lines = box.uid("FETCH", ",".join(map(str, some)), "(RFC822.SIZE)")
        sizes = dict(_uid_and_size(line) for line in lines if isinstance(line, bytes))
        # One that is gone since the search has no size any more.
        yield from ((uid, sizes[uid]) for uid in some if uid in sizes)


def _uid_and_size(line: bytes) -> tuple[int, int]:
    uid, size = re.search(rb"\bUID (\d+)", line), re.search(rb"\bRFC822\.SIZE (\d+)", line)
    return (int(uid[1]), int(size[1])) if uid and size else (0, 0)


def _message(box: _TimedImap, uid: int, size: int, limit: int) -> Iterator[bytes]:
    if size > limit:
        raise ItemError(f"message of {size} bytes, larger than max_bytes = {limit}", final=True)
    try:
        _, parts = box.uid("FETCH", str(uid), "(BODY.PEEK[])")
    except (OSError, imaplib.IMAP4.error) as error:
        raise SourceError(f"message {uid} was cut off: {error}") from error
    for part in parts:
        if isinstance(part, tuple):
            stated = _LITERAL.search(part[0])
            if stated and len(part[1]) != int(stated[1]):
                raise SourceError(f"message {uid} was cut off at {len(part[1])} bytes of {int(stated[1])}")
            yield part[1]
            return
    raise ItemError("the message is gone", final=True)


def _quoted(mailbox: str) -> str:
    """A mailbox's name as IMAP writes it: modified UTF-7 (RFC 3501, 5.1.3), quoted."""

    def shifted(found: re.Match[str]) -> str:
        return "&" + base64.b64encode(found[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"

    text = re.sub(r"[^\x20-\x7e]+", shifted, mailbox.replace("&", "&-"))
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
