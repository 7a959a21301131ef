"""What a reader is: a claim on a file by its first bytes, and a function from bytes to stories.

A reader is one module with three names - `FORMAT`, `claim` and `read` - listed in `etl.readers.READERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from etl.records import Delivery, Reject, Story

HEAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Head:
    """The first bytes of a delivery (at most `HEAD_BYTES`), its whole size and its name.

    The name is a hint for messages only: a claim must rest on the bytes.
    """

    data: bytes
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Reader:
    """A wire format: `claim` gives the evidence that a file is of this format, or None.

    `read` yields, in file order, each story with its byte offset and length, or a `Reject` for bytes that
    are not a whole story. It never raises for anything the bytes may hold and never opens anything
    but the stream it was given.
    """

    format: str
    claim: Callable[[Head], str | None]
    read: Callable[[Delivery], Iterator[Story | Reject]]
