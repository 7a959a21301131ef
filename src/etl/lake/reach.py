"""Which articles hang together with some: by link keys and near-duplicate texts, from one to the next."""

from __future__ import annotations

from etl.lake.link_state import Con, spans
from etl.resolve.keys import BOTH

_NEXT = """
    CREATE OR REPLACE TEMP TABLE link_next AS
    WITH sought AS (
        SELECT DISTINCT key, role FROM lake.internal.link_keys SEMI JOIN link_frontier USING (number)
        WHERE {near_frontier}
    ), texts AS (
        SELECT DISTINCT text_id FROM lake.internal.link_versions SEMI JOIN link_frontier USING (number)
        WHERE text_id <> 0 AND {near_frontier}
    ), near AS (
        FROM texts
        UNION SELECT greater FROM lake.internal.link_pairs WHERE lesser IN (FROM texts)
        UNION SELECT lesser FROM lake.internal.link_pairs WHERE greater IN (FROM texts)
    ), found AS (
        SELECT k.number FROM lake.internal.link_keys k JOIN sought s ON k.key = s.key AND k.role | s.role = {both}
        UNION
        SELECT number FROM lake.internal.link_versions SEMI JOIN near USING (text_id)
    )
    SELECT number FROM found ANTI JOIN link_numbers USING (number)
"""


def gather(con: Con, seeds: str) -> None:
    """Put the articles of the temporary table `seeds` and all that hang together with them into `link_reach`.

    Two more temporary tables: `link_numbers` holds the numbers of those versions, `link_frontier` those found last.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE link_numbers AS
            SELECT number FROM lake.internal.link_versions SEMI JOIN {seeds} USING (article_id)"""
    )
    con.execute("CREATE OR REPLACE TEMP TABLE link_frontier AS FROM link_numbers")
    while True:
        con.execute(_NEXT.format(near_frontier=spans(con, "link_frontier"), both=BOTH))
        row = con.execute("SELECT count(*) FROM link_next").fetchone()
        if not row or not row[0]:
            break
        con.execute("INSERT INTO link_numbers FROM link_next")
        con.execute("CREATE OR REPLACE TEMP TABLE link_frontier AS FROM link_next")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE link_reach AS
            SELECT article_id FROM lake.internal.link_versions SEMI JOIN link_numbers USING (number)
            WHERE {spans(con, "link_numbers")}
            UNION SELECT article_id FROM {seeds}"""
    )
