"""Which loaded files a backfill reads again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from etl.ingest.listing import Listed
from etl.lake import Lake

_CHOSEN = """
    SELECT d.location, f.path, f.feed, f.raw_sha256 FROM lake.raw_files f JOIN lake.deliveries d USING (raw_sha256)
    WHERE ($format IS NULL OR f.format = $format) AND ($feed IS NULL OR f.feed = $feed)
      AND ($since IS NULL AND $until IS NULL OR EXISTS (
          FROM lake.articles a WHERE a.raw_sha256 = f.raw_sha256
          AND ($since IS NULL OR a.published_at >= $since) AND ($until IS NULL OR a.published_at < $until)))
    ORDER BY d.path <> f.path, d.location DESC
"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Loaded files that meet the conditions and are still there, by hash, and how many are not."""

    there: dict[str, Listed]
    missing: int


def choose_files(
    lake: Lake, *, since: datetime | None, until: datetime | None, format_: str | None, feed: str | None
) -> Chosen:
    """Loaded files that hold a story published in the time (UTC), of a format and of a feed; None is any."""
    values = {"format": format_, "feed": feed, "since": since, "until": until}
    found = lake.con.execute(_CHOSEN, values).fetchall()
    there: dict[str, Listed] = {}
    for where, path, its_feed, digest in reversed(found):
        if Path(where).is_file():
            there[digest] = Listed(Path(where), path, its_feed)
    return Chosen(there, len({row[3] for row in found} - there.keys()))
