"""Roles, affiliations and pseudonyms as printed beside names."""

import pytest

from etl.language.desk_facts import simple_analysis
from etl.language.found import Found, Text
from etl.language.pieces import Piece
from etl.language.roles import Role, find_roles
from etl.records import Paragraph


def _role(text: str, person: str, *groups: str) -> Role:
    texts: list[Text] = [(Piece("text", 100, text, Paragraph(0, 100, 100 + len(text))), simple_analysis(text))]
    names = [(person, "PERSON"), *((group, "ORG") for group in groups)]
    found = sorted(
        (Found(0, text.index(n), text.index(n) + len(n), label, "test", 1.0) for n, label in names),
        key=lambda f: f.start,
    )
    numbers = list(range(len(found)))
    at = next(n for n, f in enumerate(found) if f.label == "PERSON")
    return find_roles(texts, found, numbers).get(at, Role())


@pytest.mark.parametrize(
    ("text", "groups", "role", "affiliation"),
    [
        ("Ada Kos, an analyst for the Ostrel Institute, said so.", ["Ostrel Institute"], "analyst", "Ostrel Institute"),
        (
            "Ada Kos, a scholar of sea law at Ostrel College, left.",
            ["Ostrel College"],
            "scholar of sea law",
            "Ostrel College",
        ),
        ("Ada Kos, Ostrel Bank's chief economist, said so.", ["Ostrel Bank"], "chief economist", "Ostrel Bank"),
        ("Ada Kos, a retired teacher, said so.", [], "retired teacher", None),
        ("Ada Kos, who is the director of Ostrel Zoo, left.", ["Ostrel Zoo"], "director", "Ostrel Zoo"),
        ("Syrian President Ada Kos left.", [], "President", None),
        ("Ostrel Bank Chief Executive Ada Kos left.", ["Ostrel Bank"], "Chief Executive", "Ostrel Bank"),
        ("A police spokeswoman Ada Kos left.", [], "police spokeswoman", None),
        ("Ada Kos, 34, left.", [], None, None),
        ("Ada Kos, the Ostrel Zoo and others left.", ["Ostrel Zoo"], None, None),
    ],
)
def test_roles_are_read_as_printed(text: str, groups: list[str], role: str | None, affiliation: str | None) -> None:
    found = _role(text, "Ada Kos", *groups)
    assert (found.text, found.affiliation) == (role, affiliation)
    if found.start is not None:
        assert text[found.start - 100 : (found.end or 0) - 100] == role


@pytest.mark.parametrize(
    ("text", "is_pseudonym"),
    [
        ("said Ada Kos, who used a nom de guerre for security reasons.", True),
        ("said Ada Kos, a pseudonym she chose.", True),
        ("said Ada Kos. Jan Lund used a nom de guerre.", False),
    ],
)
def test_a_pseudonym_is_said_in_the_same_sentence(text: str, is_pseudonym: bool) -> None:
    assert _role(text, "Ada Kos").is_pseudonym is is_pseudonym
