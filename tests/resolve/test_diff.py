"""A chain is printed with what each version changed."""

from dataclasses import replace
from datetime import UTC, datetime

from etl.resolve.diff import ChainVersion, chain_lines, changes

FIRST = ChainVersion(
    "art-1", 1, datetime(2031, 4, 2, 9, tzinfo=UTC), "wire/1.xml", "Ferry aground",
    "A ferry with 14 people ran aground off Larkfield on Monday, the coast guard said.", "guid", "urn:1", "superseded",
)  # fmt: skip
SECOND = replace(
    FIRST, article_id="art-2", version_index=2, headline="Ferry aground, 40 saved",
    body="A ferry with 40 people ran aground off Larkfield on Monday, the coast guard said. All were saved.",
    withheld_reason=None,
)  # fmt: skip
KILL = replace(FIRST, article_id="art-3", version_index=3, body="", headline=None, withheld_reason="notice", time=None)


def test_changes_show_the_words_before_and_after_in_their_place() -> None:
    assert list(changes(FIRST, SECOND)) == [
        "headline - Ferry aground",
        "headline + Ferry aground, 40 saved",
        "- A ferry with [14] people ran aground off",
        "+ A ferry with [40] people ran aground off",
        "+ the coast guard said. [All were saved.]",
    ]
    assert list(changes(FIRST, FIRST)) == ["the same words"]


def test_the_chain_says_what_became_of_each_version_and_why_it_is_there() -> None:
    lines = list(chain_lines([KILL, SECOND, replace(FIRST, withheld_reason="killed", killed_by="art-3")]))
    assert lines[0] == "1. 2031-04-02 09:00:00Z  art-1  killed by art-3"
    assert "    wire/1.xml; linked by guid: urn:1" in lines
    assert "    + A ferry with [40] people ran aground off" in lines[4:]
    assert lines[-3] == "3. no time  art-3  notice"


def test_takes_are_listed_and_not_compared() -> None:
    takes = [
        replace(FIRST, take_number=1, take_count=3, takes_missing=(2,)),
        replace(SECOND, take_number=3, take_count=3, takes_missing=(2,)),
    ]
    lines = list(chain_lines(takes))
    assert "    take 1 of 3, missing 2" in lines
    assert not [line for line in lines if "[40]" in line]
