"""A folder that others write into: what is whole is copied; the originals stay, and what is being written is left."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

from etl.collect.listing import LOOKS, Listed, declared_done, is_wanted, read_looks, settled
from etl.collect.records import Found, Gone, ItemError, Learned, Told, Unready, Visit
from etl.config import Folder

_CHUNK = 1024 * 1024


def visit_folder(fetch: Folder, visit: Visit) -> Generator[Told, None, None]:
    """What is new or changed and whole. Links and special files are no copy and are passed over."""
    closed: list[OSError] = []
    listed = {file.key: (path, file) for path, file in _walk(fetch, closed)}
    for error in closed:
        name = _key(os.path.relpath(error.filename, fetch.path))
        yield Found(f"{name}/", "", name, _refused(f"cannot be looked into: {error.strerror}"))
    files = [file for _, file in listed.values()]
    taken, looks = visit.state.taken, read_looks(visit.state.memory)
    if fetch.done_suffix is None:
        sorted_ = settled(files, taken, looks, visit.now, fetch.settle)
        ready, unready, looks = sorted_.ready, sorted_.unready, dict(sorted_.looks)
    else:
        done = declared_done(files, fetch.done_suffix)
        ready = tuple(file for file in done if file.key not in taken or taken[file.key].mark != file.mark)
        unready, looks = len(files) - 2 * len(done), {}
    yield Unready(unready)
    for file in ready:
        path = listed[file.key][0]
        yield Found(file.key, file.mark, path.name, _chunks(path, file.mark))
    yield Gone(frozenset(taken) - listed.keys())
    yield Learned({LOOKS: json.dumps(looks)})


def _walk(fetch: Folder, closed: list[OSError]) -> Iterator[tuple[Path, Listed]]:
    with os.scandir(fetch.path):
        pass  # a folder that is not there is an error, where os.walk would find nothing in it
    ending = fetch.done_suffix or ""
    for folder, folders, names in os.walk(fetch.path, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            key = _key(os.path.relpath(path, fetch.path))
            wanted = key.removesuffix(ending) if ending else key
            if not is_wanted(wanted, fetch.match, fetch.ignore):
                continue
            status = _status(path)
            if status is not None and stat.S_ISREG(status.st_mode):
                changed = max(status.st_mtime, status.st_ctime)
                yield path, Listed(key, _mark(status), datetime.fromtimestamp(changed, UTC))


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None  # moved away between the two calls


def _key(path: str) -> str:
    """The path below the folder as text that any table can hold; names need not be UTF-8."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace").replace(os.sep, "/")


def _mark(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}"


def _chunks(path: Path, mark: str) -> Iterator[bytes]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise ItemError(f"cannot be read: {error.strerror}") from error
    with os.fdopen(handle, "rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
        if _mark(os.fstat(file.fileno())) != mark:
            raise ItemError("changed while it was copied")


def _refused(reason: str) -> Iterator[bytes]:
    raise ItemError(reason)
    yield b""
