"""Bylines and credit lines to people, in the prints of many desks; every name is invented."""

import pytest

from etl.desk import parse_byline, parse_credits


def _names(line: str) -> list[str | None]:
    return [credit.name for credit in parse_byline(line)]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Orla Vance", ["Orla Vance"]),
        ("by ORLA VANCE AND TIM MACROW, Reuters", ["ORLA VANCE", "TIM MACROW"]),
        ("By Orla Vance , Tim Macrow and Ines de la Roca", ["Orla Vance", "Tim Macrow", "Ines de la Roca"]),
        ("By Orla Vance and Tim Macrow and Bo Ek", ["Orla Vance", "Tim Macrow", "Bo Ek"]),
        ("By Orla Vance - Analysis", ["Orla Vance"]),
        ("By Orla Vance-Analysis", ["Orla Vance"]),
        ("By Orla Vance, Asia rates correspondent", ["Orla Vance"]),
        ("By P.J. van den Hoek and Rui de Sa'Lemos", ["P.J. van den Hoek", "Rui de Sa'Lemos"]),
        ("By Beto Alvim Jr.", ["Beto Alvim Jr."]),
        ("By Sam Cole, Jr., and Ann Daily", ["Sam Cole, Jr.", "Ann Daily"]),
        ("Orla Vance | Associated Press", ["Orla Vance"]),
        ("By ORLA VANCE AP Sports Writer", ["ORLA VANCE"]),
        ("By Orla Vance Associated Press", ["Orla Vance"]),
        ("BY ORLA VANCE OF THE TRIBUNE STAFF", ["ORLA VANCE"]),
        ("By Orla Vance, USA TODAY", ["Orla Vance"]),
        ("By Orla Vance @ovance", ["Orla Vance"]),
        ("By ORLA VANCE=", ["ORLA VANCE"]),
        ("By Orla Vance and wire reports", ["Orla Vance"]),
        ("Von Jörg Ahlers und Katrin Öz, dpa", ["Jörg Ahlers", "Katrin Öz"]),
        ("Par Zoé Lemoine et Luc N'Diaye", ["Zoé Lemoine", "Luc N'Diaye"]),
        ("Por Lucía Ibarra y Ana Peña", ["Lucía Ibarra", "Ana Peña"]),
        ("От Анна Белова", ["Анна Белова"]),
        ("بقلم سامي الخطيب", ["سامي الخطيب"]),
    ],
)
def test_byline_names(line: str, names: list[str]) -> None:
    assert _names(line) == names


@pytest.mark.parametrize("line", ["By The Associated Press", "By dpa correspondents", "By Associated Press staff"])
def test_byline_of_an_agency_names_nobody(line: str) -> None:
    (credit,) = parse_byline(line)
    assert credit.name is None
    assert credit.affiliation


def test_byline_places_titles_and_contacts() -> None:
    first, second, third = parse_byline(
        "By Orla Vance, Bo Ek in Portland, Oregon and Ines Roca in LIMA, AP Business Writers"
    )
    assert (first.location, second.location, third.location) == ("Portland, Oregon", "Portland, Oregon", "LIMA")
    assert {credit.title for credit in (first, second, third)} == {"AP Business Writers"}
    assert {credit.affiliation for credit in (first, second, third)} == {"AP"}
    (writer,) = parse_byline("Orla Vance, The Harbour Tribune, ovance@harbour.example")
    assert (writer.affiliation, writer.contact) == ("The Harbour Tribune", "ovance@harbour.example")


def test_byline_offsets_are_those_of_the_names() -> None:
    line = "By Orla Vance and  Bo Ek, Reuters"
    assert [line[c.start : c.end] for c in parse_byline(line, 0)] == ["Orla Vance", "Bo Ek"]


def _roles(tail: str) -> dict[str, list[str | None]]:
    roles: dict[str, list[str | None]] = {}
    for credit in parse_credits(tail):
        roles.setdefault(credit.role, []).append(credit.name)
    return roles


