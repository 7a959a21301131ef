"""Postings: which texts hold a gram, as one sorted column in the lake that is searched where it lies.

A lookup asks for some hundred thousand grams that lie all over the column, so a scan would cost what the lake
is. The table's files are sorted, and their pages are neither compressed nor encoded: the places of a gram are found
in the mapped file by bisection. Where a file is not like that (object stores, an older lake) SQL reads it all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from etl.lake.transaction import is_transient
from etl.resolve.pairing import NUMBER_BITS
from etl.resolve.shingles import Numbers, stretches

TABLE = "link_postings"
_OPTIONS = (
    f"CALL lake.set_option('parquet_compression', 'uncompressed', schema => 'internal', table_name => '{TABLE}')",
    # Some rows alone would otherwise stand in the catalog.
    f"CALL lake.set_option('data_inlining_row_limit', '0', schema => 'internal', table_name => '{TABLE}')",
    f"ALTER TABLE lake.internal.{TABLE} SET SORTED BY (posting ASC)",
)
"""What makes the files of the table such as can be searched in place."""

_WIDTH = 8
_LAST = (1 << NUMBER_BITS) - 1
"""No text has this number."""
_SMALL = 32 << 20
"""Bytes of a file that is read whole rather than searched in place."""
_FILES_AT_MOST = 8
"""Files of about one size; more of them are merged."""
_SMALLEST, _TIER = 2 << 20, 8
"""Bytes that a small file may have, and by how much the next greater size is greater."""

Con = duckdb.DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class _Mapped:
    """A sorted file: its bytes, and for each row group its first row, the byte it begins at, and its least posting."""

    data: NDArray[np.uint8]
    rows: Numbers
    begins: Numbers
    least: Numbers

    def at(self, rows: Numbers, groups: Numbers) -> Numbers:
        """The postings in these rows, which lie in these row groups."""
        found: Numbers = self._cells()[self._bases(groups) + rows * _WIDTH]
        return found

    def _cells(self) -> Numbers:
        """The number that begins at each byte: a page begins at any."""
        return np.ndarray((len(self.data) - _WIDTH + 1,), "<i8", buffer=self.data, strides=(1,))

    def _bases(self, groups: Numbers) -> Numbers:
        """The byte that row 0 would begin at, were all rows before a group's as they are in it."""
        found: Numbers = self.begins[groups] - self.rows[groups] * _WIDTH
        return found

    def bisect(self, keys: Numbers) -> Numbers:
        """For each key the first row whose posting is not less."""
        groups = np.maximum(np.searchsorted(self.least, keys, side="right") - 1, 0)
        low, high = self.rows[groups], self.rows[groups + 1]
        cells, bases = self._cells(), self._bases(groups)
        while (open_ := low < high).any():
            # Where the search is over this may be the row after the last, which the footer follows.
            middle = (low + high) >> 1
            less = open_ & (cells[bases + middle * _WIDTH] < keys)
            low, high = np.where(less, middle + 1, low), np.where(less, high, middle)
        return low

    def find(self, grams: Numbers) -> Numbers:
        """All postings of these grams."""
        low = self.bisect(grams << NUMBER_BITS)
        groups = np.searchsorted(self.rows, np.minimum(low, self.rows[-1] - 1), side="right") - 1
        held = (low < self.rows[-1]) & (self.at(np.minimum(low, self.rows[-1] - 1), groups) >> NUMBER_BITS == grams)
        low = low[held]
        rows = stretches(low, self.bisect((grams[held] << NUMBER_BITS) | _LAST) - low)
        return self.at(rows, np.searchsorted(self.rows, rows, side="right") - 1)


class Postings:
    """The postings of a lake in one transaction: those committed before, and those added since."""

    def __init__(self, con: Con, *, emptied: bool) -> None:
        """Over the files of the table as committed, or none where this transaction has emptied it."""
        self._con = con
        self._added: list[Numbers] = []
        self._files: list[_Mapped | Numbers] | None = [] if emptied else _in_place(con)

    def find(self, grams: Numbers) -> Numbers:
        """All postings of these grams, which are sorted and different."""
        if self._files is None:
            return self._scan(grams)
        return np.concatenate([_find(part, grams) for part in (*self._files, *self._added)] or [np.empty(0, np.int64)])

    def add(self, postings: Numbers) -> None:
        """Add sorted postings to the lake."""
        self._con.register("adding", pa.table({"posting": postings}))
        try:
            self._con.execute(f"INSERT INTO lake.internal.{TABLE} SELECT posting FROM adding")
        finally:
            self._con.unregister("adding")
        # As in a file tree: arrays of about one size become one, so that there are few to search.
        self._added.append(postings)
        while len(self._added) > 1 and len(self._added[-2]) <= 2 * len(self._added[-1]):
            self._added[-2:] = [np.sort(np.concatenate(self._added[-2:]))]

    def _scan(self, grams: Numbers) -> Numbers:
        self._con.register("asking", pa.table({"gram": grams}))
        try:
            found = self._con.execute(
                f"SELECT posting FROM lake.internal.{TABLE} WHERE posting >> {NUMBER_BITS} IN (SELECT gram FROM asking)"
            ).fetchnumpy()
        finally:
            self._con.unregister("asking")
        return np.asarray(found["posting"], np.int64)


