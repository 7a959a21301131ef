"""Counts of variants by bearer, kept up to date: added to where names came, taken anew where names went or moved."""

from __future__ import annotations

from collections.abc import Iterable

from etl.lake.entity_changes import of_names
from etl.lake.entity_state import Con, number, temporary

_KEY = "bearer_id, merged_id, alias, rule, entity_type"
_SUMMED = """sum(mentions)::BIGINT AS mentions, sum(articles)::BIGINT AS articles, min(article_id) AS article_id,
    min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at, min(scope) AS scope,
    max(geonames_id) AS geonames_id, min(country_code) AS country_code, min(place_kind) AS place_kind,
    max(latitude) AS latitude, max(longitude) AS longitude"""

# Of a name: how it is written, with what is known of it; and how it was printed.
_COUNTED = f"""
    WITH bearing AS (
        SELECT n.*, coalesce(s.entity_id, n.entity_id) AS bearer_id FROM er_counting n
        LEFT JOIN lake.entity_senses s ON s.article_id = n.article_id AND s.merged_id = n.entity_id
    ), lines AS (
        SELECT bearer_id, entity_id AS merged_id, entity_name AS alias, 'name' AS rule, entity_type, 0 AS mentions,
               1 AS articles, article_id, published_at AS first_seen_at, published_at AS last_seen_at, scope,
               geonames_id, country_code, place_kind, latitude, longitude
        FROM bearing
        UNION ALL BY NAME
        SELECT bearer_id, entity_id AS merged_id, v.alias, v.rule, entity_type, v.n AS mentions, 0 AS articles,
               article_id
        FROM (SELECT bearer_id, entity_id, entity_type, article_id, unnest(variants) AS v FROM bearing)
    )
    SELECT {_KEY}, {_SUMMED} FROM lines GROUP BY {_KEY}
"""


def add_counts(con: Con) -> None:
    """Add the names of `er_fresh`."""
    con.execute("CREATE OR REPLACE TEMP TABLE er_counting AS FROM er_fresh")
    con.execute(f"CREATE OR REPLACE TEMP TABLE er_added AS {_COUNTED}")
    # All counts of a name are written again: to find rows by one column is cheaper than to find some by five.
    con.execute(
        """CREATE OR REPLACE TEMP TABLE er_known AS
           SELECT * FROM lake.internal.entity_counts WHERE merged_id IN (SELECT merged_id FROM er_added)"""
    )
    con.execute("DELETE FROM lake.internal.entity_counts WHERE merged_id IN (SELECT merged_id FROM er_known)")
    con.execute(
        f"""INSERT INTO lake.internal.entity_counts BY NAME
            SELECT {_KEY}, {_SUMMED} FROM (FROM er_added UNION ALL BY NAME FROM er_known)
            GROUP BY {_KEY} ORDER BY bearer_id"""
    )
    _index(con)


def count_anew(con: Con, ids: Iterable[str]) -> None:
    """Count the names of these ids anew from the articles."""
    temporary(con, "er_anew", ids)
    con.execute(
        f"""DELETE FROM lake.internal.entity_articles WHERE bearer IN (
                SELECT {number("bearer_id")} FROM lake.internal.entity_counts WHERE merged_id IN (FROM er_anew))"""
    )
    con.execute("DELETE FROM lake.internal.entity_counts WHERE merged_id IN (FROM er_anew)")
    con.execute(f"CREATE OR REPLACE TEMP TABLE er_counting AS {of_names(con, 'er_anew')}")
    con.execute(f"INSERT INTO lake.internal.entity_counts BY NAME {_COUNTED} ORDER BY bearer_id")
    _index(con)


def _index(con: Con) -> None:
    con.execute(
        f"""INSERT INTO lake.internal.entity_articles
            SELECT {number("coalesce(s.entity_id, n.entity_id)")} AS bearer, {number("n.article_id")} AS article
            FROM er_counting n
            LEFT JOIN lake.entity_senses s ON s.article_id = n.article_id AND s.merged_id = n.entity_id
            WHERE n.scope = 'global' ORDER BY 1, 2"""
    )
