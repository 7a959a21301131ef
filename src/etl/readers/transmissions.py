"""Transmissions: cutting a stream of wire bytes (ANPA 1312, IPTC 7901) at its control characters.

A transmission begins with SOH, which SYNs or DELs may come before, and ends with EOT; where EOT was lost it
ends at the next SOH. Text that lacks its ETX did not arrive whole. All cutting is done on bytes, in
chunks, so offsets are those of the delivered file and memory holds one transmission and one chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from etl.readers.window import Window
from etl.records import Delivery, Reject, Story

SOH, STX, ETX, EOT = b"\x01", b"\x02", b"\x03", b"\x04"
_PADDING = b"\x16\x7f\x00"
_LONGEST_PADDING = 4096
_LAYOUT = _PADDING + b"\x04\x0c\r\n\t \x1a"


@dataclass(frozen=True, slots=True)
class Transmission:
    """The bytes of one transmission, padding before its SOH included, and where they begin in the file."""

    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """Bytes that are no transmission: `stray_bytes` between two, or `story_too_long`."""

    offset: int
    length: int
    reason: str


ParseTransmission = Callable[[bytes, int, str], Story | Reject]


def read_transmissions(delivery: Delivery, parse: ParseTransmission) -> Iterator[Story | Reject]:
    """Each transmission of a file through `parse` (its bytes, its offset, the path), in file order."""
    count = 0
    for piece in split_transmissions(delivery.stream, delivery.limits.max_story_bytes):
        if isinstance(piece, Refused):
            detail = f"{piece.length} bytes that belong to no whole transmission"
            yield Reject(delivery.path, piece.offset, piece.length, "read", piece.reason, detail)
            continue
        count += 1
        if count > delivery.limits.max_stories:
            length = max(delivery.size - piece.offset, len(piece.data))
            detail = f"more than {delivery.limits.max_stories} transmissions in one file"
            yield Reject(delivery.path, piece.offset, length, "read", "too_many_stories", detail)
            return
        yield parse(piece.data, piece.offset, delivery.path)


def fault_of(text_at: int, end_at: int) -> tuple[str, str] | None:
    """Why a transmission with its STX and ETX at these places (-1 for absent) is no whole story; None if it is."""
    if text_at < 0:
        return "no_text", "transmission without STX"
    if end_at < text_at:
        return "truncated", "transmission without ETX: the end of the story did not arrive"
    return None


def split_transmissions(stream: BinaryIO, max_bytes: int) -> Iterator[Transmission | Refused]:
    """Cut a stream, from where it stands, into transmissions and the stretches that are none."""
    window = Window(stream)
    while True:
        outside = _pass_until(window, SOH)
        if outside.strays:
            yield Refused(outside.offset, outside.length, "stray_bytes")
        if not window.has_data():
            return
        yield _take_transmission(window, max_bytes)


@dataclass(slots=True)
class _Outside:
    offset: int
    length: int
    strays: bool


def _pass_until(window: Window, mark: bytes) -> _Outside:
    """Move to the padding before the next mark (or to the end) and say what was passed over."""
    passed = _Outside(window.offset, 0, False)
    while True:
        found = window.data.find(mark, window.at)
        end = len(window.data) if found < 0 else found
        # Padding at the end may belong to a mark that is still to come, unless there is far too much of it.
        kept = window.data[window.at : end].rstrip(_PADDING)
        if found < 0 and (window.ended or end - window.at - len(kept) > _LONGEST_PADDING):
            kept = window.data[window.at : end]
        passed.strays = passed.strays or bool(kept.strip(_LAYOUT))
        passed.length += len(kept)
        window.at += len(kept)
        if found >= 0 or (window.ended and not window.has_data()):
            return passed
        window.grow()


def _take_transmission(window: Window, max_bytes: int) -> Transmission | Refused:
    """The transmission at the window's place. One that is longer than the limit is passed over unread."""
    scanned = window.data.find(SOH, window.at) + 1 - window.at
    while True:
        end = _end_of_transmission(window, scanned)
        if end is not None:
            break
        scanned = len(window.data) - window.at
        if scanned > max_bytes:
            return _pass_over(window)
        if not window.grow():
            end = len(window.data)
            break
    piece = Transmission(window.base + window.at, window.data[window.at : end])
    window.at = end
    if len(piece.data) > max_bytes:
        return Refused(piece.offset, len(piece.data), "story_too_long")
    return piece


def _end_of_transmission(window: Window, scanned: int) -> int | None:
    """Behind the EOT, or before the padding of a SOH that comes first; None when neither is in the window."""
    data, begin = window.data, window.at + scanned
    end = data.find(EOT, begin)
    next_start = data.find(SOH, begin, len(data) if end < 0 else end)
    if next_start >= 0:
        return window.at + len(data[window.at : next_start].rstrip(_PADDING))
    return end + 1 if end >= 0 else None


def _pass_over(window: Window) -> Refused:
    offset = window.base + window.at
    window.at = len(window.data)
    while window.grow():
        end = _end_of_transmission(window, 0)
        if end is not None:
            window.at = end
            break
        window.at = len(window.data)
    return Refused(offset, window.base + window.at - offset, "story_too_long")
