from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.desk.times import as_utc, parse_embargo, parse_instant

REFERENCE = date(2015, 1, 2)


@pytest.mark.parametrize(
    ("printed", "utc"),
    [
        ("2017-02-01T12:30:05Z", "2017-02-01T12:30:05"),
        ("2017-02-01T12:30:05+01:00", "2017-02-01T11:30:05"),
        ("20170201T123005+0100", "2017-02-01T11:30:05"),
        ("Wed, 01 Feb 2017 12:30:05 +0000", "2017-02-01T12:30:05"),
        ("Wed, 1 Feb 2017 07:30 EST", "2017-02-01T12:30:00"),
        ("AP-WF-11-13-13 1509GMT<", "2013-11-13T15:09:00"),
        ("071341 GMT Okt 15", "2015-10-07T13:41:00"),
        ("141105 sep 14EDT", "2014-09-14T15:05:00"),
        ("Feb. 1, 2017 3:30 p.m. ET", "2017-02-01T20:30:00"),
        ("July 1, 2017, 3 pm ET", "2017-07-01T19:00:00"),
        ("1 de febrero de 2017 a las 12:30 GMT", "2017-02-01T12:30:00"),
        ("1. Februar 2017, 13.30 Uhr MEZ", "2017-02-01T12:30:00"),
        ("le 1er février 2017 à 13h30 CET", "2017-02-01T12:30:00"),
        ("1 Feb 2017 2400 GMT", "2017-02-02T00:00:00"),
    ],
)
def test_a_time_with_a_zone_is_a_point_in_time(printed: str, utc: str) -> None:
    instant = parse_instant(printed)
    assert instant is not None
    assert as_utc(instant) == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert instant.printed == printed
    assert instant.zone is not None


@pytest.mark.parametrize(
    ("printed", "when", "precision"),
    [
        ("Feb. 1, 2017", "2017-02-01", "day"),
        ("1 February 2017", "2017-02-01", "day"),
        ("21 de enero de 2017", "2017-01-21", "day"),
        ("26-FEB-1987 15:01:01.79", "1987-02-26T15:01:01", "second"),
        ("2 mars 2017", "2017-03-02", "day"),
        ("2017-02-01 12:30", "2017-02-01T12:30", "minute"),
        ("1.2.2017", "2017-02-01", "day"),
        ("13/2/2017", "2017-02-13", "day"),
        ("071341 Okt 15", "2015-10-07T13:41", "minute"),
    ],
)
def test_a_time_without_a_zone_stays_naive(printed: str, when: str, precision: str) -> None:
    instant = parse_instant(printed)
    assert instant is not None
    assert instant.when == datetime.fromisoformat(when)
    assert (instant.precision, instant.zone, as_utc(instant)) == (precision, None, None)


@pytest.mark.parametrize(
    ("printed", "when"),
    [("21 ene", "2015-01-21"), ("Dec. 30", "2014-12-30"), ("Monday, Jan. 5", "2015-01-05"), ("Feb 26", "2015-02-26")],
)
def test_a_year_that_is_not_printed_comes_from_the_reference(printed: str, when: str) -> None:
    instant = parse_instant(printed, REFERENCE)
    assert instant is not None
    assert instant.when == datetime.fromisoformat(when)
    assert parse_instant(printed) is None


@pytest.mark.parametrize(
    "printed",
    ["Feb. 30, 2017", "2017-13-01", "31 Nov 2016", "1/2/2017", "Feb. 1, 2017 25:10", "no date", "", "071341 Rap 15"],
)
def test_what_the_calendar_does_not_hold_is_none(printed: str) -> None:
    assert parse_instant(printed, REFERENCE) is None


@pytest.mark.parametrize(
    ("words", "utc", "zone"),
    [
        ("EMBARGOED UNTIL 0001 GMT Monday, Jan. 5", "2015-01-05T00:01", "GMT"),
        ("STRICTLY EMBARGOED until 12 noon EST on Tuesday", "2015-01-06T17:00", "EST"),
        ("Sperrfrist: 6. Januar, 10.00 Uhr MEZ", "2015-01-06T09:00", "MEZ"),
        ("Not for release before 7 p.m. ET Jan. 5, 2015", "2015-01-06T00:00", "ET"),
        ("EMBARGO: 00:01 UTC+2, 5 January 2015", "2015-01-04T22:01", "UTC+2"),
        ("Hold for release at 1800 GMT", "2015-01-02T18:00", "GMT"),
    ],
)
def test_an_embargo_in_words_ends_at_an_instant(words: str, utc: str, zone: str) -> None:
    instant = parse_embargo(words, REFERENCE)
    assert instant is not None
    assert as_utc(instant) == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert (instant.zone, instant.printed) == (zone, words)


def test_an_embargo_without_a_zone_is_naive_and_without_a_time_is_a_day() -> None:
    instant = parse_embargo("Not for public release until 12noon on Friday, October 23, 2015")
    assert instant is not None
    assert (instant.when, instant.zone) == (datetime(2015, 10, 23, 12), None)
    day = parse_embargo("For release Monday", REFERENCE)
    assert day is not None
    assert (day.when, day.precision) == (datetime(2015, 1, 5), "day")


@pytest.mark.parametrize("words", ["EMBARGOED", "Embargoed until further notice", "EMBARGOED UNTIL Feb. 30"])
def test_an_embargo_that_states_no_time_is_none(words: str) -> None:
    assert parse_embargo(words, REFERENCE) is None


def test_an_embargo_needs_a_reference_for_a_day_of_the_week() -> None:
    assert parse_embargo("EMBARGOED UNTIL 0001 GMT Monday") is None


@given(st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)), st.integers(-14 * 60, 14 * 60))
def test_iso_times_come_back(when: datetime, minutes: int) -> None:
    stamp = when.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    instant = parse_instant(stamp.isoformat())
    assert instant is not None
    assert instant.when == stamp


@given(st.text(max_size=60), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_any_text_is_an_instant_or_none(text: str, reference: date) -> None:
    for instant in (parse_instant(text, reference), parse_embargo(text, reference)):
        assert instant is None or instant.printed == text
