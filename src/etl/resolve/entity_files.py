"""Two files that people keep for entity resolution: the alias table, and the curated list of decisions.

Both are UTF-8 text, one row a line, columns parted by tabs; empty lines and lines that begin with `#` are passed over.
The formats are described for users in docs/how-to/correct-an-identity.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from etl.ids import make_id
from etl.resolve.entities import name_id

TYPES = ("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "PRODUCT", "WORK_OF_ART", "LAW", "MISC")
DECISIONS = ("merge", "apart")


class EntityFileError(ValueError):
    """A line of an alias table or curated file that cannot be used; the message names line and reason."""


@dataclass(frozen=True, slots=True)
class Title:
    """A row of `entity_titles`."""

    alias_id: str
    alias: str
    entity_type: str
    wikidata_id: str
    wikipedia_title: str | None
    is_ambiguous: bool


@dataclass(frozen=True, slots=True)
class Override:
    """A row of `entity_overrides`."""

    one_id: str
    other_id: str
    decision: str
    note: str | None


def parse_titles(lines: Iterable[str]) -> list[Title]:
    """The alias table: name, type, Wikidata id, Wikipedia title (may be empty), GeoNames id (may be left out).

    A name of one type that is given several Wikidata ids is kept and marked ambiguous.

    Raises:
        EntityFileError: a line lacks a column, or its type or id is none.
    """
    found: dict[tuple[str, str], Title] = {}
    ids: dict[str, set[str]] = defaultdict(set)
    for number, cells in _rows(lines, 3, 5):
        name, label, wikidata, title, geonames = (*cells, "", "")[:5]
        if label not in TYPES:
            raise EntityFileError(f"line {number}: type {label!r}, must be one of {', '.join(TYPES)}")
        if not (wikidata[:1] == "Q" and wikidata[1:].isdigit()):
            raise EntityFileError(f"line {number}: Wikidata id {wikidata!r}, must look like Q42")
        if geonames and not geonames.isdigit():
            raise EntityFileError(f"line {number}: GeoNames id {geonames!r}, must be a number")
        alias_id = make_id("ent", "place", int(geonames)) if geonames else name_id(label, name)
        ids[alias_id].add(wikidata)
        found.setdefault((alias_id, wikidata), Title(alias_id, name, label, wikidata, title or None, False))
    return [
        Title(t.alias_id, t.alias, t.entity_type, t.wikidata_id, t.wikipedia_title, len(ids[t.alias_id]) > 1)
        for t in found.values()
    ]


def parse_overrides(lines: Iterable[str]) -> list[Override]:
    """The curated file: `merge` or `apart`, type, one name or entity id, another, and a note (may be left out).

    Raises:
        EntityFileError: a line lacks a column, its decision or type is none, or it says both of one pair.
    """
    found: dict[tuple[str, str], Override] = {}
    for number, cells in _rows(lines, 4, 5):
        decision, label, one, other, note = (*cells, "")[:5]
        if decision not in DECISIONS:
            raise EntityFileError(f"line {number}: decision {decision!r}, must be {' or '.join(DECISIONS)}")
        if label not in TYPES:
            raise EntityFileError(f"line {number}: type {label!r}, must be one of {', '.join(TYPES)}")
        pair = sorted(name if name.startswith("ent-") else name_id(label, name) for name in (one, other))
        if pair[0] == pair[1]:
            raise EntityFileError(f"line {number}: {one!r} and {other!r} are one name")
        new = Override(pair[0], pair[1], decision, note or None)
        known = found.setdefault((pair[0], pair[1]), new)
        if known.decision != decision:
            raise EntityFileError(
                f"line {number}: says {decision} of a pair that an earlier line says {known.decision} of"
            )
    return list(found.values())


def _rows(lines: Iterable[str], least: int, most: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line.rstrip("\n").split("\t")]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if not least <= len(cells) <= most or not all(cells[:least]):
            raise EntityFileError(f"line {number}: {len(cells)} columns, must be {least} to {most} parted by tabs")
        yield number, cells
