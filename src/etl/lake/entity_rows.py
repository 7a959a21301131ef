"""Rows of `entities` and `entity_aliases` from the names of articles and the merges and senses decided for them."""

from __future__ import annotations

from collections.abc import Iterable

from etl import schema
from etl.lake import ddl
from etl.lake.check import conform
from etl.lake.entity_state import Con, number, resolved, temporary

_NOW, _JOINS = resolved("e.entity_id", "e.article_id", "e")

_SUMMED = """
    WITH titled AS (
        SELECT alias_id, min(wikidata_id) AS wikidata_id, min(wikipedia_title) AS wikipedia_title
        FROM lake.entity_titles WHERE NOT is_ambiguous GROUP BY alias_id
    ), named AS (
        SELECT l.*, t.wikidata_id, t.wikipedia_title FROM lines l LEFT JOIN titled t ON t.alias_id = l.merged_id
    ), names AS (
        SELECT now_id, entity_name, sum(articles) AS n FROM named WHERE articles > 0 GROUP BY ALL
    ), types AS (
        SELECT now_id, entity_type, sum(articles) AS n FROM named WHERE articles > 0 GROUP BY ALL
    ), titles AS (
        SELECT now_id, wikidata_id, min(wikipedia_title) AS wikipedia_title, sum(articles) AS n FROM named
        WHERE wikidata_id IS NOT NULL GROUP BY ALL
    )
    SELECT now_id AS entity_id, any_value(t.entity_type) AS entity_type, any_value(n.entity_name) AS entity_name,
           min(scope) AS scope, max(geonames_id) AS geonames_id, min(country_code) AS country_code,
           min(place_kind) AS place_kind, max(latitude) AS latitude, max(longitude) AS longitude,
           any_value(w.wikidata_id) AS wikidata_id, any_value(w.wikipedia_title) AS wikipedia_title,
           sum(mentions)::BIGINT AS mention_count, {articles} AS article_count,
           min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at
    FROM named
    JOIN (SELECT now_id, arg_max(entity_name, (n, length(entity_name), entity_name)) AS entity_name
          FROM names GROUP BY 1) n USING (now_id)
    JOIN (SELECT now_id, arg_max(entity_type, (n, entity_type)) AS entity_type
          FROM types GROUP BY 1) t USING (now_id)
    LEFT JOIN (SELECT now_id, arg_max(wikidata_id, (n, wikidata_id)) AS wikidata_id,
                      arg_max(wikipedia_title, (n, wikidata_id)) AS wikipedia_title
               FROM titles GROUP BY 1) w USING (now_id)
    GROUP BY now_id
"""


def entities_select(join: str) -> str:
    """SELECT of the `entities` columns, counted over the articles that `join` leaves of `article_entities` as e.

    An entity bears the name and type that most articles give it; of equals the longer name.
    """
    return f"""
    WITH lines AS (
        SELECT {_NOW} AS now_id, e.* EXCLUDE (entity_id), e.entity_id AS merged_id, 1 AS articles,
               coalesce(m.mentions, 0) AS mentions, a.published_at AS first_seen_at, a.published_at AS last_seen_at
        FROM lake.article_entities e {join}
        JOIN (SELECT article_id, published_at FROM lake.articles) a ON a.article_id = e.article_id
        {_JOINS}
        LEFT JOIN (SELECT article_id, entity_id, count(*) AS mentions FROM lake.mentions GROUP BY ALL) m
            ON m.article_id = e.article_id AND m.entity_id = e.entity_id
    )
    FROM ({_SUMMED.format(articles="count(DISTINCT article_id)::BIGINT")})
    """


