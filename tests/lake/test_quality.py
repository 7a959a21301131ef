"""Measured figures: in step with the floors, in the file, and warned of where they are low."""

import duckdb
import pytest

from benchmarks.quality import figures
from etl import schema
from etl.lake import quality


def test_the_figures_are_those_of_the_floors() -> None:
    shipped = [(row["task"], row["set"], row["measure"], row["value"]) for row in quality.measured()]
    assert shipped == list(figures()), "run: python -m benchmarks.quality"
    assert shipped


def test_they_are_a_table_with_comments() -> None:
    with duckdb.connect() as con:
        quality.write_quality(con)
        rows = con.execute("FROM measured_quality").fetchall()
        assert len(rows) == len(quality.measured())
        assert all(0 <= row[3] <= 1 for row in rows)
        described = con.execute("SELECT comment FROM duckdb_columns() WHERE table_name = 'measured_quality'").fetchall()
        assert all(text for (text,) in described)


def test_uses_name_columns_that_there_are() -> None:
    for use in quality._read("usage.tsv"):
        assert use["column"] == "*" or use["column"] in schema.published(use["table"]).columns


def test_a_low_figure_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (
        {"task": "quotes", "set": "some news", "measure": "indirect", "value": "0.61", "version": "1", "date": "x"},
    )
    monkeypatch.setattr(quality, "measured", lambda: rows)
    quality._warnings.cache_clear()
    try:
        assert "indirect 0.61 on some news" in quality.warning_of("quotes", "quote_type")
        assert quality.warning_of("articles", "byline") == ""
    finally:
        quality._warnings.cache_clear()
