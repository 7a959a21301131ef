"""Containers: gz, bz2, xz, zst, zip and tar, an archive inside an archive once.

What is inside is handed on as deliveries of their own, one at a time. Nothing is ever written under the name that a
member bears; what is decompressed lies in memory while it is small and then in an unnamed temporary
file, which closes when the next member is asked for. All layers of one delivery share one budget of bytes, so
bombs end early however they are stacked.
"""

from __future__ import annotations

import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from etl.readers.compressors import CHUNK, COMPRESSORS, Budget, ContainerError
from etl.records import Delivery, Reject

_IN_MEMORY = 16 * 1024 * 1024
_MAX_ARCHIVES = 2
_MAX_COMPRESSORS = 2
_SUFFIXES = frozenset((".gz", ".bz2", ".xz", ".zst", ".tgz", ".tbz2", ".txz"))
_TAR_BLOCK = 512
_LONGEST_NAME = 120
"""Characters of a refused member's name that its reject shows."""


@dataclass(frozen=True, slots=True)
class _Layers:
    """How deep we are: archives and compressors around the bytes at hand."""

    archives: int = 0
    compressors: int = 0


def open_members(delivery: Delivery) -> Iterator[Delivery | Reject]:
    """The deliveries inside a container, in its order; a plain file yields itself, with its stream at the beginning.

    A member's stream is open until the next is asked for. What cannot be opened is a `Reject` of stage `sniff`:
    `truncated`, `damaged`, `decompression_bomb`, `nested_too_deep`, `too_many_members`, `encrypted`, `unsafe_path`,
    `link`, `special_file`. A gzip file that is cut off still yields the whole gzip members before the cut.

    No two members bear one name: where an archive holds a name again, it is `name#2`.
    """
    limits = delivery.limits
    budget = Budget(delivery.size * limits.max_expansion + limits.max_story_bytes)
    seen: Counter[str] = Counter()
    for item in _open(delivery, _Layers(), budget):
        name = item.member
        if name is None or name == delivery.member:
            yield item
            continue
        seen[name] += 1
        yield item if seen[name] == 1 else replace(item, member=f"{name}#{seen[name]}")


def _open(delivery: Delivery, layers: _Layers, budget: Budget) -> Iterator[Delivery | Reject]:
    kind = _kind_of(delivery.stream)
    if kind is None:
        yield delivery
        return
    archive = _ARCHIVES.get(kind)
    deeper = _Layers(layers.archives + bool(archive), layers.compressors + (archive is None))
    if deeper.archives > _MAX_ARCHIVES or deeper.compressors > _MAX_COMPRESSORS:
        yield _reject(delivery, "nested_too_deep", f"{kind} inside {layers.archives + layers.compressors} containers")
        return
    members = archive(delivery, budget) if archive else _decompress(delivery, kind, budget)
    for member in members:
        if isinstance(member, Reject):
            yield member
        else:
            yield from _open(member, deeper, budget)


def _kind_of(stream: BinaryIO) -> str | None:
    stream.seek(0)
    head = stream.read(_TAR_BLOCK)
    stream.seek(0)
    for magic, kind in _MAGIC:
        if magic.match(head):
            return kind
    return "tar" if _is_tar(head) else None


def _is_tar(head: bytes) -> bool:
    """A block whose checksum is right; old archives have no other mark."""
    if len(head) < _TAR_BLOCK or head[148:156].strip(b"\x00 ") == b"":
        return False
    try:
        return bool(tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape").name)
    except tarfile.TarError:
        return False


def _reject(delivery: Delivery, reason: str, detail: str, offset: int = 0, length: int | None = None) -> Reject:
    where = f"{delivery.member}: " if delivery.member else ""
    size = delivery.size - offset if length is None else length
    return Reject(delivery.path, offset, size, "sniff", reason, (where + detail)[:500], delivery.member)


def _decompress(delivery: Delivery, kind: str, budget: Budget) -> Iterator[Delivery | Reject]:
    """The one file inside, whole; of a cut gzip file the whole gzip members, and a reject for the rest."""
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        target = cast(BinaryIO, spool)
        refusal: ContainerError | None = None
        try:
            COMPRESSORS[kind](delivery.stream, target, budget)
        except ContainerError as error:
            refusal = error
        size = target.seek(0, 2)
        if refusal is None or size:
            target.seek(0)
            name = delivery.member or PurePosixPath(delivery.path.replace("\\", "/")).name
            yield replace(delivery, stream=target, size=size, member=_without_suffix(name))
        if refusal is not None:
            yield _reject(delivery, refusal.reason, refusal.detail, refusal.offset)


def _without_suffix(name: str) -> str:
    path = PurePosixPath(name)
    return str(path.with_suffix("")) if path.suffix.lower() in _SUFFIXES else name


def _is_unsafe(name: str) -> bool:
    """A name that would leave the folder it is unpacked in; nothing is unpacked here, but others use the name."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in (path.parts or ("",))[0] or "\x00" in name


def _member_name(delivery: Delivery, name: str, layers_name: str | None) -> str:
    clean = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return f"{layers_name}/{clean}" if layers_name and delivery.member else clean


def _archive_name(delivery: Delivery) -> str | None:
    """The archive's own name inside its container; None for the delivered file, compressed or not."""
    if delivery.member is None:
        return None
    own = PurePosixPath(delivery.path.replace("\\", "/")).name
    return None if delivery.member in (own, _without_suffix(own)) else delivery.member


def _open_zip(delivery: Delivery, budget: Budget) -> Iterator[Delivery | Reject]:
    if _central_directory_bytes(delivery) > 46 * delivery.limits.max_members:
        yield _reject(delivery, "too_many_members", f"more than {delivery.limits.max_members} members")
        return
    try:
        with zipfile.ZipFile(delivery.stream) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield from _open_zip_member(delivery, archive, info, budget)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        yield _reject(delivery, "damaged", f"zip: {error}")


def _central_directory_bytes(delivery: Delivery) -> int:
    """Size of the directory by the end record; each entry in it is 46 bytes or more."""
    tail_at = max(0, delivery.size - 66_000)
    delivery.stream.seek(tail_at)
    tail = delivery.stream.read(66_000)
    delivery.stream.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        return 0
    stated = int.from_bytes(tail[at + 12 : at + 16], "little")
    return delivery.size if stated == 0xFFFFFFFF else stated


def _open_zip_member(
    delivery: Delivery, archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget
) -> Iterator[Delivery | Reject]:
    refusal = _zip_refusal(info)
    if refusal:
        yield _member_reject(delivery, info.filename, info.file_size, *refusal)
        return
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        target = cast(BinaryIO, spool)
        try:
            with archive.open(info) as source:
                _copy(cast(BinaryIO, source), target, budget)
        except ContainerError as error:
            yield _member_reject(delivery, info.filename, info.file_size, error.reason, error.detail)
            return
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError) as error:
            yield _member_reject(delivery, info.filename, info.file_size, "damaged", f"zip: {error}")
            return
        size = target.seek(0, 2)
        target.seek(0)
        name = _member_name(delivery, info.filename, _archive_name(delivery))
        yield replace(delivery, stream=target, size=size, member=name)


