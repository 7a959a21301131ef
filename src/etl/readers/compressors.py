"""Compressed files: gz, bz2, xz and zst, taken apart under a budget of bytes that bombs exhaust early."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import pyarrow as pa

CHUNK = 256 * 1024
_XZ_MEMORY = 256 * 1024 * 1024


class ContainerError(Exception):
    """A container that cannot be opened, or not to its end: a stable reason, one line, and where it went wrong."""

    def __init__(self, reason: str, detail: str, offset: int = 0) -> None:
        """Keep all three; `offset` counts in the container's own bytes."""
        super().__init__(detail)
        self.reason, self.detail, self.offset = reason, detail, offset


@dataclass(slots=True)
class Budget:
    """Bytes that may still come out of the delivered file, whatever the layers they come through."""

    left: int

    def spend(self, count: int) -> None:
        """Take bytes off; ContainerError `decompression_bomb` when there are none left."""
        self.left -= count
        if self.left < 0:
            raise ContainerError("decompression_bomb", "what is inside is far larger than a text archive can be")


def _gunzip(source: BinaryIO, target: BinaryIO, budget: Budget) -> None:
    """All gzip members one after another; `target` is left with the whole ones when the file is cut or damaged."""
    data, start, whole = source.read(CHUNK), 0, 0
    while data:
        if start and not data.startswith(b"\x1f\x8b"):
            raise ContainerError("damaged", "bytes behind the last gzip member", start)
        try:
            data = _gunzip_member(data, source, target, budget)
        except ContainerError as error:
            target.truncate(whole)
            raise ContainerError(error.reason, error.detail, start) from error
        whole = target.tell()
        data = _skip_zeros(data, source)
        start = source.tell() - len(data)


def _skip_zeros(data: bytes, source: BinaryIO) -> bytes:
    """What comes behind padding; at least two bytes of it where there are so many."""
    while len(data := data.lstrip(b"\x00")) < 2:
        more = source.read(CHUNK)
        if not more:
            break
        data += more
    return data


def _gunzip_member(data: bytes, source: BinaryIO, target: BinaryIO, budget: Budget) -> bytes:
    """Inflate one member that begins with `data`; what was read behind it."""
    inflater = zlib.decompressobj(wbits=31)
    while not inflater.eof:
        try:
            piece = inflater.decompress(data, CHUNK)
        except zlib.error as error:
            raise ContainerError("damaged", f"gzip: {error}") from error
        budget.spend(len(piece))
        target.write(piece)
        data = inflater.unconsumed_tail
        if not data and not inflater.eof:
            data = source.read(CHUNK)
            if not data:
                raise ContainerError("truncated", "gzip data end before the end of the file they hold")
    return inflater.unused_data


class _Decompressor(Protocol):
    """What bz2 and lzma decompressors have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def _pump(make: Callable[[], _Decompressor], name: str) -> Callable[[BinaryIO, BinaryIO, Budget], None]:
    """A decompressor of streams that may follow one another, as bz2 and xz files may hold."""

    def run(source: BinaryIO, target: BinaryIO, budget: Budget) -> None:
        data = source.read(CHUNK)
        while data:
            decompressor = make()
            try:
                data = _pump_one(decompressor, data, source, target, budget)
            except (OSError, EOFError, ValueError, lzma.LZMAError) as error:
                target.truncate(0)
                raise ContainerError("damaged", f"{name}: {error}") from error
            except ContainerError:
                target.truncate(0)
                raise
            data = (data or source.read(CHUNK)).lstrip(b"\x00")

    return run


def _pump_one(tool: _Decompressor, data: bytes, source: BinaryIO, target: BinaryIO, budget: Budget) -> bytes:
    while not tool.eof:
        if tool.needs_input and not data:
            data = source.read(CHUNK)
            if not data:
                raise ContainerError("truncated", "compressed data end before the end of the file they hold")
        piece = tool.decompress(data, CHUNK)
        data = b""
        budget.spend(len(piece))
        target.write(piece)
    return tool.unused_data


def _unzstd(source: BinaryIO, target: BinaryIO, budget: Budget) -> None:
    try:
        with pa.CompressedInputStream(pa.PythonFile(source, mode="r"), "zstd") as stream:
            while piece := stream.read(CHUNK):
                budget.spend(len(piece))
                target.write(piece)
    except (OSError, pa.ArrowException) as error:
        target.truncate(0)
        is_cut = "runcated" in str(error) or "end of" in str(error)
        raise ContainerError("truncated" if is_cut else "damaged", f"zstd: {error}") from error
    except ContainerError:
        target.truncate(0)
        raise


COMPRESSORS: dict[str, Callable[[BinaryIO, BinaryIO, Budget], None]] = {
    "gzip": _gunzip,
    "bzip2": _pump(bz2.BZ2Decompressor, "bzip2"),
    "xz": _pump(lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY), "xz"),
    "zstd": _unzstd,
}
"""By kind: takes a file apart from its beginning into a target. On a ContainerError the target holds what is whole."""
