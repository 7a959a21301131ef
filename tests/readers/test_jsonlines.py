import json
from pathlib import Path

import pytest
from cases import Feeding, cases, check_case, check_whole, claims, delivery, inputs, mutations
from hypothesis import given, settings

from etl.readers import jsonlines
from etl.records import Limits, Story

LINE = {
    "id": "a1",
    "title": "Salt ships wait",
    "text": "Six ships waited.\n\n“It is the wind,” a captain said.",
    "authors": ["Rosa Pinto", {"name": "Ole Dahl"}],
    "date": "2014-03-03T09:28:21Z",
    "tags": ["salt"],
    "url": "https://desk.example/a",
}


def lines(*objects: object) -> bytes:
    return b"".join(json.dumps(item, ensure_ascii=False).encode() + b"\n" for item in objects)


FEED = Feeding(jsonlines.read)
read_all, one, reasons = FEED.read_all, FEED.one, FEED.reasons


@pytest.mark.parametrize("folder", cases("jsonlines"))
def test_golden(folder: Path, is_updating_golden: bool) -> None:
    check_case(folder, is_updating_golden)


def test_common_names_are_mapped_and_the_rest_is_kept() -> None:
    story = one(lines(LINE))
    assert (story.guid, story.headline, story.keywords) == ("a1", "Salt ships wait", ("salt",))
    assert story.text.split("\n") == ["Six ships waited.", "“It is the wind,” a captain said."]
    assert story.bylines == ("Rosa Pinto", "Ole Dahl")
    assert story.published is not None
    assert story.published.when.isoformat() == "2014-03-03T09:28:21+00:00"
    assert story.extra == {"url": "https://desk.example/a"}


def test_each_line_has_its_place() -> None:
    data = lines(LINE) + b"\r\n" + lines(LINE)
    first, second = read_all(data)
    assert second.byte_offset == first.byte_length + 3
    assert json.loads(data[second.byte_offset :][: second.byte_length]) == LINE


def test_a_mapping_in_the_first_line() -> None:
    own = {"copydesk_mapping": {"text": "story.body", "headline": ["story.hed"]}}
    story = one(lines(own, {"story": {"body": "All of it.", "hed": "Head"}}))
    assert (story.headline, story.text) == ("Head", "All of it.")


def test_a_mapping_in_the_call() -> None:
    (story,) = jsonlines.read_mapped(delivery(lines({"x": "All of it."})), {"text": ["x"]})
    assert isinstance(story, Story)
    assert story.text == "All of it."


def test_a_damaged_line_costs_only_itself() -> None:
    data = lines(LINE) + b'{"title": "x", "text": \n' + b"[1]\n" + lines({"url": "x"}) + b'{"text": 1x}\n' + lines(LINE)
    assert reasons(data) == [None, "truncated", "malformed", "no_text", "malformed", None]


@pytest.mark.parametrize(
    ("value", "when"),
    [
        (1393838901, "2014-03-03T09:28:21+00:00"),
        (1393838901000, "2014-03-03T09:28:21+00:00"),
        ("Mon, 03 Mar 2014 09:28:21 +0100", "2014-03-03T09:28:21+01:00"),
        ("2014-03-03", "2014-03-03T00:00:00"),
    ],
    ids=["seconds", "milliseconds", "rfc 822", "day"],
)
def test_times(value: object, when: str) -> None:
    published = one(lines(LINE | {"date": value})).published
    assert published is not None
    assert published.when.isoformat() == when


@pytest.mark.parametrize("value", [1e300, True, {"a": 1}, "soon"])
def test_what_is_no_time_is_kept(value: object) -> None:
    story = one(lines(LINE | {"date": value}))
    assert story.published is None
    assert "date" in story.extra


def test_lone_surrogates_and_nuls_do_not_reach_the_text() -> None:
    story = one(b'{"title": "x", "text": "a\\ud800b\\u0000c"}\n')
    assert story.text.encode("utf-8")
    assert "\x00" not in story.text


def test_html_is_laid_out() -> None:
    assert one(lines({"title": "x", "body_html": "<p>One.</p><p>Two.</p>"})).text == "One.\nTwo."


def test_a_line_over_the_limit_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.readers.window.CHUNK", 512)
    long = lines(LINE | {"text": "x" * 20_000})
    items = read_all(lines(LINE) + long + lines(LINE), Limits(max_story_bytes=2_000))
    assert [getattr(item, "reason", None) for item in items] == [None, "story_too_long", None]
    assert (items[1].byte_offset, items[1].byte_length) == (len(lines(LINE)), len(long) - 1)


def test_number_of_lines_is_bounded() -> None:
    assert reasons(lines(*[LINE] * 4), Limits(max_stories=2)) == [None, None, "too_many_stories"]


def test_claims() -> None:
    assert claims(lines(LINE, LINE))["jsonlines"] == "JSON lines with text"
    for data in (
        b"",
        b"{}",
        b"[1]",
        b'{\n "text": "x"}',
        lines({"uri": "x", "body_text": "y", "mimetype": "text/plain"}),
    ):
        assert "jsonlines" not in claims(data)


TOKENS = [b"\n", b"{", b"}", b'"', b"\\", b"\\ud800", b'{"text": "x"}', b"null", b"[[[[", b"1e999", b'"text":']


@settings(max_examples=300, deadline=1000)
@given(mutations([lines(LINE, LINE), *inputs("jsonlines")], TOKENS))
def test_mutated_files_give_stories_or_rejects(data: bytes) -> None:
    check_whole(data, read_all(data))
