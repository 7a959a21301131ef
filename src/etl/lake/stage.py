"""The stage: where workers leave Parquet for a commit, in a folder a run, and what becomes of leftovers."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from pyarrow import fs

from etl.lake import ddl
from etl.lake.connect import Lake
from etl.lake.storage import OBJECTS, file_system

_OWNED = """
    SELECT path FROM __ducklake_metadata_lake.ducklake_data_file WHERE NOT path_is_relative AND starts_with(path, {0})
    UNION ALL SELECT path FROM __ducklake_metadata_lake.ducklake_files_scheduled_for_deletion
    WHERE NOT path_is_relative AND starts_with(path, {0})
"""


def sweep_stage(lake: Lake, alive: set[str], *, before: datetime | None = None) -> int:
    """Remove what runs that have ended or died left staged, if untouched since `before`; give how many folders.

    A file that a commit has registered where it lies belongs to the lake from then on, as long as any snapshot
    names it, and stays.

    Args:
        lake: open for writing.
        alive: ids of the runs that go on, whose folders are left alone.
        before: None for any age.
    """
    store, root = file_system(lake.location.stage)
    folders = _folders(store, root)
    dead = {name: found for name, found in folders.items() if name not in alive and _untouched(found, before)}
    owned = owned_files(lake) if dead else set()
    return sum(_remove(store, f"{root}/{name}", found, owned) for name, found in sorted(dead.items()))


def remove_staged(folder: str) -> None:
    """Drop the staging folder of a batch whose rows have been copied into the lake."""
    store, path = file_system(folder)
    if store.get_file_info(path).type == fs.FileType.Directory:
        store.delete_dir(path)


def _folders(store: fs.FileSystem, root: str) -> dict[str, list[fs.FileInfo]]:
    """Everything below the stage by run, the run's own folder first."""
    found: dict[str, list[fs.FileInfo]] = defaultdict(list)
    for entry in store.get_file_info(fs.FileSelector(root, allow_not_found=True, recursive=True)):
        found[entry.path.removeprefix(f"{root}/").partition("/")[0]].append(entry)
    return found


def _untouched(found: list[fs.FileInfo], before: datetime | None) -> bool:
    # A folder of an object store has no time of its own.
    return before is None or all(entry.mtime is None or entry.mtime <= before for entry in found)


def owned_files(lake: Lake) -> set[str]:
    """Staged files that the lake reads or is about to remove itself, as the file system spells them."""
    stage = ddl.quote_text(lake.location.stage)
    found = lake.con.execute(_OWNED.format(stage)).fetchall()
    return {path.removeprefix(OBJECTS) for (path,) in found}


def _remove(store: fs.FileSystem, folder: str, found: list[fs.FileInfo], owned: set[str]) -> bool:
    if not any(entry.path in owned for entry in found):
        if store.get_file_info(folder).type == fs.FileType.File:
            store.delete_file(folder)
        else:
            store.delete_dir(folder)
        return True
    loose = [entry.path for entry in found if entry.type == fs.FileType.File and entry.path not in owned]
    for path in loose:
        store.delete_file(path)
    return bool(loose)
