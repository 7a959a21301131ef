"""What a feed's own past makes unusual, and what it does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.lake import open_lake
from etl.lake.anomalies import WINDOW_DAYS, Anomaly, Day, Expected, History, find_anomalies, judge, read_histories
from etl.lake.commit import commit_batch
from tests.lake.rows import FINGERPRINT, Item, batch

NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)  # a Thursday
HOUR = timedelta(hours=1)
FILLED = {"headline": 1.0, "byline": 0.8, "dateline_text": 0.6, "urgency": 0.1}


def day(stories: int, rejects: int = 0, **shares: float) -> Day:
    return Day(stories, rejects, {name: round(stories * share) for name, share in (FILLED | shares).items()})


def steady(*, stories: int = 100, age_days: int = 400, every: timedelta = 2 * HOUR) -> History:
    """A feed of so many stories a day, one file every two hours, the last an hour ago."""
    times = [NOW - HOUR - n * every for n in range(int(WINDOW_DAYS * 24 * HOUR / every))]
    days = tuple(day(stories + back % 7) for back in range(WINDOW_DAYS + 1))
    return History("north", NOW - timedelta(days=age_days), tuple(reversed(times)), days)


def today(history: History, *days: Day) -> History:
    return replace(history, days=(*days, *history.days[len(days) :]))


def weekly(history: History, stories_of: Callable[[datetime], int]) -> History:
    days = tuple(day(stories_of(NOW - timedelta(days=back, hours=12))) for back in range(WINDOW_DAYS + 1))
    return replace(history, days=days)


def silent_for(history: History, silence: timedelta) -> History:
    return replace(history, deliveries=tuple(t for t in history.deliveries if t <= NOW - silence))


def kinds(history: History, asked: Expected | None = None) -> list[tuple[str, str]]:
    return [(anomaly.kind, anomaly.subject) for anomaly in judge([history], NOW, {"north": asked} if asked else {})]


def test_a_feed_as_ever_has_nothing() -> None:
    assert kinds(steady()) == []


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param(silent_for(steady(), 9 * HOUR), [("silent", "deliveries")], id="silent for nine hours"),
        pytest.param(silent_for(steady(), 5 * HOUR), [], id="silent for less than the floor"),
        pytest.param(today(steady(), day(20)), [("volume", "stories")], id="a fifth of the volume"),
        pytest.param(today(steady(), day(400)), [("volume", "stories")], id="four times the volume"),
        pytest.param(today(steady(), day(160)), [], id="a busy day"),
        pytest.param(today(steady(), day(100, 30)), [("rejects", "rejects")], id="a quarter refused"),
        pytest.param(today(steady(), day(100, 3)), [], id="a few refused"),
        pytest.param(today(steady(), day(0, 100)), [("rejects", "rejects")], id="all refused"),
        pytest.param(today(steady(), day(100, byline=0)), [("field", "byline")], id="no byline"),
        pytest.param(today(steady(), day(100, byline=0.4)), [], id="half the bylines"),
        pytest.param(today(steady(), day(100, urgency=0)), [], id="a field that is rarely filled"),
        pytest.param(
            today(steady(stories=4), day(4, byline=0), day(4, byline=0), day(4, byline=0)),
            [("field", "byline")],
            id="no byline in a thin feed",
        ),
        pytest.param(today(steady(stories=1), day(5)), [], id="too few to judge by"),
    ],
)
def test_what_is_told(history: History, expected: list[tuple[str, str]]) -> None:
    assert kinds(history) == expected


@pytest.mark.parametrize("age_days", [0, 1, 5, 13])
def test_a_young_feed_is_only_learned_from(age_days: int) -> None:
    wrong = today(silent_for(steady(), 20 * HOUR), day(900, 900, headline=0, byline=0))
    assert kinds(replace(wrong, first_at=NOW - timedelta(days=age_days))) == []
    assert {kind for kind, _ in kinds(wrong)} == {"silent", "volume", "rejects", "field"}


def test_an_archive_loaded_at_once_is_no_custom() -> None:
    """Forty years in one night, then nothing: the feed never had a custom."""
    days = (Day(),) * 20 + (day(50_000),) + (Day(),) * 8
    assert kinds(History("archive", NOW - timedelta(days=20), (NOW - timedelta(days=20),), days)) == []


def test_a_weekend_is_not_silence_for_a_feed_of_weekdays() -> None:
    monday = NOW - timedelta(days=3)
    times = [t for t in steady().deliveries if t.weekday() < 5 and t < monday.replace(hour=0)]
    resting = replace(steady(), deliveries=tuple(times))
    assert judge([resting], monday.replace(hour=8), {}) == []
    assert [a.kind for a in judge([resting], monday.replace(hour=8) + timedelta(days=2), {})] == ["silent"]


def test_days_are_compared_with_days_like_them() -> None:
    busy = weekly(steady(), lambda when: 10 if when.weekday() >= 5 else 200)
    assert kinds(busy) == []
    assert kinds(today(busy, day(12))) == [("volume", "stories")]  # a Thursday as thin as a Sunday


def test_one_outage_in_the_past_does_not_become_the_custom() -> None:
    outage = tuple(t for t in steady().deliveries if not 10 <= (NOW - t).days <= 14)
    assert kinds(silent_for(replace(steady(), deliveries=outage), 9 * HOUR)) == [("silent", "deliveries")]


@pytest.mark.parametrize(
    ("history", "asked", "expected"),
    [
        (silent_for(steady(), 9 * HOUR), Expected(max_silence=24 * HOUR), []),
        (silent_for(steady(), 3 * HOUR), Expected(max_silence=2 * HOUR), [("silent", "deliveries")]),
        (today(steady(), day(20)), Expected(min_stories_per_day=15), []),
        (today(steady(), day(90)), Expected(min_stories_per_day=95), [("volume", "stories")]),
        (today(steady(), day(100, 30)), Expected(max_reject_rate=0.5), []),
        (today(steady(), day(100, 3)), Expected(max_reject_rate=0.01), [("rejects", "rejects")]),
        (today(steady(), day(100, byline=0)), Expected(filled={"byline": 0}), []),
        (today(steady(), day(100, byline=0.4)), Expected(filled={"byline": 0.5}), [("field", "byline")]),
    ],
)
def test_what_is_asked_stands_in_place_of_what_was_learned(
    history: History, asked: Expected, expected: list[tuple[str, str]]
) -> None:
    assert kinds(history, asked) == expected
    assert kinds(replace(history, first_at=NOW - 2 * HOUR), asked) == expected


def test_a_feed_that_is_asked_for_and_never_came_is_told() -> None:
    (told,) = judge([], NOW, {"north": Expected(max_silence=HOUR), "south": Expected(min_stories_per_day=3)})
    assert (told.feed, told.kind) == ("north", "silent")


def test_an_anomaly_says_what_is_and_what_was() -> None:
    (anomaly,) = judge([silent_for(steady(), 9 * HOUR)], NOW, {})
    assert anomaly == Anomaly("north", "silent", "deliveries", anomaly.message)
    assert str(anomaly) == "north: nothing for 9 hours, since 2026-03-12 00:00 UTC; usually at most 2 hours"


def deliver(warehouse: Path, when: datetime, feed: str, count: int, *, byline: str | None, fingerprint: str) -> None:
    items = [Item(f"{when:%m%d%H}-{n}.txt", f"{n} {when}", feed=feed, facts={"byline": byline}) for n in range(count)]
    with open_lake(warehouse) as lake:
        commit_batch(
            lake,
            batch(items, fingerprint),
            batch_id=f"batch {when}",
            run_id="run-1",
            files=[(item.sha, fingerprint) for item in items],
            loaded_at=when,
        )


def test_the_lake_is_asked_by_first_sight(warehouse: Path) -> None:
    """Fifteen days with a byline, one without; then all is read again with newer rules."""
    for back in reversed(range(16)):
        when = NOW - timedelta(days=back, hours=1)
        deliver(warehouse, when, "north", 10, byline="Ada Holm" if back else None, fingerprint=FINGERPRINT)
    with open_lake(warehouse) as lake:
        before = read_histories(lake, NOW)
        found = find_anomalies(lake, NOW)
    assert [(a.kind, a.subject) for a in found] == [("field", "byline")]
    assert [d.stories for d in before[0].days] == [10] * 16 + [0] * 13
    assert len(before[0].deliveries) == 16
    deliver(warehouse, NOW - timedelta(days=3, hours=1), "north", 10, byline="Ada Holm", fingerprint="rules-2")
    with open_lake(warehouse) as lake:
        assert read_histories(lake, NOW) == before


def test_a_feed_that_ended_is_left_alone(warehouse: Path) -> None:
    deliver(warehouse, NOW - timedelta(days=90), "north", 10, byline=None, fingerprint=FINGERPRINT)
    with open_lake(warehouse) as lake:
        assert read_histories(lake, NOW) == []
