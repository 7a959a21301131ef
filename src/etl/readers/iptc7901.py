"""IPTC 7901: the layout dpa, ats and others send text in. `read` takes streams of any number of items.

Layout of one item, control characters in angle brackets:

    <SOH>eca062 4 i 211 ccccb   dpa 061      service, number, priority, category, words, source
    Germany-politics/                        keywords
    <STX>1ST LEAD                            stage lines
    Headline =                               "=" ends the head, a byline may stand in it
        Munich (dpa) - Text ...              paragraphs, wrapped at about 69 characters
    # Notebook                               what follows is not for publication
    <ETX>071341 GMT Okt 15                   end line: day and time, zone, month, year
    <DEL><DEL><EOT>
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from etl.readers.base import Reader
from etl.readers.clock import moment, month_of, zone_of
from etl.readers.encoding import Decoded, decode
from etl.readers.sight import Sight
from etl.readers.transmissions import ETX, STX, fault_of, read_transmissions
from etl.records import Block, Delivery, Instant, Reject, Remark, Status, Story

FORMAT = "iptc7901"

_HEADER = re.compile(
    r"\x01\s*([A-Za-z]{1,5})[ ]?(\d{1,5})[ ]+(\d)[ ]+([A-Za-z]{1,4})(?:[ ]+(\d{1,5}))?(?![\d:])([^\r\n]*)"
)
_CLAIM = re.compile(r"\x01\s*[A-Za-z]{1,5}[ ]?\d{1,5}[ ]+\d[ ]+[A-Za-z]{1,4}\b(?![^\r\n]*\x1f)", re.ASCII)
_SOURCE = re.compile(r"(?:^|\s)([A-Za-z]{2,5})[ ]+(\d{2,6})\s*$")
_END_LINE = re.compile(
    r"(\d\d)(\d\d)(\d\d)\s*([A-Z]{2,5})?\s+([^\W\d_]{3,10})\.?\s+(\d{4}|\d\d)\s*([A-Za-z]{2,4})?(?![\w])"
)
_BYLINE = re.compile(r"(?:by|von|par|por|di|de nos|from)\s+\S.{2,}", re.IGNORECASE)
_CONTROLS = dict.fromkeys({*range(0x20), 0x7F} - set(b"\t\n\x1f"))
_CONTROL_BYTES = bytes({*range(0x20), 0x7F} - set(b"\t\n\r\x01\x02\x03\x04\x7f"))
_COLUMNS = re.compile(r"[ ]*\x1f[ ]*")
_DESK_CODES = re.compile(r"[a-z]{2,5}(?:[ ]+[a-z0-9]{1,5}){1,6}")
_DIN_66003 = str.maketrans("[\\]{|}~", "ÄÖÜäöüß")
_GERMAN = re.compile(r"\b(?:der|die|das|und|nicht)\b").search
_BRACED_LETTER = re.compile(r"[A-Za-z][{|}~](?=[a-z])").findall
_LEAST_BRACED = 3
_HEAD_LINES = 14
"""A head is at most so many lines; an "=" further down is text."""
_FULL_LINE = 45
"""Lines at least this long may be cut by the line length; shorter ones ended by themselves."""
_LONGEST_WRAPPED = 90
"""7901 copy is wrapped at about 69 characters; where lines are longer than this nobody wrapped them."""


def claim(seen: Sight) -> str | None:
    """Evidence: SOH and the service, number, priority and category of a 7901 header."""
    is_header = _CLAIM.match(seen.text, seen.text.find("\x01"))
    return "SOH and a header of service, number, priority, category" if is_header else None


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """Every item of the file; one without ETX, header or text is a reject."""
    return read_transmissions(delivery, parse_transmission)


def parse_transmission(data: bytes, offset: int, path: str) -> Story | Reject:
    """One item, from SOH to EOT, as a story; a reject where it did not arrive whole."""
    text_at, end_at = data.find(STX), data.rfind(ETX)
    fault = fault_of(text_at, end_at)
    if fault:
        return Reject(path, offset, len(data), "read", *fault)
    decoded = _national(decode(data[:end_at]))
    # Deleting bytes and comparing lengths is much faster than searching for any of them.
    is_controlled = len(data.translate(None, _CONTROL_BYTES)) != len(data)
    head_text, _, copy_text = decoded.text.partition("\x02")
    header = _header(head_text)
    if header is None:
        return Reject(path, offset, len(data), "read", "bad_header", f"no 7901 header: {head_text[:60]!r}")
    copy = _read_copy(_clean(copy_text, is_controlled or "\x7f" in copy_text).split("\n"))
    if not copy.paragraphs and not copy.headline:
        return Reject(path, offset, len(data), "read", "no_text", "nothing between STX and ETX")
    text, blocks = _lay_out(copy)
    when, remarks = _ending(data[end_at + 1 :].decode("latin-1"))
    return Story(
        format=FORMAT,
        byte_offset=offset,
        byte_length=len(data),
        text=text,
        encoding=decoded.encoding,
        encoding_evidence=decoded.evidence,
        provider=header.source,
        headline=copy.headline,
        bylines=tuple(copy.bylines),
        slugline=header.keywords,
        keywords=tuple(word for word in (header.keywords or "").split("/") if word),
        published=when,
        versioned=when,
        urgency=header.priority,
        service=header.service,
        item_number=header.item_number,
        categories=(header.category,),
        status=copy.status,
        signals=tuple(copy.signals),
        version=copy.version,
        stated_word_count=header.words,
        blocks=blocks,
        extra={k: v for k, v in header.extra.items() if v} | ({"head": "\n".join(copy.rest)} if copy.rest else {}),
        remarks=remarks,
    )


def _national(decoded: Decoded) -> Decoded:
    """German text in 7 bits, where brackets and braces stand for umlauts: "M}nchen" (ISO 646-DE, DIN 66003)."""
    text = decoded.text
    if decoded.encoding != "utf-8" or not text.isascii() or "}" not in text or not _GERMAN(text):
        return decoded
    if len(_BRACED_LETTER(text)) < _LEAST_BRACED:
        return decoded
    return Decoded(text.translate(_DIN_66003), "din_66003", "repaired")


def _clean(text: str, is_controlled: bool) -> str:
    """Text without wire controls: backspaces used as filler go, column breaks become tabs."""
    text = text.replace("\r", "")
    return _COLUMNS.sub("\t", text.translate(_CONTROLS)) if is_controlled else text


@dataclass(frozen=True, slots=True)
class _Header:
    service: str
    priority: int | None
    category: str
    words: int | None
    source: str | None
    item_number: str | None
    keywords: str | None
    extra: dict[str, str]


def _header(text: str) -> _Header | None:
    """ "eca062 4 i 211 ccccb   dpa 061" and the keyword lines under it."""
    found = _HEADER.search(text)
    if found is None:
        return None
    service, number, priority, category, words, rest = found.groups()
    source = _SOURCE.search(rest)
    lines = (line.strip().rstrip("/").strip() for line in text[found.end() :].split("\n"))
    return _Header(
        service=service,
        priority=int(priority) or None,
        category=category,
        words=int(words) if words else None,
        source=source.group(1) if source else None,
        item_number=source.group(2) if source else None,
        keywords=" ".join(line for line in lines if line) or None,
        extra={"header/number": number, "header/codes": (rest[: source.start()] if source else rest).strip()},
    )


@dataclass(slots=True)
class _Copy:
    """What stands between STX and ETX, as it is being read."""

    headline: str | None = None
    version: str | None = None
    status: Status | None = None
    bylines: list[str] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    notebook: list[str] = field(default_factory=list)
    desk_codes: str | None = None


def _read_copy(lines: list[str]) -> _Copy:
    copy = _Copy()
    end = _head_end(lines)
    _take_head(copy, [line.strip() for line in lines[:end] if line.strip()])
    body, notebook = _split_notebook(lines[end:])
    copy.paragraphs, copy.notebook = _paragraphs(body), _paragraphs(notebook)
    last = copy.notebook or copy.paragraphs
    if last and _DESK_CODES.fullmatch(last[-1]) and (copy.notebook or len(last) > 1):
        copy.desk_codes = last.pop()
    return copy


def _head_end(lines: list[str]) -> int:
    """The line behind the head: behind the last "=" that ends one, else behind the first block of lines."""
    end, seen = 0, 0
    for at, line in enumerate(lines):
        content = line.strip()
        seen += bool(content)
        if seen > _HEAD_LINES or (end and content and not content.endswith("=")):
            break
        if content.endswith("=") and content.strip("= \t^"):
            end = at + 1
    return end or _unmarked_head_end(lines)


def _unmarked_head_end(lines: list[str]) -> int:
    """Head lines marked "^...<" as in ANPA, else stage lines and one headline above a blank line."""
    at = 0
    while at < len(lines) and (lines[at].startswith("^") or lines[at].strip(" <") == "") and at < _HEAD_LINES:
        at += 1
    if any(line.startswith("^") for line in lines[:at]):
        return at
    for at, line in enumerate(lines[:4]):
        if line.startswith("   "):
            return 0 if at == 0 else at
        if not line.strip():
            return at if at and all(len(before) < _LONGEST_WRAPPED for before in lines[:at]) else 0
    return 0


def _take_head(copy: _Copy, lines: list[str]) -> None:
    previous = ""
    for line in lines:
        content = line.strip("^=< \t")
        stage = _stage_of(content)
        if not content:
            continue
        if stage is not None and copy.headline is None:
            _take_stage(copy, stage, content)
        elif _BYLINE.fullmatch(content) and copy.headline:
            copy.bylines.append(content)
        elif line.startswith("^") and copy.headline:
            copy.rest.append(content)
        elif copy.headline and not copy.bylines and _runs_on(previous):
            copy.headline += " " + content
        else:
            if copy.headline:
                copy.rest.append(copy.headline)
            copy.headline = content
        previous = line
    if copy.headline is None and copy.rest:  # an item headed by nothing but its stage line: "KILL KILL KILL ="
        copy.headline = copy.rest.pop()


def _runs_on(line: str) -> bool:
    """A headline line that the line length cut: long, and not closed by "=" or a colon."""
    return len(line) >= _FULL_LINE and not line.endswith(("=", ":", "<"))


def _take_stage(copy: _Copy, stage: dict[str, Any], content: str) -> None:
    if stage.get("signal"):
        copy.signals.append(stage["signal"])
    if stage.get("status"):
        copy.status = stage["status"]
    if stage.get("version"):
        copy.version = content
    else:
        copy.rest.append(content)


def _split_notebook(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines for publication and, from the notebook's heading on, those that are not."""
    letters = _notebook_letters()
    for at, line in enumerate(lines):
        if line and line[0] in letters and _notebook_pattern().match(line):
            return lines[:at], lines[at:]
    return lines, []


