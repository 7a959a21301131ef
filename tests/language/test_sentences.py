"""Sentence borders."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.language.sentences import split_sentences

_TOKEN = re.compile(r"(?:[A-Z]\.)+|\w+(?:['’.-]\w+)*|\.\.\.|[^\w\s]")


def _sentences(text: str) -> list[str]:
    tokens = [m.span() for m in _TOKEN.finditer(text)]
    return [text[tokens[a][0] : tokens[b - 1][1]] for a, b in split_sentences(text, tokens)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        ("“Stop!” said Mr. Lund. He ran.", ["“Stop!” said Mr. Lund.", "He ran."]),
        ('"Why?" she asked. "Because."', ['"Why?" she asked.', '"Because."']),
        ("It is No. 3 in the U.S. It rose.", ["It is No. 3 in the U.S.", "It rose."]),
        ("“We won.” The crowd sang.", ["“We won.”", "The crowd sang."]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert _sentences(text) == expected


@given(st.text(alphabet="aB .!?”\"“'", max_size=60))
def test_sentences_cover_all_tokens(text: str) -> None:
    tokens = [m.span() for m in _TOKEN.finditer(text)]
    ranges = split_sentences(text, tokens)
    assert [n for a, b in ranges for n in range(a, b)] == list(range(len(tokens)))
    assert all(a < b for a, b in ranges)