@pytest.mark.parametrize(
    ("tail", "roles"),
    [
        (
            "(Reporting by  Orla Vance  and Bo Ek in PORT ELLEN, Tim Macrow in Oslo; Editing by  Ines Roca )",
            {"reporting": ["Orla Vance", "Bo Ek", "Tim Macrow"], "editing": ["Ines Roca"]},
        ),
        (
            "(Reporting by Orla Vance, additional reporting by Bo Ek. Writing by Tim Ma, editing by Ines Roca/Al Lee)",
            {
                "reporting": ["Orla Vance"],
                "additional_reporting": ["Bo Ek"],
                "writing": ["Tim Ma"],
                "editing": ["Ines Roca", "Al Lee"],
            },
        ),
        ("(Reporting and writing by Orla Vance)", {"reporting": ["Orla Vance"], "writing": ["Orla Vance"]}),
        ("(Reporting by Orla Vance) (Editing by Bo Ek)", {"reporting": ["Orla Vance"], "editing": ["Bo Ek"]}),
        ("(Reporting by Orla Vance in Oslo Editing by W Ek)", {"reporting": ["Orla Vance"], "editing": ["W Ek"]}),
        ("(Writing Orla Vance; Editing Bo Ek)", {"writing": ["Orla Vance"], "editing": ["Bo Ek"]}),
        ("(Reporting by: Orla Vance & Bo Ek)", {"reporting": ["Orla Vance", "Bo Ek"]}),
        ("(Compiled by Orla Vance; Translated by Bo Ek)", {"compiled": ["Orla Vance"], "translation": ["Bo Ek"]}),
        (
            "(Geschrieben von Jörg Ahlers, redigiert von Katrin Öz)",
            {"writing": ["Jörg Ahlers"], "editing": ["Katrin Öz"]},
        ),
        ("(Rédigé par Zoé Lemoine, édité par Luc Roy)", {"writing": ["Zoé Lemoine"], "editing": ["Luc Roy"]}),
        (
            "(Reporte de Lucía Ibarra en Lima; Editado por Ana Peña)",
            {"reporting": ["Lucía Ibarra"], "editing": ["Ana Peña"]},
        ),
        (
            "AP writers Orla Vance in Oslo and Bo Ek in Lima contributed to this report.",
            {"additional_reporting": ["Orla Vance", "Bo Ek"]},
        ),
        ("Vance reported from Oslo.", {"reporting": ["Vance"]}),
        ("Vance reported from Oslo and Ek from Lima.", {"reporting": ["Vance", "Ek"]}),
        (
            "(Reporting by Orla Vance with contributions from Bo Ek)",
            {"reporting": ["Orla Vance"], "additional_reporting": ["Bo Ek"]},
        ),
        (
            "(Orla Vance, avec Luc Roy à Marseille, édité par Zoé Bo)",
            {"reporting": ["Orla Vance", "Luc Roy"], "editing": ["Zoé Bo"]},
        ),
        (
            "(Orla Vance pour le service français, édité par Zoé Bo)",
            {"translation": ["Orla Vance"], "editing": ["Zoé Bo"]},
        ),
        ("Doctors Without Borders reported from the hospital that many died.", {}),
        ("(Reporting by Oslo newsroom)", {"reporting": [None]}),
        ("The ministry said the report by its auditors was late.", {}),
    ],
)
def test_credit_roles(tail: str, roles: dict[str, list[str]]) -> None:
    assert _roles(tail) == roles


def test_credits_carry_places_of_the_names_before_them() -> None:
    places = [
        credit.location for credit in parse_credits("(Reporting by Orla Vance, Bo Ek in Oslo and Tim Macrow in Lima)")
    ]
    assert places == ["Oslo", "Oslo", "Lima"]


@pytest.mark.parametrize(
    ("line", "people"),
    [
        (
            "By Mona Reid, Europe, Middle East and Africa Economics Editor",
            [("Mona Reid", "Europe, Middle East and Africa Economics Editor", None)],
        ),
        (
            "By Mona Reid, Crime, Courts and Policing Editor, Northern Wire",
            [("Mona Reid", "Crime, Courts and Policing Editor", "Northern Wire")],
        ),
        (
            "By Mona Reid, Business and Travel Editor, and Bo Ek, Sports Writer",
            [("Mona Reid", "Business and Travel Editor", None), ("Bo Ek", "Sports Writer", None)],
        ),
        ("By Mona Reid, Senior Correspondent, Asia", [("Mona Reid", "Senior Correspondent, Asia", None)]),
        ("By Mona Reid, Head of News", [("Mona Reid", "Head of News", None)]),
        ("By Mona Reid, M.D.", [("Mona Reid, M.D.", None, None)]),
        ("By Asia Reid and Mona Europe", [("Asia Reid", None, None), ("Mona Europe", None, None)]),
        (
            "By [Mona Reid](https://wire.example/mona-reid) and **Bo Ek**",
            [("Mona Reid", None, None), ("Bo Ek", None, None)],
        ),
        ('By <a href="https://wire.example/m">Mona Reid</a>, Northern Wire', [("Mona Reid", None, "Northern Wire")]),
    ],
)
def test_titles_with_commas_and_linked_bylines(line: str, people: list[tuple[str, str | None, str | None]]) -> None:
    assert [(c.name, c.title, c.affiliation) for c in parse_byline(line)] == people


def test_a_linked_name_keeps_its_place_in_the_text() -> None:
    line = "By [Mona Reid](https://wire.example/mona-reid) <mona@wire.example>"
    (credit,) = parse_byline(line, 100)
    assert credit.start is not None
    assert credit.end is not None
    assert line[credit.start - 100 : credit.end - 100] == "Mona Reid"
    assert credit.contact == "mona@wire.example"


@pytest.mark.parametrize("unit", ["World Desk", "Economics Desk", "Oslo Newsroom", "Oslo Monitoring", "Data Unit"])
def test_units_are_no_persons(unit: str) -> None:
    first, second = parse_credits(f"(Reporting by {unit}; Editing by Mona Reid)")
    assert (first.name, first.affiliation, second.name) == (None, unit, "Mona Reid")
