"""The whole composition over one file: properties that hold for any bytes."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import pipeline, schema
from etl.language import Models, load_models
from etl.pipeline import FileFacts, process_file
from etl.records import Delivery
from etl.rows import Origin, arrow_tables
from warehouses import RAW

ORIGIN = Origin("0" * 64, "a/b.txt", "a", "0.1.0+test", "run-1", "bat-1")
SAMPLES = sorted(p for p in RAW.rglob("*") if p.is_file())


@cache
def models() -> Models:
    return load_models()


def process(data: bytes) -> tuple[dict[str, list[dict[str, Any]]], FileFacts]:
    rows: dict[str, list[dict[str, Any]]] = {}
    facts = None
    for made in process_file(Delivery("a/b.txt", io.BytesIO(data), len(data)), ORIGIN, models()):
        if isinstance(made, FileFacts):
            facts = made
        else:
            for name, some in made.items():
                rows.setdefault(name, []).extend(some)
    assert facts is not None
    return rows, facts


def check(rows: dict[str, list[dict[str, Any]]], facts: FileFacts) -> None:
    arrow_tables(rows)
    articles = {row["article_id"]: row for row in rows.get("articles", [])}
    assert (len(articles), len(rows.get("rejects", []))) == (facts.story_count, facts.reject_count)
    for article in articles.values():
        pieces = [article["text"][s["start"] : s["end"]] for s in article["furniture"]]
        assert "".join(pieces) == article["text"]
    for name, key in (("quotes", "quote"), ("mentions", "mention")):
        for row in rows.get(name, []):
            article = articles[row["article_id"]]
            whole = article["text"] if row["part"] == "text" else article["headline"]
            assert whole[row[f"{key}_start"] : row[f"{key}_end"]] == row[f"{key}_text"] != ""
    for table in schema.CORE:
        keys = [tuple(row[k] for k in table.key) for row in rows.get(table.name, []) if set(table.key) <= set(row)]
        assert len(keys) == len(set(keys)), f"{table.name} has a key twice"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.name)
def test_samples_give_consistent_rows_and_the_same_ones_twice(path: Any) -> None:
    rows, facts = process(path.read_bytes())
    check(rows, facts)
    assert process(path.read_bytes()) == (rows, facts)
    assert facts.story_count + facts.reject_count > 0


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_rows_or_rejects(data: bytes) -> None:
    rows, facts = process(data)
    check(rows, facts)
    assert all(row["reason"] != "stage_failed" for row in rows.get("rejects", [])), rows["rejects"]


@given(st.sampled_from(SAMPLES), st.integers(0, 4000), st.binary(max_size=12), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_damaged_samples_give_rows_or_rejects(path: Any, where: int, junk: bytes, cut: int) -> None:
    data = path.read_bytes()
    rows, facts = process(data[:where] + junk + data[where + cut :])
    check(rows, facts)
    assert all(row["reason"] != "stage_failed" for row in rows.get("rejects", [])), rows["rejects"]


def test_a_bug_in_a_stage_costs_the_story_not_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    edit = pipeline.edit_story

    def broken(story: Any) -> Any:
        if "Orchestra" in story.text:
            raise RuntimeError("a bug\nof two lines")
        return edit(story)

    monkeypatch.setattr(pipeline, "edit_story", broken)
    rows, facts = process((RAW / "baywire" / "evening-roundup.txt").read_bytes())
    assert (facts.story_count, facts.reject_count) == (2, 1)
    reject = rows["rejects"][0]
    assert (reject["stage"], reject["reason"]) == ("desk", "stage_failed")
    assert reject["detail"].startswith("RuntimeError: a bug of two lines (broken, line ")
    assert reject["byte_length"] > 0


def test_a_reader_that_breaks_down_costs_the_rest_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    read = pipeline.read

    def broken(delivery: Any) -> Any:
        whole = read(delivery)

        def items() -> Any:
            yield next(whole.items)
            raise ValueError("lost the thread")

        return type(whole)(whole.format, whole.evidence, items())

    monkeypatch.setattr(pipeline, "read", broken)
    data = (RAW / "baywire" / "evening-roundup.txt").read_bytes()
    rows, facts = process(data)
    assert (facts.story_count, facts.reject_count) == (1, 1)
    reject, first = rows["rejects"][0], rows["articles"][0]
    assert reject["byte_offset"] == first["byte_offset"] + first["byte_length"]
    assert reject["byte_offset"] + reject["byte_length"] == len(data)
