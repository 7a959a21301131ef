"""Which articles hang together with some: by link keys and near-duplicate texts, from one to the next."""

from __future__ import annotations

from etl.lake.link_state import Con
from etl.resolve.keys import BOTH

_NEXT = f"""
    CREATE OR REPLACE TEMP TABLE link_next AS
    WITH sought AS (
        SELECT DISTINCT key, role FROM lake.internal.link_keys WHERE article_id IN (FROM link_frontier)
    ), texts AS (
        SELECT DISTINCT text_id FROM lake.internal.link_versions
        WHERE article_id IN (FROM link_frontier) AND text_id <> 0
    ), near AS (
        FROM texts
        UNION SELECT greater FROM lake.internal.link_pairs WHERE lesser IN (FROM texts)
        UNION SELECT lesser FROM lake.internal.link_pairs WHERE greater IN (FROM texts)
    ), found AS (
        SELECT k.article_id FROM lake.internal.link_keys k JOIN sought s ON k.key = s.key AND k.role | s.role = {BOTH}
        UNION
        SELECT article_id FROM lake.internal.link_versions WHERE text_id IN (FROM near)
    )
    SELECT article_id FROM found ANTI JOIN link_reach USING (article_id)
"""


def gather(con: Con, seeds: str) -> None:
    """Put the articles of the temporary table `seeds` and all that hang together with them into `link_reach`."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE link_reach AS SELECT DISTINCT article_id FROM {seeds}")
    con.execute("CREATE OR REPLACE TEMP TABLE link_frontier AS FROM link_reach")
    while True:
        con.execute(_NEXT)
        row = con.execute("SELECT count(*) FROM link_next").fetchone()
        if not row or not row[0]:
            return
        con.execute("INSERT INTO link_reach FROM link_next")
        con.execute("CREATE OR REPLACE TEMP TABLE link_frontier AS FROM link_next")
