"""The alias table and the curated decisions in the lake, and looking an entity up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from etl import schema
from etl.chains import fold
from etl.lake.commit import insert_rows
from etl.lake.connect import Lake
from etl.lake.entities import resolve_entities
from etl.lake.transaction import transaction
from etl.resolve.entity_files import Override, Title

Row = dict[str, Any]


def load_titles(lake: Lake, titles: Sequence[Title]) -> dict[str, int]:
    """Put an alias table in place of the one before and resolve all entities anew; give rows written by table."""
    return _load(lake, "entity_titles", [asdict(t) for t in titles])


def load_overrides(lake: Lake, overrides: Sequence[Override]) -> dict[str, int]:
    """Put curated decisions in place of those before and resolve all entities anew; give rows written by table."""
    return _load(lake, "entity_overrides", [asdict(o) for o in overrides])


def _load(lake: Lake, name: str, rows: list[Row]) -> dict[str, int]:
    table = schema.core(name)
    arrow = pa.Table.from_pylist(rows, schema=table.schema)

    def work() -> tuple[dict[str, int], bool]:
        lake.con.execute(f"DELETE FROM lake.{name}")
        if rows:
            insert_rows(lake, table, arrow)
        return {name: len(rows), **resolve_entities(lake.con, None)}, True

    return transaction(lake.con, work, message=name.replace("_", " "))


def find_entities(lake: Lake, text: str, limit: int = 20) -> list[Row]:
    """Entities by id (an id from before a merge too) or by a name they bear; an exact name first, then the most named.

    Each row has the columns of `entities` and `aliases`, its rows of `entity_aliases`.
    """
    ids = [text] if text.startswith("ent-") else _ids_by_name(lake, text, limit)
    if text.startswith("ent-"):
        moved = lake.con.execute("SELECT DISTINCT entity_id FROM lake.entity_aliases WHERE merged_id = ?", [text])
        ids = [i for (i,) in moved.fetchall()] or ids
    return [row | {"aliases": _aliases(lake, row["entity_id"])} for i in ids for row in _entities(lake, i)]


def _ids_by_name(lake: Lake, text: str, limit: int) -> list[str]:
    found = lake.con.execute(
        """SELECT a.entity_id, bool_or(lower(strip_accents(a.alias)) = ?) AS exact, max(e.mention_count) AS mentions
           FROM lake.entity_aliases a JOIN lake.entities e USING (entity_id)
           WHERE contains(lower(strip_accents(a.alias)), ?) GROUP BY 1 ORDER BY exact DESC, mentions DESC, 1 LIMIT ?""",
        [fold(text), fold(text), limit],
    ).fetchall()
    return [i for i, exact, _ in found if exact] or [i for i, _, _ in found]


def _entities(lake: Lake, ident: str) -> list[Row]:
    return _rows(lake, "SELECT * FROM lake.entities WHERE entity_id = ?", ident)


def _aliases(lake: Lake, ident: str) -> list[Row]:
    return _rows(
        lake,
        "SELECT * FROM lake.entity_aliases WHERE entity_id = ? ORDER BY mention_count DESC, alias, merged_id",
        ident,
    )


def _rows(lake: Lake, query: str, value: str) -> list[Row]:
    found = lake.con.execute(query, [value])
    names = [str(column[0]) for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
