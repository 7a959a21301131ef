"""The packed table of places: columns in arrays, names in one sorted block, searched in place.

Some 150,000 places cost about 20 MB this way and load in a tenth of a second; as Python objects they would cost
ten times that. `tools/build_gazetteer.py` writes the file.
"""

from __future__ import annotations

import array
import csv
import importlib.resources
import json
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Literal

from etl.records import Place

Kind = Literal["city", "region", "country", "area"]
KINDS: tuple[Kind, ...] = ("city", "region", "country", "area")
_NO_PLACE = 900_000  # a latitude of 90 degrees stands for "no point given"


def _offsets(sizes: Sequence[int]) -> array.array[int]:
    return array.array("I", accumulate(sizes, initial=0))


def _integers(code: Literal["i", "I", "H"], raw: bytes) -> array.array[int]:
    column = array.array(code)
    column.frombytes(raw)
    return column


@dataclass(frozen=True, slots=True)
class Table:
    """All places by number, and the numbers under each folded name, best first."""

    ids: array.array[int]
    populations: array.array[int]
    latitudes: array.array[int]
    longitudes: array.array[int]
    kinds: bytes
    countries: array.array[int]
    admins: array.array[int]
    codes: tuple[str, ...]
    admin_codes: tuple[str, ...]
    names: bytes
    name_offsets: array.array[int]
    keys: bytes
    key_offsets: array.array[int]
    posting_offsets: array.array[int]
    postings: array.array[int]
    city_weights: bytes

    def _at(self, key: str) -> int | None:
        wanted = key.encode()
        offsets, keys = self.key_offsets, self.keys
        at = bisect_left(range(len(offsets) - 1), wanted, key=lambda i: keys[offsets[i] : offsets[i + 1]])
        if at == len(offsets) - 1 or keys[offsets[at] : offsets[at + 1]] != wanted:
            return None
        return at

    def find(self, key: str) -> Sequence[int]:
        """Numbers of the places that bear the folded name `key`, best first; empty if none does."""
        at = self._at(key)
        if at is None:
            return ()
        return self.postings[self.posting_offsets[at] : self.posting_offsets[at + 1]]

    def city_weight(self, key: str) -> float:
        """Decimal logarithm of the people of the best city called `key`, see `places.city_weight`."""
        at = self._at(key)
        return 0.0 if at is None else self.city_weights[at] / 10

    def place(self, number: int) -> Place:
        """The place of that number."""
        latitude = self.latitudes[number]
        has_point = latitude != _NO_PLACE
        return Place(
            geonames_id=self.ids[number] or None,
            name=self.names[self.name_offsets[number] : self.name_offsets[number + 1]].decode(),
            kind=KINDS[self.kinds[number]],
            country_code=self.codes[self.countries[number]] or None,
            admin1_code=self.admin_codes[self.admins[number]] or None,
            latitude=latitude / 10_000 if has_point else None,
            longitude=self.longitudes[number] / 10_000 if has_point else None,
        )


@lru_cache(maxsize=1)
def load_table() -> Table:
    """Return the table, read once per process."""
    raw = zlib.decompress((importlib.resources.files(__package__) / "data" / "places.bin").read_bytes())
    end = raw.index(b"\n")
    head = json.loads(raw[:end])
    parts: dict[str, bytes] = {}
    at = end + 1
    for name, size in head["sections"].items():
        parts[name] = raw[at : at + size]
        at += size
    return Table(
        ids=_integers("I", parts["ids"]),
        populations=_integers("I", parts["populations"]),
        latitudes=_integers("i", parts["latitudes"]),
        longitudes=_integers("i", parts["longitudes"]),
        kinds=parts["kinds"],
        countries=_integers("H", parts["countries"]),
        admins=_integers("H", parts["admins"]),
        codes=tuple(head["codes"]),
        admin_codes=tuple(head["admins"]),
        names=parts["names"],
        name_offsets=_offsets(parts["name_lengths"]),
        keys=parts["keys"],
        key_offsets=_offsets(parts["key_lengths"]),
        posting_offsets=_offsets(parts["posting_counts"]),
        postings=_integers("I", parts["postings"]),
        city_weights=parts["city_weights"],
    )


def read_rows(name: str) -> list[dict[str, str]]:
    """Rows of one of the hand-written TSV files; lines that start with "#" are comments."""
    text = (importlib.resources.files(__package__) / "data" / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
