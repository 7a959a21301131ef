"""What is new: list the raw zone, hash what was not seen before, cut the rest into batches."""

from __future__ import annotations

import hashlib
import os
import stat
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


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that was found, not yet opened: where it is, its path below the folder given, its feed."""

    location: Path
    path: str
    feed: str | None


@dataclass(slots=True)
class Listing:
    """The files found, and (path, error) of what could not be looked at."""

    files: list[Listed] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)


Deliveries = Mapping[tuple[str, int, int], str]
"""(location, size, modified_ns) of files seen before, and their content's hash."""


def list_files(sources: Iterable[Path]) -> Listing:
    """Every file at or below the sources, in the order of the folders; names that begin with a dot are left out.

    Raises:
        FileNotFoundError: a source does not exist.
    """
    listing = Listing()
    for source in sources:
        if source.is_dir():
            _walk(source, listing)
        elif source.exists():
            listing.files.append(Listed(source, source.name, None))
        else:
            raise FileNotFoundError(f"no such file or folder: {source}")
    return listing


def _walk(source: Path, listing: Listing) -> None:
    def closed(error: OSError) -> None:
        # os.walk would pass over a folder without rights in silence
        listing.unreadable.append((os.path.relpath(error.filename, source), error.strerror or str(error)))

    for folder, folders, names in os.walk(source, onerror=closed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        # Once a folder, not once a file: most of a run over known files is this loop.
        below = os.path.relpath(folder, source).replace(os.sep, "/")
        inside, prefix = below != ".", "" if below == "." else f"{below}/"
        feed = below.partition("/")[0] if inside else None
        for name in sorted(names):
            if not name.startswith("."):
                listing.files.append(Listed(Path(folder, name), f"{prefix}{name}", feed))


def make_plan(
    listing: Listing,
    deliveries: Deliveries,
    loaded: Mapping[str, str],
    fingerprint: str,
    settings: Settings,
    force: frozenset[str] = frozenset(),
) -> Plan:
    """Plan a run over the files that were found.

    Args:
        listing: what `list_files` found.
        deliveries: what was seen before, so that an unchanged file is not opened.
        loaded: content hash to fingerprint of what the lake holds.
        fingerprint: the version of code, rules and model that would load it now.
        settings: bounds of a batch; `keep_old` leaves content loaded by another fingerprint alone.
        force: content hashes to load again whatever the lake says.
    """
    unreadable = list(listing.unreadable)
    folders: dict[str, str] = {}
    found = [file for listed in listing.files if (file := _look_at(listed, deliveries, unreadable, folders))]
    known: list[RawFile] = []
    fresh: dict[str, RawFile] = {}
    repeats: list[RawFile] = []
    stale = 0
    for file in sorted(found, key=lambda f: (f.path, f.location)):
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
    return Plan(batches, tuple(known), tuple(repeats), tuple(unreadable), stale)


def _look_at(
    listed: Listed, deliveries: Deliveries, unreadable: list[tuple[str, str]], folders: dict[str, str]
) -> RawFile | None:
    """The file's facts; opened only if no delivery has its place, size and time. `folders` remembers real paths."""
    try:
        where, status = _place(os.fspath(listed.location), folders)
        digest = deliveries.get((where, status.st_size, status.st_mtime_ns)) or _sha256(listed.location)
    except OSError as error:
        unreadable.append((listed.path, error.strerror or str(error)))
        return None
    return RawFile(where, listed.path, listed.feed, status.st_size, status.st_mtime_ns, digest)


def _place(location: str, folders: dict[str, str]) -> tuple[str, os.stat_result]:
    """The real path of a file and its status. Links are followed, of folders once."""
    folder, name = os.path.split(location)
    status = os.lstat(location)
    if stat.S_ISLNK(status.st_mode) or not name or name == "..":
        return os.path.realpath(location), Path(location).stat()
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return f"{folders[folder].rstrip('/')}/{name}", status


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
