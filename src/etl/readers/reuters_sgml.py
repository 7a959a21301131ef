"""Reuters SGML: files of many `<REUTERS>` elements, as the Reuters-21578 collection keeps its 1987 wire.

The files are no XML: control characters stand in them as references (`&#2;`, `&#31;`), `>` is
never escaped, the DTD is elsewhere. Elements are therefore cut by their tags and read field by field.
`<UNKNOWN>` keeps the ANPA header of the transmission: desk letters, service number, priority, category and slug.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etl.readers.base import Reader
from etl.readers.clock import moment, month_of
from etl.readers.elements import Piece, cut_elements
from etl.readers.encoding import Decoded, decode
from etl.readers.sight import Sight
from etl.readers.window import Window
from etl.records import Block, Delivery, Instant, Reject, Remark, Story, Subject

FORMAT = "reuters_sgml"

_ATTRIBUTE = re.compile(r'([A-Z]+)="([^"]*)"')
_DATE = re.compile(r"\s*(\d{1,2})-([A-Z]{3})-(\d{4})\s+(\d\d):(\d\d):(\d\d)(?:\.\d+)?\s*")
_DAY = re.compile(r"(\d{1,2})-([A-Z]{3})-(\d{4})")
_TRANSMISSION = re.compile(r"(?:&#1;)?([a-z]?)(\d+)&#31;(\w*)")
_SECOND_LINE = re.compile(
    r"^\W*[a-z]?([a-z])[ ]([a-z])[ ](?:[A-Z]{2}-)?(.*?)(?:[ ]+(\d\d-\d\d))?(?:[ ]+(\d{4}))?[ ]*$", re.MULTILINE
)
_REFERENCE = re.compile(r"&#\d{1,7};?")
_BREAK = re.compile(r"\n(?:[ \t]|\s*\n)\s*")
_TRAILING = re.compile(r"[ \t]+\n")
_END_MARK = re.compile(r"\n[ \t]*(Reuter|REUTER)S?[.]?\s*$")
_PLACEHOLDER = "Blah blah blah."
"""What the collection's editors put for the body that a BRIEF never had."""
_FULL_LINE = 50
# Possessive: without it "<!<!<!..." costs the square of its length.
_PROLOG = re.compile(rb"(?:\s++|<!(?:[^<>]++|<[^<>]*+>)*+>)*+")
_CODES = re.compile(r"<(TOPICS|PLACES|PEOPLE|ORGS|EXCHANGES|COMPANIES)>\s*<D>(.*?)</D>\s*</\1>", re.DOTALL)


def claim(_: Sight) -> str | None:
    """Evidence: a DOCTYPE `lewis` or a first element `REUTERS`."""
    return "REUTERS elements"


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """Every `<REUTERS>` element of the file; one that is cut off or has no text is a reject."""
    count, is_silent = 0, True
    for piece in cut_elements(Window(delivery.stream), b"REUTERS", delivery.limits.max_story_bytes):
        fault = _fault(piece)
        if fault:
            is_silent = False
            yield Reject(delivery.path, piece.offset, piece.length, "read", *fault)
        if piece.kind != "element":
            continue
        count += 1
        if count > delivery.limits.max_stories:
            length = max(delivery.size - piece.offset, piece.length)
            detail = f"more than {delivery.limits.max_stories} stories in one file"
            yield Reject(delivery.path, piece.offset, length, "read", "too_many_stories", detail)
            return
        yield parse_element(piece.data, piece.offset, delivery.path)
    if is_silent and not count:
        yield Reject(delivery.path, 0, delivery.size, "read", "no_story", "not one whole REUTERS element")


def _fault(piece: Piece) -> tuple[str, str] | None:
    if piece.kind == "unclosed":
        return "truncated", "a REUTERS element without its end tag"
    if piece.kind == "too_long":
        return "story_too_long", f"a REUTERS element of {piece.length} bytes"
    if piece.kind == "outside" and not _PROLOG.fullmatch(piece.data):
        return "stray_bytes", f"{piece.length} bytes that belong to no REUTERS element"
    return None


def parse_element(data: bytes, offset: int, path: str) -> Story | Reject:
    """One `<REUTERS>` element as a story; a reject where it holds neither title nor text."""
    decoded = decode(data)
    source = decoded.text
    inner = _between(source, "<TEXT", "</TEXT>")
    if inner is None:
        return Reject(path, offset, len(data), "read", "no_text", "a REUTERS element without TEXT")
    attributes, _, inner = inner.partition(">")
    kind = dict(_ATTRIBUTE.findall(attributes)).get("TYPE", "NORM")
    title = _field(inner, "TITLE")
    text, blocks = _text(inner, kind)
    if not text and not title:
        return Reject(path, offset, len(data), "read", "no_text", f"a REUTERS element of type {kind} without text")
    return _story(decoded, inner, kind, title, text, blocks, offset, len(data))