def _zip_refusal(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    if _is_unsafe(info.filename):
        return "unsafe_path", "a member whose name leads out of the archive"
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "link", "a symbolic link"
    if info.flag_bits & 0x1:
        return "encrypted", "a member with a password"
    return None


def _open_tar(delivery: Delivery, budget: Budget) -> Iterator[Delivery | Reject]:
    count = 0
    try:
        with closing(tarfile.open(fileobj=delivery.stream, mode="r:", errors="surrogateescape")) as archive:
            while (info := archive.next()) is not None:
                archive.__dict__[
                    "members"
                ].clear()  # tarfile remembers every member it has met: a million would fill memory
                count += 1
                if count > delivery.limits.max_members:
                    rest = delivery.size - info.offset
                    detail = f"more than {delivery.limits.max_members} members"
                    yield _reject(delivery, "too_many_members", detail, info.offset, rest)
                    return
                yield from _open_tar_member(delivery, archive, info, budget)
                if _is_cut(info, delivery.size):
                    return
    except (tarfile.TarError, ValueError, OverflowError, EOFError, OSError) as error:
        yield _reject(delivery, "damaged", f"tar: {error}")


def _open_tar_member(
    delivery: Delivery, archive: tarfile.TarFile, info: tarfile.TarInfo, budget: Budget
) -> Iterator[Delivery | Reject]:
    if info.isdir():
        return
    refusal = _tar_refusal(info, delivery.size)
    if refusal:
        yield _member_reject(delivery, info.name, info.size, *refusal)
        return
    source = archive.extractfile(info)
    if source is None:
        return
    with source:
        name = _member_name(delivery, info.name, _archive_name(delivery))
        if not info.issparse():
            yield replace(delivery, stream=cast(BinaryIO, source), size=info.size, member=name)
            return
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
            target = cast(BinaryIO, spool)
            try:
                _copy(cast(BinaryIO, source), target, budget)
            except ContainerError as error:
                yield _member_reject(delivery, info.name, info.size, error.reason, error.detail)
                return
            target.seek(0)
            yield replace(delivery, stream=target, size=info.size, member=name)


def _tar_refusal(info: tarfile.TarInfo, archive_size: int) -> tuple[str, str] | None:
    if _is_unsafe(info.name):
        return "unsafe_path", "a member whose name leads out of the archive"
    if info.issym() or info.islnk():
        return "link", f"a link to {info.linkname[:80]!r}"
    if not info.isreg():
        return "special_file", "neither a file nor a folder"
    if _is_cut(info, archive_size):
        return "truncated", "the archive ends inside this member"
    return None


def _is_cut(info: tarfile.TarInfo, archive_size: int) -> bool:
    return info.isreg() and not info.issparse() and info.offset_data + info.size > archive_size


def _member_reject(delivery: Delivery, name: str, size: int, reason: str, detail: str) -> Reject:
    """A member refused whole, whatever size the archive gives it."""
    shown = name.encode("utf-8", "replace").decode("utf-8")[:_LONGEST_NAME]
    printable = "".join(character if character.isprintable() else "\ufffd" for character in shown)
    member = _member_name(delivery, printable, _archive_name(delivery))
    return replace(_reject(delivery, reason, f"{printable!r}: {detail}", 0, max(0, size)), member=member)


def _copy(source: BinaryIO, target: BinaryIO, budget: Budget) -> None:
    while piece := source.read(CHUNK):
        budget.spend(len(piece))
        target.write(piece)


_ARCHIVES: dict[str, Callable[[Delivery, Budget], Iterator[Delivery | Reject]]] = {
    "zip": _open_zip,
    "tar": _open_tar,
}
_MAGIC = (
    (re.compile(rb"\x1f\x8b\x08"), "gzip"),
    (re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), "bzip2"),
    (re.compile(rb"\xfd7zXZ\x00"), "xz"),
    (re.compile(rb"\x28\xb5\x2f\xfd"), "zstd"),
    (re.compile(rb"PK(?:\x03\x04|\x05\x06)"), "zip"),
)
