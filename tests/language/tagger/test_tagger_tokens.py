import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.language.tagger.tokens import hard_breaks, split_sentences, tokenise

WIRE = st.text(alphabet=st.sampled_from("AbZ z.-'’\"“”<>()&@/:,5 \n\té_U.S.Mr\u0301\u200b"), max_size=120)


def words(text: str) -> list[str]:
    return [text[a:b] for a, b in tokenise(text)]


def sentences(text: str) -> list[str]:
    tokens = tokenise(text)
    return [text[tokens[a][0] : tokens[b - 1][1]] for a, b in split_sentences(text, tokens)]


@given(st.one_of(st.text(max_size=200), WIRE))
def test_tokens_tile_the_text_apart_from_white_space(text: str) -> None:
    tokens = tokenise(text)
    assert "".join(words(text)) == "".join(text.split())
    assert all(a < b for a, b in tokens)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(tokens))


@given(st.one_of(st.text(max_size=200), WIRE))
def test_sentences_cover_all_tokens_in_order(text: str) -> None:
    tokens = tokenise(text)
    at = 0
    for first, stop in split_sentences(text, tokens):
        assert first == at
        assert first < stop
        at = stop
    assert at == len(tokens)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the U.S.-led force", ["the", "U.S.", "-", "led", "force"]),
        ("a Lagos-based bank", ["a", "Lagos", "-", "based", "bank"]),
        ("Kim Jong-un and Anne-Marie", ["Kim", "Jong-un", "and", "Anne-Marie"]),
        ("Turkey's and the rebels’ aim", ["Turkey", "'s", "and", "the", "rebels", "’", "aim"]),
        ("shares of <GM.N> and AT&T", ["shares", "of", "<", "GM.N", ">", "and", "AT&T"]),
        ("Gen. J.R. Poole, Feb. 26", ["Gen.", "J.R.", "Poole", ",", "Feb.", "26"]),
        ("John F. Okafor", ["John", "F.", "Okafor"]),
        ("O'Hara didn’t go", ["O'Hara", "didn’t", "go"]),
        ("Leeds    3  1-0  12,500", ["Leeds", "3", "1-0", "12,500"]),
        ("LIMA (AP) _ It ended.", ["LIMA", "(", "AP", ")", "_", "It", "ended", "."]),
    ],
)
def test_tokens_of_wire_text(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["Gen. Poole met Mr. Adeyemi on Feb. 26 in the U.S. capital.", "They talked."],
        ["He moved to the U.S.", "The move was hard."],
        ['"It is over," he said.', '"We go home."', "She agreed."],
        ["Profit rose 3.5 pct.", "The firm is Example Media Inc. of Delaware.", "It is small."],
        ["John F. Okafor won.", "Who lost?", "Nobody!"],
        ["It rose 2 pct.", "Okafor is No. 10 again.", "“No.", "We stay,” he said."],
        ["1. Okafor won again.", "He smiled."],
        ["“We left.”", "They stayed …", "Then silence."],
        ["It was an odd day (in Ghent.)", "They left."],
    ],
)
def test_sentences_end_at_stops_and_not_at_abbreviations(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_table_lines_are_sentences_and_wrapped_lines_are_not() -> None:
    table = "Standings\nGhent      3  1  0\nBruges     2  2  0"
    assert sentences(table) == ["Standings", "Ghent      3  1  0", "Bruges     2  2  0"]
    wrapped = "The ministry said on Tuesday that the bridge near Mopti\nhad been closed to all traffic since the flood."
    assert sentences(wrapped) == [wrapped]
    assert hard_breaks(wrapped) == []
