"""What the witnesses beside the model find and correct, on paragraphs where a model's findings are given."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.language.desk_facts import DeskFacts, simple_analysis
from etl.language.found import Text
from etl.language.model import Name
from etl.language.names import find_names, trim_name
from etl.language.pieces import Piece
from etl.records import Paragraph

NO_FACTS = DeskFacts((), (), {}, None, None, None)


def _texts(*paragraphs: tuple[str, dict[str, str]]) -> list[Text]:
    """Paragraphs with the labels a model gave to the first use of each name in them."""
    texts = []
    for index, (text, marked) in enumerate(paragraphs):
        names = [Name(text.index(name), text.index(name) + len(name), label, 0.5) for name, label in marked.items()]
        names.sort(key=lambda name: name.start)
        analysis = replace(simple_analysis(text), names=tuple(names))
        texts.append((Piece("text", 0, text, Paragraph(index, 0, len(text))), analysis))
    return texts


def _names(texts: list[Text], facts: DeskFacts = NO_FACTS) -> list[tuple[str, str]]:
    return [(texts[f.piece][0].text[f.start : f.end], f.label) for f in find_names(texts, facts)]


@pytest.mark.parametrize(
    ("text", "marked", "expected"),
    [
        ("Fighters of the Islamic State fled.", {"Islamic": "NORP"}, [("Islamic State", "ORG")]),
        ("It rained in Tajikistan.", {"Tajikistan": "NORP"}, [("Tajikistan", "GPE")]),
        ("A Swedish ship sank.", {}, [("Swedish", "NORP")]),
        ("The South Korean ship sank.", {}, [("South Korean", "NORP")]),
        ("They met at the Ostrel Forum.", {"Ostrel Forum": "LOC"}, [("Ostrel Forum", "ORG")]),
        ("Officers in the village of Ostrel fled.", {"Ostrel": "ORG"}, [("Ostrel", "GPE")]),
        ("Officers in Ostrel province fled.", {}, [("Ostrel", "GPE")]),
        ("Ms. Ostrel said so.", {"Ostrel": "ORG"}, [("Ostrel", "PERSON")]),
        ("Ostrel, a fire service spokesman, said so.", {"Ostrel": "ORG"}, [("Ostrel", "PERSON")]),
        ("L.K. Ostrel was elected.", {"L.K. Ostrel": "ORG"}, [("L.K. Ostrel", "PERSON")]),
        ("Analyst Brenda Miller said so.", {}, [("Brenda Miller", "PERSON")]),
        ("Interior Minister Jan Ostrel left.", {"Interior": "ORG", "Jan Ostrel": "PERSON"}, [("Jan Ostrel", "PERSON")]),
        ("Accurate figures came.", {"Accurate": "ORG"}, []),
        ("Shr 12 cts vs 10 cts", {"Shr": "PERSON"}, []),
        ("Cars of Acme, Zeta and Omega crashed.", {"Acme, Zeta and Omega": "ORG"},
         [("Acme", "ORG"), ("Zeta", "ORG"), ("Omega", "ORG")]),
        ("The Institute for the Study of Peace and Armed Conflict said so.",
         {"Institute for the Study of Peace": "ORG"},
         [("Institute for the Study of Peace and Armed Conflict", "ORG")]),
        ("Bear Ostrel and Co Inc said so.", {"Bear Ostrel": "ORG"}, [("Bear Ostrel and Co Inc", "ORG")]),
    ],
)  # fmt: skip
def test_words_in_and_beside_a_name_correct_the_model(
    text: str, marked: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert _names(_texts((text, marked))) == expected


def test_a_full_name_fixes_the_surname_that_stands_alone() -> None:
    texts = _texts(("Petra Ostrel arrived.", {"Petra Ostrel": "PERSON"}), ("But Ostrel left.", {"Ostrel": "ORG"}))
    assert _names(texts) == [("Petra Ostrel", "PERSON"), ("Ostrel", "PERSON")]


def test_an_accent_left_out_is_the_same_surname() -> None:
    texts = _texts(("Petra Ostrěl arrived.", {"Petra Ostrěl": "PERSON"}), ("Ostrel left.", {}))
    assert _names(texts) == [("Petra Ostrěl", "PERSON"), ("Ostrel", "PERSON")]


def test_a_city_named_after_a_person_of_the_story_stays_a_city() -> None:
    texts = _texts(
        ("George Houston spoke.", {"George Houston": "PERSON"}), ("It rained in Houston.", {"Houston": "GPE"})
    )
    assert _names(texts)[-1] == ("Houston", "GPE")


def test_a_company_keeps_its_short_name() -> None:
    texts = _texts(("Excelor Inc grew.", {"Excelor Inc": "ORG"}), ("Excelor hired.", {"Excelor": "PERSON"}))
    assert _names(texts) == [("Excelor Inc", "ORG"), ("Excelor", "ORG")]


def test_an_acronym_in_brackets_is_found_ever_after() -> None:
    texts = _texts(("The River Water Board (RWB) met.", {"River Water Board": "ORG"}), ("The RWB left.", {}))
    assert _names(texts) == [("River Water Board", "ORG"), ("RWB", "ORG"), ("RWB", "ORG")]


def test_the_datelines_city_is_a_place_wherever_it_stands() -> None:
    facts = replace(NO_FACTS, labels={"OSTREL": "GPE", "Ostrel": "GPE"})
    texts = _texts(("Ostrel slept.", {"Ostrel": "ORG"}), ("People of Ostrel woke.", {}))
    assert _names(texts, facts) == [("Ostrel", "GPE"), ("Ostrel", "GPE")]


@pytest.mark.parametrize(
    ("marked", "label", "name"),
    [
        ("the Ostrel Times", "ORG", "Ostrel Times"),
        ("“Ostrel”", "ORG", "Ostrel"),
        ("Ostrel’s", "ORG", "Ostrel"),
        ("U.S.", "GPE", "U.S."),
        ("Ostrel news agency", "ORG", "Ostrel"),
        ("1994 World Cup", "EVENT", "World Cup"),
        ("President Petra Ostrel", "PERSON", "Petra Ostrel"),
    ],
)
def test_names_are_trimmed_to_themselves(marked: str, label: str, name: str) -> None:
    start, end = trim_name(marked, 0, len(marked), label)
    assert marked[start:end] == name


@given(st.lists(st.text(alphabet=st.sampled_from("aB c.,'’“()-é\tΩ1"), max_size=60), max_size=4), st.data())
def test_any_text_gives_names_inside_it_that_do_not_overlap(lines: list[str], data: st.DataObject) -> None:
    texts = []
    for index, line in enumerate(lines):
        start = data.draw(st.integers(0, len(line)))
        end = data.draw(st.integers(start, len(line)))
        label = data.draw(st.sampled_from(["PERSON", "ORG", "LOC", "MISC"]))
        names = (Name(start, end, label, 0.5),) if start < end else ()
        texts.append(
            (Piece("text", 0, line, Paragraph(index, 0, len(line))), replace(simple_analysis(line), names=names))
        )
    last: dict[int, int] = {}
    for f in find_names(texts, NO_FACTS):
        assert last.get(f.piece, 0) <= f.start < f.end <= len(texts[f.piece][0].text)
        last[f.piece] = f.end
