import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.language.tagger.decode import decode

OUT, B_PER, I_PER, B_ORG, I_ORG = range(5)


def scores(*rows: dict[int, float]) -> np.ndarray:
    out = np.zeros((len(rows), 9), np.float32)
    for i, row in enumerate(rows):
        for tag, value in row.items():
            out[i, tag] = value
    return out


def test_lawful_best_tags_are_taken_as_they_are() -> None:
    found = decode(scores({B_PER: 5}, {I_PER: 3}, {OUT: 4}, {B_ORG: 2}, {B_ORG: 6}))
    assert [(a, b, label) for a, b, label, _ in found] == [(0, 2, 0), (3, 4, 1), (4, 5, 1)]
    assert [odds for *_, odds in found] == pytest.approx([3, 2, 6])


def test_a_name_cannot_begin_inside() -> None:
    assert [(a, b, label) for a, b, label, _ in decode(scores({OUT: 9}, {I_ORG: 5, B_ORG: 4}, {I_ORG: 5}))] == [
        (1, 3, 1)
    ]


@given(st.lists(st.lists(st.integers(-6, 6), min_size=9, max_size=9), min_size=1, max_size=4))
def test_runs_get_the_best_lawful_path(rows: list[list[int]]) -> None:
    array = np.array(rows, np.float32)
    array[:, 0] -= 100  # all words marked: one run
    found = decode(array)
    tags = [0] * len(rows)
    for first, stop, label, _ in found:
        tags[first:stop] = [1 + 2 * label] + [2 + 2 * label] * (stop - first - 1)
    lawful = (
        path
        for path in itertools.product(range(1, 9), repeat=len(rows))
        if all(t % 2 or (i and path[i - 1] in (t, t - 1)) for i, t in enumerate(path))
    )
    best = max(sum(array[i, t] for i, t in enumerate(path)) for path in lawful)
    assert sum(array[i, t] for i, t in enumerate(tags)) == best
