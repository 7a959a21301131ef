"""What the lake remembers of files, asked for all files of a listing at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pyarrow as pa

from etl.lake.connect import Lake


@dataclass(frozen=True, slots=True)
class NotCurrent:
    """A file of a listing that is not loaded as this version would load it.

    `number` counts from 0 in the listing; `sha256` is None if no file of that place, size and time was seen before;
    `fingerprint` is that of the version that loaded this content, None if none did.
    """

    number: int
    location: str
    file_bytes: int
    modified_ns: int
    sha256: str | None
    fingerprint: str | None


def not_current(
    lake: Lake, places: pa.Table, *, fingerprint: str, keep_old: bool, force: Collection[str]
) -> list[NotCurrent]:
    """The files of a listing that have work to do, in its order.

    A file is current if its place, size and time are remembered, and the content remembered with them is loaded.

    Args:
        lake: open, read only will do.
        places: columns location, file_bytes, modified_ns.
        fingerprint: the version of code, rules and model that content has to be loaded with.
        keep_old: content loaded with another fingerprint is current too.
        force: content hashes that are not current whatever the lake says.
    """
    numbered = places.append_column("number", pa.array(range(places.num_rows), pa.int64()))
    lake.con.register("listed", numbered)
    lake.con.register("forced", pa.table({"raw_sha256": pa.array(sorted(force), pa.string())}))
    same = "d.location = l.location AND d.file_bytes = l.file_bytes AND d.modified_ns = l.modified_ns"
    try:
        found = lake.con.execute(
            f"""SELECT l.number, l.location, l.file_bytes, l.modified_ns, min(d.raw_sha256), min(r.fingerprint)
                FROM listed l
                ANTI JOIN (
                    SELECT location, file_bytes, modified_ns FROM lake.deliveries SEMI JOIN (
                        SELECT raw_sha256 FROM lake.raw_files ANTI JOIN forced USING (raw_sha256)
                        WHERE $keep_old OR fingerprint = $fingerprint) USING (raw_sha256)
                ) d ON {same}
                LEFT JOIN lake.deliveries d ON {same}
                LEFT JOIN lake.raw_files r ON r.raw_sha256 = d.raw_sha256
                GROUP BY ALL ORDER BY 1""",
            {"keep_old": keep_old, "fingerprint": fingerprint},
        ).fetchall()
    finally:
        lake.con.unregister("listed")
        lake.con.unregister("forced")
    return [NotCurrent(*row) for row in found]


def fingerprints(lake: Lake, shas: Iterable[str]) -> dict[str, str]:
    """SHA-256 of those of the contents that are loaded, and the fingerprint that each was loaded with."""
    lake.con.register("asked", pa.table({"raw_sha256": pa.array(sorted(set(shas)), pa.string())}))
    try:
        found = lake.con.execute(
            "SELECT raw_sha256, fingerprint FROM lake.raw_files SEMI JOIN asked USING (raw_sha256)"
        )
        return dict(found.fetchall())
    finally:
        lake.con.unregister("asked")


def unreadable_before(lake: Lake) -> set[str]:
    """Paths of files that an earlier run listed as refused because it could not open them."""
    found = lake.con.execute("SELECT path FROM lake.rejects WHERE raw_sha256 IS NULL").fetchall()
    return {path for (path,) in found}
