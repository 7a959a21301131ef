"""Sentences round quotations, and where their characters came from."""

import pytest

from etl.language.cues import load_words
from etl.language.marks import find_marked
from etl.language.skeletons import make_skeletons


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("“We won,” said Maya Lind. “Twice.” She left.", ['"Yes," said Maya Lind.', '"Yes."', "She left."]),
        ("“Who spoke?” Judge Owen Pryce asked. Nobody.", ['"Yes?" Judge Owen Pryce asked.', "Nobody."]),
        ("“It is dry.” He pointed at the slab.", ['"Yes."', "He pointed at the slab."]),
        ("Reis called it “a sham” and left.", ["Reis called it a sham and left."]),
        ("Gov. Ann Roe of the U.S. said so. It rained.", ["Gov. Ann Roe of the U.S. said so.", "It rained."]),
        ("They were “weak. Nobody came” that day, Roe said.", ["They were weak, Nobody came that day, Roe said."]),
    ],
)
def test_sentences(text: str, wanted: list[str]) -> None:
    found = make_skeletons(text, find_marked([text])[0], load_words("en"))
    assert [s.text for s in found] == wanted


def test_every_character_knows_its_source() -> None:
    text = "Then Reis called it “a sham” and left, “for good,” he said."
    for skeleton in make_skeletons(text, find_marked([text])[0], load_words("en")):
        for piece in skeleton.pieces:
            start, end = skeleton.source(piece.start, piece.end)
            assert (start, end) == (piece.source_start, piece.source_end)
