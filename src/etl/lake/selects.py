"""The published tables as SELECTs over the lake: what stands, and nothing that may not be seen."""

from __future__ import annotations

from datetime import datetime

from etl import schema
from etl.lake import ddl
from etl.lake.connect import Lake
from etl.lake.entity_rows import entities_select
from etl.lake.entity_state import resolved

PARTITIONED = ("articles", "quotes", "mentions")
"""Published tables that are cut by the time of `published_at`; the others are one file each."""

NO_YEAR = "0"
"""Year of rows without a published time: Hive's own null partition cannot be read by pandas beside others."""

LARGE = 20_000
"""Articles above which a year is cut into months, and a month into days, so that a batch rewrites little."""

# The status columns are asked again though is_published has weighed them: nothing withheld may leave because
# of one wrong flag, or because the flags are older than the clock of the publisher.
_STANDING = f"""
    CREATE OR REPLACE TEMP TABLE standing AS
    WITH kept AS (
        SELECT article_id, s.story_id, s.version_index, s.version_count, y.cluster_id,
               s.take_number, s.take_count, s.takes_missing,
               a.published_at, a.provider, a.headline, date_trunc('month', a.published_at) AS month
        FROM lake.articles a JOIN lake.story_versions s USING (article_id)
        LEFT JOIN lake.syndication y USING (article_id)
        WHERE s.is_published AND s.is_current AND a.status = 'usable' AND a.item_kind IN ('story', 'alert')
          AND (a.embargo_at IS NULL OR a.embargo_at <= ?) AND coalesce(a.is_publishable, true)
    ), months AS (
        SELECT month, count(*) AS in_month, sum(count(*)) OVER (PARTITION BY year(month)) AS in_year
        FROM kept GROUP BY month
    )
    SELECT kept.* EXCLUDE (month), 'year=' || coalesce(year(published_at)::VARCHAR, '{NO_YEAR}') || '/part-' ||
           CASE WHEN published_at IS NULL OR in_year <= {LARGE} THEN '0'
                WHEN in_month <= {LARGE} THEN strftime(published_at, '%m')
                ELSE strftime(published_at, '%m-%d') END AS file_part
    FROM kept JOIN months ON kept.month IS NOT DISTINCT FROM months.month
"""

# Columns that come from the article's standing; the others come from the core table itself.
_FROM_STANDING = {
    "articles": {
        "story_id",
        "version_index",
        "version_count",
        "cluster_id",
        "take_number",
        "take_count",
        "takes_missing",
    },
    "quotes": {"story_id", "published_at", "provider", "headline"},
    "mentions": {"story_id", "published_at"},
}

# The column of a published table that says which entity is meant.
_ENTITY_OF = {"quotes": "speaker_entity_id", "mentions": "entity_id"}


# Tables of stories, one file each. What a killed version said is in none of them.
_OF_STORIES = {
    # A correction that was itself corrected still says what it changed: each step, as long as the story stands.
    "corrected": f"""
        WITH superseded AS (SELECT article_id FROM lake.story_versions WHERE withheld_reason = 'superseded')
        SELECT {ddl.column_list(schema.published("corrected"))}
        FROM lake.corrected SEMI JOIN standing USING (story_id)
        WHERE corrected_id IN (FROM superseded)
          AND (article_id IN (SELECT article_id FROM standing) OR article_id IN (FROM superseded))
    """,
    "wholes": """
        SELECT s.story_id, arg_min(article_id, s.take_number) AS article_id, min(s.published_at) AS published_at,
               arg_min(s.provider, s.take_number) AS provider, arg_min(s.headline, s.take_number) AS headline,
               string_agg(a.body, chr(10) ORDER BY s.take_number) AS body, max(s.take_count) AS take_count,
               arg_min(s.takes_missing, s.take_number) AS takes_missing,
               list(article_id ORDER BY s.take_number) AS take_ids
        FROM standing s JOIN lake.articles a USING (article_id)
        WHERE s.take_count IS NOT NULL GROUP BY s.story_id
    """,
    "tombstones": """
        SELECT v.story_id, arg_min(v.withheld_reason, v.version_index) AS withheld_reason,
               arg_min(coalesce(k.versioned_at, k.published_at), v.version_index) AS killed_at,
               arg_min(v.killed_by, v.version_index) AS killed_by
        FROM lake.story_versions v LEFT JOIN (SELECT article_id, versioned_at, published_at FROM lake.articles) k
          ON k.article_id = v.killed_by
        WHERE v.withheld_reason IN ('killed', 'withheld')
          AND v.story_id NOT IN (SELECT story_id FROM standing)
        GROUP BY v.story_id
    """,
}


def fix_standing(lake: Lake, as_of: datetime) -> None:
    """Settle, for this connection, which articles stand at `as_of`: temporary table `standing`."""
    lake.con.execute(_STANDING, [as_of])


def select(table: schema.Table) -> str:
    """SELECT of a published table's columns and, of those in `PARTITIONED`, of `file_part`: folder and file name."""
    if table.name == "entities":
        return entities_select("JOIN standing ON standing.article_id = e.article_id")
    if query := _OF_STORIES.get(table.name):
        return query
    own = _FROM_STANDING[table.name]
    named = {name: f"{'s' if name in own else 'c'}.{ddl.quote_name(name)}" for name in table.columns}
    joins = ""
    if ident := _ENTITY_OF.get(table.name):
        value, joins = resolved(f"c.{ident}", "c.article_id", "e")
        named[ident] = f"{value} AS {ident}"
    columns = ", ".join(named.values())
    speech = " WHERE c.quote_kind = 'speech'" if table.name == "quotes" else ""
    rows = f"lake.{table.name} c JOIN standing s ON s.article_id = c.article_id{joins}"
    return f"SELECT {columns}, s.file_part FROM {rows}{speech}"


def marks(table: schema.Table) -> str:
    """SELECT of `file_part` and of what tells whether a row of a published table is another than before.

    Of articles that is not the texts, which are the most of the lake: the same bytes read by the same rules give the
    same texts, so the fingerprint stands for them.
    """
    names = [ddl.quote_name(name) for name in table.columns if table.name != "articles" or name not in _TEXTS]
    part = "file_part" if table.name in PARTITIONED else "NULL::VARCHAR AS file_part"
    if table.name != "articles":
        return f"SELECT {part}, hash({', '.join(names)}) AS mark FROM ({select(table)})"
    return (
        f"SELECT file_part, hash({', '.join(names)}, fingerprint) AS mark FROM ({select(table)}) "
        "JOIN (SELECT article_id, fingerprint FROM lake.articles) USING (article_id)"
    )


_TEXTS = {"text", "body", "furniture", "paragraphs"}
