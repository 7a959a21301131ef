"""A first look at a file: what kind of thing its first bytes are, which readers then claim by.

Each kind excludes the others, so that readers of different kinds can never claim the same file; readers of
one kind tell themselves apart by the root element, the keys or the layout.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from etl.readers.encoding import byte_order_mark, sixteen_bit_order

Kind = Literal["empty", "binary", "transmission", "warc", "mail", "xml", "sgml", "html", "json", "text", "no_copy"]


@dataclass(frozen=True, slots=True)
class Sight:
    """What the first bytes look like.

    `text` is the head decoded for looking at only (Latin-1 for 8-bit files), without byte order mark and leading
    white space. `root` and `namespace` name the root element of XML and HTML as printed, without prefix.
    `detail` says what was seen, for a reject. `no_copy` is text that is meant for programs.
    """

    kind: Kind
    text: str
    detail: str
    root: str | None = None
    namespace: str | None = None


_MAGIC = {
    b"\xff\xd8\xff": "JPEG image",
    b"\x89PNG": "PNG image",
    b"GIF8": "GIF image",
    b"%PDF": "PDF document",
    b"PK\x03\x04": "zip archive",
    b"\x1f\x8b": "gzip data",
    b"BZh91AY&SY": "bzip2 data",
    b"\xfd7zXZ\x00": "xz data",
    b"\x28\xb5\x2f\xfd": "zstd data",
    b"\x7fELF": "program",
    b"MZ\x90": "program",
    b"\xd0\xcf\x11\xe0": "OLE document",
    b"RIFF": "RIFF media",
    b"ID3": "MP3 sound",
    b"OggS": "Ogg media",
    b"PAR1": "Parquet file",
    b"SQLite format 3\x00": "SQLite database",
}
_MAGIC_STARTS = frozenset(magic[:1] for magic in _MAGIC)
# The wire itself uses control characters (SYN, SOH, STX, ETX, BS, FF, DC1-4, US, DEL): some do not make a file binary.
_WIRE_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\r\x0c"))
_TRANSMISSION = re.compile(rb"[\x16\x7f\x00\x04\x0c \t\r\n]*\x01[\x20-\x7e]{2}[\x1f-\x7e]")
_SPACE = re.compile(r"\s*")
_DOCTYPE = re.compile(r"<!DOCTYPE(?:\s+([A-Za-z][\w.-]*))?[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)([^<]*)", re.DOTALL)
_NAMESPACE = re.compile(r"""\bxmlns(?::([\w.-]+))?\s*=\s*["']([^"']*)["']""")
_MAIL = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*)+")
_MAIL_FIELD = re.compile(
    r"^(?:from|to|date|received|message-id|mime-version|return-path|delivered-to|content-type|subject|x-[\w-]+):",
    re.IGNORECASE | re.MULTILINE,
)
_MAIL_PROOF = re.compile(
    r"^(?:message-id|mime-version|received|return-path|delivered-to):", re.IGNORECASE | re.MULTILINE
)
# Examples: "#!/bin/sh", "#! /usr/bin/env python3"
_PROGRAM = re.compile(r"#![ \t]*/(?:[\w.-]+/)*(?:env[ \t]+)?([\w.-]+)")
_DECLARATION = re.compile(r"<!(?:ELEMENT|ATTLIST|ENTITY|NOTATION)\s")
_HTML_ROOTS = frozenset(("html", "head", "body"))


def look(data: bytes) -> Sight:
    """Say what kind of file begins with these bytes, some 64 KB or all of it."""
    if not data.strip(b"\x00 \t\r\n\x0c\x1a"):
        return Sight("empty", "", "no bytes" if not data else "nothing but white space")
    magic = next((magic for magic in _MAGIC if data.startswith(magic)), None) if data[:1] in _MAGIC_STARTS else None
    if magic is not None and _is_no_word(magic, data):
        return Sight("binary", "", _MAGIC[magic])
    if _TRANSMISSION.match(data):
        return Sight("transmission", data.decode("latin-1"), "a transmission header (SOH)")
    if data.startswith(b"WARC/"):  # its records may hold compressed bytes
        return Sight("warc", data.decode("latin-1"), "a WARC record header")
    text = _as_text(data)
    if text is None:
        return Sight("binary", "", f"control characters, first bytes {data[:8].hex(' ')}")
    return _look_at_text(text.lstrip("\x00 \t\r\n\ufeff"))


def _is_no_word(magic: bytes, data: bytes) -> bool:
    """A magic number in plain letters ("RIFF", "ID3", "PAR1") may also be the first word of a story."""
    return len(magic) > 4 or not magic.isalnum() or 0 in data[:1024]


def _as_text(data: bytes) -> str | None:
    """The head as text for looking at, None where it is not text."""
    mark = byte_order_mark(data)
    wide = mark[0] if mark and mark[0] != "utf-8" else None if mark else sixteen_bit_order(data)
    if wide:
        return data[mark[1] if mark else 0 :].decode(wide, "replace")
    if mark:
        data = data[mark[1] :]
    sample = data[:4096]
    controls = len(sample) - len(sample.translate(None, _WIRE_CONTROLS))
    if sample.count(0) > len(sample) // 64 or controls > len(sample) // 20 + 8:
        return None
    return data.decode("latin-1")


def _look_at_text(text: str) -> Sight:
    if text.startswith("WARC/"):
        return Sight("warc", text, "a WARC record header")
    if text.startswith("<"):
        return _look_at_markup(text)
    if text.startswith(("{", "[")) and _opens_json(text):
        return Sight("json", text, "a JSON value")
    if text.startswith("#!") and (program := _PROGRAM.match(text)):
        return Sight("no_copy", text, f"a script for {program.group(1)}")
    if _is_mail(text):
        return Sight("mail", text, "mail header fields")
    return Sight("text", text, "plain text")


def _opens_json(text: str) -> bool:
    """A brace is JSON only with a key, a value or its end behind it: "[Eds: ...]" opens many a text story."""
    return re.match(r'\{\s*(?:"|\}|$)|\[\s*(?:[{\["\]0-9-]|true|false|null|$)', text) is not None


def _is_mail(text: str) -> bool:
    if text.startswith("From ") and "\n" in text:
        text = text.split("\n", 1)[1]
    block = _MAIL.match(text.replace("\r\n", "\n"))
    if block is None or not _MAIL_PROOF.search(block.group()):
        return False
    return len(_MAIL_FIELD.findall(block.group())) >= 3


def _look_at_markup(text: str) -> Sight:
    at, named = _pass_prolog(text)
    root = _ROOT.match(text, at)
    if named == "lewis" or (root and root.group(2) == "REUTERS"):
        return Sight("sgml", text, "Reuters SGML", "REUTERS")
    if root is None:
        if _DECLARATION.match(text, at):
            return Sight("no_copy", text, "a document type definition (DTD)")
        return Sight("text", text, "an angle bracket that opens no element")
    prefix, name, rest = root.groups()
    if named == "html" or name.lower() in _HTML_ROOTS:
        return Sight("html", text, f"an HTML page (<{name}>)", name.lower())
    spaces = {p or None: uri for p, uri in _NAMESPACE.findall(rest)} if "xmlns" in rest else {}
    return Sight("xml", text, f"XML with root element {name}", name, spaces.get(prefix))


def _pass_prolog(text: str) -> tuple[int, str | None]:
    """Where the prolog of a document ends, and what its DOCTYPE names, in lower case."""
    at, named = 0, None
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
        if text.startswith("<?", at):
            end = text.find("?>", at) + 2
        elif text.startswith("<!--", at):
            end = text.find("-->", at) + 3
        elif (doctype := _DOCTYPE.match(text, at)) is not None:
            named, end = named or doctype.group(1), doctype.end()
        else:
            end = 0
        if end <= at:
            return at, named.lower() if named else None
        at = end
