"""What is unusual about a feed, told by its own past: silence, volume, refusals, a field that is no longer filled.

`read_histories` asks the lake, `judge` decides and asks nothing. A day here is 24 hours back from the moment of
asking, so that a check at any hour compares whole days. What the configuration expects of a feed stands in place
of what would be learned, and holds from the first day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Literal

from etl.lake import ddl
from etl.lake.connect import Lake

Kind = Literal["silent", "volume", "rejects", "field"]

WINDOW_DAYS = 28
"""Days a feed is judged by. One that has been silent for longer is held to have ended, and is left alone."""

FIELDS = (
    "headline",
    "byline",
    "dateline_text",
    "published_at",
    "provider",
    "guid",
    "slugline",
    "language",
    "copyright",
    "credit_line",
    "urgency",
)
"""Columns of `articles` that are watched in every feed."""

_DAY = timedelta(days=1)
_YOUNG = 14 * _DAY
"""A feed whose first delivery is more recent is only learned from."""
_ACTIVE_DAYS = 7
"""So is one that delivered on fewer days of the window."""
_LIKE_DAYS = 5
"""Past days that a range is drawn from, at least."""
_ENOUGH = 10
"""Stories (with refusals, where these are judged) below which a share or a volume says nothing."""
_LEAST_SILENCE = timedelta(hours=6)
_SILENCE_FACTOR = 1.5
"""Silence is told when it is this many times the longest one of a usual week."""
_RANGE_FACTOR = 2
"""A volume or a share of refusals is unusual beyond this many times what nearly all days had."""
_LEAST_REJECT_SHARE = 0.05
_FILLED_SHARE = 0.5
"""A field that is filled less often is not watched."""
_FILLED_DROP = 0.25
"""A field is told of when it falls below this part of its usual share."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the configuration asks of a feed; None and an empty `filled` leave it to what was learned."""

    max_silence: timedelta | None = None
    min_stories_per_day: int | None = None
    max_reject_rate: float | None = None
    filled: Mapping[str, float] = field(default_factory=dict)
    """Least share of stories by column of `articles`."""


@dataclass(frozen=True, slots=True)
class Day:
    """What came in on one day: stories, refusals, and how many stories had each field."""

    stories: int = 0
    rejects: int = 0
    filled: Mapping[str, int] = field(default_factory=dict)

    @property
    def items(self) -> int:
        """Stories and refusals."""
        return self.stories + self.rejects


