"""Headlines in capitals get their small letters back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.language.truecase import in_capitals, truecase_lines


def test_the_story_decides_how_its_own_words_are_written() -> None:
    headline, _ = truecase_lines(
        ["ZUBROWKA MINISTER VISITS KOVAC FARM", "On Monday the minister of Zubrowka saw Kovac."]
    )
    assert headline == "Zubrowka minister visits Kovac farm"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GERMAN COURT REJECTS APPEAL", "German court rejects appeal"),
        ("NIGERIA'S OIL-RICH VALLEYS", "Nigeria's oil-rich valleys"),
        ("U.S. AND U.N. OFFICIALS MEET", "U.S. and U.N. officials meet"),
        ("NATO SAYS SO", "NATO says so"),
    ],
)
def test_lists_decide_where_the_story_is_silent(line: str, expected: str) -> None:
    assert truecase_lines([line]) == [expected]


def test_other_lines_are_left_alone() -> None:
    lines = ["The FBI and the CIA said so.", "NATO", ""]
    assert truecase_lines(lines) == lines
    assert not in_capitals("NATO")


@given(st.lists(st.text(max_size=40), max_size=4))
def test_lengths_never_change(lines: list[str]) -> None:
    cased = truecase_lines(lines)
    assert [len(line) for line in cased] == [len(line) for line in lines]
