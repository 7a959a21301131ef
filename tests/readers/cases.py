"""Golden cases of readers, and mutations of them.

A case is a folder `tests/golden/readers/<format>/<case>/` with the delivered file `input.*` and `expected.json`: the
stories and rejects that come of it, in order, fields with their default left out.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from etl.readers import read, recognise
from etl.readers.base import HEAD_BYTES
from etl.readers.sight import look
from etl.records import Delivery, Limits, Reject, Story

GOLDEN = Path(__file__).parent.parent / "golden" / "readers"
# 0x1e stands before a record of a JSON text sequence: layout, as 0x04 and 0x7f are in a transmission.
WHITE = b" \t\r\n\x0b\x0c\x00\x1a\x1e\x7f\x04\xef\xbb\xbf\xff\xfe"

Read = Callable[[Delivery], Iterator[Story | Reject]]


def cases(format_name: str) -> list[Any]:
    folders = sorted(path for path in (GOLDEN / format_name).iterdir() if path.is_dir())
    return [pytest.param(folder, id=folder.name) for folder in folders]


def inputs(format_name: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((GOLDEN / format_name).glob("*/input.*"))]


def delivery(data: bytes, name: str = "input", limits: Limits | None = None) -> Delivery:
    return Delivery(path=name, stream=BytesIO(data), size=len(data), limits=limits or Limits())


def claims(data: bytes) -> dict[str, str]:
    """The formats whose readers claim a file of these bytes, each with the evidence."""
    return {reader.format: evidence for reader, evidence in recognise(look(data[:HEAD_BYTES]))}


@dataclass(frozen=True)
class Feeding:
    """Bytes fed to one reader: everything it makes of them, the one story it must make, its reasons to refuse."""

    read: Read

    def read_all(self, data: bytes, limits: Limits | None = None) -> list[Story | Reject]:
        return list(self.read(delivery(data, limits=limits)))

    def one(self, data: bytes) -> Story:
        (story,) = self.read_all(data)
        assert isinstance(story, Story)
        return story

    def reasons(self, data: bytes, limits: Limits | None = None) -> list[str | None]:
        return [getattr(item, "reason", None) for item in self.read_all(data, limits)]


def as_json(value: Any) -> Any:
    """A record as JSON: what has its default is left out, times are in ISO 8601."""
    if is_dataclass(value):
        kept = {f.name: getattr(value, f.name) for f in fields(value)}
        defaults = {f.name: f.default for f in fields(value)}
        return {k: as_json(v) for k, v in kept.items() if v != defaults[k] and v not in (None, (), {})}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    return dict(value) if isinstance(value, dict) else value


def check_case(folder: Path, is_updating: bool) -> None:
    """Read the case through the registry, as a run does, and compare with what is expected."""
    source = next(folder.glob("input.*"))
    result = read(delivery(source.read_bytes(), source.name))
    found = {"format": result.format, "items": [_item(item) for item in result.items]}
    expected = folder / "expected.json"
    if is_updating:
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(expected.read_text(encoding="utf-8"))


def _item(item: Story | Reject) -> dict[str, Any]:
    return {type(item).__name__.lower(): as_json(item)}


def check_whole(data: bytes, items: list[Story | Reject]) -> None:
    """What holds whatever the bytes: items in file order, inside the file, stories apart from one another."""
    end = 0
    for item in items:
        assert 0 <= item.byte_offset <= item.byte_offset + item.byte_length <= len(data)
        if isinstance(item, Story):
            assert item.byte_offset >= end
            end = item.byte_offset + item.byte_length
            assert item.text or item.headline or item.status == "canceled"
            assert all(0 <= block.start < block.end <= len(item.text) for block in item.blocks)


def assert_covers(data: bytes, items: list[Story | Reject]) -> None:
    """Stories and rejects answer, in order and without overlap, for every byte that is not white space."""
    at = 0
    for item in items:
        assert item.byte_offset >= at, f"{item} overlaps what came before"
        assert not data[at : item.byte_offset].strip(WHITE), f"nobody answers for the bytes from {at}"
        at = item.byte_offset + item.byte_length
    assert at <= len(data)
    assert not data[at:].strip(WHITE), f"nobody answers for the bytes from {at}"


@st.composite
def mutations(draw: st.DrawFn, seeds: list[bytes], tokens: list[bytes]) -> bytes:
    """A seed file cut, doubled, spliced with another, or with a token of the format put in, up to four times."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        left, right = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        kind = draw(st.sampled_from(("cut", "drop", "double", "insert", "splice", "noise", "erase")))
        if kind == "cut":
            data = data[:left]
        elif kind == "drop":
            data = data[:left] + data[right:]
        elif kind == "double":
            data = data[:right] + data[left:right] + data[right:]
        elif kind == "insert":
            data = data[:left] + draw(st.sampled_from(tokens)) + data[left:]
        elif kind == "splice":
            data = data[:left] + draw(st.sampled_from(seeds))[left // 2 :]
        elif kind == "erase":
            data = data.replace(draw(st.sampled_from(tokens)), b"", draw(st.integers(1, 3)))
        else:
            data = data[:left] + draw(st.binary(max_size=8)) + data[left:]
    return data
