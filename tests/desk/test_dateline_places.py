"""Where datelines are: 400 of them, checked by hand, in tests/gazetteer/datelines.tsv."""

from pathlib import Path

import pytest

from etl.desk.dateline import parse_dateline
from etl.records import Place

LIST = Path(__file__).parent.parent / "gazetteer" / "datelines.tsv"
ROWS = [line.split("\t") for line in LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")][1:]


def _resolved(place: str) -> Place | None:
    found = parse_dateline(f"{place} (Reuters) - The council met.")
    return found.resolved if found else None


def test_the_country_is_right_for_97_of_100() -> None:
    wrong = [place for place, country in ROWS if getattr(_resolved(place), "country_code", None) != country]
    assert len(ROWS) >= 300
    assert len(wrong) <= 0.03 * len(ROWS), wrong


@pytest.mark.parametrize(
    ("place", "name", "kind"),
    [
        ("SINGAPORE", "Singapore", "city"),
        ("LUXEMBOURG", "Luxembourg", "city"),
        ("UNITED NATIONS", "New York City", "city"),
        ("NEAR MOSUL, Iraq", "Mosul", "city"),
        ("NOWHERESVILLE, Kan.", "Kansas", "region"),
        ("NOWHERESVILLE, Kenya", "Kenya", "country"),
    ],
)
def test_what_a_dateline_resolves_to(place: str, name: str, kind: str) -> None:
    found = _resolved(place)
    assert found is not None
    assert (found.name, found.kind) == (name, kind)


def test_a_place_that_is_nowhere_is_not_resolved() -> None:
    assert _resolved("ABOARD AIR FORCE ONE") is None
    assert _resolved("QWXYZZY") is None