def _paragraphs(lines: list[str]) -> list[str]:
    """One string a paragraph: blank lines, indents and short lines end one; tables keep their lines."""
    is_wrapped = sum(length > _LONGEST_WRAPPED for length in map(len, lines)) * 10 <= len(lines)
    paragraphs: list[str] = []
    length = 0
    for line in lines:
        content = line.strip()
        if content:
            if length >= _FULL_LINE and is_wrapped and line[0] not in " \t-#*":
                paragraphs[-1] += " " + content
            else:
                paragraphs.append(content)
        length = len(content)
    return paragraphs


def _lay_out(copy: _Copy) -> tuple[str, tuple[Block, ...]]:
    """The text of body, notebook and desk codes, and the blocks of the latter two."""
    text = "\n".join(copy.paragraphs)
    blocks = []
    notebook, codes = "\n".join(copy.notebook), copy.desk_codes
    for piece, label, rule in ((notebook, "contact", "not_for_publication"), (codes, "desk_code", "desk_code_line")):
        if piece:
            start = len(text) + 1 if text else 0
            text = f"{text}\n{piece}" if text else piece
            blocks.append(Block(start, len(text), label, rule))
    return text, tuple(blocks)


def _ending(text: str) -> tuple[Instant | None, tuple[Remark, ...]]:
    """ "131137 GMT Nov 13": day, hour and minute, zone, month, year; "050932 sep 14EDT"."""
    found = _END_LINE.search(text)
    if found is not None:
        day, hour, minute, zone, month, year, late_zone = found.groups()
        printed_zone = zone or late_zone
        when = moment(int(year), month_of(month), int(day), int(hour), int(minute), zone=zone_of(printed_zone))
        if when is not None:
            return Instant(found.group().strip(), when, "minute", printed_zone), ()
    line = text.strip("\r\n\x04\x7f\x00 \t")
    return None, (Remark("read", "end_line_not_understood", line[:200] or "nothing behind ETX"),)


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(files("etl.readers").joinpath("data/iptc7901.toml").read_text(encoding="utf-8"))


@cache
def _stage_pattern() -> re.Pattern[str]:
    """All stage patterns as one; the group that matched is numbered as its rule."""
    patterns = (f"(?P<rule{i}>{rule['pattern']})" for i, rule in enumerate(_rules()["stage"]))
    return re.compile("|".join(patterns), re.IGNORECASE)


def _stage_of(content: str) -> dict[str, Any] | None:
    found = _stage_pattern().fullmatch(content) if len(content) <= 60 else None
    if found is None or found.lastgroup is None:
        return None
    return dict(_rules()["stage"][int(found.lastgroup.removeprefix("rule"))])


@cache
def _notebook_pattern() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{'|'.join(_rules()['notebook']['lines'])})\s*$", re.IGNORECASE)


@cache
def _notebook_letters() -> frozenset[str]:
    return frozenset(_rules()["notebook"]["first_letters"])


READER = Reader(FORMAT, "transmission", claim, read)
