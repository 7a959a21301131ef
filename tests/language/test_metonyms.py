"""Capitals that mean a government, and capitals that mean the town."""

import pytest

from etl.language import load_models, read_article
from etl.language.metonyms import mark_metonyms
from etl.records import Mention, Place, StoryEntity
from tests.builders import plain_article


def metonyms(text: str, *names: str) -> list[str]:
    """The names that are marked, all of them places."""
    mentions = [
        Mention("text", text.index(name), text.index(name) + len(name), "GPE", number, "given", 1.0)
        for number, name in enumerate(names)
    ]
    return [text[m.start : m.end] for m in mark_metonyms(plain_article(text), mentions, ()) if m.is_metonym]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Washington said the grain would be shipped.", ["Washington"]),
        ("The claim is false, Moscow denies it.", ["Moscow"]),
        ("Moscow will not accept the map.", ["Moscow"]),
        ("Envoys warned that Tehran has already rejected the offer.", ["Tehran"]),
        ("The talks between Paris and Berlin broke down.", ["Paris", "Berlin"]),
        ("Traders fear for ties with Beijing.", ["Beijing"]),
        ("Beijing's decision surprised the millers.", ["Beijing"]),
        ("Ankara’s foreign policy is changing.", ["Ankara"]),
        ("Paris, London and Berlin agreed on a fund.", ["Paris", "London", "Berlin"]),
        ("Tokyo plans to buy more rice.", ["Tokyo"]),
    ],
)
def test_a_capital_that_acts_is_a_metonym(text: str, names: list[str]) -> None:
    assert metonyms(text, *names) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Police in Moscow said the bridge was shut.", ["Moscow"]),
        ("Officials in Bonn and Paris said the bridge was shut.", ["Bonn", "Paris"]),
        ("A baker from Tehran denied it.", ["Tehran"]),
        ("The mayor of London said buses would run.", ["London"]),
        ("Flights between Paris and Berlin were late.", ["Paris", "Berlin"]),
        ("Talks in Vienna with farmers went on.", ["Vienna"]),
        ("Beijing's streets were empty.", ["Beijing"]),
        ("The old Warsaw plans were found in a cellar.", ["Warsaw"]),
        ("Athens was hot.", ["Athens"]),
        ("Kyiv, accused of delay, was quiet.", ["Kyiv"]),
        ("Rome accused of delay by farmers.", ["Rome"]),
        ("Springfield said the bridge was shut.", ["Springfield"]),
    ],
)
def test_a_capital_as_a_town_is_none(text: str, names: list[str]) -> None:
    assert metonyms(text, *names) == []


@pytest.mark.parametrize(("country", "is_metonym"), [("FR", True), ("US", False)])
def test_a_namesake_in_another_country_is_none(country: str, is_metonym: bool) -> None:
    mention = Mention("text", 0, 5, "GPE", 0, "given", 1.0)
    paris = StoryEntity(0, "Paris", "GPE", place=Place(None, "Paris", "city", country))
    (marked,) = mark_metonyms(plain_article("Paris said it would pay."), [mention], [paris])
    assert marked.is_metonym is is_metonym


def test_names_outside_the_body_are_none() -> None:
    text = "Moscow said so.\n"
    article = plain_article(text)
    mention = Mention("text", len(text), len(text) + 6, "GPE", 0, "dateline", 1.0)
    assert [m.is_metonym for m in mark_metonyms(article, [mention], ())] == [False]


def test_a_story_read_whole_has_its_capitals_marked() -> None:
    text = "Moscow denied the report on Monday.\nPolice in Moscow said the bridge was shut.\n"
    mentions = [m for m in read_article(plain_article(text), load_models()).mentions if m.label == "GPE"]
    assert [(text[m.start : m.end], m.is_metonym) for m in mentions] == [("Moscow", True), ("Moscow", False)]
