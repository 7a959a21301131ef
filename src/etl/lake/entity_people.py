"""People over the lake: what the first stories of a full name say, and which of its bearers each story means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from etl import schema
from etl.lake.entity_changes import of_names
from etl.lake.entity_state import Con, column, insert, number, temporary
from etl.resolve.entities import Facts, Name
from etl.resolve.entity_names import Pair
from etl.resolve.entity_senses import FIRST, Occurrence, may_be_several, one_bearer, place_later, sense_ids, split

_OCCURRENCE = "article_id, entity_role, entity_affiliation, published_at, company"
_ORDER = "PARTITION BY {} ORDER BY published_at NULLS LAST, article_id"
_KEPT = FIRST + 1
"""One story more than settles bearers: so it is known whether there are later ones."""

SenseRow = tuple[str, str, str, str]


# --- the first stories -----------------------------------------------------------------------------


def remember_people(con: Con, anew: Collection[str]) -> None:
    """Keep the people of `er_fresh` that are among the first stories of their name; take those of `anew` afresh."""
    temporary(con, "er_people", anew)
    keys = f"(SELECT {number('id')} FROM er_people)"
    if anew:
        con.execute(f"DELETE FROM lake.internal.entity_people WHERE person IN {keys}")
        source = f"({of_names(con, 'er_people')}) UNION ALL FROM er_fresh WHERE entity_id NOT IN (FROM er_people)"
    else:
        source = "FROM er_fresh"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE er_incoming AS
            SELECT {number("entity_id")} AS person, {_OCCURRENCE} FROM ({source}) WHERE company IS NOT NULL"""
    )
    con.execute(
        f"""INSERT INTO lake.internal.entity_people BY NAME
            WITH known AS (SELECT person, article_id, published_at FROM lake.internal.entity_people
                           WHERE person IN (SELECT person FROM er_incoming)),
                 placed AS (SELECT person, article_id FROM (
                     SELECT person, article_id, published_at FROM er_incoming UNION ALL FROM known)
                     QUALIFY row_number() OVER ({_ORDER.format("person")}) <= {_KEPT})
            SELECT i.* FROM er_incoming i SEMI JOIN placed USING (person, article_id) ORDER BY person"""
    )


def read_people(con: Con, ids: Iterable[str]) -> dict[str, Facts]:
    """What the first stories of these names say, by id; the stories themselves go to the table `er_first`."""
    temporary(con, "er_people", ids)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE er_first AS
            SELECT i.id, p.*, row_number() OVER ({_ORDER.format("i.id")}) AS place
            FROM (SELECT id, {number("id")} AS person FROM er_people) i
            JOIN lake.internal.entity_people p USING (person)"""
    )
    return _facts(con, f"er_first WHERE place <= {FIRST}")


def _facts(con: Con, source: str) -> dict[str, Facts]:
    found = con.execute(
        f"""SELECT id, list(DISTINCT entity_role) FILTER (entity_role IS NOT NULL),
                   list(DISTINCT entity_affiliation) FILTER (entity_affiliation IS NOT NULL)
            FROM {source} GROUP BY id"""
    )
    return {ident: Facts(frozenset(roles or ()), frozenset(places or ())) for ident, roles, places in found.fetchall()}


def shared_company(con: Con, some: Sequence[Pair]) -> dict[tuple[str, str], int]:
    """How many other people the first stories name both beside the one and beside the other of a pair."""
    if not some:
        return {}
    rows = pa.table({"one": [p.one.entity_id for p in some], "other": [p.other.entity_id for p in some]})
    con.register("er_pairs", rows)
    try:
        found = con.execute(
            f"""WITH company AS (
                    SELECT id, any_value(person) AS person, list_distinct(flatten(list(company))) AS beside
                    FROM er_first
                    WHERE place <= {FIRST} AND id IN (SELECT unnest([one, other]) FROM er_pairs) GROUP BY id
                ), met AS (
                    SELECT p.one, p.other, list_filter(list_intersect(x.beside, y.beside),
                                                       n -> n <> x.person AND n <> y.person) AS shared
                    FROM er_pairs p JOIN company x ON x.id = p.one JOIN company y ON y.id = p.other
                )
                SELECT one, other, len(shared) FROM met WHERE len(shared) > 0"""
        ).fetchall()
    finally:
        con.unregister("er_pairs")
    return {(one, other): count for one, other, count in found}


# --- namesakes -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Senses:
    """What became of the bearers of names: entities that gained or lost stories, and names whose stories moved."""

    touched: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)


def refresh_senses(
    con: Con, names: Mapping[str, Name], facts: Mapping[str, Facts], anew: frozenset[str] | None
) -> Senses:
    """Part the bearers of names where stories part them. `anew` None: all stories are looked at.

    Args:
        con: after `read_people` of the names.
        names: people whose stories changed, and names that were people's, by id.
        facts: what their first stories say.
        anew: of these, the names that lost a story.
    """
    temporary(con, "er_names", names)
    old: dict[str, set[SenseRow]] = defaultdict(set)
    columns = schema.core("entity_senses").columns
    for row in con.execute(
        f"SELECT {', '.join(columns)} FROM lake.entity_senses WHERE merged_id IN (FROM er_names)"
    ).fetchall():
        old[row[1]].add(row)
    shifted = set(names) if anew is None else anew | _shifted(con)
    later = _later(con, shifted)
    suspects = {i for i in names if i in old or (i in facts and _several(facts[i], later.get(i, Facts())))}
    first = _occurrences(con, "er_first", f"place <= {FIRST}", suspects)
    rest = _occurrences(con, "er_later", "true", suspects)
    new = {
        ident: _sense_rows(names[ident], first[ident], rest[ident], set() if ident in shifted else old[ident])
        for ident in sorted(suspects)
        if ident in facts
    }
    return _write(con, old, new)


def _several(*facts: Facts) -> bool:
    return may_be_several({r for f in facts for r in f.roles}, {a for f in facts for a in f.affiliations})


def _shifted(con: Con) -> set[str]:
    """Names one of whose first stories is a fresh one."""
    return column(
        con,
        f"""SELECT DISTINCT f.id FROM er_first f
            SEMI JOIN er_fresh n ON n.entity_id = f.id AND n.article_id = f.article_id WHERE place <= {FIRST}""",
    )


def _later(con: Con, shifted: Collection[str]) -> dict[str, Facts]:
    """Later stories that have to be placed, in `er_later`, and what they say by name.

    Of names whose first stories changed these are all, of the others the fresh ones.
    """
    temporary(con, "er_shifted", shifted)
    # Of a name that had no later stories before, all are at hand.
    crowded = column(
        con,
        f"""SELECT id FROM er_first f ANTI JOIN er_fresh n ON n.entity_id = f.id AND n.article_id = f.article_id
            WHERE id IN (FROM er_shifted) GROUP BY 1 HAVING count(*) > {FIRST}""",
    )
    temporary(con, "er_crowded", crowded)
    parts = [
        "SELECT entity_id AS id, * FROM er_fresh WHERE company IS NOT NULL AND entity_id NOT IN (FROM er_crowded)",
        f"SELECT * FROM er_first WHERE place > {FIRST} AND id IN (FROM er_shifted) AND id NOT IN (FROM er_crowded)",
    ]
    if crowded:
        parts.append(f"SELECT entity_id AS id, * FROM ({of_names(con, 'er_crowded')})")
    every = " UNION ".join(f"SELECT id, {_OCCURRENCE} FROM ({part})" for part in parts)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE er_later AS FROM ({every})
            ANTI JOIN (SELECT id, article_id FROM er_first WHERE place <= {FIRST}) USING (id, article_id)"""
    )
    return _facts(con, "er_later")


