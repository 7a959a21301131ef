from etl.readers.gather import Gathered


def test_values_of_one_path_are_numbered_and_each_is_kept_once() -> None:
    found = Gathered()
    for value in ("QBX", "AFX", " QBX ", "", None, "AFX", "PSC"):
        found.keep("header/destination", value)
    assert found.extra == {
        "header/destination": "QBX",
        "header/destination[2]": "AFX",
        "header/destination[3]": "PSC",
    }


def test_no_more_is_kept_than_a_story_may_hold() -> None:
    found = Gathered()
    for number in range(2000):
        found.keep("topic", str(number))
    assert len(found.extra) == 512
    assert found.extra["topic[512]"] == "511"
