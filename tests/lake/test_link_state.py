"""What linking keeps is read in parts where the versions asked for lie far apart, and nothing is missed."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from etl.lake import link_state, open_lake
from etl.lake.link import resolve_lake
from etl.lake.link_state import fill, spans
from tests.lake.rows import NOW, load, table_rows
from tests.lake.test_link import items


@pytest.mark.parametrize(
    ("numbers", "condition"),
    [
        ([], "(false)"),
        ([7], "(number BETWEEN 7 AND 7)"),
        ([900_000, 3, 50_003, 1], "(number BETWEEN 1 AND 50003 OR number BETWEEN 900000 AND 900000)"),
        ([0, 50_001, 100_002], " OR ".join(f"number BETWEEN {n} AND {n}" for n in (0, 50_001, 100_002)).join("()")),
    ],
    ids=["none", "one", "a gap", "gaps alone"],
)
def test_spans_end_where_the_next_number_is_far(numbers: list[int], condition: str) -> None:
    with duckdb.connect() as con:
        fill(con, "asked", {"number": np.array(numbers, np.int64)})
        assert spans(con, "asked") == condition


def test_versions_that_lie_far_apart_are_linked_as_near_ones_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked = []
    for far in (link_state._FAR, 0):
        monkeypatch.setattr(link_state, "_FAR", far)
        with open_lake(tmp_path / str(far)) as lake:
            for start in range(0, 25, 4):
                load(lake, items(3)[start : start + 4], batch_id=f"batch-{start}")
                resolve_lake(lake, NOW)
            linked.append({name: table_rows(lake, name) for name in ("story_versions", "syndication")})
    assert linked[0] == linked[1]
    assert linked[0]["syndication"]
