"""Files that a source lists: which of them are wanted, and which are no longer being written."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from etl.lake.sources import Taken

LOOKS = "looks"
"""Under this name the memory of a source holds what earlier looks found: id to [mark, time of the first such look]."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a source: its id, a mark of its size and time, and when it last changed by a clock that is ours."""

    key: str
    mark: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sorted:
    """Files that can be taken, how many cannot yet, and what to remember of those."""

    ready: tuple[Listed, ...]
    unready: int
    looks: Mapping[str, tuple[str, str]]


def is_wanted(key: str, match: str, ignore: Iterable[str] = ()) -> bool:
    """True for a file whose name fits `match`, none of `ignore`, and whose path has no part with a dot in front."""
    path = PurePosixPath(key)
    if any(part.startswith(".") for part in path.parts) or not fnmatch.fnmatchcase(path.name, match):
        return False
    return not any(fnmatch.fnmatchcase(path.name, pattern) for pattern in ignore)


def declared_done(listed: Iterable[Listed], suffix: str) -> list[Listed]:
    """The files beside which another says that they are done: FILE and FILE.done."""
    held = {file.key: file for file in listed}
    return [file for key, file in held.items() if f"{key}{suffix}" in held and not key.endswith(suffix)]


def read_looks(memory: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What earlier looks found, from a source's memory."""
    return {key: (mark, since) for key, (mark, since) in json.loads(memory.get(LOOKS, "{}")).items()}


def settled(
    listed: Iterable[Listed],
    taken: Mapping[str, Taken],
    looks: Mapping[str, tuple[str, str]],
    now: datetime,
    settle: timedelta,
) -> Sorted:
    """Sort the files that are new or changed into those at rest and those perhaps still being written.

    A file is at rest when it last changed `settle` ago by our own clock, or looks the same as it did then.
    """
    ready: list[Listed] = []
    kept: dict[str, tuple[str, str]] = {}
    for file in listed:
        if file.key in taken and taken[file.key].mark == file.mark:
            continue
        mark, since = looks.get(file.key, ("", ""))
        first = since if mark == file.mark else now.isoformat()
        rested = file.changed_at is not None and file.changed_at <= now - settle
        if rested or (mark == file.mark and datetime.fromisoformat(first) <= now - settle):
            ready.append(file)
        else:
            kept[file.key] = (file.mark, first)
    return Sorted(tuple(ready), len(kept), kept)
