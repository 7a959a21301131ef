"""What the report asks. A reader can copy every query into `copydesk sql` and get the number on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Form = Literal["numbers", "table", "bars", "columns", "map"]


@dataclass(frozen=True, slots=True)
class Question:
    """One figure: its query, and how its rows are shown.

    `numbers`: rows of label, value. `table`: any rows. `bars`: like `table`, the first number also as a bar.
    `columns`: rows of day, count, in order. `map`: rows of place, latitude, longitude, count.
    `empty` is said where there are no rows.
    """

    key: str
    title: str
    form: Form
    sql: str
    note: str = ""
    empty: str = "Nothing in this warehouse."


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its questions."""

    key: str
    title: str
    questions: tuple[Question, ...]


SECTIONS: tuple[Section, ...] = (
    Section(
        "brief",
        "In brief",
        (
            Question(
                "totals",
                "The numbers",
                "numbers",
                """
SELECT 'stories that stand' AS what, count(*) AS n FROM articles
UNION ALL SELECT 'files', coalesce(sum(files), 0) FROM feeds
UNION ALL SELECT 'quotations', count(*) FROM quotes
UNION ALL SELECT 'named speakers', count(*) FROM speakers
UNION ALL SELECT 'people, organisations, places', count(*) FROM entities
UNION ALL SELECT 'stories with a correction', count(*) FROM corrections
UNION ALL SELECT 'stretches refused', count(*) FROM rejects
""",
                "Stories that are killed, withheld, under embargo or superseded are counted further down, never here.",
            ),
        ),
    ),
    Section(
        "came-in",
        "What came in",
        (
            Question(
                "by-day",
                "Stories by the day they were published",
                "columns",
                """
SELECT published_at::DATE AS day, count(*) AS stories
FROM articles WHERE published_at IS NOT NULL GROUP BY day ORDER BY day
""",
                "Days in UTC. Stories that state no time are not in this chart.",
                "No story states when it was published.",
            ),
            Question(
                "feeds",
                "By feed",
                "bars",
                """
SELECT feed, stories, files, rejects, round(100 * reject_share, 1) AS refused_percent,
       duplicates, round(median_lag_hours, 1) AS median_lag_hours, last_loaded_at::DATE AS last_loaded
FROM feeds ORDER BY stories DESC, feed
""",
                "A feed is the first folder under the raw zone. Duplicates are stories that another outlet or an "
                "earlier file had. Lag runs from the printed time of publication to the load.",
            ),
            Question(
                "formats",
                "By format",
                "bars",
                "SELECT format, count(*) AS stories, count(DISTINCT raw_sha256) AS files, "
                "sum(word_count) AS words\nFROM articles GROUP BY format ORDER BY stories DESC, format",
            ),
            Question(
                "languages",
                "By language",
                "bars",
                "SELECT coalesce(language, 'not known') AS language, count(*) AS stories\n"
                "FROM articles GROUP BY ALL ORDER BY stories DESC, language",
            ),
        ),
    ),
    Section(
        "quoted",
        "Who is quoted",
        (
            Question(
                "speakers",
                "The most quoted",
                "bars",
                """
SELECT speaker_name, quotes, stories, speaker_role, speaker_affiliation
FROM speakers ORDER BY quotes DESC, stories DESC, speaker_name LIMIT 25
""",
                "Names, roles and affiliations are as printed; nothing about a person is guessed.",
                "No quotation has a named speaker.",
            ),
            Question(
                "kinds",
                "How they are quoted",
                "bars",
                """
SELECT quote_type, count(*) AS quotations, count(speaker_name) AS with_a_name,
       count(*) FILTER (WHERE is_anonymous) AS anonymous, round(avg(quote_confidence), 2) AS mean_confidence
FROM quotes GROUP BY quote_type ORDER BY quotations DESC, quote_type
""",
            ),
            Question(
                "cues",
                "The words that attribute",
                "bars",
                "SELECT lower(cue_text) AS cue, count(*) AS quotations\nFROM quotes WHERE cue_text IS NOT NULL "
                "GROUP BY cue ORDER BY quotations DESC, cue LIMIT 15",
            ),
            Question(
                "repeated",
                "Quotations printed more than once",
                "table",
                """
SELECT quote_text, speaker_name, copies, stories, providers
FROM quotes_once WHERE copies > 1 ORDER BY copies DESC, quote_text LIMIT 15
""",
                empty="Every quotation stands once.",
            ),
            Question(
                "together",
                "Named together",
                "table",
                """
SELECT entity_name, with_name, stories
FROM co_mentions WHERE entity_id < with_id AND entity_type IN ('PERSON', 'ORG') AND with_type IN ('PERSON', 'ORG')
ORDER BY stories DESC, entity_name, with_name LIMIT 15
""",
                "Pairs of people and organisations, by the stories that name both.",
                "No two names share a story.",
            ),
        ),
    ),
    Section(
        "subjects",
        "Subjects",
        (
            Question(
                "codes",
                "By subject code",
                "bars",
                """
SELECT coalesce(subject.name, subject.code) AS subject, count(DISTINCT article_id) AS stories,
       any_value(subject.code) AS code, any_value(subject.scheme) AS scheme
FROM (SELECT article_id, unnest(subjects) AS subject FROM articles)
GROUP BY ALL ORDER BY stories DESC, subject LIMIT 25
""",
                "Codes as delivered; stories without any are not here.",
                "No story bears a subject code.",
            ),
        ),
    ),
    Section(
        "places",
        "Places",
        (
            Question(
                "map",
                "Where stories are datelined",
                "map",
                """
SELECT e.entity_name AS place, any_value(e.latitude) AS latitude, any_value(e.longitude) AS longitude,
       count(DISTINCT a.article_id) AS stories
FROM articles a JOIN entities e ON e.geonames_id = a.dateline_geonames_id
WHERE e.latitude IS NOT NULL GROUP BY e.geonames_id, e.entity_name ORDER BY stories DESC, place
""",
                "Grey is where the gazetteer knows cities. Places by GeoNames.",
                "No dateline names a place on the map.",
            ),
            Question(
                "countries",
                "Countries of datelines",
                "bars",
                "SELECT dateline_country_code AS country, count(*) AS stories, "
                "count(DISTINCT dateline_geonames_id) AS places\n"
                "FROM articles WHERE dateline_country_code IS NOT NULL GROUP BY country "
                "ORDER BY stories DESC, country LIMIT 25",
                empty="No dateline is placed in a country.",
            ),
            Question(
                "named-places",
                "Places named most",
                "bars",
                "SELECT entity_name AS place, article_count AS stories, mention_count AS mentions, country_code\n"
                "FROM entities WHERE entity_type IN ('GPE', 'LOC')\n"
                "ORDER BY stories DESC, mentions DESC, place LIMIT 25",
            ),
        ),
    ),
    Section(
        "syndication",
        "Syndication",
        (
            Question(
                "clusters",
                "Texts that several outlets ran",
                "table",
                """
SELECT arg_min(headline, coalesce(published_at, TIMESTAMPTZ '9999-01-01')) AS headline, count(*) AS copies,
       string_agg(DISTINCT coalesce(provider, source, path), ', ' ORDER BY coalesce(provider, source, path)) AS outlets
FROM articles WHERE cluster_id IS NOT NULL
GROUP BY cluster_id HAVING count(*) > 1 ORDER BY copies DESC, headline LIMIT 25
""",
                empty="No text was found twice.",
            ),
        ),
    ),
    Section(
        "corrections",
        "Corrections and kills",
        (
            Question(
                "corrected",
                "Corrections",
                "table",
                """
SELECT headline, correction_text, correction_wrong, correction_right, published_at
FROM corrections ORDER BY published_at DESC NULLS LAST, headline LIMIT 25
""",
                empty="No story that stands is a correction.",
            ),
            Question(
                "withheld",
                "Versions that are not published",
                "bars",
                "SELECT withheld_reason, count(*) AS versions, count(DISTINCT story_id) AS stories\n"
                "FROM bookkeeping.versions WHERE NOT is_published GROUP BY withheld_reason "
                "ORDER BY versions DESC, withheld_reason",
                "Counted only: the text of killed, withheld and embargoed copy is not in the published tables.",
                "Every version is published.",
            ),
        ),
    ),
    Section(
        "quality",
        "Quality of the data",
        (
            Question(
                "filled",
                "How often a field is there",
                "bars",
                """
SELECT column_name AS field, round(100 - null_percentage, 1) AS filled_percent
FROM (SUMMARIZE SELECT headline, byline, dateline_city, dateline_place_name, published_at, provider, language,
             copyright_holder, distributor, slugline, urgency FROM articles)
ORDER BY filled_percent DESC, field
""",
            ),
            Question(
                "confidence",
                "How sure quotations are",
                "bars",
                "SELECT printf('%.1f to %.1f', floor(least(quote_confidence, 0.99) * 10) / 10, "
                "floor(least(quote_confidence, 0.99) * 10) / 10 + 0.1) AS confidence, count(*) AS quotations\n"
                "FROM quotes GROUP BY confidence ORDER BY confidence DESC",
                "Confidence is the share that was right where it was measured.",
            ),
            Question(
                "reasons",
                "Why input was refused",
                "bars",
                "SELECT reason, count(*) AS refused, any_value(stage) AS stage, any_value(path) AS for_example\n"
                "FROM rejects GROUP BY reason ORDER BY refused DESC, reason",
                empty="Nothing was refused.",
            ),
            Question(
                "measured",
                "Measured accuracy",
                "table",
                'SELECT task, "set", measure, value, "version", date\n'
                'FROM measured_quality ORDER BY task, "set", measure',
                "Figures that this version is held to on gold sets: what to expect of the tables.",
                "This version ships no measured figures.",
            ),
        ),
    ),
)
