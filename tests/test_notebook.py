"""The Python API: frames with the schema's types and descriptions."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import etl
from etl import schema


@pytest.fixture(scope="module")
def warehouse(samples: Path) -> Path:
    return samples


def test_importing_etl_stays_light() -> None:
    code = "import sys, etl; print([m for m in ('pandas', 'duckdb', 'pyarrow', 'spacy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_frames_have_the_types_and_descriptions_of_the_schema(warehouse: Path) -> None:
    with etl.open_warehouse(warehouse) as w:
        quotes, articles = w.quotes(), w.articles()
    assert list(quotes.columns) == list(schema.published("quotes").columns)
    assert quotes["published_at"].dtype == "datetime64[us, UTC]"
    assert quotes["paragraph_index"].dtype == pd.Int32Dtype()
    assert quotes["is_anonymous"].dtype == pd.BooleanDtype()
    assert isinstance(quotes["quote_text"].dtype, pd.StringDtype)
    assert quotes.attrs["columns"]["cue_text"] == schema.COLUMNS["cue_text"][1]
    assert articles.attrs["table"] == "articles"
    assert len(articles) == 9


def test_questions_narrow_the_answer(warehouse: Path) -> None:
    with etl.open_warehouse(warehouse / "copydesk.duckdb") as w:
        assert set(w.quotes(speaker="pryce")["speaker_name"]) == {"Alasdair Pryce"}
        assert set(w.quotes(type="indirect")["quote_type"]) == {"indirect"}
        assert w.quotes(min_confidence=0.9)["quote_confidence"].min() >= 0.9
        assert len(w.quotes("failure engineering")) == 2
        assert set(w.articles(country="US")["dateline_country_code"]) == {"US"}
        assert len(w.articles(since="2024-06-01", until="2024-07-01")) == 1
        assert len(w.articles("ferry")) == 1
        assert w.sql("SELECT ? + 1 AS n", 41)["n"].tolist() == [42]
        assert w.quotes("nosuchword").empty


def test_a_story_is_had_by_any_of_its_ids(warehouse: Path) -> None:
    with etl.open_warehouse(warehouse) as w:
        row = w.quotes(speaker="Tollefson").iloc[0]
        frames = [w.story(row[key]) for key in ("article_id", "story_id", "quote_id")]
        assert frames[0].equals(frames[1])
        assert frames[0].equals(frames[2])
        assert frames[0].attrs["article"]["headline"].startswith("Rural schools")
        with pytest.raises(KeyError, match="is no published story"):
            w.story("art-0")


def test_a_missing_warehouse_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="copydesk run raw/"):
        etl.open_warehouse(tmp_path)