@dataclass(frozen=True, slots=True)
class History:
    """A feed's past: its first delivery ever, the times it delivered within the window, and its days.

    `days[0]` are the last 24 hours, `days[1]` the 24 before; there are `WINDOW_DAYS + 1`.
    """

    feed: str
    first_at: datetime
    deliveries: tuple[datetime, ...]
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One unusual thing about a feed, with a line that says what is there and what was usual or asked for."""

    feed: str
    kind: Kind
    subject: str
    message: str

    def __str__(self) -> str:
        """`feed: message`, one line."""
        return f"{self.feed}: {self.message}"


def find_anomalies(lake: Lake, as_of: datetime, expected: Mapping[str, Expected] | None = None) -> list[Anomaly]:
    """What is unusual about each feed at `as_of` (UTC), by feed; `expected` is what the configuration asks, by feed."""
    asked = expected or {}
    columns = dict.fromkeys((*FIELDS, *(name for one in asked.values() for name in one.filled)))
    return judge(read_histories(lake, as_of, list(columns)), as_of, asked)


def read_histories(lake: Lake, as_of: datetime, columns: Collection[str] = FIELDS) -> list[History]:
    """The past of every feed that delivered within the window before `as_of` (UTC), by name.

    A file counts when it was first seen: reading it again with newer rules does not make it new.
    """
    since = as_of - (WINDOW_DAYS + 1) * _DAY
    seen = """
        WITH seen AS (
            SELECT coalesce(f.feed, '(top)') AS feed, f.raw_sha256, min(d.seen_at) AS seen_at,
                   any_value(f.reject_count) AS refused, floor(epoch($as_of - min(d.seen_at)) / 86400)::INTEGER AS back
            FROM lake.raw_files f JOIN lake.deliveries d USING (raw_sha256)
            GROUP BY ALL HAVING min(d.seen_at) <= $as_of)"""
    counts_of = ", ".join(f"count({ddl.quote_name(name)})" for name in columns)
    values: dict[str, object] = {"as_of": as_of, "since": since}
    feeds = lake.con.execute(
        f"""{seen} SELECT feed, min(seen_at), list(DISTINCT seen_at ORDER BY seen_at) FILTER (seen_at >= $since)
            FROM seen GROUP BY feed HAVING max(seen_at) >= $since ORDER BY feed""",
        values,
    ).fetchall()
    counted = lake.con.execute(
        f"""{seen}, told AS (
                SELECT feed, back, count(*) AS stories, {counts_of}
                FROM seen JOIN lake.articles USING (raw_sha256) WHERE seen_at >= $since GROUP BY feed, back),
            refused AS (
                SELECT feed, back, sum(refused)::BIGINT AS rejects FROM seen WHERE seen_at >= $since
                GROUP BY feed, back)
            SELECT feed, back, rejects, coalesce(stories, 0), told.* EXCLUDE (feed, back, stories)
            FROM refused LEFT JOIN told USING (feed, back)""",
        values,
    ).fetchall()
    days = {
        (feed, back): Day(stories, rejects, {name: n or 0 for name, n in zip(columns, counts, strict=True)})
        for feed, back, rejects, stories, *counts in counted
    }
    return [
        History(feed, first, tuple(times), tuple(days.get((feed, back), Day()) for back in range(WINDOW_DAYS + 1)))
        for feed, first, times in feeds
    ]


def judge(histories: Iterable[History], as_of: datetime, expected: Mapping[str, Expected]) -> list[Anomaly]:
    """What is unusual about each feed by its own history, or falls short of what is expected of it."""
    found: list[Anomaly] = []
    unseen = dict(expected)
    for history in histories:
        asked = unseen.pop(history.feed, Expected())
        grown = as_of - history.first_at >= _YOUNG
        learned = grown and sum(day.items > 0 for day in history.days) >= _ACTIVE_DAYS
        found += _silence(history, as_of, asked.max_silence, learned=learned)
        found += _volume(history, as_of, asked.min_stories_per_day, learned=learned)
        found += _refusals(history, asked.max_reject_rate, learned=learned)
        found += _fields(history, asked.filled, learned=learned)
    for feed, asked in unseen.items():
        if asked.max_silence is not None:
            found.append(Anomaly(feed, "silent", "deliveries", f"nothing in the last {WINDOW_DAYS} days"))
    return found


def _silence(history: History, as_of: datetime, asked: timedelta | None, *, learned: bool) -> Iterator[Anomaly]:
    """A silence longer than those of a usual week, nights and weekends included."""
    last = history.deliveries[-1]
    usual = _usual_silence(history.deliveries) if learned else None
    limit = asked
    if limit is None and usual is not None:
        limit = max(usual * _SILENCE_FACTOR, _LEAST_SILENCE)
    if limit is not None and as_of - last > limit:
        bound = f"at most {_span(asked)} asked for" if asked else f"usually at most {_span(usual or limit)}"
        said = f"nothing for {_span(as_of - last)}, since {last:%Y-%m-%d %H:%M} UTC; {bound}"
        yield Anomaly(history.feed, "silent", "deliveries", said)


def _usual_silence(times: tuple[datetime, ...]) -> timedelta | None:
    """The median over weeks of each week's longest silence: one outage does not become the custom."""
    longest: dict[int, float] = {}
    for before, after in pairwise(times):
        week = (times[-1] - after) // (7 * _DAY)
        longest[week] = max((after - before).total_seconds(), longest.get(week, 0.0))
    return timedelta(seconds=median(longest.values())) if longest else None


