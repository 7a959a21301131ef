"""When a name counts as the tagged person, organisation or place."""

import pytest

from benchmarks.tags import is_found, measure


@pytest.mark.parametrize(
    ("kind", "tag", "long", "name", "label", "country"),
    [
        ("people", "ada-holm", "Finance Minister Ada Holm", "Holm", "PERSON", None),
        ("orgs", "iwb-wool", "International Wool Board", "I.W.B.", "ORG", None),
        ("orgs", "woolboard", "International Board for Wool", "Wool Board", "ORG", None),
        ("exchanges", "vse", "Varnby Stock Exchange", "Varnby Stock Exchange", "ORG", None),
        ("places", "west-germany", None, "Bonn", "GPE", "DE"),
        ("places", "usa", None, "American", "NORP", "US"),
    ],
)
def test_found(kind: str, tag: str, long: str | None, name: str, label: str, country: str | None) -> None:
    assert is_found(kind, tag, long, [(name, label, country)])


def test_not_found() -> None:
    assert not is_found("people", "ada-holm", None, [("Holm", "ORG", None), ("Kos", "PERSON", None)])
    assert not is_found("orgs", "iwb", "International Wool Board", [("Wool", "ORG", None)])
    assert not is_found("places", "france", None, [("Bonn", "GPE", "DE")])


def test_tags_are_counted_by_kind() -> None:
    tags = {"people": [{"tag": "holm"}, {"tag": "kos"}], "orgs": [], "exchanges": [], "places": [{"tag": "france"}]}
    found = measure([(tags, [("Ada Holm", "PERSON", None), ("Paris", "GPE", "FR")])])
    assert found == {"people": (1, 2), "orgs": (0, 0), "exchanges": (0, 0), "places": (1, 1)}
