"""Putting bytes into the raw zone, whole or not at all, under a name that follows from them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from etl.collect.records import Deposit, ItemError
from etl.lake.durable import make_folder, sync

_PART = ".collecting-"
_DIGITS = 16
_LONGEST = 100
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def place(chunks: Iterator[bytes], name: str, folder: Path, *, limit: int) -> Deposit:
    """Keep bytes as a file of `folder`: written beside under a name with a dot, made durable, then renamed.

    The file is `<2 digits>/<16 digits>-<name>`, digits of the SHA-256 of its bytes: the same bytes are kept once,
    whatever they were called and however often they are fetched.

    Raises:
        ItemError: there are more than `limit` bytes.
        OSError: the folder cannot be written.
    """
    make_folder(folder)
    part = folder / f"{_PART}{os.getpid()}-{os.urandom(6).hex()}"
    try:
        digest, size = _write(chunks, part, limit)
        kept = _kept(folder / digest[:2], digest)
        if kept is not None:
            return Deposit(kept, digest, size, is_new=False)
        path = folder / digest[:2] / f"{digest[:_DIGITS]}-{safe_name(name)}"
        make_folder(path.parent)
        part.rename(path)
        sync(path.parent)
    finally:
        part.unlink(missing_ok=True)
    return Deposit(path, digest, size, is_new=True)


def sweep(folder: Path) -> None:
    """Remove what a visit that died left half written; only for who holds the source's lock."""
    for part in folder.glob(f"{_PART}*"):
        with suppress(FileNotFoundError):
            part.unlink()


def safe_name(name: str) -> str:
    """A file name of letters, digits, dots, - and _ only, no longer than 100; the end is kept, as it tells the type."""
    return _UNSAFE.sub("-", name).lstrip(".-")[-_LONGEST:].lstrip(".-") or "document"


def _write(chunks: Iterator[bytes], part: Path, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with part.open("xb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise ItemError(f"larger than max_bytes = {limit}", final=True)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _kept(folder: Path, digest: str) -> Path | None:
    return next(folder.glob(f"{digest[:_DIGITS]}-*"), None)
