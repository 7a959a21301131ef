"""Entities of whole invented stories: places with their codes, aliases, desk fields, pronouns, other languages."""

from dataclasses import replace

import pytest

from etl.gazetteer import resolve
from etl.language import load_models, read_article
from etl.language.pronouns import follow_pronouns
from etl.records import Article, Credit, Dateline, Paragraph, Reading, StoryEntity
from tests.builders import plain_article

LEAD = "GAZIANTEP, Turkey "
BODY = """\
A group of bakers in Turkey will strike, the Bakers Union of Anatolia (BUA) said on Monday.
“They came here to Antep to bake,” said Mr. Deniz Arslan, a baker. Antep is a shortened version of Gaziantep.
The BUA said it had told Arslan. She left for Paris, Texas.
"""


def _story() -> Article:
    article = plain_article(LEAD + BODY)
    first = article.paragraphs[0]
    dateline = Dateline(
        LEAD.strip(),
        LEAD.strip(),
        "GAZIANTEP",
        "Turkey",
        None,
        None,
        0,
        len(LEAD),
        "test",
        resolve("Gaziantep", "Turkey"),
    )
    paragraphs = (Paragraph(0, len(LEAD), first.end), *article.paragraphs[1:])
    return replace(article, dateline=dateline, paragraphs=paragraphs)


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_article(_story(), load_models())


def _entity(reading: Reading, name: str) -> StoryEntity:
    return next(e for e in reading.entities if e.name == name)


def _printed(reading: Reading, name: str) -> list[str]:
    cluster = _entity(reading, name).cluster
    text = _story().story.text
    return [text[m.start : m.end] for m in reading.mentions if m.cluster == cluster]


def test_a_short_form_of_a_place_is_that_place(reading: Reading) -> None:
    city = _entity(reading, "Gaziantep")
    assert (city.label, city.place.country_code if city.place else None) == ("GPE", "TR")
    assert {"Antep", "Gaziantep", "GAZIANTEP"} <= set(_printed(reading, "Gaziantep"))


def test_an_acronym_is_the_organisation(reading: Reading) -> None:
    assert _printed(reading, "Bakers Union of Anatolia") == ["Bakers Union of Anatolia", "BUA", "BUA"]


def test_the_state_printed_behind_a_city_binds(reading: Reading) -> None:
    place = _entity(reading, "Paris").place
    assert place is not None
    assert (place.country_code, place.admin1_code) == ("US", "TX")


def test_the_dateline_is_a_mention_of_its_places(reading: Reading) -> None:
    assert [m.start for m in reading.mentions if m.rule == "dateline"] == [0, LEAD.index("Turkey")]


def test_clusters_are_numbered_by_entity(reading: Reading) -> None:
    assert {m.cluster for m in reading.mentions} == {e.cluster for e in reading.entities}


def test_a_credited_person_is_a_mention_of_the_byline() -> None:
    text = "By Jana Kosova\nNothing happened.\n"
    article = plain_article(text)
    article = replace(
        article,
        paragraphs=(Paragraph(0, 15, len(text) - 1),),
        credits=(Credit("Jana Kosova", "author", start=0, end=14),),
    )
    found = read_article(article, load_models()).mentions
    assert [(text[m.start : m.end], m.label, m.rule) for m in found] == [("Jana Kosova", "PERSON", "byline")]


def test_a_language_no_model_reads_keeps_the_desks_names_and_says_so() -> None:
    reading = read_article(replace(_story(), language="fr"), load_models())
    assert {e.name for e in reading.entities} == {"GAZIANTEP", "Turkey"}
    assert [r.code for r in reading.remarks] == ["language_unsupported"]


def test_pronouns_mean_the_person_of_their_gender_and_i_the_speaker() -> None:
    text = "Anna Berger met Peter Kolb. She said he was late.\n“I was early,” said Kolb. He left.\n"
    article = plain_article(text)
    reading = read_article(article, load_models())
    names = {e.cluster: e.name for e in reading.entities}
    meant = [(text[p.start : p.end], names[p.cluster]) for p in follow_pronouns(article, reading)]
    assert meant == [("She", "Anna Berger"), ("he", "Peter Kolb"), ("I", "Peter Kolb"), ("He", "Peter Kolb")]
