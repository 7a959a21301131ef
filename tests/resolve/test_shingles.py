"""Sketches: what of a text they tell apart, and that a text's sketch does not depend on its neighbours."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.resolve.shingles import RATE, SHORT, WORDS, Sketches, sketch

STORY = "The harbour board met on Tuesday and put off its vote on the quay for a third time, members said"


def row(found: Sketches, number: int) -> tuple[object, ...]:
    """All that is held of one text."""
    part = found.take(np.array([number]))
    return tuple(
        value.tolist() for value in (part.text_ids, part.sampled, part.is_short, part.grams.values, part.figures.values)
    )


@pytest.mark.parametrize(
    "same",
    [
        STORY.upper(),
        STORY.replace(" ", "\n\n"),
        f"“{STORY}” …",
        STORY.replace("vote on", "vote - on"),
        STORY.replace("third", "third\u00a0"),
        f"  {STORY}.",
    ],
    ids=["capitals", "lines", "marks", "dash", "no-break space", "edges"],
)
def test_texts_of_the_same_words_are_one(same: str) -> None:
    one, other = sketch([STORY, same]).text_ids.tolist()
    assert one == other
    assert one != 0


@pytest.mark.parametrize(
    "other",
    [
        STORY.replace("third", "fourth"),
        STORY.replace("met on", "on met"),
        STORY.replace("put off", "putoff"),
        f"{STORY} again",
    ],
    ids=["word", "order", "joined", "longer"],
)
def test_texts_of_other_words_are_not(other: str) -> None:
    one, two = sketch([STORY, other]).text_ids.tolist()
    assert one != two


@pytest.mark.parametrize(
    "text", ["", " ", "—", "one two three", "\ud800"], ids=["empty", "space", "mark", "few", "half"]
)
def test_a_text_without_a_gram_has_no_id(text: str) -> None:
    found = sketch([text])
    assert found.text_ids.tolist() == [0]
    assert found.grams.sizes.tolist() == [0]


def test_no_texts_have_no_sketches() -> None:
    found = sketch([])
    assert (len(found.text_ids), len(found.grams.sizes), len(found.figures.sizes)) == (0, 0, 0)


def test_letters_of_any_script_make_words() -> None:
    # Greek, Cyrillic with a capital, Han, and two letters beyond the first plane
    text = "Ἀθήνα ΜΌΣΧΑ Москва 東京 \U00010400\U00010401 Straße"
    one, other, lower = sketch([text, text.replace("Straße", "Strasse"), text.replace("Москва", "МОСКВА")]).text_ids
    assert one != other
    assert one == lower


@given(st.lists(st.text(alphabet="ab1,. \n\u2014é\U0001f600\ud800", max_size=60), max_size=8))
def test_a_sketch_does_not_depend_on_the_texts_beside_it(texts: list[str]) -> None:
    together = sketch(texts)
    assert [row(together, n) for n in range(len(texts))] == [row(sketch([text]), 0) for text in texts]


def test_a_text_longer_than_what_is_worked_on_at_once_is_held_whole() -> None:
    rng = random.Random(5)
    words = [f"w{rng.randrange(10**6)}" for _ in range(50_000)]
    found = sketch(["short text of five words", " ".join(words), STORY])
    assert not found.is_short[1]
    assert row(found, 2) == row(sketch([STORY]), 0)
    assert abs(found.sampled[1] / (len(words) - WORDS + 1) - 1 / RATE) < 0.01


def test_a_long_text_holds_of_its_grams_what_a_short_one_samples() -> None:
    rng = random.Random(6)
    words = [f"w{rng.randrange(10**6)}" for _ in range(1_000)]
    cut = words[: SHORT // 2]
    found = sketch([" ".join(words), " ".join(cut)])
    whole, part = (set(found.grams.take(np.array([n])).values.tolist()) for n in range(2))
    assert found.is_short.tolist() == [False, True]
    assert len(part) == len(cut) - WORDS + 1
    assert len(whole & part) == found.sampled[1]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("a profit of 1,250.5 mln against 8-1/2, on 3/4/87.", ["1,250.5", "8-1/2", "3/4/87"]),
        ("12 and 12 and 12.", ["12"]),
        ("No. 7-, and ,9 or -11", ["7", "9", "11"]),
        ("Rev.2 of v3x 4", ["2", "3", "4"]),
        ("due 1992 and 2001, in 100, 1,000 and 10,000", []),
        ("in 1892, 200 and 1,992", ["1892", "200", "1,992"]),
        ("no figure", []),
        ("5", ["5"]),
    ],
    ids=["prices", "once each", "marks around", "in words", "common", "not common", "none", "alone"],
)
def test_figures_are_the_numbers_as_printed(text: str, figures: list[str]) -> None:
    found = sketch([text, *figures])
    assert found.figures.sizes.tolist() == [len(figures), *[1] * len(figures)]
    own = found.figures.take(np.array([0])).values
    assert set(own.tolist()) == set(found.figures.take(np.arange(1, len(figures) + 1)).values.tolist())
