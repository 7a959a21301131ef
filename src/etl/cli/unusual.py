"""What is unusual about the feeds, by their own past and by what the configuration asks of them."""

from __future__ import annotations

from datetime import datetime

from etl.config import Config
from etl.lake import Lake
from etl.lake.anomalies import Anomaly, Expected, find_anomalies


def find_unusual(lake: Lake, config: Config, as_of: datetime) -> list[Anomaly]:
    """What is unusual at `as_of` (UTC), by feed; see `etl.lake.anomalies`."""
    asked = {
        feed.name: Expected(feed.max_silence, feed.min_stories_per_day, feed.max_reject_rate, dict(feed.filled))
        for feed in config.feeds
    }
    return find_anomalies(lake, as_of, asked)
