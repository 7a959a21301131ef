"""A lost mark is put back where the attribution or the sentence says it was."""

import pytest

from etl.language.bounds import bound_marks
from etl.language.cues import load_words
from etl.language.marks import find_marked


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("“The roof held, said caretaker Milo Sandor.", ["The roof held,"]),
        ("“The roof held, said Milo Sandor. “It was luck.”", ["The roof held,", "It was luck."]),
        ("We heard a bang,” said neighbour Ruth Okafor.", ["We heard a bang,"]),
        ("It rained. We heard a bang,” said Ruth Okafor.", ["We heard a bang,"]),
        ("It rained. Then” it stopped.", []),
        ("He found a “note. Nobody could read it.", ["note."]),
    ],
)
def test_borders(text: str, wanted: list[str]) -> None:
    marked = find_marked([text])[0]
    assert [text[m.start : m.end].strip() for m in bound_marks(text, marked, load_words("en"), False)] == wanted
