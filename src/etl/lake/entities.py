"""Entities over the lake: what a batch changed is compared with the names of its blocks, and nothing else.

Steps: the names that changed give blocks; pairs within those blocks are decided anew; what stories state is looked up
for the variants that changed; the names that hang together with them are clustered anew. The rules are `etl.resolve`'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from etl import schema
from etl.lake import ddl
from etl.lake.entity_rows import write_entity_rows
from etl.resolve.entities import Edge, Facts, Merge, Name, cluster, name_id, stated_edge
from etl.resolve.entity_names import Pair, block_of, decide, pairs, person_parts, person_rule
from etl.resolve.entity_senses import Occurrence, may_be_several, sense_ids, split

Con = duckdb.DuckDBPyConnection

_STATED = ("PERSON", "ORG", "NORP", "EVENT")
"""Types whose variants are taken from what stories state; a place has its GeoNames id."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed since the last time: articles that came or went, and the names they bear or bore."""

    articles: frozenset[str]
    names: frozenset[str]


@dataclass(slots=True)
class _Work:
    """One pass: the connection and the names that have to be looked at again."""

    con: Con
    names: set[str]
    blocks: set[str] = field(default_factory=set)
    members: dict[str, Name] = field(default_factory=dict)


def resolve_entities(con: Con, changed: Changed | None) -> dict[str, int]:
    """Bring `entities`, `entity_aliases` and `entity_senses` to what the articles say; give rows written by table.

    `con` has the lake attached and a transaction open. `changed` None looks at everything. The outcome is the
    same whether articles came at once or one by one, in whatever order.
    """
    _temp(
        con, "er_articles", changed.articles if changed else None, "SELECT DISTINCT article_id AS id FROM lake.articles"
    )
    stale = _refresh_stated(con, everything=changed is None)
    if changed is None:
        for name in ("entity_keys", "entity_pairs"):
            con.execute(f"DELETE FROM lake.internal.{name}")
        # Rows of a lake that was written before the log said what was merged.
        con.execute("DELETE FROM lake.entity_aliases WHERE merged_id IS NULL")
        names = {i for (i,) in con.execute("SELECT DISTINCT entity_id FROM lake.article_entities").fetchall()}
        names |= {i for (i,) in con.execute("SELECT merged_id FROM lake.internal.entity_merges").fetchall()}
        names |= {i for (i,) in con.execute("SELECT entity_id FROM lake.entities").fetchall()}
    else:
        names = set(changed.names)
    work = _Work(con, names | stale)
    _refresh_keys(work)
    facts = _read_facts(con, [n for n in work.members.values() if n.label == "PERSON"])
    senses = _refresh_senses(work, facts)
    _refresh_pairs(work, facts)
    touched = _refresh_merges(con, work.names)
    return write_entity_rows(con, touched | senses)


# --- blocks --------------------------------------------------------------------------------------


def _refresh_keys(work: _Work) -> None:
    """Names of the changed stories to their blocks, and all names of those blocks to `work.members`."""
    con = work.con
    _temp(con, "er_names", work.names)
    old = con.execute("SELECT block FROM lake.internal.entity_keys WHERE entity_id IN (FROM er_names)").fetchall()
    live = con.execute(
        """SELECT entity_id, min(entity_type), min(entity_name) FROM lake.article_entities
           WHERE entity_id IN (FROM er_names) AND scope = 'global' AND geonames_id IS NULL GROUP BY 1"""
    ).fetchall()
    keyed = [(*row, block) for row in live if (block := block_of(row[1], row[2]))]
    con.execute("DELETE FROM lake.internal.entity_keys WHERE entity_id IN (FROM er_names)")
    _insert(con, "lake.internal.entity_keys", ("entity_id", "label", "name", "block"), keyed)
    work.blocks = {block for (block,) in old} | {row[3] for row in keyed}
    _temp(con, "er_blocks", work.blocks)
    found = con.execute(
        "SELECT entity_id, label, name, block FROM lake.internal.entity_keys WHERE block IN (FROM er_blocks)"
    )
    work.members = {row[0]: Name(*row) for row in found.fetchall()}


def _read_facts(con: Con, names: Sequence[Name]) -> dict[str, Facts]:
    _temp(con, "er_people", {n.entity_id for n in names})
    found = con.execute(
        """SELECT e.entity_id, list(DISTINCT e.entity_role) FILTER (e.entity_role IS NOT NULL),
                  list(DISTINCT e.entity_affiliation) FILTER (e.entity_affiliation IS NOT NULL), min(a.published_at)
           FROM lake.article_entities e JOIN (SELECT article_id, published_at FROM lake.articles) a USING (article_id)
           WHERE e.entity_id IN (FROM er_people) GROUP BY 1"""
    )
    return {
        i: Facts(frozenset(roles or ()), frozenset(places or ()), seen) for i, roles, places, seen in found.fetchall()
    }


