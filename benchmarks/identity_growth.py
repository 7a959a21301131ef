"""Cost of resolving the names of a batch, by the size of the lake that it is added to.

Stories are invented: 8 people, 5 organisations and 5 places each, drawn by a Zipf law as names on a wire are, so that a
few are in every tenth story and most in one. They are put straight into the lake: no text is read.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from etl import schema
from etl.ids import make_id
from etl.lake import open_lake
from etl.lake.commit import insert_rows
from etl.lake.connect import Lake
from etl.lake.entities import resolve_entities
from etl.lake.entity_changes import since
from etl.lake.transaction import transaction
from etl.resolve.entities import name_id

_START = datetime(2001, 1, 1, tzinfo=UTC)
_LOADED_AT_ONCE = 5_000
_FIRST = ("ba", "do", "ke", "li", "mu", "na", "ro", "sa", "ti", "vo")
_LAST = ("berg", "dal", "falk", "grim", "holm", "lund", "mark", "rud", "sten", "vik")
_ROLES = (
    ("minister", "finance minister", "former minister"),
    ("goalkeeper", "striker"),
    ("professor", "Irish economist"),
    ("chief executive",),
    ("spokesman", "spokeswoman"),
)
Names = list[tuple[str, str]]


def _word(number: int, endings: Sequence[str]) -> str:
    """An invented word for a number, different for different numbers."""
    syllables = endings[number % len(endings)]
    number //= len(endings)
    while number:
        syllables = _FIRST[number % len(_FIRST)] + syllables
        number //= len(_FIRST)
    return syllables.capitalize()


def person(rank: int) -> str:
    """The full name of the person of a rank; a surname is shared by some."""
    return f"{_word(rank % 900 + 10, _FIRST)} {_word(rank * 7 % 9_000 + 10, _LAST)}"


class Wire:
    """Invented stories; number n is the same story at every call."""

    def __init__(self, people: int = 200_000, others: int = 40_000) -> None:
        """Fix how often each name is drawn."""
        self._people = _shares(people)
        self._others = _shares(others)

    def rows(self, first: int, count: int) -> dict[str, pa.Table]:
        """Core tables of `count` stories from number `first` on."""
        columns: dict[str, dict[str, list[object]]] = {
            name: {column: [] for column in wanted.split()}
            for name, wanted in (
                ("articles", "article_id published_at"),
                ("article_entities", "article_id entity_id entity_type entity_name scope entity_role"),
                ("mentions", "mention_id article_id entity_id entity_type entity_name mention_text mention_rule"),
            )
        }
        for number in range(first, first + count):
            self._add(columns, number)
        return {name: _table(name, found) for name, found in columns.items()}

    def _add(self, columns: Mapping[str, Mapping[str, list[object]]], number: int) -> None:
        article = make_id("art", "growth", number)
        _put(columns["articles"], article, _START + timedelta(minutes=10 * number))
        for label, name, printed, role in self._names(number):
            ident = name_id(label, name)
            _put(columns["article_entities"], article, ident, label, name, "global", role)
            for n, text in enumerate(printed):
                mention = make_id("men", article, name, n)
                _put(columns["mentions"], mention, article, ident, label, name, text, "tagger")

    def _names(self, number: int) -> Iterator[tuple[str, str, tuple[str, ...], str | None]]:
        draw = np.random.default_rng(number)
        for rank in np.unique(np.searchsorted(self._people, draw.random(8))).tolist():
            name, chance = person(rank), draw.random()
            roles = _ROLES[rank % len(_ROLES)] if chance < 0.97 else _ROLES[int(draw.integers(len(_ROLES)))]
            role = str(draw.choice(roles)) if draw.random() < 0.5 else None
            full = name.replace(" ", " R. ") if rank % 4 == 0 and chance < 0.2 else name
            yield "PERSON", full, (full, name.split()[1]), role
        for n, rank in enumerate(np.unique(np.searchsorted(self._others, draw.random(10))).tolist()):
            name = f"{_word(rank + 10, _LAST)} {'Board' if n % 2 else 'Region'}"
            yield ("ORG" if n % 2 else "LOC"), name, (name, name.upper() if n == 1 else name), None


def _shares(count: int) -> NDArray[np.float64]:
    weights = np.cumsum(1.0 / (np.arange(count) + 15.0))
    return np.asarray(weights / weights[-1], np.float64)


def _put(columns: Mapping[str, list[object]], *values: object) -> None:
    for column, value in zip(columns.values(), values, strict=True):
        column.append(value)


def _table(name: str, columns: Mapping[str, list[object]]) -> pa.Table:
    count = len(next(iter(columns.values())))
    arrays = []
    for field in schema.core(name).schema:
        if field.name in columns:
            arrays.append(pa.array(columns[field.name], field.type))
        elif field.nullable:
            arrays.append(pa.nulls(count, field.type))
        else:
            empty: object = [] if pa.types.is_list(field.type) else "x" if pa.types.is_string(field.type) else 0
            arrays.append(pa.array([empty] * count).cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema.core(name).schema)


def _load(lake: Lake, rows: Mapping[str, pa.Table]) -> None:
    def work() -> tuple[None, bool]:
        for name, table in rows.items():
            insert_rows(lake, schema.core(name), table)
        return None, True

    transaction(lake.con, work, message="load")


def measure(wire: Wire, size: int, batches: Sequence[int], folder: Path) -> Iterator[tuple[int, float, float]]:
    """(stories, CPU, wall seconds) of resolving each of some batches in a lake of `size` stories."""
    with open_lake(folder) as lake:
        for start in range(0, size, _LOADED_AT_ONCE):
            _load(lake, wire.rows(start, min(_LOADED_AT_ONCE, size - start)))
        transaction(lake.con, lambda: (resolve_entities(lake.con, None), True), message="resolve")
        start = size
        for count in batches:
            before = lake.snapshot()
            _load(lake, wire.rows(start, count))
            start += count
            after = lake.snapshot()
            cpu, wall = time.process_time(), time.perf_counter()
            transaction(
                lake.con,
                lambda old=before, new=after: (resolve_entities(lake.con, since(lake.con, old + 1, new)), True),  # type: ignore[misc]
                message="resolve",
            )
            yield count, time.process_time() - cpu, time.perf_counter() - wall


def report(sizes: Sequence[int], batches: Sequence[int], rounds: int = 3) -> None:
    """Print the least cost of each batch size for each size of the lake."""
    wire = Wire()
    least: dict[int, float] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            found = list(measure(wire, size, [*batches] * rounds, Path(folder)))
        for batch in batches:
            cpu = min(c for n, c, _ in found if n == batch)
            wall = min(w for n, _, w in found if n == batch)
            least.setdefault(batch, cpu)
            print(
                f"names of {batch:>4} stories to {size:>7,}: {cpu:5.2f} s CPU, {wall:5.2f} s wall; "
                f"{cpu / least[batch]:.2f} x the first size",
                flush=True,
            )
