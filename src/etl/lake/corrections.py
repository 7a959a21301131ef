"""Table `corrected`: what corrections among some linked versions changed of the versions before them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pyarrow as pa

from etl.lake.link_state import Con, fill
from etl.resolve.corrected import Corrected, Facts, Named, Said, corrected
from etl.resolve.records import Version, VersionLink


def read_corrected(con: Con, versions: Iterable[Version], links: Sequence[VersionLink]) -> list[Corrected]:
    """What each correction changed of the version before it, by links in order of story and version."""
    by_id = {version.article_id: version for version in versions}
    pairs = []
    for one, other in pairwise(links):
        notices = by_id[one.article_id].is_notice or by_id[other.article_id].is_notice
        if one.story_id == other.story_id and not notices and "correction" in by_id[other.article_id].signals:
            pairs.append((one.story_id, one.article_id, other.article_id))
    if not pairs:
        return []
    facts = _facts(con, sorted({ident for _, *both in pairs for ident in both}))
    return [row for story, old, new in pairs for row in corrected(story, facts[old], facts[new])]


def _facts(con: Con, articles: Sequence[str]) -> dict[str, Facts]:
    fill(con, "link_corrected", {"article_id": pa.array(articles, pa.string())})
    quotes: dict[str, list[Said]] = defaultdict(list)
    for article, *row in con.execute(
        """SELECT article_id, quote_id, quote_text, speaker_name FROM lake.quotes
           WHERE article_id IN (FROM link_corrected) AND quote_kind = 'speech'
           ORDER BY article_id, part, quote_start, quote_id"""
    ).fetchall():
        quotes[article].append(Said(*row))
    names: dict[str, list[Named]] = defaultdict(list)
    for article, *row in con.execute(
        """SELECT article_id, entity_id, entity_type, entity_name FROM lake.article_entities
           WHERE article_id IN (FROM link_corrected) ORDER BY article_id, entity_name, entity_id"""
    ).fetchall():
        names[article].append(Named(*row))
    return {ident: Facts(ident, tuple(quotes[ident]), tuple(names[ident])) for ident in articles}
