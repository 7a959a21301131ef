import pytest

from etl.config.schedule import parse_schedule


@pytest.mark.parametrize("text", ["* * * * *", "*/5 0-6,22 1 jan-Mar mon", "0 2 * * 7", "15 1-23/2 */3 * *"])
def test_cron_text(text: str) -> None:
    assert parse_schedule(text).cron == text


@pytest.mark.parametrize(
    "text",
    ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "* * * * mondays",
     "*/0 * * * *", "5-1 * * * *", "@daily", "* * * * * *", "1, * * * *"],
)  # fmt: skip
def test_what_is_no_cron_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"'"):
        parse_schedule(text)