def _find(part: _Mapped | Numbers, grams: Numbers) -> Numbers:
    if isinstance(part, _Mapped):
        return part.find(grams)
    low = np.searchsorted(part, grams << NUMBER_BITS)
    return part[stretches(low, np.searchsorted(part, (grams << NUMBER_BITS) | _LAST) - low)]


def _listed(con: Con) -> list[dict[str, Any]]:
    found = con.execute(f"FROM ducklake_list_files('lake', '{TABLE}', schema => 'internal')")
    names = [str(column[0]) for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _in_place(con: Con) -> list[_Mapped | Numbers] | None:
    """The files of the table, or None where one of them cannot be searched in place."""
    files = []
    for listed in _listed(con):
        path = Path(listed["data_file"])
        mapped = None if listed["delete_file"] or not path.is_file() else _mapped(path)
        if mapped is None:
            return None
        files.append(mapped)
    held = sum(int(f.rows[-1]) if isinstance(f, _Mapped) else len(f) for f in files)
    # Rows that no file holds (a few may stand in the catalog) can only be asked for.
    row = con.execute(f"SELECT count(*) FROM lake.internal.{TABLE}").fetchone()
    return files if row and row[0] == held else None


def _mapped(path: Path) -> _Mapped | Numbers | None:
    """A file as it can be searched, read whole if it is small; None if its pages are not plain or not in order."""
    meta = pq.read_metadata(path)
    columns = [meta.row_group(n).column(0) for n in range(meta.num_row_groups)]
    if not all(
        c.path_in_schema == "posting" and c.compression == "UNCOMPRESSED" and c.encodings == ("PLAIN",) for c in columns
    ):
        return None
    # Several threads have written them, in no order.
    columns.sort(key=lambda column: int(column.statistics.min))
    counts = np.array([c.num_values for c in columns])
    ends = np.array([c.data_page_offset + c.total_compressed_size for c in columns])
    rows = np.concatenate(([0], np.cumsum(counts)))
    limits = np.array([(c.statistics.min, c.statistics.max) for c in columns])
    mapped = _Mapped(np.memmap(path, np.uint8, "r"), rows, ends - counts * _WIDTH, limits[:, 0])
    # The column's values close its only page, if they are where the statistics say they are.
    groups = np.arange(len(columns))
    seen = np.stack([mapped.at(rows[:-1], groups), mapped.at(rows[1:] - 1, groups)], axis=1)
    if not np.array_equal(seen, limits) or (limits[1:, 0] < limits[:-1, 1]).any():
        return None
    if len(mapped.data) > _SMALL:
        return mapped
    cells = [mapped.data[start : start + count * _WIDTH] for start, count in zip(mapped.begins, counts, strict=True)]
    return np.concatenate(cells).view("<i8")


def prepare_postings(con: Con) -> None:
    """Make the table such as can be searched in place, and merge its files where there are many small ones.

    Not inside a transaction. That other writers were faster is no harm: the next time will do it.
    """
    found = con.execute("SELECT option_name, scope FROM lake.options() WHERE option_name LIKE 'parquet_compression%'")
    options = set(found.fetchall())
    try:
        # Where an older version has set a level for all tables, none can be uncompressed.
        if options.isdisjoint({("parquet_compression", "TABLE"), ("parquet_compression_level", "GLOBAL")}):
            for statement in _OPTIONS:
                con.execute(statement)
        tier = _crowded(sorted(int(listed["data_file_size_bytes"]) for listed in _listed(con)))
        if tier:
            con.execute(
                f"CALL ducklake_merge_adjacent_files('lake', '{TABLE}', schema => 'internal', max_file_size => {tier})"
            )
    except duckdb.Error as error:
        if not is_transient(error):
            raise


def _crowded(sizes: Sequence[int]) -> int:
    """The least size below which there are more than a few files, 0 if there is none."""
    tier, least = _SMALLEST, 0
    while least < len(sizes):
        below = bisect_left(sizes, tier)
        if below > _FILES_AT_MOST:
            return tier
        least, tier = below, tier * _TIER
    return 0
