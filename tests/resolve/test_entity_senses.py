"""Namesakes are parted by role, place and company of names, and by nothing less."""

import random
from datetime import UTC, datetime

from etl.resolve.entity_senses import Occurrence, Sense, countries_of, fields_of, may_be_several, sense_ids, split


def story(number: int, role: str | None = None, affiliation: str | None = None, company: int = 0) -> Occurrence:
    published = datetime(2024, 1, number, tzinfo=UTC)
    return Occurrence(f"art-{number}", role, affiliation, published, frozenset({company} - {0}))


def parted(*stories: Occurrence) -> list[set[int]]:
    return [{int(a.removeprefix("art-")) for a in sense.articles} for sense in split(stories)]


def test_a_minister_and_a_goalkeeper_are_two() -> None:
    assert parted(story(1, "finance minister"), story(2, "goalkeeper"), story(3, "the minister")) == [{1, 3}, {2}]


def test_ministers_of_two_countries_are_two() -> None:
    assert parted(story(1, "Irish minister"), story(2, "Norwegian minister"), story(3, "minister", "Norway")) == [
        {1},
        {2, 3},
    ]


def test_company_of_names_ties_stories_whatever_else_they_say() -> None:
    assert parted(story(1, "senator", company=7), story(2, "former actor", company=7)) == [{1, 2}]


def test_chief_executives_of_two_companies_are_two() -> None:
    assert parted(story(1, "chief executive", "Acme Wool"), story(2, "executive", "Varn Shipping")) == [{1}, {2}]


def test_a_story_that_says_nothing_follows_its_company_else_stands_alone() -> None:
    assert parted(story(1, "minister", company=7), story(2, "striker"), story(3, company=7), story(4)) == [
        {1, 3},
        {2},
        {4},
    ]


def test_a_story_that_says_nothing_is_of_the_bearer_nearly_all_others_are_of() -> None:
    known = [story(n, "minister") for n in range(1, 21)]
    assert parted(*known, story(21, "striker"), story(22)) == [{*range(1, 21), 22}, {21}]


def test_without_a_conflict_there_is_one_bearer() -> None:
    assert parted(story(1), story(2, "minister"), story(3, "lawyer"), story(4, None, "Harbour Board")) == [{1, 2, 3, 4}]


def test_the_order_of_stories_does_not_matter() -> None:
    roles = ["minister", "striker", None, "Irish novelist", "chief executive", None, "goalkeeper", "Norwegian senator"]
    stories = [story(n, role, company=n % 3 if n % 2 else 0) for n, role in enumerate(roles, 1)]
    expected = split(stories)
    for seed in range(20):
        random.Random(seed).shuffle(stories)
        assert split(stories) == expected


def test_the_first_bearer_keeps_the_id_of_the_name() -> None:
    senses = [Sense("art-1", frozenset({"art-1"}), ""), Sense("art-2", frozenset({"art-2"}), "")]
    base, second = sense_ids("Ada Holm", "ent-base", senses)
    assert base == "ent-base"
    assert second.startswith("ent-")
    assert second != sense_ids("Ida Holm", "ent-other", senses)[1]


def test_what_roles_tell() -> None:
    assert fields_of(["the club's goalkeeper", "chairman"]) == {"sport"}
    assert countries_of(["Irish finance minister", "President of Norway"]) == {"IE", "NO"}
    assert may_be_several({"minister", "goalkeeper"}, set())
    assert not may_be_several({"minister", "lawyer"}, {"Harbour Board"})