def _volume(history: History, as_of: datetime, asked: int | None, *, learned: bool) -> Iterator[Anomaly]:
    """Far more or fewer stories than nearly all days like it had: weekdays are compared with weekdays."""
    today = history.days[0].stories
    if asked is not None and today < asked:
        said = f"{today} stories in 24 hours; at least {asked} asked for"
        yield Anomaly(history.feed, "volume", "stories", said)
    like = [day.stories for back, day in enumerate(history.days) if back and _is_like(as_of, back)]
    # A day without any story is silence, which is judged by the hour.
    if not learned or not today or len(like) < _LIKE_DAYS or max(median(like), today) < _ENOUGH:
        return
    low, high = _range(like)
    short = asked is None and today < low / _RANGE_FACTOR
    if short or today > max(high * _RANGE_FACTOR, _ENOUGH):
        said = f"{today} stories in 24 hours; usually {low} to {high}"
        yield Anomaly(history.feed, "volume", "stories", said)


def _is_like(as_of: datetime, back: int) -> bool:
    middle = as_of - _DAY / 2
    return ((middle - back * _DAY).weekday() >= 5) == (middle.weekday() >= 5)


def _range(counts: list[int]) -> tuple[int, int]:
    """What nearly all of them lie between: the lowest and the highest twentieth left out."""
    ordered = sorted(counts)
    cut = len(ordered) // 20
    return ordered[cut], ordered[-1 - cut]


def _refusals(history: History, asked: float | None, *, learned: bool) -> Iterator[Anomaly]:
    recent, past = _split(history)
    share = _refused_share(recent)
    if asked is not None:
        limit, bound = asked, f"at most {asked:.0%} asked for"
    else:
        usual = sorted(_refused_share([day]) for day in past if day.items)
        if not learned or len(usual) < _LIKE_DAYS or sum(day.items for day in recent) < _ENOUGH:
            return
        highest = usual[-1 - len(usual) // 20]
        limit, bound = max(highest * _RANGE_FACTOR, _LEAST_REJECT_SHARE), f"usually at most {highest:.0%}"
    if share > limit:
        yield Anomaly(history.feed, "rejects", "rejects", f"{share:.0%} refused; {bound}")


def _refused_share(days: list[Day]) -> float:
    return sum(day.rejects for day in days) / max(1, sum(day.items for day in days))


def _fields(history: History, asked: Mapping[str, float], *, learned: bool) -> Iterator[Anomaly]:
    recent, past = _split(history)
    now, then = (sum(day.stories for day in days) for days in (recent, past))
    if now < _ENOUGH:
        return
    for name in dict.fromkeys(name for day in recent for name in day.filled):
        share = sum(day.filled.get(name, 0) for day in recent) / now
        usual = sum(day.filled.get(name, 0) for day in past) / max(1, then)
        if name in asked:
            wrong, bound = share < asked[name], f"at least {asked[name]:.0%} asked for"
        else:
            known = learned and then >= _ENOUGH and usual >= _FILLED_SHARE
            wrong, bound = known and share < usual * _FILLED_DROP, f"usually {usual:.0%}"
        if wrong:
            said = f"{name} is filled in {share:.0%} of the last {now} stories; {bound}"
            yield Anomaly(history.feed, "field", name, said)


def _split(history: History) -> tuple[list[Day], list[Day]]:
    """The last day and those before it; of a thin feed as many days as make enough to judge by, at most a week."""
    took = 1
    while sum(day.items for day in history.days[:took]) < _ENOUGH and took < 7:
        took += 1
    return list(history.days[:took]), list(history.days[took:])


def _span(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes / 60:.0f} hours" if minutes < 72 * 60 else f"{minutes / 60 / 24:.0f} days"
