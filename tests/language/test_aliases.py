"""Other names that the story itself gives."""

import pytest

from etl.language.aliases import bracketed, is_acronym, stated
from etl.language.found import Found, View


def _view(text: str) -> View:
    return View(0, text, (), (), {}, ())


def _found(text: str, name: str, label: str = "ORG") -> Found:
    start = text.index(name)
    return Found(0, start, start + len(name), label, "test", 1.0)


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("RWB", "River Water Board"),
        ("ICSR", "Institute for the Care of Small Rivers"),
        ("AFTU", "Allied Federation of Transport Unions"),
        ("R.W.B.", "River Water Board"),
    ],
)
def test_acronyms_are_made_of_first_letters(short: str, name: str) -> None:
    assert is_acronym(short, name)


@pytest.mark.parametrize(("short", "name"), [("RWB", "Water River Board"), ("R", "River"), ("RW", "Rivers")])
def test_other_letters_are_no_acronym(short: str, name: str) -> None:
    assert not is_acronym(short, name)


@pytest.mark.parametrize("text", ["The River Water Board (RWB) met.", "The River Water Board, or RWB, met."])
def test_a_short_form_is_introduced_beside_the_name(text: str) -> None:
    [(_, short)] = bracketed([_view(text)], [_found(text, "River Water Board")])
    assert (text[short.start : short.end], short.label) == ("RWB", "ORG")


@pytest.mark.parametrize(
    "text",
    [
        "Ostra is a shortened version of Ostrava.",
        "Ostra, also known as Ostrava, voted.",
        "Ostra, formerly Ostrava, voted.",
        "Ostra, better known as “Ostrava,” voted.",
    ],
)
def test_the_story_may_say_that_two_names_are_one(text: str) -> None:
    found = [Found(0, 0, 5, "GPE", "test", 1.0), _found(text, "Ostrava", "GPE")]
    assert list(stated([_view(text)], found)) == [(0, 1)]


def test_names_side_by_side_are_not_one() -> None:
    text = "Ostra, Ostrava and Brno voted."
    assert list(stated([_view(text)], [Found(0, 0, 5, "GPE", "test", 1.0), _found(text, "Ostrava", "GPE")])) == []