# Articles that name an entity by two of its names are counted once.
_ENTITIES = f"""
    WITH lines AS (
        SELECT * EXCLUDE (alias), alias AS entity_name FROM er_counted
    ), shared AS (
        SELECT b.now_id, count(DISTINCT i.article)::BIGINT AS articles
        FROM (SELECT DISTINCT now_id, {number("bearer_id")} AS bearer FROM er_counted
              QUALIFY count(*) OVER (PARTITION BY now_id) > 1) b
        JOIN lake.internal.entity_articles i USING (bearer) GROUP BY 1
    )
    SELECT e.* REPLACE (coalesce(s.articles, e.article_count) AS article_count)
    FROM ({_SUMMED.format(articles="sum(articles)::BIGINT")}) e LEFT JOIN shared s ON s.now_id = e.entity_id
"""

_ALIASES = """
    SELECT now_id AS entity_id, c.merged_id, c.alias,
           coalesce(min(c.merge_rule), CASE WHEN min(s.evidence) IS NOT NULL THEN 'namesake' END,
                    arg_max(c.rule, (c.mentions, c.rule))) AS alias_rule,
           coalesce(min(c.merge_evidence), min(s.evidence), 'in ' || min(c.article_id)) AS alias_evidence,
           sum(c.mentions)::BIGINT AS mention_count, min(c.decided_at) AS decided_at
    FROM er_counted c
    LEFT JOIN (SELECT merged_id, entity_id, min(evidence) AS evidence FROM lake.entity_senses
               WHERE merged_id IN (SELECT merged_id FROM er_counted) GROUP BY ALL) s
        ON s.merged_id = c.merged_id AND s.entity_id = c.bearer_id
    GROUP BY ALL
"""


def write_entity_rows(con: Con, touched: Iterable[str]) -> dict[str, int]:
    """Bring the rows of entities that the touched names mean or meant up to date; give rows written by table."""
    _fix_ids(con, touched)
    return {
        "entities": _replace(con, "entities", _ENTITIES),
        "entity_aliases": _replace(con, "entity_aliases", _ALIASES),
    }


def _fix_ids(con: Con, touched: Iterable[str]) -> None:
    """Temporary tables: `er_entities`, the entities concerned, and `er_counted`, the counts of all their bearers."""
    temporary(con, "er_touched", touched)
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
        """CREATE OR REPLACE TEMP TABLE er_bearers AS
           SELECT merged_id AS id, entity_id AS now_id, rule AS merge_rule, evidence AS merge_evidence, decided_at
           FROM lake.internal.entity_merges WHERE entity_id IN (FROM er_entities)
           UNION ALL BY NAME
           SELECT id, id AS now_id FROM er_entities
           WHERE id NOT IN (SELECT merged_id FROM lake.internal.entity_merges WHERE merged_id IN (FROM er_entities))"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE er_counted AS
           SELECT b.now_id, c.*, b.merge_rule, b.merge_evidence, b.decided_at
           FROM lake.internal.entity_counts c JOIN er_bearers b ON b.id = c.bearer_id"""
    )


def _replace(con: Con, name: str, wanted: str) -> int:
    """Make a table's rows of `er_entities` what the query gives, writing only where they differ."""
    table = schema.core(name)
    columns = ddl.column_list(table)
    con.execute(f"CREATE OR REPLACE TEMP TABLE er_wanted AS SELECT {columns} FROM ({wanted})")
    held = f"SELECT {columns} FROM lake.{name} WHERE entity_id IN (FROM er_entities)"
    con.execute(f"CREATE OR REPLACE TEMP TABLE er_held AS {held}")
    con.execute("CREATE OR REPLACE TEMP TABLE er_outdated AS FROM er_held EXCEPT FROM er_wanted")
    gone = len(con.execute("SELECT entity_id FROM er_outdated").fetchall())
    fresh = con.execute("FROM er_wanted EXCEPT FROM er_held").to_arrow_table()
    if gone:
        keys = ", ".join(table.key)
        con.execute(f"DELETE FROM lake.{name} WHERE ({keys}) IN (SELECT ({keys}) FROM er_outdated)")
    if fresh.num_rows:
        con.register("er_writing", conform(table, fresh))
        try:
            con.execute(f"INSERT INTO lake.{name} ({columns}) SELECT {columns} FROM er_writing")
        finally:
            con.unregister("er_writing")
    return int(fresh.num_rows + gone)
