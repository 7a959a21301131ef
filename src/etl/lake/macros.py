"""Macros of copydesk.duckdb: questions with a parameter, and full-text search.

Search stands on an index of words made when the database is built, as plain tables: nothing has to be installed
to use it. A word's rows list the rows of its table that hold it, so a search reads a few words, not every text.
"""

from __future__ import annotations

from collections.abc import Iterator

from etl.lake.ddl import quote_text

# What is a word: letters and digits, without case and accents. Used alike for texts and for what is searched.
_WORDS = r"string_split(regexp_replace(lower(strip_accents({text})), '[^\p{{L}}\p{{N}}]+', ' ', 'g'), ' ')"

_ASKED = f"list_filter(list_distinct({_WORDS.format(text='words')}), word -> word <> '')"

_BLOCK = 16_384
"""Rows of a table that one list of the index speaks of."""

INDEXES: tuple[tuple[str, str, str], ...] = (
    ("quote_words", "quotes", "quote_text"),
    ("body_words", "articles", "concat_ws(' ', headline, body)"),
)
"""Index, the table it is over, and the text of a row."""

# Rows are numbered in order of time, so the newest are the last of the last blocks. No WITH: through one, DuckDB
# reads every column of the table, also those that the question does not name.
_SEARCH = """
    SELECT t.* FROM {table} t WHERE t.rowid IN (
        SELECT unnest(rows[greatest(1, len(rows) - (newest - newer) + 1):]) FROM (
            SELECT rows, coalesce(sum(len(rows)) OVER (
                ORDER BY block DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS newer
            FROM (
                SELECT block, list_sort(list_reduce(list(rows ORDER BY len(rows)), (a, b) -> list_intersect(a, b)))
                    AS rows
                FROM search.{index} WHERE word IN (SELECT unnest({asked}))
                GROUP BY block HAVING count(*) = len({asked})
            )
        ) WHERE newest IS NULL OR newer < newest
    )
"""

# The same answer where no index was made.
_SCAN = """
    SELECT t.* FROM {table} t WHERE t.rowid IN (
        SELECT rowid FROM {table} WHERE len({asked}) > 0 AND list_has_all({words}, {asked})
        ORDER BY rowid DESC LIMIT newest
    )
"""

# name, parameters, comment, query
MACROS: tuple[tuple[str, str, str, str], ...] = (
    (
        "search_quotes",
        "words, newest := NULL",
        "Quotations that hold all the words, without regard to case and accents; with newest := 20 only the newest "
        "so many, which is fastest. "
        "Example: SELECT speaker_name, quote_text FROM search_quotes('not failure', newest := 20)",
        _SEARCH.format(asked=_ASKED, index="quote_words", table="quotes"),
    ),
    (
        "search_articles",
        "words, newest := NULL",
        "Articles whose headline or body holds all the words, without regard to case and accents; with newest := 20 "
        "only the newest so many, which is fastest. "
        "Example: SELECT headline, published_at FROM search_articles('ferry', newest := 20)",
        _SEARCH.format(asked=_ASKED, index="body_words", table="articles"),
    ),
    (
        "story_history",
        "id",
        "Every known version of the story that id (a story_id or article_id) is of, in order, and why each is or "
        "is not published. Example: SELECT version_index, article_id, withheld_reason "
        "FROM story_history((SELECT min(story_id) FROM articles))",
        """
        SELECT v.*, a.headline FROM bookkeeping.versions v LEFT JOIN articles a USING (article_id)
        WHERE v.story_id = id OR v.story_id IN (SELECT story_id FROM bookkeeping.versions WHERE article_id = id)
        ORDER BY v.version_index
        """,
    ),
    (
        "as_of",
        "moment",
        "For each story the version that was the newest loaded at that moment; kills and notices count as versions. "
        "Example: SELECT story_id, article_id, version_index FROM as_of(TIMESTAMPTZ '2030-01-01 00:00:00+00')",
        """
        SELECT * FROM bookkeeping.versions WHERE loaded_at <= moment
        QUALIFY row_number() OVER (PARTITION BY story_id ORDER BY version_index DESC) = 1
        """,
    ),
)


def index_statements() -> Iterator[str]:
    """Statements that make the word indexes, over the filled tables."""
    yield "CREATE SCHEMA search"
    for name, table, text in INDEXES:
        # In order of words and in lists of bounded length, so that a search reads little besides its words.
        yield (
            f"CREATE TABLE search.{name} AS "
            f"SELECT word, row // {_BLOCK} AS block, list_sort(list_distinct(list(row))) AS rows "
            f"FROM (SELECT unnest({_WORDS.format(text=text)}) AS word, rowid AS row FROM {table}) "
            "WHERE word <> '' GROUP BY word, block ORDER BY word, block"
        )
        yield f"COMMENT ON TABLE search.{name} IS {quote_text(f'Row numbers of {table} by the words they hold')}"


def macro_statements(*, index: bool = True) -> Iterator[str]:
    """CREATE MACRO and COMMENT statements, in order; without an index, search reads every text."""
    scans = {f"search_{table}": (table, text) for _, table, text in INDEXES}
    for name, parameters, comment, query in MACROS:
        body = query
        if name in scans and not index:
            table, text = scans[name]
            body = _SCAN.format(asked=_ASKED, table=table, words=_WORDS.format(text=text))
        yield f"CREATE MACRO {name}({parameters}) AS TABLE {body}"
        yield f"COMMENT ON MACRO TABLE {name} IS {quote_text(comment)}"
