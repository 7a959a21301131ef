"""What a reader is: a claim on a file by its first bytes, and a function from bytes to stories.

A reader is one module with four names - `FORMAT`, `claim`, `read` and `READER` - listed in `etl.readers.READERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from etl.readers.sight import Kind, Sight
from etl.records import Delivery, Reject, Story

HEAD_BYTES = 64 * 1024
"""How much of a file is looked at to tell what it is."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A wire format: `claim` gives the evidence that a file is of this format, or None; only files of `kind` are asked.

    `read` yields, in file order, each story with its byte offset and length, or a `Reject` for bytes that
    are not a whole story. It never raises for anything the bytes may hold and never opens anything
    but the stream it was given.
    """

    format: str
    kind: Kind
    claim: Callable[[Sight], str | None]
    read: Callable[[Delivery], Iterator[Story | Reject]]
