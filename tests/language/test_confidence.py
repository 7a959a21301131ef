"""A surer rule and a surer speaker give the higher confidence."""

import pytest

from etl.language.confidence import confidence_of


@pytest.mark.parametrize(
    ("surer", "less"),
    [
        (("marks:say", "direct", "speech", "name"), ("marks:say", "direct", "speech", "pronoun")),
        (("marks:say", "direct", "speech", "name"), ("c:say", "indirect", "speech", "name")),
        (("c:say", "mixed", "speech", "name"), ("c:say", "indirect", "speech", "name")),
        (("c:say", "indirect", "speech", "name"), ("n:defend", "indirect", "stance", "name")),
        (("continued", "direct", "speech", "name"), ("subject_before", "direct", "speech", "name")),
        (("subject_before", "direct", "speech", "name"), ("no_cue", "direct", "speech", None)),
    ],
)
def test_order(surer: tuple[str, str, str, str | None], less: tuple[str, str, str, str | None]) -> None:
    assert confidence_of(*surer) > confidence_of(*less)


def test_nine_in_ten_takes_marks_and_a_name() -> None:
    assert confidence_of("marks:say", "direct", "speech", "name") >= 0.9
    assert confidence_of("c:say", "indirect", "speech", "name") < 0.9
