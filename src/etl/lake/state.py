"""What has been published: the rows' digests by partition, kept beside the partitions."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from etl.lake.durable import make_folder, sync


@dataclass(frozen=True, slots=True)
class Stamp:
    """A written file: digest of the rows in it, their number, and its size in bytes."""

    digest: str
    rows: int
    size: int


@dataclass(slots=True)
class Published:
    """Stamps by path relative to the warehouse; `layout` names schema and software that wrote them.

    `index`: whether the database has word indexes. It outlives a change of layout, being somebody's choice.
    """

    layout: str
    files: dict[str, Stamp] = field(default_factory=dict)
    index: bool = True

    def holds(self, warehouse: Path, name: str, digest: str) -> bool:
        """True if the file is there, whole, and holds the rows of that digest."""
        stamp = self.files.get(name)
        if stamp is None or stamp.digest != digest:
            return False
        path = warehouse / name
        return path.is_file() and path.stat().st_size == stamp.size


def read_state(path: Path, layout: str) -> Published:
    """The state as written, or an empty one if there is none, it is damaged, or of another layout."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        index = bool(found.get("index", True))
        if found["layout"] != layout:
            return Published(layout, index=index)
        return Published(layout, {name: Stamp(**stamp) for name, stamp in found["files"].items()}, index)
    except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError, AttributeError):
        pass
    return Published(layout)


def write_state(path: Path, state: Published) -> None:
    """Replace the state on disk."""
    text = json.dumps(
        {
            "layout": state.layout,
            "index": state.index,
            "files": {n: asdict(s) for n, s in sorted(state.files.items())},
        },
        indent=1,
    )
    with replacing(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` to write to; on leaving it takes the place of `path`, synced to disk.

    Readers have either the old file or the new one. The name begins with a dot and ends in `.tmp`, so that
    nobody who reads `*.parquet` sees it, and a sweep finds what a crash has left.
    """
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
