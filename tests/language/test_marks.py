"""Marks of every style, paired without a model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.language.marks import find_marked


def inner(*paragraphs: str) -> list[list[str]]:
    return [[p[m.start : m.end] for m in found] for p, found in zip(paragraphs, find_marked(paragraphs), strict=True)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("“The ferry sank,” said Ana Brook.", ["The ferry sank,"]),
        ('"The ferry sank," said Ana Brook.', ["The ferry sank,"]),
        ("``The ferry sank,'' said Ana Brook.", ["The ferry sank,"]),
        ("«The ferry sank», said Ana Brook.", ["The ferry sank"]),
        ("»The ferry sank«, said Ana Brook.", ["The ferry sank"]),
        ("„The ferry sank“, said Ana Brook.", ["The ferry sank"]),
        ("„The ferry sank”, said Ana Brook.", ["The ferry sank"]),
        ("‘The ferry’s gone,’ said Ana Brook.", ["The ferry’s gone,"]),
        ("'The ferry's gone,' said Ana Brook.", ["The ferry's gone,"]),
        ("”The ferry sank,” said Ana Brook.", ["The ferry sank,"]),
    ],
)
def test_style(text: str, wanted: list[str]) -> None:
    assert inner(text) == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        'The 6\'1" keeper cut an 8" plank at 12°30\'15" west.',
        "The workers' rights and the boys' club.",
        "Rock 'n' roll of the '80s.",
    ],
)
def test_units_and_apostrophes_are_no_marks(text: str) -> None:
    assert inner(text) == [[]]


def test_nested_marks_belong_to_the_outer_quotation() -> None:
    assert inner("“She said ‘no’ twice,” Brook recalled.") == [["She said ‘no’ twice,"]]


def test_a_reopening_paragraph_continues_the_quotation() -> None:
    found = find_marked(["“We waited,” Brook said. “Then we rowed.", "“It took all night.”"])
    assert [m.closed for m in found[0]] == [True, False]
    assert [m.continues for m in found[1]] == [True]


def test_a_lost_mark_costs_only_itself() -> None:
    assert inner("“We waited, said Brook. “We rowed.”", "“Never again,” she said.")[1] == ["Never again,"]


@given(st.lists(st.text(alphabet="ab .,'\"“”‘’«»„`\n9", max_size=40), max_size=4))
def test_stretches_lie_in_their_paragraph_in_order(paragraphs: list[str]) -> None:
    for text, found in zip(paragraphs, find_marked(paragraphs), strict=True):
        position = 0
        for mark in found:
            assert position <= mark.outer_start <= mark.start <= mark.end <= mark.outer_end <= len(text)
            position = mark.outer_end
