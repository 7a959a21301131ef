"""Times of an article: publication, embargoes in words, and dates that cannot be."""

from datetime import UTC, datetime

import pytest

from etl.desk import edit_story
from etl.records import Article, Instant, Story

CREATED = Instant("20190302T0000Z", datetime(2019, 3, 2, tzinfo=UTC), zone="Z")


def _edit(text: str = "A ferry sank.", **fields: object) -> Article:
    story = Story(format="nitf", byte_offset=0, byte_length=len(text), text=text, headline="Ferry", **fields)  # type: ignore[arg-type]
    return edit_story(story)


@pytest.mark.parametrize(
    ("text", "ednote", "until"),
    [
        ("EMBARGOED UNTIL 0001 GMT Monday, March 4, 2019\nA ferry sank.", None, datetime(2019, 3, 4, 0, 1, tzinfo=UTC)),
        ("EMBARGOED UNTIL 0001 GMT Monday\nA ferry sank.", None, datetime(2019, 3, 4, 0, 1, tzinfo=UTC)),
        ("SPERRFRIST: 5. März 2019, 10.00 Uhr\nEine Fähre sank.", None, datetime(2019, 3, 5, 10)),
        ("A ferry sank.", "STRICTLY EMBARGOED. Not for release until 12 noon on March 5", datetime(2019, 3, 5, 12)),
    ],
)
def test_embargo_in_words(text: str, ednote: str | None, until: datetime) -> None:
    article = _edit(text, ednote=ednote, created=CREATED)
    assert article.embargo is not None
    assert article.embargo.when == until
    assert "EMBARGO" not in article.body
    assert article.status == "usable"


def test_embargo_field_wins_over_words() -> None:
    assert _edit("Embargoed until Monday\nA ferry sank.", embargo=CREATED).embargo == CREATED


def test_embargo_without_a_time_withholds_the_story() -> None:
    article = _edit(ednote="EMBARGOED")
    assert (article.embargo, article.status) == (None, "withheld")
    assert [remark.code for remark in article.remarks] == ["embargo_without_time"]


def test_embargo_that_is_lifted_holds_nothing() -> None:
    assert _edit(ednote="Eds: embargo lifted at 0900 GMT").status == "usable"


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("OSLO, Dec 31 (Reuters) - A ferry sank.\n(c) 2018 Example Wire", datetime(2018, 12, 31)),
        ("OSLO, Jan. 1, 2017 (Reuters) - A ferry sank.\n(c) 2018 Example Wire", datetime(2017, 1, 1)),
        ("Published: March 3, 2019 at 4:15 p.m.\nA ferry sank.", datetime(2019, 3, 3, 16, 15)),
        ("OSLO, Dec 31 (Reuters) - A ferry sank.", None),
    ],
    ids=["year of copyright", "own year", "date line", "no year"],
)
def test_publication_day(text: str, when: datetime | None) -> None:
    published = _edit(text).published
    assert (published and published.when) == when
    assert published is None or published.precision == ("minute" if "p.m." in text else "day")


@pytest.mark.parametrize(
    ("text", "fields", "code"),
    [
        ("OSLO, Feb 30, 2019 (Reuters) - A ferry sank.", {}, "impossible_date"),
        ("OSLO, March 9 (Reuters) - A ferry sank.", {"created": CREATED}, "dateline_in_future"),
        (
            "A ferry sank.",
            {"created": CREATED, "versioned": Instant("2019", datetime(2019, 1, 1, tzinfo=UTC))},
            "created_after_version",
        ),
        ("A ferry sank.", {"created": Instant("00010101", datetime(1, 1, 1))}, "impossible_time"),
    ],
)
def test_odd_times_are_remarks(text: str, fields: dict[str, Instant], code: str) -> None:
    assert [remark.code for remark in _edit(text, **fields).remarks] == [code]
