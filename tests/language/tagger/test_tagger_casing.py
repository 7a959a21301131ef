import pytest

from etl.language.tagger.casing import MARK, body_case, forms_of, line_kind


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("OKAFOR TO VISIT GHANA AFTER VOTE", "capitals"),
        ("McDONALD QUITS AS MINISTER", "capitals"),
        ("Okafor to Visit Ghana After Vote", "title"),
        ("Okafor said he would visit Ghana after the vote .", "plain"),
        ("LIMA , Peru ( AP ) _ The vote ended on Tuesday .", "plain"),
        ("TOKYO", "plain"),
        ("3 1 0", "plain"),
    ],
)
def test_line_kind(line: str, kind: str) -> None:
    assert line_kind(line.split()) == kind


def test_body_says_how_a_word_is_written_where_a_sentence_does_not_force_it() -> None:
    body = ["Turkey is far .", "He left Turkey .", "Roast turkey is dry .", "No turkey came , no turkey stayed ."]
    lines = [line.split() for line in body]
    assert body_case(lines, ["plain"] * 4)["turkey"] == "l"
    assert "roast" not in body_case(lines, ["plain"] * 4)


def test_headline_words_carry_evidence_and_plain_lines_stay() -> None:
    lines = [["OKAFOR", "EATS", "TURKEY", "SLOWLY"], ["Then", "Okafor", "ate", "a", "turkey", "."]]
    forms = forms_of(lines, ["capitals", "plain"], lambda low: "c" if low == "slowly" else "?")
    assert forms[0] == [f"{MARK}tokafor", f"{MARK}?eats", f"{MARK}lturkey", f"{MARK}cslowly"]
    assert forms[1] == lines[1]
