"""Rows of `entities` and `entity_aliases` from the names of articles and the merges and senses decided for them."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from etl import schema
from etl.lake import ddl
from etl.lake.check import conform
from etl.lake.entity_state import resolved

_NOW, _JOINS = resolved("e.entity_id", "e.article_id", "e")
_BEARER, _BEARER_JOINS = resolved("m.entity_id", "m.article_id", "m")


def entities_select(join: str = "", where: str = "true") -> str:
    """SELECT of the `entities` columns, counted over the articles that `join` leaves and the names that `where` does.

    An entity bears the name and type that most articles give it; of equals the longer name. In `where`, `e.entity_id`
    is the id that the name has by itself.
    """
    return f"""
    WITH titled AS (
        SELECT alias_id, min(wikidata_id) AS wikidata_id, min(wikipedia_title) AS wikipedia_title
        FROM lake.entity_titles WHERE NOT is_ambiguous GROUP BY alias_id
    ), named AS (
        SELECT e.* EXCLUDE (entity_id), {_NOW} AS now_id, coalesce(m.mentions, 0) AS mentions,
               a.published_at AS seen_at, t.wikidata_id, t.wikipedia_title
        FROM lake.article_entities e {join}
        JOIN (SELECT article_id, published_at FROM lake.articles) a ON a.article_id = e.article_id
        {_JOINS}
        LEFT JOIN titled t ON t.alias_id = e.entity_id
        LEFT JOIN (SELECT article_id, entity_id, count(*) AS mentions FROM lake.mentions GROUP BY ALL) m
            ON m.article_id = e.article_id AND m.entity_id = e.entity_id
        WHERE {where}
    ), names AS (
        SELECT now_id, entity_name, count(*) AS n FROM named GROUP BY ALL
    ), types AS (
        SELECT now_id, entity_type, count(*) AS n FROM named GROUP BY ALL
    )
    SELECT now_id AS entity_id, t.entity_type, n.entity_name, min(scope) AS scope, max(geonames_id) AS geonames_id,
           min(country_code) AS country_code, min(place_kind) AS place_kind, max(latitude) AS latitude,
           max(longitude) AS longitude, mode(wikidata_id ORDER BY wikidata_id) AS wikidata_id,
           mode(wikipedia_title ORDER BY wikidata_id) AS wikipedia_title,
           sum(mentions)::BIGINT AS mention_count, count(DISTINCT article_id)::BIGINT AS article_count,
           min(seen_at) AS first_seen_at, max(seen_at) AS last_seen_at
    FROM named
    JOIN (SELECT now_id, arg_max(entity_name, (n, length(entity_name), entity_name)) AS entity_name
          FROM names GROUP BY 1) n USING (now_id)
    JOIN (SELECT now_id, arg_max(entity_type, (n, entity_type)) AS entity_type
          FROM types GROUP BY 1) t USING (now_id)
    GROUP BY now_id, t.entity_type, n.entity_name
    """


_ALIASES = f"""
    WITH printed AS (
        SELECT article_id, entity_id, mention_text AS alias, mention_rule AS rule, 1 AS n FROM lake.mentions
        WHERE entity_id IN (FROM er_names)
        UNION ALL
        SELECT article_id, entity_id, entity_name, 'name', 0 FROM lake.article_entities
        WHERE entity_id IN (FROM er_names)
    ), counted AS (
        SELECT {_BEARER} AS now_id, m.entity_id AS merged_id, m.alias, m.rule, sum(m.n) AS n,
               min(m.article_id) AS article_id, min(m_merge.rule) AS merge_rule,
               min(m_merge.evidence) AS merge_evidence, min(m_merge.decided_at) AS decided_at,
               min(m_sense.evidence) AS sense_evidence
        FROM printed m {_BEARER_JOINS} GROUP BY 1, 2, 3, 4
    )
    SELECT now_id AS entity_id, merged_id, alias,
           coalesce(min(merge_rule), CASE WHEN min(sense_evidence) IS NOT NULL THEN 'namesake' END,
                    arg_max(rule, (n, rule))) AS alias_rule,
           coalesce(min(merge_evidence), min(sense_evidence), 'in ' || min(article_id)) AS alias_evidence,
           sum(n)::BIGINT AS mention_count, min(decided_at) AS decided_at
    FROM counted WHERE now_id IN (FROM er_entities) GROUP BY now_id, merged_id, alias
"""


def write_entity_rows(con: duckdb.DuckDBPyConnection, touched: Iterable[str]) -> dict[str, int]:
    """Bring the rows of entities that the touched names mean or meant up to date; give rows written by table."""
    _fix_ids(con, touched)
    where = f"e.entity_id IN (FROM er_names) AND {_NOW} IN (FROM er_entities)"
    return {
        "entities": _replace(con, "entities", entities_select(where=where)),
        "entity_aliases": _replace(con, "entity_aliases", _ALIASES),
    }


def _fix_ids(con: duckdb.DuckDBPyConnection, touched: Iterable[str]) -> None:
    """Temporary tables: `er_entities`, the entities concerned, and `er_names`, all names that are part of them."""
    con.register("er_ids", pa.table({"id": pa.array(sorted(touched), pa.string())}))
    try:
        con.execute("CREATE OR REPLACE TEMP TABLE er_touched AS SELECT id FROM er_ids")
    finally:
        con.unregister("er_ids")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE er_entities AS
           WITH bearers AS (
               SELECT id FROM er_touched UNION
               SELECT entity_id FROM lake.entity_senses WHERE merged_id IN (FROM er_touched)
           )
           SELECT id FROM bearers UNION
           SELECT entity_id FROM lake.internal.entity_merges WHERE merged_id IN (FROM bearers)"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE er_names AS
           WITH members AS (
               SELECT id FROM er_entities UNION
               SELECT merged_id FROM lake.internal.entity_merges WHERE entity_id IN (FROM er_entities)
           )
           SELECT id FROM members UNION
           SELECT merged_id FROM lake.entity_senses WHERE entity_id IN (FROM members)"""
    )


def _replace(con: duckdb.DuckDBPyConnection, name: str, wanted: str) -> int:
    """Make a table's rows of `er_entities` what the query gives, writing only where they differ."""
    table = schema.core(name)
    columns = ddl.column_list(table)
    con.execute(f"CREATE OR REPLACE TEMP TABLE er_wanted AS SELECT {columns} FROM ({wanted})")
    held = f"SELECT {columns} FROM lake.{name} WHERE entity_id IN (FROM er_entities)"
    fresh = con.execute(f"FROM er_wanted EXCEPT {held}").to_arrow_table()
    gone = con.execute(f"{held} EXCEPT FROM er_wanted").to_arrow_table()
    if gone.num_rows:
        keys = ", ".join(table.key)
        con.register("er_gone", gone)
        try:
            con.execute(f"DELETE FROM lake.{name} WHERE ({keys}) IN (SELECT ({keys}) FROM er_gone)")
        finally:
            con.unregister("er_gone")
    if fresh.num_rows:
        con.register("er_fresh", conform(table, fresh))
        try:
            con.execute(f"INSERT INTO lake.{name} ({columns}) SELECT {columns} FROM er_fresh")
        finally:
            con.unregister("er_fresh")
    return int(fresh.num_rows + gone.num_rows)
