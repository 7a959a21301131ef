"""Views of copydesk.duckdb: ready answers to what is asked most."""

from __future__ import annotations

from collections.abc import Iterator

from etl.lake.ddl import quote_text

# name, comment, query
VIEWS: tuple[tuple[str, str, str], ...] = (
    (
        "quotes_once",
        "One row per utterance over all its copies: the earliest, with how often and where it was printed. "
        "Short ones (under five words) are only the same within one story or its copies. "
        "Example: SELECT speaker_name, quote_text, copies FROM quotes_once ORDER BY copies DESC LIMIT 10",
        """
        WITH worded AS (
            SELECT q.*, coalesce(a.cluster_id, q.story_id) AS origin,
                   (coalesce(q.published_at, TIMESTAMPTZ '9999-01-01 00:00:00+00'), q.quote_id) AS place,
                   trim(regexp_replace(lower(q.quote_text), '[^[:alnum:]]+', ' ', 'g')) AS words
            FROM quotes q JOIN articles a USING (article_id)
        )
        SELECT arg_min(quote_id, place) AS quote_id, arg_min(quote_text, place) AS quote_text,
               max(speaker_name) AS speaker_name, max(speaker_entity_id) AS speaker_entity_id,
               count(*) AS copies, count(DISTINCT story_id) AS stories, count(DISTINCT provider) AS providers,
               min(published_at) AS first_published_at, max(published_at) AS last_published_at
        FROM worded
        GROUP BY words, CASE WHEN length(words) - length(replace(words, ' ', '')) < 4 THEN origin ELSE '' END
        """,
    ),
    (
        "speakers",
        "One row per named speaker: quotations, stories, role and affiliation printed most often, first and last seen. "
        "Example: SELECT speaker_name, quotes FROM speakers ORDER BY quotes DESC LIMIT 10",
        """
        SELECT speaker_name, max(speaker_entity_id) AS speaker_entity_id, mode(speaker_role) AS speaker_role,
               mode(speaker_affiliation) AS speaker_affiliation, count(*) AS quotes,
               count(DISTINCT story_id) AS stories, min(published_at) AS first_published_at,
               max(published_at) AS last_published_at
        FROM quotes WHERE speaker_name IS NOT NULL GROUP BY speaker_name
        """,
    ),
    (
        "who_says_what",
        "One row per quotation with a named speaker, with what a reader needs beside it. "
        "Example: SELECT * FROM who_says_what WHERE speaker_name ILIKE '%pryce%' ORDER BY published_at",
        """
        SELECT speaker_name, speaker_role, speaker_affiliation, cue_text, quote_text, quote_type, published_at,
               provider, headline, article_id, quote_id
        FROM quotes WHERE speaker_name IS NOT NULL
        """,
    ),
    (
        "co_mentions",
        "One row per pair of entities that one story names, in both orders, with how many stories do. "
        "Example: SELECT with_name, stories FROM co_mentions WHERE entity_name ILIKE '%pryce%' ORDER BY stories DESC",
        """
        WITH named AS (SELECT DISTINCT story_id, entity_id, published_at FROM mentions)
        SELECT one.entity_id, e.entity_name, e.entity_type, other.entity_id AS with_id,
               w.entity_name AS with_name, w.entity_type AS with_type, count(*) AS stories,
               min(one.published_at) AS first_published_at, max(one.published_at) AS last_published_at
        FROM named one JOIN named other ON one.story_id = other.story_id AND one.entity_id <> other.entity_id
        JOIN entities e ON e.entity_id = one.entity_id JOIN entities w ON w.entity_id = other.entity_id
        GROUP BY ALL
        """,
    ),
    (
        "corrections",
        "One row per story that stands and is or contains a correction: what was wrong, what is right, as printed. "
        "Example: SELECT headline, correction_wrong, correction_right FROM corrections ORDER BY published_at DESC",
        """
        SELECT article_id, story_id, version_index, version_count, provider, slugline, headline, correction_text,
               correction_wrong, correction_right, correction_where, signals, published_at, versioned_at
        FROM articles WHERE correction_text IS NOT NULL OR list_contains(signals, 'correction')
        """,
    ),
    (
        "feeds",
        "One row per feed: files, bytes, stories, refused stretches and their share, copies of what another outlet "
        "ran first, hours from publication to load (median), and when files were loaded. "
        "Example: SELECT feed, stories, reject_share FROM feeds ORDER BY reject_share DESC",
        """
        WITH stood AS (
            SELECT f.feed, count(*) FILTER (WHERE a.cluster_id <> a.article_id) AS duplicates,
                   median(date_diff('second', a.published_at, f.loaded_at) / 3600) AS median_lag_hours
            FROM articles a JOIN bookkeeping.files f USING (raw_sha256) GROUP BY f.feed
        ), came AS (
            SELECT feed, count(*) AS files, sum(file_bytes)::BIGINT AS bytes, sum(story_count)::BIGINT AS stories,
                   sum(reject_count)::BIGINT AS rejects,
                   sum(reject_count) / greatest(sum(story_count) + sum(reject_count), 1) AS reject_share,
                   list_sort(list(DISTINCT format)) AS formats, min(loaded_at) AS first_loaded_at,
                   max(loaded_at) AS last_loaded_at
            FROM bookkeeping.files GROUP BY feed
        )
        SELECT came.feed, files, bytes, stories, rejects, reject_share, coalesce(duplicates, 0) AS duplicates,
               median_lag_hours, formats, first_loaded_at, last_loaded_at
        FROM came LEFT JOIN stood ON came.feed IS NOT DISTINCT FROM stood.feed
        """,
    ),
    (
        "rejects",
        "One row per stretch of delivered bytes that was refused, and why. "
        "Example: SELECT reason, count(*) FROM rejects GROUP BY reason ORDER BY 2 DESC",
        "SELECT * FROM bookkeeping.rejects",
    ),
)


def view_statements() -> Iterator[str]:
    """CREATE VIEW and COMMENT statements, in order."""
    for name, comment, query in VIEWS:
        yield f"CREATE VIEW {name} AS {query}"
        yield f"COMMENT ON VIEW {name} IS {quote_text(comment)}"
