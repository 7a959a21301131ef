"""Readers: raw bytes to stories, one module a format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from etl.readers import (
    anpa,
    eml,
    html,
    iptc7901,
    jsonlines,
    newsml1,
    newsmlg2,
    ninjs,
    nitf,
    reuters_sgml,
    rss,
    textdump,
    warc,
)
from etl.readers.base import HEAD_BYTES, Reader
from etl.readers.sight import Sight, look
from etl.records import Delivery, Reject, Story

READERS: tuple[Reader, ...] = (
    anpa.READER,
    eml.READER,
    html.READER,
    iptc7901.READER,
    jsonlines.READER,
    newsml1.READER,
    newsmlg2.READER,
    ninjs.READER,
    nitf.READER,
    reuters_sgml.READER,
    rss.READER,
    textdump.READER,
    warc.READER,
)
"""Every format the desk takes, one line each; the order means nothing because claims exclude one another."""


@dataclass(frozen=True, slots=True)
class FileReading:
    """What a file turned out to be, and a lazy, single pass over what is in it.

    `format` and `evidence` are None where no reader claimed the file; `items` is then one `Reject`.
    """

    format: str | None
    evidence: str | None
    items: Iterator[Story | Reject]


def recognise(seen: Sight) -> list[tuple[Reader, str]]:
    """The readers that claim a file which looks so, each with its evidence. More than one is a defect of ours."""
    claims = [(reader, reader.claim(seen)) for reader in READERS if reader.kind == seen.kind]
    return [(reader, evidence) for reader, evidence in claims if evidence is not None]


def read(delivery: Delivery) -> FileReading:
    """Recognise a file by its first bytes and read it. The stream is taken from its beginning.

    What no reader claims is one `Reject` of stage `sniff`: `empty`, `binary`, `not_wire_copy` (known for what it is,
    and no copy), `ambiguous` (two readers claim it) or `unrecognised`, the detail naming what was seen.
    """
    delivery.stream.seek(0)
    seen = look(delivery.stream.read(HEAD_BYTES))
    delivery.stream.seek(0)
    claims = recognise(seen)
    if len(claims) == 1:
        reader, evidence = claims[0]
        return FileReading(reader.format, evidence, _bounded(reader.read(delivery), delivery))
    return FileReading(None, None, iter((_refuse(delivery, seen, claims),)))


def _bounded(items: Iterator[Story | Reject], delivery: Delivery) -> Iterator[Story | Reject]:
    for count, item in enumerate(items):
        if count >= delivery.limits.max_stories:
            detail = f"no more than {delivery.limits.max_stories} stories of a file are read"
            left = delivery.size - item.byte_offset
            yield Reject(delivery.path, item.byte_offset, left, "read", "too_many_stories", detail)
            return
        yield item


_REFUSALS = {"empty": "empty", "binary": "binary", "no_copy": "not_wire_copy"}


def _refuse(delivery: Delivery, seen: Sight, claims: list[tuple[Reader, str]]) -> Reject:
    if claims:
        names = ", ".join(f"{reader.format} ({evidence})" for reader, evidence in claims)
        return Reject(delivery.path, 0, delivery.size, "sniff", "ambiguous", f"claimed by {names}")
    reason = _REFUSALS.get(seen.kind, "unrecognised")
    return Reject(delivery.path, 0, delivery.size, "sniff", reason, f"{seen.detail}: no reader takes it")
