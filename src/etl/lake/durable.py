"""Having files on disk before a commit names them: a power cut takes what is in the system's cache alone.

DuckDB syncs neither the Parquet that it writes nor the folders that hold it, while a catalog syncs each commit. Without
this a commit could outlive its rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import duckdb


def sync(path: Path) -> None:
    """Have a file's bytes, or the names in a folder, on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder and what is missing above it, if it is not there, and have their names on disk."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in missing:
        sync(path.parent)


def settle(paths: Iterable[Path]) -> None:
    """Have files, folders and their names on disk. One that is gone meanwhile was another's, and rolled back."""
    found = set(paths)
    for path in sorted(found | {path.parent for path in found}):
        with suppress(FileNotFoundError):
            sync(path)


class NewFiles:
    """The data files that come into a lake from now on, by whoever writes them.

    An object store keeps what it has acknowledged, and is no folder: there, none are found.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Remember the files of the lake that is attached as `lake`."""
        ((self._folder,),) = con.execute("SELECT data_path FROM ducklake_settings('lake')").fetchall()
        self._before = self._found()

    def settle(self) -> None:
        """Have those that have come on disk, names and all; to be called before the commit that names them."""
        settle(map(Path, self._found() - self._before))

    def _found(self) -> set[str]:
        """All files and folders of the data folder, and itself if it is there."""
        return {f"{top}/{name}" for top, _, names in os.walk(self._folder) for name in (".", *names)}
