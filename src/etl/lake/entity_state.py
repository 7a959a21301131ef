"""Tables in which the lake remembers what entity resolution found, so that a batch costs what the batch is."""

from __future__ import annotations

ENTITY_STATE = {
    # Names that may be joined over stories, by the block in which their variants lie.
    "entity_keys": "CREATE TABLE lake.internal.entity_keys (entity_id VARCHAR NOT NULL, label VARCHAR NOT NULL, "
    "name VARCHAR NOT NULL, block VARCHAR NOT NULL)",
    # What a story states: `alias_id`, a name of its own elsewhere, is here a variant of `entity_id`.
    "entity_stated": "CREATE TABLE lake.internal.entity_stated (article_id VARCHAR NOT NULL, "
    "alias_id VARCHAR NOT NULL, alias VARCHAR NOT NULL, entity_id VARCHAR NOT NULL)",
    # Pairs of names decided to be one, by the block whose change calls for a new decision.
    "entity_pairs": "CREATE TABLE lake.internal.entity_pairs (block VARCHAR NOT NULL, one VARCHAR NOT NULL, "
    "other VARCHAR NOT NULL, rule VARCHAR NOT NULL, evidence VARCHAR NOT NULL)",
    # Where a name has gone: the id it had, the id it has.
    "entity_merges": "CREATE TABLE lake.internal.entity_merges (merged_id VARCHAR NOT NULL, "
    "entity_id VARCHAR NOT NULL, rule VARCHAR NOT NULL, evidence VARCHAR NOT NULL, "
    "decided_at TIMESTAMP WITH TIME ZONE)",
}
"""CREATE TABLE statements by name. Everything in them can be made anew from the core tables."""


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
