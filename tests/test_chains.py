from dataclasses import replace
from datetime import UTC, datetime

import pytest

from builders import plain_article
from etl.chains import chain, fold, keyword
from etl.records import Article, Instant


def article(**fields: object) -> Article:
    made = plain_article("A dam failed.", headline="Dam fails")
    story = replace(made.story, **fields)  # type: ignore[arg-type]
    return replace(made, story=story, published=story.published)


@pytest.mark.parametrize(
    ("slug", "bare"),
    [
        ("BC-Dam-Inquiry", "dam-inquiry"),
        ("AM-Dam Inquiry, 1st Ld-Writethru", "dam inquiry"),
        ("Dam-Inquiry-CORRECTION", "dam-inquiry"),
        ("DAM-INQUIRY, 2 Takes", "dam-inquiry"),
        ("Dam-Inquiry/UPDATE 3", "dam-inquiry"),
        ("Kill", "kill"),
    ],
)
def test_the_keyword_outlives_cycle_and_version_words(slug: str, bare: str) -> None:
    assert keyword(slug) == bare


def test_a_guid_is_the_chain_whatever_the_slug_says() -> None:
    assert chain(article(guid="urn:x:1", slugline="Dam"), None) == ("guid", "guid:urn:x:1")


def test_a_short_number_is_only_unique_for_its_sender() -> None:
    assert chain(article(guid="4711", provider="Bay"), None)[1] == "guid:bay:4711"
    assert chain(article(guid="4711", provider="Coast"), None)[1] == "guid:coast:4711"


def test_slug_provider_and_day_make_a_chain() -> None:
    when = Instant("today", datetime(2024, 3, 20, 12, tzinfo=UTC))
    made = article(slugline="BC-Dam, 1st Ld", provider="Bay", published=when)
    assert chain(made, None) == ("slug", "slug:bay:dam:2024-03-20")


def test_without_guid_and_slug_only_the_same_text_of_the_same_sender_is_the_same_story() -> None:
    first, again, other = article(provider="Bay"), article(provider="Bay"), article(provider="Coast")
    assert chain(first, None) == chain(again, None)
    assert chain(first, None) != chain(other, None)


def test_fold_takes_case_accents_and_spacing() -> None:
    assert fold("  Şanlıurfa\tÉtat ") == fold("şanlıurfa etat")