# --- namesakes -----------------------------------------------------------------------------------


def _refresh_senses(work: _Work, facts: dict[str, Facts]) -> set[str]:
    """Part the bearers of the changed names where stories part them; give the ids that changed hands."""
    con = work.con
    _temp(con, "er_names", work.names)
    old = set(
        con.execute(
            f"SELECT {ddl.column_list(schema.core('entity_senses'))} FROM lake.entity_senses "
            "WHERE merged_id IN (FROM er_names)"
        ).fetchall()
    )
    suspects = [
        work.members[i]
        for i in sorted(work.names)
        if i in facts and i in work.members and may_be_several(facts[i].roles, facts[i].affiliations)
    ]
    stories = _read_occurrences(con, suspects)
    new: set[tuple[Any, ...]] = set()
    for name in suspects:
        senses = split(stories[name.entity_id])
        for sense, ident in zip(senses, sense_ids(name.name, name.entity_id, senses), strict=True):
            if len(senses) > 1:
                new |= {(article, name.entity_id, ident, sense.evidence) for article in sense.articles}
    if old != new:
        con.execute("DELETE FROM lake.entity_senses WHERE merged_id IN (FROM er_names)")
        _insert(con, "lake.entity_senses", schema.core("entity_senses").columns, sorted(new))
    return {row[2] for row in old ^ new}


def _read_occurrences(con: Con, names: Sequence[Name]) -> dict[str, list[Occurrence]]:
    stories: dict[str, list[Occurrence]] = defaultdict(list)
    if not names:
        return stories
    _temp(con, "er_people", {n.entity_id for n in names})
    found = con.execute(
        """WITH stories AS (
               SELECT e.entity_id, e.article_id, e.entity_role, e.entity_affiliation FROM lake.article_entities e
               WHERE e.entity_id IN (FROM er_people)
           ), company AS (
               SELECT s.entity_id, s.article_id, list(c.entity_id) AS ids
               FROM stories s JOIN lake.article_entities c USING (article_id)
               WHERE c.entity_type = 'PERSON' AND c.scope = 'global' AND c.entity_id <> s.entity_id GROUP BY ALL
           )
           SELECT s.entity_id, s.article_id, s.entity_role, s.entity_affiliation, a.published_at, c.ids
           FROM stories s JOIN (SELECT article_id, published_at FROM lake.articles) a USING (article_id)
           LEFT JOIN company c ON c.entity_id = s.entity_id AND c.article_id = s.article_id"""
    )
    for ident, article, role, affiliation, published, company in found.fetchall():
        stories[ident].append(Occurrence(article, role, affiliation, published, frozenset(company or ())))
    return stories


# --- pairs ---------------------------------------------------------------------------------------


def _refresh_pairs(work: _Work, facts: dict[str, Facts]) -> None:
    """Decide the pairs of the changed blocks and of the changed variants anew."""
    con = work.con
    by_block: dict[str, list[Name]] = defaultdict(list)
    for name in work.members.values():
        by_block[name.block].append(name)
    candidates = [pair for block in sorted(by_block) for pair in pairs(by_block[block])]
    shared = _shared_company(con, [p for p in candidates if p.one.label == "PERSON"])
    rows = [
        (pair.one.block, edge.one, edge.other, edge.rule, edge.evidence)
        for pair in candidates
        if (edge := decide(pair, facts, shared.get((pair.one.entity_id, pair.other.entity_id), 0)))
    ]
    rows += [(f"stated {alias}", e.one, e.other, e.rule, e.evidence) for alias, e in _stated_edges(work)]
    _temp(con, "er_blocks", work.blocks | {f"stated {i}" for i in work.names})
    columns = ("block", "one", "other", "rule", "evidence")
    old = con.execute(f"SELECT {', '.join(columns)} FROM lake.internal.entity_pairs WHERE block IN (FROM er_blocks)")
    before = set(old.fetchall())
    if before != set(rows):
        con.execute("DELETE FROM lake.internal.entity_pairs WHERE block IN (FROM er_blocks)")
        _insert(con, "lake.internal.entity_pairs", columns, sorted(rows))
    work.names |= {i for row in before ^ set(rows) for i in row[1:3]}


