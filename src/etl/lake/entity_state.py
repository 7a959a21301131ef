"""Tables in which the lake remembers what entity resolution found, so that a batch costs what the batch is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from etl import schema

Con = duckdb.DuckDBPyConnection

ENTITY_STATE = {
    # Names that may be joined over stories, by the block in which their variants lie.
    "entity_keys": "CREATE TABLE lake.internal.entity_keys (entity_id VARCHAR NOT NULL, label VARCHAR NOT NULL, "
    "name VARCHAR NOT NULL, block VARCHAR NOT NULL)",
    # What stories state: `alias_id`, a name of its own elsewhere, is a variant of `entity_id` in so many more stories.
    "entity_claims": "CREATE TABLE lake.internal.entity_claims (alias_id VARCHAR NOT NULL, "
    "entity_id VARCHAR NOT NULL, stories BIGINT NOT NULL)",
    # Pairs of names decided to be one, by the block whose change calls for a new decision.
    "entity_pairs": "CREATE TABLE lake.internal.entity_pairs (block VARCHAR NOT NULL, one VARCHAR NOT NULL, "
    "other VARCHAR NOT NULL, rule VARCHAR NOT NULL, evidence VARCHAR NOT NULL)",
    # Where a name has gone: the id it had, the id it has.
    "entity_merges": "CREATE TABLE lake.internal.entity_merges (merged_id VARCHAR NOT NULL, "
    "entity_id VARCHAR NOT NULL, rule VARCHAR NOT NULL, evidence VARCHAR NOT NULL, "
    "decided_at TIMESTAMP WITH TIME ZONE)",
    # The first stories of every full name of a person; `person` and `company` are numbers made from ids.
    "entity_people": "CREATE TABLE lake.internal.entity_people (person BIGINT NOT NULL, article_id VARCHAR NOT NULL, "
    "published_at TIMESTAMP WITH TIME ZONE, entity_role VARCHAR, entity_affiliation VARCHAR, company BIGINT[])",
    # How often each variant was printed for each bearer of a name, and (rule `name`) what stories say of the name.
    "entity_counts": "CREATE TABLE lake.internal.entity_counts (bearer_id VARCHAR NOT NULL, "
    "merged_id VARCHAR NOT NULL, alias VARCHAR NOT NULL, rule VARCHAR NOT NULL, entity_type VARCHAR NOT NULL, "
    "mentions BIGINT, articles BIGINT, article_id VARCHAR, first_seen_at TIMESTAMP WITH TIME ZONE, "
    "last_seen_at TIMESTAMP WITH TIME ZONE, "
    "scope VARCHAR, geonames_id BIGINT, country_code VARCHAR, place_kind VARCHAR, latitude DOUBLE, longitude DOUBLE)",
    # Which article names which bearer, as numbers made from their ids: for counting articles of several names at once.
    "entity_articles": "CREATE TABLE lake.internal.entity_articles (bearer BIGINT NOT NULL, article BIGINT NOT NULL)",
}
"""CREATE TABLE statements by name. Everything in them can be made anew from the core tables."""


def number(ident: str) -> str:
    """SQL for a whole number made from an id: a column of them is read several times faster than one of ids."""
    return f"(md5_number_lower({ident}) >> 1)::BIGINT"


def resolved(entity_id: str, article_id: str, alias: str) -> tuple[str, str]:
    """SQL for the entity that an id of an article means now: (the value, the joins that it needs).

    Args:
        entity_id: column with the id as the article's reading gave it.
        article_id: column with the article.
        alias: prefix for the names of the joined tables, different for each use in one query.
    """
    sense, merge = f"{alias}_sense", f"{alias}_merge"
    value = f"coalesce({merge}.entity_id, {sense}.entity_id, {entity_id})"
    joins = (
        f" LEFT JOIN lake.entity_senses {sense} ON {sense}.article_id = {article_id}"
        f" AND {sense}.merged_id = {entity_id}"
        f" LEFT JOIN lake.internal.entity_merges {merge}"
        f" ON {merge}.merged_id = coalesce({sense}.entity_id, {entity_id})"
    )
    return value, joins


def temporary(con: Con, name: str, ids: Iterable[str]) -> None:
    """Make a temporary table with one column `id`."""
    con.register("er_ids", pa.table({"id": pa.array(sorted(ids), pa.string())}))
    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT id FROM er_ids")
    finally:
        con.unregister("er_ids")


def insert(con: Con, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows to a table of the lake."""
    if not rows:
        return
    types = {"decided_at": schema.TIME, "stories": schema.INT}
    arrow = pa.table(
        {name: pa.array([row[n] for row in rows], types.get(name, schema.TEXT)) for n, name in enumerate(columns)}
    )
    con.register("er_rows", arrow)
    try:
        names = ", ".join(columns)
        con.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM er_rows")
    finally:
        con.unregister("er_rows")


def column(con: Con, query: str) -> set[Any]:
    """The values of a query's one column."""
    return {value for (value,) in con.execute(query).fetchall()}
