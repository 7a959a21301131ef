import pytest

from etl.language.model import Analysis, Name
from etl.language.tagger.repair import RULES, repair
from etl.language.tagger.tokens import split_sentences, tokenise


def analysed(text: str, *names: tuple[str, str]) -> Analysis:
    """An analysis whose names are the first places of the given strings."""
    tokens = tokenise(text)
    found = sorted(
        (Name(text.index(s), text.index(s) + len(s), label, 0.6) for s, label in names), key=lambda n: n.start
    )
    return Analysis(tuple(tokens), tuple(split_sentences(text, tokens)), tuple(found))


def repaired(texts: list[str], analyses: list[Analysis], rule: str) -> list[list[tuple[str, str]]]:
    out = repair(texts, analyses, {rule})
    return [[(t[n.start : n.end], n.label) for n in a.names] for t, a in zip(texts, out, strict=True)]


def test_bare_surname_is_the_person_named_in_full() -> None:
    texts = ["Ngozi Okafor left. Then Okafor sang.", "Okafor came home."]
    analyses = [analysed(texts[0], ("Ngozi Okafor", "PERSON")), analysed(texts[1], ("Okafor", "ORG"))]
    assert repaired(texts, analyses, "surnames") == [
        [("Ngozi Okafor", "PERSON"), ("Okafor", "PERSON")],
        [("Okafor", "PERSON")],
    ]


def test_surname_that_is_plainly_a_place_stays_one() -> None:
    texts = ["Dick Lincoln spoke in Lincoln."]
    names = [("Dick Lincoln", "PERSON")]
    analysis = analysed(texts[0], *names)
    place = Name(texts[0].rindex("Lincoln"), texts[0].rindex("Lincoln") + 7, "LOC", 0.9)
    with_place = Analysis(analysis.tokens, analysis.sentences, (*analysis.names, place))
    assert repaired(texts, [with_place], "surnames") == [[("Dick Lincoln", "PERSON"), ("Lincoln", "LOC")]]


def test_listed_group_takes_over_what_it_holds() -> None:
    texts = ["Fighters of Islamic State fled.", "The Islamic State lost."]
    analyses = [analysed(texts[0], ("Islamic", "MISC")), analysed(texts[1])]
    assert repaired(texts, analyses, "lists") == [[("Islamic State", "ORG")], [("Islamic State", "ORG")]]


def test_people_of_two_words_are_one_name() -> None:
    text = "The West German mark fell."
    analysis = analysed(text, ("West", "LOC"), ("German", "MISC"))
    assert repaired([text], [analysis], "lists") == [[("West German", "MISC")]]


def test_listed_country_is_a_place_unless_it_is_a_person() -> None:
    texts = ["The UK won.", "Wales sang."]
    analyses = [analysed(texts[0], ("UK", "ORG")), analysed(texts[1], ("Wales", "PERSON"))]
    assert repaired(texts, analyses, "lists") == [[("UK", "LOC")], [("Wales", "PERSON")]]


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        (
            "the International Centre for the Study of Drought and Rural Poverty said",
            [("International Centre", "ORG"), ("Study of Drought", "ORG")],
            [("International Centre for the Study of Drought and Rural Poverty", "ORG")],
        ),
        (
            "from Example Media, LLC. Then",
            [("Example Media", "ORG"), ("LLC", "ORG")],
            [("Example Media", "ORG")],
        ),
        ("the Centre for the old", [("Centre for the", "ORG")], [("Centre", "ORG")]),
        (
            "the Centre for Drought and Rural Poverty and the Treasury said",
            [("Centre for Drought", "ORG"), ("Rural Poverty", "ORG")],
            [("Centre for Drought and Rural Poverty", "ORG")],
        ),
        ("the Bank of Mali and Mopti", [("Bank of Mali", "ORG"), ("Mopti", "LOC")], None),
        ("the Court and Parliament said", [("Court", "ORG")], [("Court", "ORG")]),
        ("the Institute of Ada Bello", [("Institute", "ORG"), ("Ada Bello", "PERSON")], None),
    ],
)
def test_parts_of_an_institution_are_joined(
    text: str, names: list[tuple[str, str]], expected: list[tuple[str, str]] | None
) -> None:
    assert repaired([text], [analysed(text, *names)], "parts") == [names if expected is None else expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GAZIANTEP, Turkey (AP) _ Talks ended.", [("GAZIANTEP", "LOC"), ("Turkey", "LOC")]),
        ("PORTO NOVO, Jan. 21 (Reuters) - Talks ended.", [("PORTO NOVO", "LOC")]),
        ("GHENT/BRUGES (dpa) - Talks ended again.", [("GHENT", "LOC"), ("BRUGES", "LOC")]),
        ("NATO met on Monday - and left.", []),
    ],
)
def test_datelines_are_places(text: str, expected: list[tuple[str, str]]) -> None:
    assert repaired([text], [analysed(text)], "datelines") == [expected]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], [("Mopti", "LOC")]),
        ([("Mopti", "MISC")], [("Mopti", "LOC")]),
        ([("Mopti", "ORG")], [("Mopti", "ORG")]),
    ],
)
def test_what_something_is_based_in_is_a_place(names: list[tuple[str, str]], expected: list[tuple[str, str]]) -> None:
    text = "a Mopti-based and well-based group"
    assert repaired([text], [analysed(text, *names)], "compounds") == [expected]


