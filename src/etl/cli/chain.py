"""The chain of a story, for `copydesk explain STORY_ID`."""

from __future__ import annotations

from collections.abc import Iterator

from etl.lake.connect import Lake
from etl.resolve.diff import ChainVersion, chain_lines

_VERSIONS = """
    SELECT v.article_id, v.version_index, coalesce(a.versioned_at, a.published_at) AS time, a.path, a.headline, a.body,
           v.link_rule, v.link_evidence, v.withheld_reason, v.killed_by, v.take_number, v.take_count, v.takes_missing
    FROM lake.story_versions v JOIN lake.articles a USING (article_id) WHERE v.story_id = ?
"""


def story_lines(lake: Lake, story_id: str) -> Iterator[str]:
    """Every version of a story in order, why it belongs to it, what became of it and what it changed.

    Nothing for a story that the lake does not know.
    """
    found = lake.con.execute(_VERSIONS, [story_id])
    names = [column[0] for column in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    versions = [ChainVersion(**{**row, "takes_missing": tuple(row["takes_missing"] or ())}) for row in rows]
    for line in chain_lines(versions):
        # Wire text may hold escape codes: nothing that a terminal would act on gets through.
        yield "".join(c if c.isprintable() else " " for c in line)
