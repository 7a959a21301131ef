import pytest

from etl.ids import make_id


def test_same_parts_give_the_same_id() -> None:
    assert make_id("art", "a", 1) == make_id("art", "a", 1)
    assert make_id("art", "a", 1).startswith("art-")


def test_parts_do_not_run_together() -> None:
    assert make_id("art", "ab", "c") != make_id("art", "a", "bc")


def test_an_id_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a part that is not empty"):
        make_id("art", "", "")
