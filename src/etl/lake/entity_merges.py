"""Clusters of names over the lake: what hangs together with the names that changed is clustered anew."""

from __future__ import annotations

from typing import Any

from etl.lake.entity_state import Con, column, insert, temporary
from etl.resolve.entities import Edge, Merge, cluster

_MERGE = ("merged_id", "entity_id", "rule", "evidence", "decided_at")


def refresh_merges(con: Con, changed: set[str], joined: set[str]) -> set[str]:
    """Cluster what hangs together with the names anew; give every name whose entity needs new rows.

    Args:
        con: after names are counted: the member seen first gives the entity its id.
        changed: names whose stories changed: their entities need new rows in any case.
        joined: names whose pairs changed.
    """
    edges, apart, component = _component(con, changed | joined)
    temporary(con, "er_names", {i for e in edges for i in (e.one, e.other)})
    first = dict(
        con.execute(
            """SELECT bearer_id, min(first_seen_at) FROM lake.internal.entity_counts
               WHERE bearer_id IN (FROM er_names) GROUP BY 1"""
        ).fetchall()
    )
    new = {_row(m) for m in cluster(edges, apart, first)}
    temporary(con, "er_names", component)
    old = set(
        con.execute(
            f"SELECT {', '.join(_MERGE)} FROM lake.internal.entity_merges WHERE merged_id IN (FROM er_names)"
        ).fetchall()
    )
    if old != new:
        temporary(con, "er_names", {row[0] for row in old ^ new})
        con.execute("DELETE FROM lake.internal.entity_merges WHERE merged_id IN (FROM er_names)")
        fresh = sorted((row for row in new - old), key=lambda row: str(row[0]))
        insert(con, "lake.internal.entity_merges", _MERGE, fresh)
    return changed | {i for row in old ^ new for i in row[:2]} | {r[1] for r in old | new if r[0] in changed}


def _row(merge: Merge) -> tuple[Any, ...]:
    return merge.merged_id, merge.entity_id, merge.rule, merge.evidence, merge.decided_at


def _component(con: Con, seeds: set[str]) -> tuple[set[Edge], list[tuple[str, str]], set[str]]:
    """All edges that can be reached from the seeds, pairs kept apart, and all names on the way, former members too."""
    curated, apart = _curated(con)
    split_names = column(con, "SELECT DISTINCT merged_id FROM lake.entity_senses")
    has_titles = bool(column(con, "SELECT alias_id FROM lake.entity_titles LIMIT 1"))
    known, frontier, edges = set(seeds), set(seeds), set()
    while frontier:
        temporary(con, "er_frontier", frontier)
        found = _pair_edges(con) + (_title_edges(con) if has_titles else [])
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
    return edges, apart, known


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


def _pair_edges(con: Con) -> list[Edge]:
    found = con.execute(
        """SELECT one, other, rule, evidence FROM lake.internal.entity_pairs
           WHERE one IN (FROM er_frontier) OR other IN (FROM er_frontier)"""
    )
    return [Edge(*row) for row in found.fetchall()]


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