def _occurrences(con: Con, table: str, where: str, ids: Collection[str]) -> dict[str, list[Occurrence]]:
    stories: dict[str, list[Occurrence]] = defaultdict(list)
    if ids:
        temporary(con, "er_names", ids)
        found = con.execute(
            f"""SELECT id, {number("id")}, {_OCCURRENCE} FROM {table} WHERE id IN (FROM er_names) AND {where}"""
        )
        for ident, own, article, role, affiliation, published, company in found.fetchall():
            beside = frozenset(company) - {own}
            stories[ident].append(Occurrence(article, role, affiliation, published, beside))
    return stories


def _sense_rows(
    name: Name, first: Sequence[Occurrence], later: Sequence[Occurrence], standing: set[SenseRow]
) -> set[SenseRow]:
    """Rows of `entity_senses` of one name; `standing` are those that hold because its first stories are the same."""
    base = name.entity_id
    # Whether the first stories are of several bearers is for them alone to say.
    said = Facts(frozenset(s.role for s in first if s.role), frozenset(s.affiliation for s in first if s.affiliation))
    senses = split(first) if _several(said) else one_bearer(first)
    placed = place_later(name.name, base, first, senses, later)
    rows = standing | {(article, base, ident, evidence) for article, (ident, evidence) in placed.items()}
    if len(senses) > 1 or rows:
        for sense, ident in zip(senses, sense_ids(name.name, base, senses), strict=True):
            rows |= {(article, base, ident, sense.evidence) for article in sense.articles}
    return rows


def _write(con: Con, old: Mapping[str, set[SenseRow]], new: Mapping[str, set[SenseRow]]) -> Senses:
    result = Senses()
    differ = sorted(i for i in old.keys() | new.keys() if old.get(i, set()) != new.get(i, set()))
    if not differ:
        return result
    fresh = set(con.execute("SELECT article_id, entity_id FROM er_fresh WHERE company IS NOT NULL").fetchall())
    for ident in differ:
        before, after = old.get(ident, set()), new.get(ident, set())
        result.touched |= {row[2] for row in before ^ after}
        was, now = ({row[0]: row[2] for row in rows} for rows in (before, after))
        if any(was.get(a, ident) != now.get(a, ident) for a in was.keys() | now.keys() if (a, ident) not in fresh):
            result.moved.add(ident)
    _replace(con, differ, [row for ident in differ for row in sorted(new.get(ident, set()))])
    return result


def _replace(con: Con, ids: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    temporary(con, "er_names", ids)
    con.execute("DELETE FROM lake.entity_senses WHERE merged_id IN (FROM er_names)")
    insert(con, "lake.entity_senses", schema.core("entity_senses").columns, rows)
