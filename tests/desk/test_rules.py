"""The desk's data files: well formed, and safe for running text."""

import re

import pytest

from etl.desk.languages import declared_language, detected_language
from etl.desk.lexicon import agency_of, houses, load
from etl.desk.rules import book, furniture
from etl.records import SPAN_LABELS

FILES = ["lines.toml", *houses()]
RULES = [pytest.param(entry, id=entry["name"]) for name in FILES for entry in load(name)["rule"]]


@pytest.mark.parametrize("entry", RULES)
def test_rule_is_well_formed(entry: dict[str, object]) -> None:
    assert entry["label"] in SPAN_LABELS
    assert set(entry["where"]) <= {"top", "tail", "foot", "any"}  # type: ignore[call-overload]
    assert re.compile(str(entry["pattern"])).fullmatch("") is None


@pytest.mark.parametrize("name", [*FILES, "furniture.toml", "signals.toml", "credits.toml", "languages.toml"])
def test_file_states_its_version(name: str) -> None:
    assert load(name)["version"]


def test_rule_names_are_unique() -> None:
    names = [param.values[0]["name"] for param in RULES]  # type: ignore[index,call-overload]
    assert len(names) == len(set(names))


def test_furniture_lines_stand_once() -> None:
    lines = [line for group in load("furniture.toml")["group"] for line in group["lines"]]
    assert len(lines) == len(set(lines))
    assert lines == [line.casefold() for line in lines]


@pytest.mark.parametrize("line", ["Advertisement", "ADVERTISEMENT", "Share", "Read more »", "Loading...", "| Share |"])
def test_furniture_is_cut(line: str) -> None:
    cut = furniture(line, is_text_layout=True)
    assert cut is not None
    assert cut.label == "page"


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell on Monday.",
        "Advertisement spending rose",
        "share.",
        "Read more books, the minister said.",
        "Email",
    ],
)
def test_running_text_of_markup_is_no_furniture(line: str) -> None:
    assert furniture(line, is_text_layout=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "Copyright law changed in many countries, the court said.",
        "Copyright holders have sued the company for years.",
        "Contact between the two sides broke off.",
        "Distribution will begin in May.",
        "Hold the line, the minister said.",
        "Kill rates fell last year.",
        "Corrections officers went on strike.",
        "Sources said the talks went on.",
        "For more than a year the ferry lay idle.",
        "Visitors came at noon.",
        "Update work went on.",
        "The following day the ferry sailed.",
    ],
)
@pytest.mark.parametrize("where", ["top", "tail", "foot", "any"])
def test_sentences_are_no_lines_of_the_desk(text: str, where: str) -> None:
    assert book(where).match(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Associated Press", "AP"),
        ("Reuter", "Reuters"),
        ("Reutersd", "Reuters"),
        ("dpa", "dpa"),
        ("Ana", None),
        ("Harbour Tribune", None),
    ],
)
def test_agency_names(text: str, name: str | None) -> None:
    assert agency_of(text) == name


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("en-US", "en"),
        ("EN", "en"),
        ("eng", "en"),
        ("German", "de"),
        ("de_DE", "de"),
        ("x", None),
        ("", None),
        (None, None),
    ],
)
def test_declared_language(value: str | None, code: str | None) -> None:
    assert declared_language(value) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The ferry company said on Monday that it would not raise the pay for night shifts.", "en"),
        ("THE FERRY COMPANY SAID ON MONDAY THAT IT WOULD NOT RAISE THE PAY FOR NIGHT SHIFTS.", "en"),
        ("Die Reederei will mit den Besatzungen der Fähren weiter verhandeln, sagte ein Sprecher am Montag.", "de"),
        ("La compagnie veut négocier avec les équipages des ferries, a dit son porte-parole lundi à Paris.", "fr"),
        ("La compañía quiere negociar con las tripulaciones de los barcos, dijo el portavoz el lunes.", "es"),
        ("Паромная компания заявила в понедельник, что не будет повышать зарплату за ночные смены.", "ru"),
        ("قالت شركة العبارات يوم الاثنين إنها لن ترفع أجور النوبات الليلية للعاملين", "ar"),
        ("17 22", None),
    ],
)
def test_detected_language(text: str, code: str | None) -> None:
    assert detected_language(text) == code