def _shared_company(con: Con, some: Sequence[Pair]) -> dict[tuple[str, str], int]:
    """How many other people stories name both beside the one and beside the other of a pair."""
    if not some:
        return {}
    rows = pa.table({"one": [p.one.entity_id for p in some], "other": [p.other.entity_id for p in some]})
    con.register("er_pairs", rows)
    try:
        found = con.execute(
            """WITH bearers AS (SELECT DISTINCT unnest([one, other]) AS id FROM er_pairs),
                    people AS (SELECT article_id, entity_id FROM lake.article_entities
                               WHERE entity_type = 'PERSON' AND scope = 'global'),
                    company AS (SELECT DISTINCT b.id, c.entity_id FROM bearers b JOIN people e ON e.entity_id = b.id
                                JOIN people c ON c.article_id = e.article_id AND c.entity_id <> b.id)
               SELECT p.one, p.other, count(*) FROM er_pairs p JOIN company x ON x.id = p.one
               JOIN company y ON y.id = p.other AND y.entity_id = x.entity_id
               WHERE x.entity_id NOT IN (p.one, p.other) GROUP BY ALL"""
        ).fetchall()
    finally:
        con.unregister("er_pairs")
    return {(one, other): count for one, other, count in found}


# --- what stories state ----------------------------------------------------------------------------


def _refresh_stated(con: Con, *, everything: bool) -> set[str]:
    """Remember what the changed stories state; give the variants about which something changed."""
    where = "" if everything else " WHERE article_id IN (FROM er_articles)"
    old = con.execute(f"SELECT DISTINCT alias_id FROM lake.internal.entity_stated{where}").fetchall()
    found = con.execute(
        """SELECT DISTINCT m.article_id, m.entity_type, m.mention_text, m.entity_id FROM lake.mentions m
            WHERE m.entity_type IN (SELECT unnest(?::VARCHAR[])) AND m.mention_text <> m.entity_name
              AND m.article_id IN (FROM er_articles)""",
        [list(_STATED)],
    ).fetchall()
    rows = set()
    for article, label, text, entity in found:
        alias = name_id(label, text) if text.strip() and block_of(label, text) else entity
        if alias != entity:
            rows.add((article, alias, text, entity))
    con.execute(f"DELETE FROM lake.internal.entity_stated{where}")
    _insert(con, "lake.internal.entity_stated", ("article_id", "alias_id", "alias", "entity_id"), sorted(rows))
    return {i for (i,) in old} | {row[1] for row in rows}


def _stated_edges(work: _Work) -> Iterator[tuple[str, Edge]]:
    con = work.con
    _temp(con, "er_names", work.names)
    found = con.execute(
        """SELECT s.alias_id, a.label, a.name, a.block, s.entity_id, k.label, k.name, k.block,
                  count(DISTINCT s.article_id)
           FROM lake.internal.entity_stated s JOIN lake.internal.entity_keys a ON a.entity_id = s.alias_id
           JOIN lake.internal.entity_keys k ON k.entity_id = s.entity_id
           WHERE s.alias_id IN (FROM er_names) GROUP BY ALL"""
    ).fetchall()
    claims: dict[Name, dict[Name, int]] = defaultdict(dict)
    for row in found:
        claims[Name(*row[:4])][Name(*row[4:8])] = row[8]
    for alias in sorted(claims, key=lambda n: n.entity_id):
        if edge := stated_edge(alias, claims[alias], agree=_all_one_person(alias, claims[alias])):
            yield alias.entity_id, edge


def _all_one_person(alias: Name, names: Iterable[Name]) -> bool:
    if alias.label != "PERSON":
        return True
    parts = [person_parts(n.name) for n in names]
    return all(person_rule(a, b) for n, a in enumerate(parts) for b in parts[:n])


# --- clusters ------------------------------------------------------------------------------------