def test_initials_after_an_organisation_are_one() -> None:
    text = "The Movement for Rural Change (MFR) met."
    analysis = analysed(text, ("Movement for Rural Change", "ORG"), ("MFR", "PERSON"))
    assert repaired([text], [analysis], "initials") == [[("Movement for Rural Change", "ORG"), ("MFR", "ORG")]]


def test_headline_in_capitals_takes_labels_from_the_body() -> None:
    texts = ["ADA BELLO LEAVES MOPTI", "Singer Ada Bello left Mopti."]
    analyses = [
        analysed(texts[0], ("MOPTI", "PERSON")),
        analysed(texts[1], ("Ada Bello", "PERSON"), ("Mopti", "LOC")),
    ]
    assert repaired(texts, analyses, "headlines")[0] == [("ADA BELLO", "PERSON"), ("MOPTI", "LOC")]


def test_copies_of_a_marked_name_are_marked() -> None:
    texts = ["Rural Voice said no.", "A reader of Rural Voice agreed."]
    analyses = [analysed(texts[0], ("Rural Voice", "ORG")), analysed(texts[1])]
    assert repaired(texts, analyses, "spread") == [[("Rural Voice", "ORG")], [("Rural Voice", "ORG")]]


def test_scraps_go() -> None:
    text = "By Oct 1990 he used a nom de guerre, and I know Ada."
    analysis = analysed(text, ("Oct", "LOC"), ("de", "PERSON"), ("I", "MISC"), ("Ada", "PERSON"))
    assert repaired([text], [analysis], "scraps") == [[("Ada", "PERSON")]]


def test_exchange_code_is_no_name() -> None:
    text = "Boeing ( BA.N ) and Example ( EXAGn.DE ) fell, said Ada (NATO)."
    names = [("Boeing", "ORG"), ("BA.N", "LOC"), ("EXAGn.DE", "ORG"), ("NATO", "ORG")]
    assert repaired([text], [analysed(text, *names)], "scraps") == [[("Boeing", "ORG"), ("NATO", "ORG")]]


def test_single_word_is_no_person_if_its_other_copy_is_a_place() -> None:
    texts = ["They fled Mopti.", "After Mopti they rested."]
    analyses = [analysed(texts[0], ("Mopti", "LOC")), analysed(texts[1], ("Mopti", "PERSON"))]
    assert repaired(texts, analyses, "single persons") == [[("Mopti", "LOC")], [("Mopti", "LOC")]]
    texts.append("Seydou Mopti sang.")
    analyses.append(analysed(texts[2], ("Seydou Mopti", "PERSON")))
    assert repaired(texts, analyses, "single persons")[1] == [("Mopti", "PERSON")]


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("Then Mrs. Okafor left.", [("Okafor", "LOC")], [("Okafor", "PERSON")]),
        ("Then Ms Okafor left.", [("Ms Okafor", "MISC")], [("Okafor", "PERSON")]),
        ("Then Dr. Okafor left.", [], [("Okafor", "PERSON")]),
        ("Then O.J. Okafor left.", [("O.J. Okafor", "MISC")], [("O.J. Okafor", "PERSON")]),
        ("B. Such not out 12", [("B.", "PERSON")], [("B. Such", "PERSON")]),
        ("Then Ada J. Bello left.", [("Ada J. Bello", "PERSON")], [("Ada J. Bello", "PERSON")]),
        ("The U.S. Senate met.", [("U.S.", "LOC"), ("Senate", "ORG")], [("U.S.", "LOC"), ("Senate", "ORG")]),
        ("J.P. Example rose.", [("J.P. Example", "ORG")], [("J.P. Example", "ORG")]),
        ("It was Dr. who.", [], []),
    ],
)
def test_honorifics_and_initials_make_persons(
    text: str, names: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    assert repaired([text], [analysed(text, *names)], "honorifics") == [expected]


def test_marks_at_the_ends_of_a_name_go() -> None:
    text = 'Ada Bello "No," said Bello/Okafor.'
    analysis = analysed(text, ('Ada Bello "', "PERSON"), ("Bello/", "PERSON"))
    assert repaired([text], [analysis], "scraps") == [[("Ada Bello", "PERSON"), ("Bello", "PERSON")]]


def test_common_word_that_opens_a_sentence_goes_if_the_network_is_not_sure() -> None:
    text = "It ended. Defectors left. Defectors Bello met."
    analysis = analysed(text, ("Defectors", "PERSON"), ("Bello", "PERSON"))
    out = repair([text], [analysis], {"scraps"}, usual_case=lambda word: "c" if word == "defectors" else "n")
    assert [text[n.start : n.end] for n in out[0].names] == ["Bello"]
    assert len(repair([text], [analysis], {"scraps"})[0].names) == 2


def test_no_rule_changes_nothing_and_all_keep_names_apart() -> None:
    texts = ["LAGOS (AP) _ Ada Bello of the Islamic State met Bello.", "BELLO LEAVES LAGOS ON MONDAY"]
    analyses = [analysed(texts[0], ("Ada Bello", "PERSON"), ("Islamic", "MISC")), analysed(texts[1], ("LAGOS", "ORG"))]
    assert repair(texts, analyses, ()) == analyses
    for analysis in repair(texts, analyses, RULES):
        ends = [0] + [n.end for n in analysis.names]
        assert all(end <= name.start < name.end for end, name in zip(ends, analysis.names, strict=False))
