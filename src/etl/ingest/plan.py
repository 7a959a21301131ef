"""What is new: ask the lake about the files listed, hash what it has not seen, cut the rest into batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from etl.ids import make_id
from etl.ingest.listing import Listing
from etl.lake import Lake
from etl.lake.known import NotCurrent, fingerprints, not_current
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
    """The work of a run: batches of new content, and the files found that need none.

    `known` are files whose content is loaded but whose place, size or time the lake does not remember; `repeats` are
    files whose content is in a batch under another path; `unreadable` are (path, error) of files that could not be
    opened, which the next run tries again.
    """

    listing: Listing
    batches: tuple[Batch, ...]
    known: tuple[RawFile, ...]
    repeats: tuple[RawFile, ...]
    unreadable: tuple[tuple[str, str], ...] = ()
    unchanged: int = 0
    """Files that were not opened: the lake holds what was found at their place, size and time."""
    stale: int = 0
    """Files loaded before by an older version of code, rules or model and now loaded anew."""

    @property
    def skipped(self) -> int:
        """Files that were found and are in no batch."""
        return self.unchanged + len(self.known) + len(self.repeats)

    @property
    def found(self) -> int:
        """All files that were found, readable or not."""
        return self.skipped + sum(len(batch.files) for batch in self.batches) + len(self.unreadable)


def make_plan(
    listing: Listing, lake: Lake, fingerprint: str, settings: Settings, force: frozenset[str] = frozenset()
) -> Plan:
    """Plan a run over the files that were found.

    Args:
        listing: what was found; of it only files are opened whose place, size and time the lake does not remember.
        lake: open, read only will do.
        fingerprint: the version of code, rules and model that would load content now.
        settings: bounds of a batch; `keep_old` leaves content loaded by another fingerprint alone.
        force: content hashes to load again whatever the lake says.
    """
    changed = not_current(lake, listing.places(), fingerprint=fingerprint, keep_old=settings.keep_old, force=force)
    unreadable = list(listing.unreadable)
    held = {row.sha256: row.fingerprint for row in changed if row.sha256 and row.fingerprint}
    files = [file for row in changed if (file := _look_at(row, listing, unreadable))]
    held |= fingerprints(lake, {file.sha256 for file in files} - held.keys())
    known: list[RawFile] = []
    fresh: dict[str, RawFile] = {}
    repeats: list[RawFile] = []
    stale = 0
    for file in sorted(files, key=lambda f: (f.path, f.location)):
        by = held.get(file.sha256)
        current = by is not None and (by == fingerprint or settings.keep_old)
        if current and file.sha256 not in force:
            known.append(file)
        elif file.sha256 in fresh:
            repeats.append(file)
        else:
            fresh[file.sha256] = file
            stale += by is not None
    batches = tuple(_batches(fresh.values(), fingerprint, settings))
    unchanged = listing.count - len(changed)
    return Plan(listing, batches, tuple(known), tuple(repeats), tuple(unreadable), unchanged, stale)


def _look_at(row: NotCurrent, listing: Listing, unreadable: list[tuple[str, str]]) -> RawFile | None:
    """The file's facts; it is opened only if its content is not remembered."""
    path, feed = listing.path_and_feed(row.number, row.location)
    try:
        digest = row.sha256 or _sha256(row.location)
    except OSError as error:
        unreadable.append((path, error.strerror or str(error)))
        return None
    return RawFile(row.location, path, feed, row.file_bytes, row.modified_ns, digest)


def _sha256(location: str) -> str:
    with Path(location).open("rb") as stream:
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
