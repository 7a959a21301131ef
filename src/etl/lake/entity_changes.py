"""What a batch changed, for entity resolution: every name of every article that came or went, with all about it.

A row of the temporary tables `er_fresh` and `er_gone` is one name in one article: `variants` lists how it was printed,
`company` (people only) the numbers of all people that the article names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from etl.lake.entity_state import Con, column, number, temporary

AT_ONCE = 100_000
"""Articles whose names are taken in at once."""

_FACTS = """entity_type, entity_name, scope, entity_role, entity_affiliation, geonames_id, country_code, place_kind,
    latitude, longitude"""
_READ = {
    "articles": "article_id, published_at",
    "article_entities": f"article_id, entity_id, {_FACTS}",
    "mentions": "article_id, entity_id, mention_text, mention_rule",
}
_PERSON = "entity_type = 'PERSON' AND scope = 'global'"


@dataclass(frozen=True, slots=True)
class Side:
    """Relations with the rows that came, or that went; each has a column `snapshot_id`."""

    articles: str
    article_entities: str
    mentions: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids of the names in `er_fresh` and of those in `er_gone`, which lost a story or what it said of them."""

    came: frozenset[str]
    went: frozenset[str]


def named(side: Side, where: str = "true") -> str:
    """SELECT of names in articles with all about them; `where` is over columns of `article_entities` as e."""
    return f"""
        WITH printed AS (
            SELECT snapshot_id, article_id, entity_id, list({{'alias': alias, 'rule': rule, 'n': n}}
                   ORDER BY alias, rule) AS variants
            FROM (SELECT snapshot_id, article_id, entity_id, mention_text AS alias, mention_rule AS rule, count(*) AS n
                  FROM {side.mentions} GROUP BY ALL)
            GROUP BY ALL
        ), beside AS (
            SELECT snapshot_id, article_id, list({number("entity_id")} ORDER BY {number("entity_id")}) AS company
            FROM {side.article_entities} WHERE {_PERSON} GROUP BY ALL
        )
        SELECT e.article_id, e.entity_id, {_FACTS}, a.published_at, p.variants,
               CASE WHEN {_PERSON} THEN b.company END AS company
        FROM {side.article_entities} e
        JOIN (SELECT snapshot_id, article_id, published_at FROM {side.articles}) a USING (snapshot_id, article_id)
        LEFT JOIN printed p USING (snapshot_id, article_id, entity_id)
        LEFT JOIN beside b USING (snapshot_id, article_id)
        WHERE {where}
    """


def since(con: Con, first: int, last: int) -> Changes:
    """Settle what snapshots `first` to `last` changed."""
    for table, columns in _READ.items():
        # table_changes takes literals only, both ends inclusive
        changed = f"lake.table_changes('{table}', {first}, {last})"
        if last < first:
            changed = f"(SELECT 0 AS snapshot_id, '' AS change_type, * FROM lake.{table} WHERE false)"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE er_new_{table} AS SELECT snapshot_id, change_type, {columns} FROM {changed}"
        )
    came, went = (
        Side(*(f"(SELECT * FROM er_new_{table} WHERE change_type IN ({kinds}))" for table in _READ))
        for kinds in ("'insert', 'update_postimage'", "'delete', 'update_preimage'")
    )
    return between(con, came, went)


def between(con: Con, came: Side, went: Side) -> Changes:
    """Settle what came and what went; a name that went and came back the same did neither."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE er_fresh AS {named(came)}")
    if not column(con, f"SELECT 1 FROM {went.article_entities} LIMIT 1"):
        con.execute("CREATE OR REPLACE TEMP TABLE er_gone AS FROM er_fresh LIMIT 0")
        return _settled(con)
    con.execute(f"CREATE OR REPLACE TEMP TABLE er_gone AS {named(went)}")
    con.execute("CREATE OR REPLACE TEMP TABLE er_came AS FROM er_fresh EXCEPT ALL FROM er_gone")
    con.execute("CREATE OR REPLACE TEMP TABLE er_went AS FROM er_gone EXCEPT ALL FROM er_fresh")
    con.execute("CREATE OR REPLACE TEMP TABLE er_fresh AS FROM er_came")
    con.execute("CREATE OR REPLACE TEMP TABLE er_gone AS FROM er_went")
    return _settled(con)


def _settled(con: Con) -> Changes:
    came, went = (
        frozenset(column(con, f"SELECT DISTINCT entity_id FROM {table}")) for table in ("er_fresh", "er_gone")
    )
    return Changes(came, went)


def everything(con: Con) -> Iterator[Changes]:
    """All names of the lake as if they came now, so many articles at once."""
    ids = [i for (i,) in con.execute("SELECT article_id FROM lake.articles ORDER BY 1").fetchall()]
    for start in range(0, len(ids) or 1, AT_ONCE):
        temporary(con, "er_articles", ids[start : start + AT_ONCE])
        con.execute(f"CREATE OR REPLACE TEMP TABLE er_fresh AS {named(_HELD)}")
        con.execute("CREATE OR REPLACE TEMP TABLE er_gone AS FROM er_fresh LIMIT 0")
        yield _settled(con)


def of_names(con: Con, ids: str) -> str:
    """SELECT of the names whose ids are in the temporary table `ids`, in all articles of the lake."""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE er_articles AS
            SELECT DISTINCT article_id AS id FROM lake.article_entities WHERE entity_id IN (FROM {ids})"""
    )
    return named(_HELD, f"e.entity_id IN (FROM {ids})")


def _held(table: str) -> str:
    return f"(SELECT 0 AS snapshot_id, * FROM lake.{table} WHERE article_id IN (FROM er_articles))"


_HELD = Side(*(_held(table) for table in ("articles", "article_entities", "mentions")))
