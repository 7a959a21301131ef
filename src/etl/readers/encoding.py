"""Bytes to text by evidence: what is declared, then what decodes strictly, then what can be repaired.

The declaration is a claim, the bytes are the proof: AFP and Ritzau declare ISO-8859-1 over UTF-8
bytes, PA declares UTF-8 over Latin-1, and nearly everybody's ISO-8859-1 is really CP1252. Splitting a file
into stories is done on bytes before decoding, so byte offsets never depend on what is decided here.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Evidence = Literal["declared", "strict", "repaired", "fallback"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec that gave it, and how the codec was settled.

    `declared`: the declaration (or a byte order mark) holds. `strict`: nothing was declared and the bytes
    are valid UTF-8. `repaired`: the declaration is wrong and another codec explains every byte. `fallback`:
    nothing was declared, the bytes are not UTF-8, and Western European was assumed.
    """

    text: str
    encoding: str
    evidence: Evidence


# Codecs a wire file may declare. Python knows more, among them ones that are no character encodings or
# that turn harmless bytes into markup (utf-7, unicode_escape, punycode).
# fmt: off
_ALLOWED = frozenset((
    "ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be",
    "iso8859-1", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7",
    "iso8859-8", "iso8859-9", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16",
    "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp437",
    "cp850", "cp852", "cp855", "cp866", "cp874", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic",
    "tis-620", "big5", "big5hkscs", "gb2312", "gbk", "gb18030", "euc_jp", "euc_kr", "cp932", "cp949",
    "shift_jis", "iso2022_jp",
))
# fmt: on
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the UTF-16 one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BOM_STARTS = frozenset(mark[:1] for mark, _ in _BOMS)
_WESTERN = frozenset(("ascii", "iso8859-1", "cp1252"))
_C1 = re.compile(rb"[\x80-\x9f]")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_XML_DECLARATION = re.compile(rb"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")


@lru_cache(maxsize=256)
def codec_name(declared: str | None) -> str | None:
    """The Python name of a declared character set, None where it is absent, unknown or not allowed."""
    if not declared:
        return None
    try:
        name = codecs.lookup(declared.strip()).name
    except (LookupError, ValueError):
        return None
    return name if name in _ALLOWED else None


def byte_order_mark(data: bytes) -> tuple[str, int] | None:
    """The codec a byte order mark declares, and the mark's length in bytes."""
    if data[:1] in _BOM_STARTS:
        for mark, name in _BOMS:
            if data.startswith(mark):
                return name, len(mark)
    return None


def sixteen_bit_order(data: bytes) -> str | None:
    """`utf-16-le` or `utf-16-be` for UTF-16 without a mark: ASCII in it has NUL as every other byte."""
    sample = data[:1024]
    sample = sample[: len(sample) // 2 * 2]
    if len(sample) < 4 or 0 not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.3 and even == 0:
        return "utf-16-le"
    if even > half * 0.3 and odd == 0:
        return "utf-16-be"
    return None


def xml_declared(data: bytes) -> str | None:
    """The encoding that an XML declaration in the first bytes names, as printed."""
    mark = byte_order_mark(data)
    found = _XML_DECLARATION.match(data[:512], mark[1] if mark else 0)
    return found.group(1).decode("ascii") if found else None


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decode bytes by the evidence in them; never raises, never leaves U+FFFD for a byte that means something.

    Args:
        data: the bytes of one story or file, a byte order mark included if there is one.
        declared: character set named by the file, as printed.
    """
    mark = byte_order_mark(data)
    if mark:
        name, length = mark
        text = _strictly(data[length:], name)
        if text is not None:
            return Decoded(text, name, "declared")
        data = data[length:] if name == "utf-8" else data
    wanted = codec_name(declared)
    if data.isascii() and 0 not in data and not (wanted or "").startswith(("utf-16", "utf-32", "iso2022")):
        return Decoded(data.decode("ascii"), wanted or "utf-8", "declared" if wanted else "strict")
    return _wide(data, wanted) or _eight_bit(data, wanted)


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _wide(data: bytes, wanted: str | None) -> Decoded | None:
    """UTF-16 without a mark, where the bytes show it."""
    name = sixteen_bit_order(data)
    if name is None:
        return None
    text = _strictly(data, name)
    if text is None:
        return None
    return Decoded(text, name, "declared" if wanted in ("utf-16", name) else "repaired")


def _eight_bit(data: bytes, wanted: str | None) -> Decoded:
    text = _strictly(data, "utf-8")
    if text is not None and _is_utf8_evidence(data, wanted):
        if wanted == "utf-8":
            return Decoded(text, "utf-8", "declared")
        return Decoded(text, "utf-8", "repaired" if wanted else "strict")
    if wanted and wanted not in _WESTERN and wanted != "utf-8":
        text = _strictly(data, wanted)
        if text is not None:
            return Decoded(text, wanted, "declared")
    return _mostly_utf8(data) or _western(data, wanted)


def _is_utf8_evidence(data: bytes, wanted: str | None) -> bool:
    """Two CJK characters may be valid UTF-8 by chance ("联通" in GBK); three sequences in a row hardly are."""
    if wanted is None or wanted in _WESTERN or wanted.startswith(("utf", "iso8859", "cp125")):
        return True
    return len(_MULTIBYTE.findall(data[:65536])) >= 3


def _mostly_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with stray bytes of a Western code page, as pasted into a UTF-8 system."""
    sample = data[:65536]
    if _MULTIBYTE.search(sample) is None:
        return None
    good = len(_MULTIBYTE.findall(sample))
    stray = len(_HIGH.findall(_MULTIBYTE.sub(b"", sample)))
    if good <= stray:
        return None
    return Decoded(data.decode("utf-8", "copydesk-western"), "utf-8", "repaired")


def _western(data: bytes, wanted: str | None) -> Decoded:
    """Latin-1, or CP1252 where the bytes that Latin-1 calls control characters are used (curly quotes)."""
    holds_c1 = _C1.search(data) is not None
    cp1252 = _strictly(data, "cp1252") if holds_c1 or wanted == "cp1252" else None
    name = "cp1252" if cp1252 is not None else "iso8859-1"
    text = cp1252 if cp1252 is not None else data.decode("latin-1")
    if wanted is None:
        return Decoded(text, name, "fallback")
    return Decoded(text, name, "declared" if wanted == name else "repaired")


def _stray_western(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: bytes that are not UTF-8 are read as CP1252, or Latin-1 where that has a hole."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    piece = error.object[error.start : error.end]
    return "".join(_strictly(bytes((b,)), "cp1252") or chr(b) for b in piece), error.end


codecs.register_error("copydesk-western", _stray_western)
