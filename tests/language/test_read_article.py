"""One invented story through the whole of names, people and roles."""

import pytest

from etl.language import load_models, read_article
from etl.records import Reading
from tests.builders import plain_article

STORY = """\
A group of herders says the Islamic State has taken its wells, Halima Diop, a lawyer and spokeswoman for the River \
Families Association, said Monday.
“They came at night,” said Karim Bello, who used a nom de guerre for his safety.
Diop said the Islamic State had promised to pay. Mali's President Ibrahim Keita told Islamic State members to leave.
"""


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_article(plain_article(STORY, headline="HERDERS LOSE WELLS TO ISLAMIC STATE"), load_models())


def _texts(reading: Reading, name: str) -> list[str]:
    clusters = {e.cluster for e in reading.entities if e.name == name}
    return [STORY[m.start : m.end] for m in reading.mentions if m.cluster in clusters and m.part == "text"]


def test_a_listed_group_is_an_organisation_every_time(reading: Reading) -> None:
    assert _texts(reading, "Islamic State") == ["Islamic State"] * 3
    assert {e.label for e in reading.entities if e.name == "Islamic State"} == {"ORG"}


def test_a_surname_belongs_to_the_person_named_in_full(reading: Reading) -> None:
    assert _texts(reading, "Halima Diop") == ["Halima Diop", "Diop"]


def test_role_and_affiliation_are_read_beside_the_name(reading: Reading) -> None:
    person = next(e for e in reading.entities if e.name == "Halima Diop")
    assert (person.role, person.affiliation) == ("lawyer and spokeswoman", "River Families Association")
    assert STORY[person.role_start : person.role_end] == person.role
    assert STORY[person.affiliation_start : person.affiliation_end] == person.affiliation


def test_a_title_in_front_is_a_role(reading: Reading) -> None:
    assert next(e for e in reading.entities if e.name == "Ibrahim Keita").role == "President"


def test_a_nom_de_guerre_is_marked(reading: Reading) -> None:
    assert {e.name for e in reading.entities if e.is_pseudonym} == {"Karim Bello"}


def test_nothing_to_read_gives_nothing() -> None:
    assert read_article(plain_article(""), load_models()) == Reading()
