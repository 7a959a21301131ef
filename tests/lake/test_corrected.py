"""What corrections leave in the tables: quotations and names old to new, the view, and what `explain` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import duckdb
import pytest

from etl.cli.chain import story_lines
from etl.lake import open_lake, publish
from etl.lake.link import resolve_lake
from tests.lake.rows import NOW, Item, load

HOUR = timedelta(hours=1)
START = NOW - 6 * HOUR


def body(count: str, speaker: str) -> str:
    return f'The harbour board met on Tuesday. "We lost {count} boats in the storm," {speaker} said. It meets again.'


def version(number: int, count: str, speaker: str, **facts: object) -> Item:
    """Version `number` of one story: how many boats its quotation says, and who says it."""
    return Item(
        f"v{number}",
        body(count, speaker),
        "urn:wire:boats",
        quotes=((f"We lost {count} boats in the storm,", speaker), ("It meets again", "Ben Rudd")),
        published_at=START + number * HOUR,
        facts={"versioned_at": START + number * HOUR, "delivered_version": str(number), **facts},
    )


FIRST = version(1, "14", "Jon Smyth")
CORRECTION = version(
    2, "40", "John Smythe", signals=["correction"], correction_text="Corrects the number of boats",
    correction_wrong="14", correction_right="40",
)  # fmt: skip
SECOND = version(
    3, "41", "John Smythe", signals=["correction"], correction_text="Corrects the number of boats again",
    correction_wrong="40", correction_right="41",
)  # fmt: skip
KILL = replace(
    version(4, "", "", item_kind="kill", status="canceled", kills=["urn:wire:boats"]), body="Kill boats.", quotes=()
)

Row = tuple[object, ...]


def changes(warehouse: Path) -> list[Row]:
    """The published table `corrected`, without ids."""
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        return con.execute("SELECT changed, change, old_text, new_text FROM corrected ORDER BY ALL").fetchall()


def corrections(warehouse: Path) -> list[Row]:
    """The view `corrections`."""
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        return con.execute(
            "SELECT correction_wrong, correction_right, version_index, version_count FROM corrections"
        ).fetchall()


def run(warehouse: Path, found: Sequence[Item]) -> list[str]:
    """Deliver the items one by one, publish, and give what `explain` prints of the story."""
    with open_lake(warehouse) as lake:
        for item in found:
            load(lake, [item], batch_id=f"batch-{item.name}")
            resolve_lake(lake, NOW)
        publish(lake, warehouse, NOW)
        stories = lake.con.execute("SELECT DISTINCT story_id FROM lake.story_versions").fetchall()
        assert len(stories) == 1
        return list(story_lines(lake, stories[0][0]))


ONE = [
    ("name", "replaced", "Jon Smyth", "John Smythe"),
    ("quote", "replaced", "We lost 14 boats in the storm,", "We lost 40 boats in the storm,"),
]
TWO = [("quote", "replaced", "We lost 40 boats in the storm,", "We lost 41 boats in the storm,")]


def test_a_correction_links_the_quotation_and_the_name_that_it_changed(tmp_path: Path) -> None:
    lines = run(tmp_path, [FIRST, CORRECTION])
    assert changes(tmp_path) == ONE
    assert corrections(tmp_path) == [("14", "40", 2, 2)]
    told = "\n".join(lines)
    assert "14" in told
    assert "40" in told
    assert "superseded" in told


def test_a_correction_of_a_correction_is_linked_step_by_step_in_every_order(tmp_path: Path) -> None:
    told = []
    for number, order in enumerate(permutations([FIRST, CORRECTION, SECOND])):
        warehouse = tmp_path / str(number)
        told.append(run(warehouse, order))
        assert changes(warehouse) == sorted([*ONE, *TWO], key=str)
        assert corrections(warehouse) == [("40", "41", 3, 3)]
    assert all(lines == told[0] for lines in told)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]], ids=["in order", "kill first", "story last"])
def test_a_kill_after_a_correction_takes_what_it_changed_along(tmp_path: Path, order: list[int]) -> None:
    found = [FIRST, CORRECTION, KILL]
    lines = run(tmp_path, [found[n] for n in order])
    assert changes(tmp_path) == []
    assert corrections(tmp_path) == []
    assert "killed" in "\n".join(lines), "the lake says what became of it"
    with duckdb.connect(str(tmp_path / "copydesk.duckdb"), read_only=True) as con:
        assert con.execute("SELECT withheld_reason FROM tombstones").fetchall() == [("killed",)]


def test_a_speaker_whose_words_stayed_is_linked_by_the_quotation(tmp_path: Path) -> None:
    other = version(2, "14", "Ada Holm", signals=["correction"], correction_text="Corrects the speaker")
    run(tmp_path, [FIRST, other])
    assert changes(tmp_path) == [
        ("name", "replaced", "Jon Smyth", "Ada Holm"),
        ("speaker", "replaced", "Jon Smyth", "Ada Holm"),
    ]
