"""What is new: list the raw zone, hash what was not seen before, cut the rest into batches."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

from etl.ids import make_id
from etl.settings import Settings


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file of the raw zone: where it is, what it is called, and its content's hash.

    `path` is relative to the folder that was given; `feed` is its first folder, None at the top.
    """

    location: str
    path: str
    feed: str | None
    size: int
    modified_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some files that are read together and committed together, or not at all."""

    batch_id: str
    files: tuple[RawFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Plan:
    """The work of a run: batches of new content, and the files found but known already.

    `repeats` are files whose content is in a batch under another path; `unreadable` are (path, error) of files
    that could not be opened, which the next run tries again.
    """

    batches: tuple[Batch, ...]
    known: tuple[RawFile, ...]
    repeats: tuple[RawFile, ...]
    unreadable: tuple[tuple[str, str], ...] = ()
    stale: int = 0
    """Files loaded before by an older version of code, rules or model and now loaded anew."""

    @property
    def files(self) -> tuple[RawFile, ...]:
        """Every file that was found and could be read."""
        return (*self.known, *self.repeats, *(file for batch in self.batches for file in batch.files))


@dataclass(slots=True)
class _Found:
    files: list[RawFile] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)


Deliveries = Mapping[tuple[str, int, int], str]
"""(location, size, modified_ns) of files seen before, and their content's hash."""


def make_plan(
    sources: Iterable[Path],
    deliveries: Deliveries,
    loaded: Mapping[str, str],
    fingerprint: str,
    settings: Settings,
    force: frozenset[str] = frozenset(),
) -> Plan:
    """Plan a run over files and folders.

    Args:
        sources: files and folders to look at; folders are walked, names that begin with a dot left out.
        deliveries: what was seen before, so that an unchanged file is not opened.
        loaded: content hash to fingerprint of what the lake holds.
        fingerprint: the version of code, rules and model that would load it now.
        settings: bounds of a batch; `keep_old` leaves content loaded by another fingerprint alone.
        force: content hashes to load again whatever the lake says.

    Raises:
        FileNotFoundError: a source does not exist.
    """
    found = _Found()
    for location, path, feed in _walk(sources, found):
        _look_at(location, path, feed, deliveries, found)
    known: list[RawFile] = []
    fresh: dict[str, RawFile] = {}
    repeats: list[RawFile] = []
    stale = 0
    for file in sorted(found.files, key=lambda f: (f.path, f.location)):
        held = loaded.get(file.sha256)
        current = held is not None and (held == fingerprint or settings.keep_old)
        if current and file.sha256 not in force:
            known.append(file)
        elif file.sha256 in fresh:
            repeats.append(file)
        else:
            fresh[file.sha256] = file
            stale += held is not None
    batches = tuple(_batches(fresh.values(), fingerprint, settings))
    return Plan(batches, tuple(known), tuple(repeats), tuple(found.unreadable), stale)


def _walk(sources: Iterable[Path], found: _Found) -> Iterator[tuple[Path, str, str | None]]:
    for source in sources:
        if source.is_dir():
            yield from _walk_folder(source, found)
        elif source.exists():
            yield source, source.name, None
        else:
            raise FileNotFoundError(f"no such file or folder: {source}")


def _walk_folder(source: Path, found: _Found) -> Iterator[tuple[Path, str, str | None]]:
    def closed(error: OSError) -> None:
        # os.walk would pass over a folder without rights in silence
        found.unreadable.append((os.path.relpath(error.filename, source), error.strerror or str(error)))

    for folder, folders, names in os.walk(source, onerror=closed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith("."):
                continue
            location = Path(folder) / name
            relative = location.relative_to(source)
            yield location, relative.as_posix(), relative.parts[0] if len(relative.parts) > 1 else None


def _look_at(location: Path, path: str, feed: str | None, deliveries: Deliveries, found: _Found) -> None:
    where = str(location.resolve())
    try:
        status = location.stat()
        digest = deliveries.get((where, status.st_size, status.st_mtime_ns)) or _sha256(location)
    except OSError as error:
        found.unreadable.append((path, f"{error.strerror or error}"))
        return
    found.files.append(RawFile(where, path, feed, status.st_size, status.st_mtime_ns, digest))


def _sha256(location: Path) -> str:
    with location.open("rb") as stream:
        return hash_stream(stream)


def hash_stream(stream: BufferedReader) -> str:
    """SHA-256, hexadecimal, of what is left of the stream."""
    return hashlib.file_digest(stream, "sha256").hexdigest()


def _batches(files: Iterable[RawFile], fingerprint: str, settings: Settings) -> Iterator[Batch]:
    batch: list[RawFile] = []
    size = 0
    for file in files:
        if batch and (size + file.size > settings.batch_bytes or len(batch) >= settings.batch_files):
            yield _batch(batch, fingerprint)
            batch, size = [], 0
        batch.append(file)
        size += file.size
    if batch:
        yield _batch(batch, fingerprint)


def _batch(files: list[RawFile], fingerprint: str) -> Batch:
    return Batch(make_id("bat", fingerprint, *(file.sha256 for file in files)), tuple(files))
