"""Which printed names are one person, what they are called, and whom a pronoun means."""

import pytest

from etl.language.people import Sighting, cluster_people, fullest, gender_of
from etl.language.personnames import fold, may_be_one, parse_person


def _cluster(*names: str) -> list[int]:
    return cluster_people([Sighting(0, 100 * at, name) for at, name in enumerate(names)])


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Aymar al Haddad", "Aymar al-Haddad"),
        ("Ismail Haniyeh", "Ismail Haniya"),
        ("William Porter", "Bill Porter"),
        ("J. Porter", "Jane Porter"),
        ("Ursula van der Berg", "van der Berg"),
        ("Anna-Maria Koch", "Anna-Maria Koch-Weiss Koch"),
        ("Gabriel Ortega Ruiz", "Ortega Ruiz"),
        ("José Peña", "Jose Pena"),
        ("Jens Otto Harald Lund", "Otto Lund"),
        ("Gen. Martin Adler", "Martin Adler"),
        ("Martin Adler Jr.", "Martin Adler"),
    ],
)
def test_variants_are_one_person(a: str, b: str) -> None:
    assert may_be_one(parse_person(a), parse_person(b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Anna Koch", "Peter Koch"),
        ("George W. Adler", "George H. Adler"),
        ("Martin Adler Jr.", "Martin Adler Sr."),
        ("Mary Lund", "Mary Lind"),
    ],
)
def test_namesakes_are_two(a: str, b: str) -> None:
    assert not may_be_one(parse_person(a), parse_person(b))


def test_a_surname_before_the_full_name_is_that_person() -> None:
    assert _cluster("Koch", "Anna Koch", "Koch") == [0, 0, 0]


def test_a_bare_surname_means_the_one_the_story_is_about() -> None:
    assert _cluster("Anna Koch", "Koch", "Peter Koch", "Koch") == [0, 0, 1, 0]


def test_a_title_keeps_husband_and_wife_apart() -> None:
    people = [Sighting(0, 0, "Anna Koch"), Sighting(0, 50, "Peter Koch"), Sighting(0, 90, "Koch", "Mr.")]
    assert cluster_people(people) == [0, 1, 1]


def test_nobody_gives_nothing() -> None:
    assert cluster_people([]) == []


def test_the_fullest_name_is_the_one_with_most_parts_spelled_out() -> None:
    assert fullest(["ANNA KOCH", "Koch", "Anna Koch", "A. Koch"]) == "Anna Koch"


@pytest.mark.parametrize(
    ("names", "before", "gender"),
    [
        (["Koch"], ["Mrs."], "f"),
        (["Koch"], ["spokesman"], "m"),
        (["Koch"], ["spokeswoman"], "f"),
        (["Anna Koch"], ["analyst"], "f"),
        (["Koch"], ["German"], None),
    ],
)
def test_gender_is_told_by_titles_then_by_given_names(names: list[str], before: list[str], gender: str | None) -> None:
    assert gender_of(names, before) == gender


def test_folding_drops_case_accents_and_stops() -> None:
    assert fold("J.-P. Müller’s") == "j-p mullers"
