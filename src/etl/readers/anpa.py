"""ANPA 1312: the layout AP and others sent text in. `read` takes streams of any number of transmissions.

Layout of one transmission, control characters in angle brackets:

    <SYN><SYN><SOH>W2870<US>asian            service letter, number, version word
    r a<DC3><DC1> BC-US--Storm  11-13 0466   priority, category, format, slug, date
    <STX>^BC-US--Storm, 1st Ld,466<          keyword line: slug, version, words
    ^Storm closes roads<                     headline; then pictures, notes, byline
    <HT>   DENVER (AP) _ Snow ...            paragraphs
    <ETX>AP-WF-11-13-13 1509GMT<             end line: service, date, zone
    <FF><EOT>
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from etl.readers.base import Reader
from etl.readers.clock import moment, month_of, zone_of
from etl.readers.encoding import decode
from etl.readers.sight import Sight
from etl.readers.transmissions import ETX, STX, fault_of, read_transmissions
from etl.records import Delivery, Instant, Reject, Related, Remark, Status, Story

FORMAT = "anpa"

_CLAIM = re.compile(r"\x01[ ]?[A-Za-z]{0,3}[ ]?\d{2,5}[ ]?\x1f|[\x13\x14][\x11\x12][ ]", re.ASCII)
_FIRST_LINE = re.compile(r"\x01\s?([A-Za-z]*)\s?(\d*)\s?\x1f?([^\r\n]*)")
_SECOND_LINE = re.compile(
    r"^[ ]?([A-Za-z])[ ]([A-Za-z])[ ]?(?:[\x13\x14]?([\x11\x12]?))[ ]*(\S[^\r\n]*?)?"
    r"(?:[ ]+(\d\d-\d\d))?(?:[ ]+(\d{1,5}))?[ ]*\r?$",
    re.MULTILINE,
)
_END_LINE = re.compile(
    r"\^?\s*([A-Z][A-Z0-9]*(?:-[A-Z0-9]*[A-Z][A-Z0-9]*)*)?-?(\d\d)-(\d\d)-(\d\d|\d{4})\s+(\d\d)(\d\d)\s*([A-Za-z]{1,4})?"
)
_COLUMNS = re.compile(r"[ ]*[\x1e\x1f][\x1e\x1f ]*")
_FIXED_SPACE = re.compile(r"[ ]?\x10[ ]?")
_CONTROLS = dict.fromkeys({*range(0x20), 0x7F} - set(b"\t\n\x1e\x1f\x10"))
_IS_CONTROLLED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f{]").search
_HALF = re.compile(r"(?<=\d)\{|(?<![^\s])\{(?![^\s])")
_RELEASE = re.compile(r"([A-Z][a-z]{2,8})\.?\s+(\d{1,2})(?:,?\s+(\d{4}))?\b")
_ADVANCE = re.compile(r"\$?\badv\s*(\d{1,2})\b", re.IGNORECASE)
_PICTURE_IDS = re.compile(r"\b[A-Z]{2,}[A-Z0-9]*\d+\b")
_NOTE_LABEL = re.compile(
    r"\(?(?:editor.s note|editors. note|note to editors|eds|editors?)\b\.?\s*[:_-]*\s*", re.IGNORECASE
)
_BODY_MARKS = ("\t", "\x08", "   ", " \t")
_LONGEST_UNMARKED = 100
_WRAPPED = 45
"""Lines at least this long may be cut by the line length; shorter ones ended by themselves."""


def claim(seen: Sight) -> str | None:
    """Evidence: a transmission header with the US of a service line or the DC pair of a format."""
    start = seen.text.find("\x01")
    found = _CLAIM.search(seen.text, start, start + 120)
    if found is None:
        return None
    return "SOH and a service line with US" if "\x1f" in found.group() else "SOH and a DC format pair"


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """Every transmission of the file; one without ETX, header or text is a reject."""
    return read_transmissions(delivery, parse_transmission)


def parse_transmission(data: bytes, offset: int, path: str) -> Story | Reject:
    """One transmission, from SOH to EOT, as a story; a reject where it did not arrive whole."""
    text_at, end_at = data.find(STX), data.rfind(ETX)
    fault = fault_of(text_at, end_at)
    if fault:
        return Reject(path, offset, len(data), "read", *fault)
    decoded = decode(data[text_at + 1 : end_at])
    first, second = _header(data[:text_at].decode("latin-1"))
    copy = _read_copy(decoded.text, is_tabular=second.get("format") == "\x12")
    if not copy.paragraphs and not copy.headline:
        return Reject(path, offset, len(data), "read", "no_text", "nothing between STX and ETX")
    ending = _ending(data[end_at + 1 :].decode("latin-1"))
    release, remark = _release(copy, ending.when)
    category = second.get("category")
    return Story(
        format=FORMAT,
        byte_offset=offset,
        byte_length=len(data),
        text="\n".join(copy.paragraphs),
        encoding=decoded.encoding,
        encoding_evidence=decoded.evidence,
        provider=ending.service.split("-")[0] if ending.service else None,
        headline=copy.headline,
        bylines=tuple(copy.bylines),
        credit_line=copy.affiliation,
        slugline=copy.slug or second.get("slug"),
        published=ending.when,
        versioned=ending.when,
        embargo=release,
        priority_code=second.get("priority"),
        service=first.get("service"),
        item_number=first.get("number"),
        categories=(category,) if category else (),
        signals=tuple(copy.signals),
        status=copy.status,
        version=copy.version,
        ednote="\n".join(copy.ednotes or copy.readers_notes) or None,
        related=tuple(copy.related),
        take=copy.take,
        stated_word_count=copy.words,
        extra=_extra(first, second, copy, ending),
        remarks=remark,
    )


def _header(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """The fields of the service line and of the second line that are there."""
    first = _FIRST_LINE.search(text)
    service = dict(zip(("service", "number", "word"), first.groups(), strict=True)) if first else {}
    found = _SECOND_LINE.search(text, first.end() if first else 0)
    names = ("priority", "category", "format", "slug", "date", "count")
    second = dict(zip(names, found.groups(), strict=True)) if found else {}
    return _filled(service), _filled(second)


def _filled(fields: dict[str, str | None]) -> dict[str, str]:
    return {name: value.strip(" ") for name, value in fields.items() if value and value.strip(" ")}


@dataclass(slots=True)
class _Copy:
    """What stands between STX and ETX, as it is being read."""

    slug: str | None = None
    version: str | None = None
    words: int | None = None
    take: str | None = None
    headline: str | None = None
    affiliation: str | None = None
    release: str | None = None
    status: Status | None = None
    bylines: list[str] = field(default_factory=list)
    ednotes: list[str] = field(default_factory=list)
    readers_notes: list[str] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    deck: list[str] = field(default_factory=list)
    routing: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)


def _read_copy(text: str, *, is_tabular: bool) -> _Copy:
    copy = _Copy()
    lines = text.replace("\r", "").split("\n")
    end = len(lines)
    for at, line in enumerate(lines):
        after = (lines[number] for number in range(at + 1, len(lines)))  # a slice each would be quadratic
        if line.strip() and not _take_head_line(copy, line, after, is_tabular=is_tabular):
            end = at
            break
    _take_body(copy, lines[end:], is_tabular=is_tabular)
    return copy


def _take_head_line(copy: _Copy, line: str, after: Iterator[str], *, is_tabular: bool) -> bool:
    """Read one line of the head into its field; False where the body begins."""
    if line.startswith(_BODY_MARKS):
        return False
    stripped = line.strip()
    is_marked, ending = stripped.startswith("^"), stripped[-1:]
    if not is_marked and ending not in ("<", "=") and copy.slug and not _stands_above_text(copy, stripped, after):
        return False
    # Two header lines on one: "^*9006< ^AP-Top-Headlines,0176<"
    for piece in stripped.split("< ^"):
        content = piece.strip("^ \x08").rstrip("<= ").strip().translate(_CONTROLS)
        if content and not _take_head_piece(copy, content, ending, is_tabular=is_tabular):
            return False
    return True


def _stands_above_text(copy: _Copy, line: str, after: Iterator[str]) -> bool:
    """Whether a line without marks is of the head all the same: agencies that send none indent their paragraphs."""
    following = next((other for other in after if other.strip()), "")
    is_short = len(line) < _LONGEST_UNMARKED and not line.endswith(".")
    return (
        is_short and following.startswith(_BODY_MARKS) and (copy.headline is None or _rule_of("line", line) is not None)
    )


def _take_head_piece(copy: _Copy, content: str, ending: str, *, is_tabular: bool) -> bool:
    if copy.slug is None:
        _take_keyword_line(copy, content)
        return True
    rule = _rule_of("line", content)
    if rule:
        _take_kind(copy, str(rule["kind"]), content)
        return True
    if copy.headline is None:
        copy.headline = content
        return True
    if copy.bylines and copy.affiliation is None and _is_affiliation(content):
        copy.affiliation = content
        return True
    if ending == "<" and not copy.bylines:
        copy.deck.append(content)
        return True
    if is_tabular and not copy.bylines:  # "^All Times EDT=" above a table and its byline
        copy.paragraphs.append(content)
        return True
    return False


def _take_kind(copy: _Copy, kind: str, content: str) -> None:
    if kind == "picture":
        copy.related += [Related("picture", number) for number in _PICTURE_IDS.findall(content)]
    elif kind in ("ednote", "editors_note"):
        (copy.ednotes if kind == "ednote" else copy.readers_notes).append(_NOTE_LABEL.sub("", content).strip("() "))
    elif kind == "embargo":
        copy.release = f"{copy.release} {content}" if copy.release else content
    else:
        copy.bylines.append(content)


def _take_keyword_line(copy: _Copy, content: str) -> None:
    """`SLUG[, VERSION][, REFERENCE][, WORDCOUNT]`: "BC-US--Storm, 1st Ld-Writethru,1140"."""
    if content.startswith("*"):
        copy.routing.append(content)
        return
    parts = [part.strip() for part in content.split(",")]
    if len(parts) > 1 and parts[-1].isdecimal():
        copy.words = int(parts.pop()[:9])
    slug = [parts[0]]
    versions: list[str] = []
    for part in parts[1:]:
        rule = _rule_of("version", part)
        (versions if rule else slug).append(part)
        if rule:
            _take_version(copy, rule, part)
    copy.slug = ", ".join(slug)
    copy.version = ", ".join(versions) or None


def _take_version(copy: _Copy, rule: dict[str, Any], printed: str) -> None:
    if rule.get("signal"):
        copy.signals.append(rule["signal"])
    if rule.get("status"):
        copy.status = rule["status"]
    if rule.get("take"):
        copy.take = printed


def _take_body(copy: _Copy, lines: list[str], *, is_tabular: bool) -> None:
    previous = ""
    for line in lines:
        content = _clean(line) if _IS_CONTROLLED(line) else line
        content = content.strip(" \t")
        content = content.strip("^<= \t") if content.startswith("^") else content.rstrip("<= \t")
        begins = is_tabular or not previous or line.startswith(("^", *_BODY_MARKS)) or len(previous) < _WRAPPED
        if content and begins:
            copy.paragraphs.append(content)
        elif content:
            copy.paragraphs[-1] += " " + content
        previous = content


def _clean(line: str) -> str:
    """A line without wire layout: "<BS>Tampa<DLE> Bay<US><RS> 73<RS> 52" is a row of columns, `{` a half."""
    content = _FIXED_SPACE.sub(" ", line.translate(_CONTROLS))
    return _HALF.sub("½", _COLUMNS.sub("\t", content))


def _release(copy: _Copy, sent: Instant | None) -> tuple[Instant | None, tuple[Remark, ...]]:
    """ "For Release MON AMs, Aug. 3": the day as an instant, its year that of the end line."""
    if copy.release is None:
        return _advance(copy.version, sent), ()
    for name, day, year in _RELEASE.findall(copy.release):
        year_number = int(year) if year else sent.when.year if sent else None
        when = moment(year_number, month_of(name), int(day)) if year_number else None
        if when is not None and sent is not None and not year and (sent.when.month, when.month) == (12, 1):
            when = when.replace(year=when.year + 1)
        if when is not None:
            return Instant(copy.release, when, "day"), ()
    return None, (Remark("read", "embargo_without_date", copy.release[:200]),)


def _advance(version: str | None, sent: Instant | None) -> Instant | None:
    """ "Adv03": for use on the 3rd, of the month of the end line or, where that day is past, of the next."""
    found = _ADVANCE.search(version or "")
    if found is None or sent is None:
        return None
    day, month, year = int(found.group(1)), sent.when.month, sent.when.year
    if day < sent.when.day:
        month, year = month % 12 + 1, year + month // 12
    when = moment(year, month, day)
    return Instant(found.group(), when, "day") if when else None


@dataclass(frozen=True, slots=True)
class _Ending:
    line: str
    service: str | None = None
    when: Instant | None = None


def _ending(text: str) -> _Ending:
    """The end line: "AP-WF-11-13-13 1509GMT<"."""
    line = text.strip("\r\n\x0c\x04 \t\x7f\x16\x00").rstrip("<=").strip()
    found = _END_LINE.search(line)
    if found is None:
        return _Ending(line)
    service, month, day, year, hour, minute, zone = found.groups()
    offset = zone_of(zone)
    when: datetime | None = moment(int(year), int(month), int(day), int(hour), int(minute), zone=offset)
    if when is None:
        return _Ending(line, service)
    return _Ending(line, service, Instant(found.group().lstrip("^ "), when, "minute", zone))


def _extra(first: dict[str, str], second: dict[str, str], copy: _Copy, ending: _Ending) -> dict[str, str]:
    values = {
        "header/version_word": first.get("word"),
        "header/slug": second.get("slug"),
        "header/date": second.get("date"),
        "header/count": second.get("count"),
        "routing": " ".join(copy.routing),
        "deck": "\n".join(copy.deck),
        "editors_note": "\n".join(copy.readers_notes) if copy.ednotes else None,
        "end_line": None if ending.when else ending.line,
        "end_line/service": ending.service,
    }
    return {path: value for path, value in values.items() if value}


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(files("etl.readers").joinpath("data/anpa.toml").read_text(encoding="utf-8"))


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """All patterns of `version` or `line` as one; the group that matched is numbered as its rule."""
    patterns = (f"(?P<rule{i}>{rule['pattern']})" for i, rule in enumerate(_rules()[kind]))
    return re.compile("|".join(patterns), re.IGNORECASE)


def _rule_of(kind: str, content: str) -> dict[str, Any] | None:
    found = _pattern(kind).match(content)
    if found is None or found.lastgroup is None:
        return None
    return dict(_rules()[kind][int(found.lastgroup.removeprefix("rule"))])


@cache
def _affiliation_words() -> frozenset[str]:
    return frozenset(_rules()["affiliation"]["words"])


def _is_affiliation(content: str) -> bool:
    return not _affiliation_words().isdisjoint(re.findall(r"\w+", content.lower()))


READER = Reader(FORMAT, "transmission", claim, read)
