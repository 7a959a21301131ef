"""The raw zone, listed: every file by place, size and time, none opened, in columns rather than objects.

A run over files that are all loaded is little more than this and one join, so a file costs a look and no more.
"""

from __future__ import annotations

import os
import stat
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

PLACES = pa.schema([("location", pa.string()), ("file_bytes", pa.int64()), ("modified_ns", pa.int64())])
"""Columns of a listing: the real path of a file, its size and when it was changed last."""

_CHUNK = 200_000

_Columns: TypeAlias = tuple[list[str], list[int], list[int]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that is named to be looked at: where it is, its path below the folder given, its feed."""

    location: Path
    path: str
    feed: str | None


@dataclass(frozen=True, slots=True)
class _Folder:
    """Files from number `first` on: `real` begins their location, `prefix` stands for it in their path."""

    first: int
    real: str
    prefix: str
    feed: str | None


@dataclass(slots=True)
class Listing:
    """The files found, numbered from 0, and (path, error) of what could not be looked at."""

    unreadable: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0
    _folders: list[_Folder] = field(default_factory=list)
    _chunks: list[pa.Table] = field(default_factory=list)
    _open: _Columns = field(default_factory=lambda: ([], [], []))

    def add(self, real: str, prefix: str, feed: str | None, columns: _Columns) -> None:
        """Add files of one folder as their locations, sizes and times; each location begins with `real`."""
        try:
            "".join(columns[0]).encode()
        except UnicodeEncodeError:  # a name that is no UTF-8 cannot be stored, let alone shown
            columns = self._refuse_undecodable(real, prefix, columns)
        if not columns[0]:
            return
        self._folders.append(_Folder(self.count, real, prefix, feed))
        self.count += len(columns[0])
        locations, sizes, times = self._open
        locations += columns[0]
        sizes += columns[1]
        times += columns[2]
        if len(self._open[0]) >= _CHUNK:
            self._close_chunk()

    def _refuse_undecodable(self, real: str, prefix: str, columns: _Columns) -> _Columns:
        kept: _Columns = ([], [], [])
        for location, size, time in zip(*columns, strict=True):
            if location.encode(errors="replace").decode() == location:
                kept[0].append(location)
                kept[1].append(size)
                kept[2].append(time)
            else:
                path = (prefix + location[len(real) :]).encode(errors="backslashreplace").decode()
                self.unreadable.append((path, "its name is not UTF-8; rename it"))
        return kept

    def _close_chunk(self) -> None:
        arrays = [pa.array(column, f.type) for column, f in zip(self._open, PLACES, strict=True)]
        self._chunks.append(pa.Table.from_arrays(arrays, schema=PLACES))
        self._open = ([], [], [])

    def places(self) -> pa.Table:
        """All files in columns `PLACES`, in the order of their numbers."""
        if self._open[0]:
            self._close_chunk()
        return pa.concat_tables(self._chunks) if self._chunks else PLACES.empty_table()

    def path_and_feed(self, number: int, location: str) -> tuple[str, str | None]:
        """The path below the source, and the feed, of the file of that number and location."""
        folder = self._folders[bisect_right(self._folders, number, key=lambda f: f.first) - 1]
        return folder.prefix + location[len(folder.real) :], folder.feed

    def paths(self) -> Iterator[str]:
        """Paths of all files below their sources, also of those that could not be looked at."""
        number = 0
        for chunk in self.places().column("location").chunks:
            for location in chunk.to_pylist():
                yield self.path_and_feed(number, location)[0]
                number += 1
        yield from (path for path, _ in self.unreadable)


def list_files(sources: Iterable[Path]) -> Listing:
    """Every file at or below the sources; names that begin with a dot are left out.

    Raises:
        FileNotFoundError: a source does not exist.
    """
    listing = Listing()
    for source in sources:
        if source.is_dir():
            _walk(source, listing)
        elif source.exists():
            _add_alone(listing, os.fspath(source), source.name, None)
        else:
            raise FileNotFoundError(f"no such file or folder: {source}")
    return listing


def list_named(files: Iterable[Listed]) -> Listing:
    """The files named, each on its own."""
    listing = Listing()
    for file in files:
        _add_alone(listing, os.fspath(file.location), file.path, file.feed)
    return listing


def _add_alone(listing: Listing, location: str, path: str, feed: str | None) -> None:
    """Add a file that is not taken as an entry of a folder: one that was named, or a link, which is followed."""
    try:
        real = os.path.realpath(location)
        status = Path(real).stat()
    except OSError as error:
        listing.unreadable.append((path, error.strerror or str(error)))
        return
    if not stat.S_ISREG(status.st_mode):
        listing.unreadable.append((path, "not a regular file"))
        return
    listing.add(real, path, feed, ([real], [status.st_size], [status.st_mtime_ns]))


def _walk(source: Path, listing: Listing) -> None:
    """List a folder and those in it, in the order of names; links to folders are not followed."""
    left = [""]
    while left:
        prefix = left.pop()
        feed = prefix.partition("/")[0] or None
        try:
            inner = _list_folder(os.path.realpath(source / prefix), prefix, feed, listing)
        except OSError as error:  # a folder without rights must not be passed over in silence
            listing.unreadable.append((prefix.rstrip("/") or ".", error.strerror or str(error)))
            continue
        left.extend(f"{prefix}{name}/" for name in sorted(inner, reverse=True))


def _list_folder(real: str, prefix: str, feed: str | None, listing: Listing) -> list[str]:
    """List one folder's files; give the names of the folders in it."""
    base = f"{real.rstrip('/')}/"
    inner: list[str] = []
    locations: list[str] = []
    sizes: list[int] = []
    times: list[int] = []
    odd: list[str] = []
    with os.scandir(real) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                continue
            if entry.is_file(follow_symlinks=False):
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError as error:  # gone since
                    listing.unreadable.append((prefix + name, error.strerror or str(error)))
                    continue
                locations.append(base + name)
                sizes.append(status.st_size)
                times.append(status.st_mtime_ns)
            elif entry.is_dir(follow_symlinks=False):
                inner.append(name)
            elif not entry.is_dir():
                odd.append(name)
    listing.add(base, prefix, feed, (locations, sizes, times))
    for name in odd:
        _add_alone(listing, base + name, prefix + name, feed)
    return inner
