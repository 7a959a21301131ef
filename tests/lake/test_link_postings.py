"""Postings searched in place: the same as a scan, whatever the files look like."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from etl.lake import link_postings, open_lake
from etl.lake.connect import Lake
from etl.lake.link_postings import TABLE, Postings, prepare_postings
from etl.resolve.pairing import NUMBER_BITS
from etl.resolve.shingles import GRAM_BITS

COUNT = 300_000


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """A lake whose table of postings is prepared and empty."""
    with open_lake(tmp_path) as opened:
        prepare_postings(opened.con)
        yield opened


def some(seed: int, count: int = COUNT) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Sorted postings: some grams in many texts, most in one."""
    rng = np.random.default_rng(seed)
    grams = np.concatenate([rng.integers(1 << GRAM_BITS, size=count), rng.integers(50, size=count // 100)])
    grams[:2] = 0, (1 << GRAM_BITS) - 1
    return np.unique((grams << NUMBER_BITS) | rng.integers(1000, size=len(grams)))


def held(lake: Lake) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    found = lake.con.execute(f"SELECT posting FROM lake.internal.{TABLE} ORDER BY posting").fetchnumpy()
    return np.asarray(found["posting"])


def check(lake: Lake, *, in_place: bool) -> None:
    """Every gram that is there and some that are not are found as a scan finds them."""
    postings = held(lake)
    present = np.unique(postings >> NUMBER_BITS)
    asked = np.unique(np.concatenate([present[::7], present[:60], present[-3:], present[::11] + 1, [0]]))
    asked = asked[asked < 1 << GRAM_BITS]
    found = Postings(lake.con, emptied=False)
    assert (found._files is not None) is in_place
    wanted = postings[np.isin(postings >> NUMBER_BITS, asked)]
    np.testing.assert_array_equal(np.sort(found.find(asked)), wanted)


@pytest.mark.parametrize("small", [0, 1 << 30], ids=["in place", "read whole"])
def test_what_a_scan_finds_is_found(lake: Lake, monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    monkeypatch.setattr(link_postings, "_SMALL", small)
    for seed, count in ((1, COUNT), (2, 10_000), (3, 2)):
        Postings(lake.con, emptied=False).add(some(seed, count))
    check(lake, in_place=True)


def test_an_empty_table_holds_nothing(lake: Lake) -> None:
    found = Postings(lake.con, emptied=False)
    assert found.find(np.array([1, 2])).tolist() == []


def test_what_a_transaction_adds_is_found_in_it(lake: Lake) -> None:
    Postings(lake.con, emptied=False).add(some(1, 1000))
    lake.con.execute("BEGIN")
    found = Postings(lake.con, emptied=False)
    for seed in range(2, 8):
        found.add(some(seed, 100 * seed))
    postings = held(lake)
    np.testing.assert_array_equal(np.sort(found.find(np.unique(postings >> NUMBER_BITS))), postings)
    lake.con.execute("ROLLBACK")


def test_a_transaction_that_has_emptied_the_table_finds_nothing_old(lake: Lake) -> None:
    Postings(lake.con, emptied=False).add(some(1, 1000))
    lake.con.execute("BEGIN")
    lake.con.execute(f"DELETE FROM lake.internal.{TABLE}")
    found = Postings(lake.con, emptied=True)
    assert found.find(np.unique(some(1, 1000) >> NUMBER_BITS)).tolist() == []
    lake.con.execute("COMMIT")
    assert Postings(lake.con, emptied=False).find(np.array([1])).tolist() == []


def test_many_small_files_become_one(lake: Lake) -> None:
    for seed in range(12):
        Postings(lake.con, emptied=False).add(some(seed, 500))
    before = held(lake)
    prepare_postings(lake.con)
    files = lake.con.execute(f"FROM ducklake_list_files('lake', '{TABLE}', schema => 'internal')").fetchall()
    assert len(files) == 1
    np.testing.assert_array_equal(held(lake), before)
    check(lake, in_place=True)


def test_files_with_deleted_rows_are_scanned(lake: Lake) -> None:
    Postings(lake.con, emptied=False).add(some(1, 1000))
    lake.con.execute(f"DELETE FROM lake.internal.{TABLE} WHERE posting % 3 = 0")
    check(lake, in_place=False)


def test_compressed_files_of_an_older_lake_are_scanned(tmp_path: Path) -> None:
    with open_lake(tmp_path) as lake:
        lake.con.execute("CALL lake.set_option('parquet_compression_level', '3')")
        prepare_postings(lake.con)
        Postings(lake.con, emptied=False).add(some(1, 1000))
        check(lake, in_place=False)