def _story(
    decoded: Decoded,
    inner: str,
    kind: str,
    title: str | None,
    text: str,
    blocks: tuple[Block, ...],
    offset: int,
    length: int,
) -> Story:
    source = decoded.text
    published, remarks = _published(_between(source, "<DATE>", "</DATE>") or "")
    header = _header(_between(source, "<UNKNOWN>", "</UNKNOWN>") or "")
    codes = _codes(source[: source.find("<TEXT")])
    author = _field(inner, "AUTHOR")
    dateline = _field(inner, "DATELINE")
    return Story(
        format=FORMAT,
        byte_offset=offset,
        byte_length=length,
        text=text,
        encoding=decoded.encoding,
        encoding_evidence=decoded.evidence,
        provider="Reuters",
        headline=title,
        bylines=(author,) if author else (),
        dateline=dateline.rstrip(" -") if dateline else None,
        slugline=header.get("slug"),
        published=published,
        priority_code=header.get("priority"),
        service=header.get("service"),
        item_number=header.get("number"),
        categories=(header["category"],) if "category" in header else (),
        subjects=tuple(Subject(code, "topics") for code in codes.pop("TOPICS", ())),
        places=tuple(codes.pop("PLACES", ())),
        is_text_layout=kind == "UNPROC",
        blocks=blocks,
        extra=_extra(source, header, kind, codes),
        remarks=remarks,
    )


def _between(text: str, left: str, right: str) -> str | None:
    start = text.find(left)
    if start < 0:
        return None
    start += len(left)
    end = text.find(right, start)
    return text[start:end] if end >= 0 else None


def _field(text: str, tag: str) -> str | None:
    value = _between(text, f"<{tag}>", f"</{tag}>")
    return " ".join(_plain(value).split()) or None if value else None


def _codes(text: str) -> dict[str, list[str]]:
    """The code lists that hold any: `<TOPICS><D>grain</D><D>corn</D></TOPICS>`."""
    return {tag: [_plain(code).strip() for code in inner.split("</D><D>")] for tag, inner in _CODES.findall(text)}


def _plain(text: str) -> str:
    """Text without references: `&lt;` is "<", those of control characters are layout."""
    if "&" not in text:
        return text
    if "&#" in text:
        text = _REFERENCE.sub(" ", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _text(inner: str, kind: str) -> tuple[str, tuple[Block, ...]]:
    """The body, one line a paragraph; the end mark "Reuter" as a block of its own."""
    body = _between(inner, "<BODY>", "</BODY>")
    if body is None:
        # BRIEF and UNPROC have no BODY; a NORM story whose tag was lost keeps its text behind its last tag.
        body = inner.rpartition("</DATELINE>")[2].rpartition("</TITLE>")[2].replace("<BODY>", "")
    body = _plain(body.replace("\r", "")).strip(" \n\t*" if kind == "BRIEF" else " \n\t")
    if body == _PLACEHOLDER:
        return "", ()
    mark = _END_MARK.search(body)
    closing = mark.group(1) if mark else None
    if mark:
        body = body[: mark.start()]
    if " \n" in body:
        body = _TRAILING.sub("\n", body)
    body = _unprocessed(body) if kind == "UNPROC" else _BREAK.sub("\r", body).replace("\n", " ").replace("\r", "\n")
    if closing is None:
        return body, ()
    text = f"{body}\n{closing}"
    return text, (Block(len(body) + 1, len(text), "end_mark", "reuter_line"),)


def _unprocessed(body: str) -> str:
    """Lines that no editor tagged: rows of tables stay rows, full lines run on."""
    lines: list[str] = []
    previous = ""
    for line in body.split("\n"):
        if line.strip() and lines and len(previous) >= _FULL_LINE and not line.startswith(" "):
            lines[-1] += " " + line.strip()
        elif line.strip():
            lines.append(line.strip())
        previous = line
    return "\n".join(lines)


def _published(printed: str) -> tuple[Instant | None, tuple[Remark, ...]]:
    """ " 2-MAR-1987 09:28:21.66"; of damaged ones ("31-MAR-1987 605:12:19.12") the day alone."""
    found = _DATE.fullmatch(printed)
    if found:
        day, month, year, hour, minute, second = found.groups()
        when = moment(int(year), month_of(month), int(day), int(hour), int(minute), int(second))
        if when is not None:
            return Instant(printed.strip(), when), ()
    remark = (Remark("read", "date_damaged", printed.strip()[:80]),)
    part = _DAY.search(printed)
    when = moment(int(part.group(3)), month_of(part.group(2)), int(part.group(1))) if part else None
    return (Instant(printed.strip(), when, "day") if when else None), remark


def _header(unknown: str) -> dict[str, str]:
    """The ANPA header: desk letters, `f0704` + `reute`, "u f BC-BAHIA-COCOA-REVIEW   02-26 0105"."""
    sent = _TRANSMISSION.search(unknown)
    line = _SECOND_LINE.search(unknown, sent.end() if sent else 0)
    fields = dict(zip(("service", "number", "word"), sent.groups(), strict=True)) if sent else {}
    if line:
        fields |= dict(zip(("priority", "category", "slug", "date", "count"), line.groups(), strict=True))
    fields["desks"] = _plain(unknown[: sent.start()]).strip() if sent else _plain(unknown).strip()
    return {name: _plain(value) for name, value in fields.items() if value}


def _extra(source: str, header: dict[str, str], kind: str, codes: dict[str, list[str]]) -> dict[str, str]:
    extra = {f"@{name}": value for name, value in _ATTRIBUTE.findall(source[: source.find(">")])}
    extra |= {f"UNKNOWN/{name}": header[name] for name in ("desks", "word", "date", "count") if name in header}
    extra |= {tag: ", ".join(names) for tag, names in codes.items()}
    if kind != "NORM":
        extra["TEXT/@TYPE"] = kind
    note = _field(source, "MKNOTE")
    if note:
        extra["MKNOTE"] = note
    return extra


READER = Reader(FORMAT, "sgml", claim, read)
