"""E-mail: one message (.eml) or a mailbox of them (mbox), one story a message.

The subject is the headline; the text is that of the plain part, or of the HTML part where there is no plain one.
Attachments are named, not read.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email import errors, message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from etl.readers.base import Reader
from etl.readers.clock import parse_time
from etl.readers.encoding import Decoded, decode
from etl.readers.gather import Gathered
from etl.readers.layout import Layout, lay_out, plain_lines
from etl.readers.markup import Piece, RefusalError, parse_html
from etl.readers.sight import Sight
from etl.readers.window import Window
from etl.records import Block, Delivery, Limits, Reject, Related, Story

FORMAT = "eml"

Mail = Message

_FROM_LINE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From [^\r\n]{1,200}\d{4}[^\r\n]{0,20}\r?\n(?=[A-Za-z][\w-]*:)")
_FROM_LENGTH = 256
_MAX_PARTS = 1000
_ID = re.compile(r"<([^<>\s]+)>")
# Headers that a field holds, that say how the message is built, or that postal systems put there on the way.
_NOT_EXTRA = re.compile(
    r"(?:subject|from|date|message-id|keywords|content-.*|mime-version|received.*|dkim-.*|arc-.*|authentication-.*"
    r"|x-(?:google|ms|spam|received|forefront|microsoft|proofpoint|mimecast).*|return-path|delivered-to|in-reply-to|references)",
    re.IGNORECASE,
)
_CUT = (
    errors.CloseBoundaryNotFoundDefect,
    errors.StartBoundaryNotFoundDefect,
    errors.InvalidBase64LengthDefect,
    errors.InvalidBase64PaddingDefect,
)


def claim(seen: Sight) -> str | None:
    """Evidence: header fields of mail, with one that only mail has."""
    return "a mailbox of messages" if seen.text.startswith("From ") else "mail header fields"


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """Each message of the file; one that is cut off or has neither subject nor text is a reject."""
    count = 0
    for piece in _messages(delivery):
        if isinstance(piece, Reject):
            yield piece
            continue
        count += 1
        if count > delivery.limits.max_stories:
            rest = max(delivery.size - piece.offset, piece.length)
            yield Reject(delivery.path, piece.offset, rest, "read", "too_many_stories", "more messages than allowed")
            return
        try:
            yield _story(piece, delivery.limits)
        except RefusalError as refusal:
            yield refusal.as_reject(delivery.path, piece.offset, piece.length)


def _messages(delivery: Delivery) -> Iterator[Piece | Reject]:
    """The messages of a mailbox, cut at their "From " lines; a file without such a line is one message."""
    window, limit = Window(delivery.stream), delivery.limits.max_story_bytes
    window.grow()
    is_mailbox = _FROM_LINE.match(window.data) is not None
    searched = 1
    while True:
        found = _FROM_LINE.search(window.data, window.at + searched) if is_mailbox else None
        ahead = len(window.data) - window.at
        if ahead > limit + _FROM_LENGTH and not found:
            rest = max(delivery.size - window.offset, ahead)
            detail = f"no message of more than {limit} bytes is read"
            yield Reject(delivery.path, window.offset, rest, "read", "too_large", detail)
            return
        if found is None and not window.ended:
            searched = max(1, ahead - _FROM_LENGTH)
            window.grow()
            continue
        end = found.start() if found else len(window.data)
        data = window.data[window.at : end]
        if data.strip():
            yield Piece(window.offset, len(data), data)
        window.at, searched = end, 1
        if found is None:
            return


def _story(piece: Piece, limits: Limits) -> Story:
    data = piece.data.lstrip(b"\r\n \t\x00")
    if data.startswith(b"From "):
        data = data.partition(b"\n")[2]
    try:
        message = message_from_bytes(data, policy=policy.compat32)
        parts = _parts(message)
    except RecursionError:
        raise RefusalError("too_deep", "parts nest too deeply") from None
    layout, decoded = _text(parts, limits)
    _refuse_cut(message, parts)
    found = Gathered()
    _take_headers(found, message)
    for part in parts:
        name = _file_name(part)
        if name:
            found.add("related", Related("attachment", name))
    if not layout.text and not found.fields.get("headline"):
        raise RefusalError("no_text", "a message with neither subject nor text")
    return found.story(FORMAT, piece, decoded.encoding, decoded.evidence, layout)


def _parts(message: Mail) -> list[Mail]:
    """The leaves of the message in their order; messages inside the message are left closed."""
    leaves: list[Mail] = []
    queue: list[Mail] = [message]
    while queue and len(leaves) < _MAX_PARTS:
        part = queue.pop(0)
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            queue = [inner for inner in part.get_payload() if isinstance(inner, Message)] + queue
        else:
            leaves.append(part)
    return leaves


def _refuse_cut(message: Mail, parts: list[Mail]) -> None:
    queue = [message, *parts]
    for part in queue:
        defect = next((d for d in part.defects if isinstance(d, _CUT)), None)
        if defect is not None:
            raise RefusalError("truncated", f"{type(defect).__name__} in a part of type {part.get_content_type()}")


def _text(parts: list[Mail], limits: Limits) -> tuple[Layout, Decoded]:
    """The first plain part that has text, else the first HTML part."""
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() != kind or _is_attached(part):
                continue
            decoded = _decoded(part)
            layout = _plain(decoded.text, part) if kind == "text/plain" else _html(decoded.text, limits)
            if layout.text:
                return layout, decoded
    return Layout(""), Decoded("", "utf-8", "strict")


def _is_attached(part: Mail) -> bool:
    return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")


def _decoded(part: Mail) -> Decoded:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, binascii.Error):
        payload = None
    charset = part.get_param("charset")
    name = charset[2] if isinstance(charset, tuple) else charset
    return decode(payload if isinstance(payload, bytes) else b"", str(name) if name else None)


def _plain(text: str, part: Mail) -> Layout:
    text = text.replace("\r\n", "\n").replace("\x00", "")
    if str(part.get_param("format", "")).lower() == "flowed":  # RFC 3676: a line that ends in a space runs on
        text = re.sub(r"(?m)^ (?=From |>| )", "", re.sub(r"(?<!\n--) \n", " ", text))
    body, mark, signature = text.partition("\n-- \n")
    layout = plain_lines(body)
    if not mark or not signature.strip():
        return layout
    foot = plain_lines(signature).text
    start = len(layout.text) + 1 if layout.text else 0
    whole = f"{layout.text}\n{foot}" if layout.text else foot
    return Layout(whole, (*layout.blocks, Block(start, len(whole), "contact", "mail_signature")))


def _html(text: str, limits: Limits) -> Layout:
    root = parse_html(text)
    return Layout("") if root is None else lay_out(root, rule=FORMAT, max_depth=limits.max_depth)


def _take_headers(found: Gathered, message: Mail) -> None:
    found.first("headline", _header(message, "Subject"))
    senders = getaddresses([_header(message, "From") or ""])
    found.first("provider", next((name or address for name, address in senders if name or address), None))
    found.keep("From", _header(message, "From"))
    printed = _header(message, "Date")
    instant = parse_time(printed)
    if instant is None:
        found.keep("Date", printed)
    found.first("published", instant)
    own = _ID.search(_header(message, "Message-ID") or "")
    found.first("guid", own.group(1) if own else _header(message, "Message-ID"))
    for word in (_header(message, "Keywords") or "").split(","):
        found.add("keywords", word.strip())
    found.first("language", _header(message, "Content-Language"))
    for target in _ID.findall(f"{_header(message, 'In-Reply-To') or ''} {_header(message, 'References') or ''}"):
        found.add("related", Related("reply_to", target))
    for name in dict.fromkeys(message.keys()):
        if not _NOT_EXTRA.fullmatch(name):
            found.keep(name[:80], _header(message, name))


def _header(message: Mail, name: str) -> str | None:
    """A header's value as text, encoded words decoded, on one line."""
    value = message.get(name)
    if value is None:
        return None
    try:
        pieces = decode_header(str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    except (errors.HeaderParseError, ValueError, binascii.Error):
        pieces = [(str(value), None)]
    text = "".join(decode(piece, charset).text if isinstance(piece, bytes) else piece for piece, charset in pieces)
    return " ".join(text.replace("\x00", "").encode("utf-8", "replace").decode().split()) or None


def _file_name(part: Mail) -> str | None:
    try:
        name = part.get_filename()
    except (ValueError, LookupError):
        return None
    return " ".join(name.encode("utf-8", "replace").decode().split()) if name else None


READER = Reader(FORMAT, "mail", claim, read)