def _refresh_merges(con: Con, seeds: set[str]) -> set[str]:
    """Cluster what hangs together with the seeds anew; give every name whose entity may have changed."""
    curated, apart = _curated(con)
    split_names = {i for (i,) in con.execute("SELECT DISTINCT merged_id FROM lake.entity_senses").fetchall()}
    edges, component = _component(con, seeds, curated, split_names)
    _temp(con, "er_names", {i for e in edges for i in (e.one, e.other)})
    first = dict(
        con.execute(
            """SELECT coalesce(s.entity_id, e.entity_id) AS id, min(a.published_at) FROM lake.article_entities e
               LEFT JOIN lake.entity_senses s ON s.article_id = e.article_id AND s.merged_id = e.entity_id
               JOIN (SELECT article_id, published_at FROM lake.articles) a ON a.article_id = e.article_id
               WHERE coalesce(s.entity_id, e.entity_id) IN (FROM er_names) GROUP BY 1"""
        ).fetchall()
    )
    new = {_merge_row(m) for m in cluster(edges, apart, first)}
    _temp(con, "er_names", component)
    columns = ("merged_id", "entity_id", "rule", "evidence", "decided_at")
    found = con.execute(
        f"SELECT {', '.join(columns)} FROM lake.internal.entity_merges WHERE merged_id IN (FROM er_names)"
    )
    old = set(found.fetchall())
    if old != new:
        con.execute("DELETE FROM lake.internal.entity_merges WHERE merged_id IN (FROM er_names)")
        _insert(con, "lake.internal.entity_merges", columns, sorted(new, key=lambda row: row[0]))
    # Only entities that a changed name is or was part of get new rows.
    return seeds | {i for row in old ^ new for i in row[:2]} | {r[1] for r in old | new if r[0] in seeds}


def _merge_row(merge: Merge) -> tuple[Any, ...]:
    return merge.merged_id, merge.entity_id, merge.rule, merge.evidence, merge.decided_at


def _curated(con: Con) -> tuple[list[Edge], list[tuple[str, str]]]:
    edges, apart = [], []
    for decision, one, other, note in con.execute(
        "SELECT decision, one_id, other_id, note FROM lake.entity_overrides ORDER BY ALL"
    ).fetchall():
        if decision == "merge":
            edges.append(Edge(min(one, other), max(one, other), "curated", note or "curated file"))
        else:
            apart.append((one, other))
    return edges, apart


def _component(con: Con, seeds: set[str], curated: Sequence[Edge], split_names: set[str]) -> tuple[set[Edge], set[str]]:
    """All edges that can be reached from the seeds, and all names on the way, former members of entities too."""
    known, frontier, edges = set(seeds), set(seeds), set()
    while frontier:
        _temp(con, "er_frontier", frontier)
        found = [
            Edge(*row)
            for row in con.execute(
                """SELECT one, other, rule, evidence FROM lake.internal.entity_pairs
                   WHERE one IN (FROM er_frontier) OR other IN (FROM er_frontier)"""
            ).fetchall()
        ]
        found += _title_edges(con)
        found = [e for e in found if e.one not in split_names and e.other not in split_names]
        found += [e for e in curated if e.one in frontier or e.other in frontier]
        edges |= set(found)
        former = con.execute(
            """SELECT merged_id, entity_id FROM lake.internal.entity_merges
               WHERE merged_id IN (FROM er_frontier) OR entity_id IN (FROM er_frontier)"""
        ).fetchall()
        near = {i for e in found for i in (e.one, e.other)} | {i for row in former for i in row}
        frontier = near - known
        known |= near
    return edges, known


def _title_edges(con: Con) -> list[Edge]:
    """Names beside the frontier to which the alias table gives one and the same title."""
    found = con.execute(
        """SELECT DISTINCT f.alias_id, o.alias_id, f.wikidata_id FROM lake.entity_titles f
           JOIN lake.entity_titles o ON o.wikidata_id = f.wikidata_id AND o.alias_id <> f.alias_id
           JOIN lake.internal.entity_keys k ON k.entity_id = o.alias_id
           WHERE f.alias_id IN (FROM er_frontier) AND NOT f.is_ambiguous AND NOT o.is_ambiguous
             AND f.entity_type = o.entity_type
             AND f.alias_id IN (SELECT entity_id FROM lake.internal.entity_keys)"""
    ).fetchall()
    return [Edge(min(one, other), max(one, other), "alias_table", f"both are {title}") for one, other, title in found]


# --- DuckDB --------------------------------------------------------------------------------------


def _temp(con: Con, name: str, ids: Iterable[str] | None, query: str = "") -> None:
    """A temporary table with one column `id`: these, or what the query gives."""
    if ids is None:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
        return
    con.register("er_ids", pa.table({"id": pa.array(sorted(ids), pa.string())}))
    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT id FROM er_ids")
    finally:
        con.unregister("er_ids")


def _insert(con: Con, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    types = {"decided_at": schema.TIME, "is_ambiguous": schema.FLAG}
    arrow = pa.table(
        {name: pa.array([row[n] for row in rows], types.get(name, schema.TEXT)) for n, name in enumerate(columns)}
    )
    con.register("er_rows", arrow)
    try:
        names = ", ".join(columns)
        con.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM er_rows")
    finally:
        con.unregister("er_rows")
