from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from cases import cases, check_case, check_whole, claims, delivery, inputs, mutations
from hypothesis import given, settings

from etl.readers import anpa
from etl.records import Limits, Reject, Related, Story

STORY = (
    b"\x16\x16\x01W1204\x1fasian\r\n"
    b"u i\x13\x11 BC-EU--Harbor-StormDa 2ndLd-Writethru   03-04 0410\r\n"
    b"\x02^BC-EU--Harbor-Storm Damage, 2nd Ld-Writethru,212<\r\n"
    b"^Harbor wall gives way in night of storms<\r\n"
    b"^AP Photo LON101, LON102<\r\n"
    b"^Eds: Adds quote.<\r\n"
    b"^By MARA OLDE=\r\n"
    b"^Associated Press=\r\n"
    b"\t   ROTTERDAM, Netherlands (AP) _ The wall went at midnight.\r\n \r\n"
    b"\t   ``We heard it go,'' said Ilse Brandt.\r\n\r\n"
    b"\t   \x03AP-WF-03-04-14 0412GMT<\r\n\r\n\x0c\r\n\x04"
)


def read_all(data: bytes, limits: Limits | None = None) -> list[Story | Reject]:
    return list(anpa.read(delivery(data, limits=limits)))


def one(data: bytes) -> Story:
    (story,) = read_all(data)
    assert isinstance(story, Story)
    return story


@pytest.mark.parametrize("folder", cases("anpa"))
def test_golden(folder: Path, is_updating_golden: bool) -> None:
    check_case(folder, is_updating_golden)


def test_every_line_of_the_head_is_a_field() -> None:
    story = one(STORY)
    assert story.text == (
        "ROTTERDAM, Netherlands (AP) _ The wall went at midnight.\n``We heard it go,'' said Ilse Brandt."
    )
    assert story.headline == "Harbor wall gives way in night of storms"
    assert story.slugline == "BC-EU--Harbor-Storm Damage"
    assert (story.version, story.signals) == ("2nd Ld-Writethru", ("writethru",))
    assert story.stated_word_count == 212
    assert story.related == (Related("picture", "LON101"), Related("picture", "LON102"))
    assert story.ednote == "Adds quote."
    assert (story.bylines, story.credit_line) == (("By MARA OLDE",), "Associated Press")
    assert (story.priority_code, story.categories, story.service, story.item_number) == ("u", ("i",), "W", "1204")
    assert story.published is not None
    assert story.published.when == datetime(2014, 3, 4, 4, 12, tzinfo=UTC)
    assert story.provider == "AP"


def test_stream_gives_each_story_with_its_place() -> None:
    items = read_all(STORY + STORY)
    assert [(item.byte_offset, item.byte_length) for item in items] == [(0, len(STORY)), (len(STORY), len(STORY))]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_places_do_not_depend_on_how_the_stream_is_cut(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = STORY + b"\r\n" + STORY[:-1] + STORY
    whole = read_all(data)
    monkeypatch.setattr("etl.readers.window.CHUNK", size)
    assert read_all(data) == whole
    assert len(whole) == 3


def test_a_story_cut_off_is_refused_and_the_next_still_loads() -> None:
    cut = STORY[: STORY.index(b"said Ilse")]
    reject, story = read_all(cut + STORY)
    assert isinstance(reject, Reject)
    assert (reject.reason, reject.byte_offset, reject.byte_length) == ("truncated", 0, len(cut))
    assert isinstance(story, Story)
    assert story.byte_offset == len(cut)


def test_bytes_between_transmissions_are_not_lost_silently() -> None:
    reject = read_all(STORY + b"line noise here" + STORY)[1]
    assert isinstance(reject, Reject)
    assert (reject.reason, reject.byte_offset, reject.byte_length) == ("stray_bytes", len(STORY), 15)


def test_end_of_transmission_may_be_lost() -> None:
    assert [type(item) for item in read_all(STORY[:-1] + STORY)] == [Story, Story]


def test_a_kill_is_canceled() -> None:
    story = one(STORY.replace(b"2nd Ld-Writethru,212", b"KILL"))
    assert (story.status, story.signals, story.version) == ("canceled", ("kill",), "KILL")


def test_an_advance_is_embargoed_in_the_year_of_its_end_line() -> None:
    story = one(STORY.replace(b"^Eds: Adds quote.<", b"^$Adv09<\r\n^For Release SUN AMs, March 9<"))
    assert story.embargo is not None
    assert (story.embargo.when, story.embargo.precision) == (datetime(2014, 3, 9), "day")


@pytest.mark.parametrize(
    ("word", "day"),
    [(b"Adv09", datetime(2014, 3, 9)), (b"Adv 02", datetime(2014, 4, 2)), (b"Adv31", datetime(2014, 3, 31))],
    ids=["this month", "next month", "last day"],
)
def test_an_advance_word_is_an_embargo(word: bytes, day: datetime) -> None:
    story = one(STORY.replace(b"2nd Ld-Writethru,212", word + b",212"))
    assert story.embargo is not None
    assert (story.embargo.when, story.embargo.precision) == (day, "day")


def test_an_editors_note_for_readers_is_kept_apart_from_the_note_to_editors() -> None:
    story = one(STORY.replace(b"^By MARA", b"^EDITOR'S NOTE _ One of three stories.<\r\n^By MARA"))
    assert story.ednote == "Adds quote."
    assert story.extra["editors_note"] == "One of three stories."


def test_tables_keep_their_rows() -> None:
    table = b"^LEAGUE=\r\n\x08^\x1f\x1e W\x1e \x1e L\r\n\x08Port\x10 Town\x1f\x1e 7\x1e \x1e 2{\r\n\t   ___=\r\n"
    data = STORY.replace(b"\x13\x11", b"\x14\x12").replace(b"\t   ROTTERDAM", table + b"\t   ROTTERDAM")
    assert one(data).text.split("\n")[:4] == ["LEAGUE", "W\tL", "Port Town\t7\t2½", "___"]


def test_agencies_that_mark_no_head_lines() -> None:
    story = one(
        b"\x01d0812\x1fkyodo\r\nr i\x13\x11 BC-JAPAN-QUAKE     12-09 0112\r\n\x02BC-JAPAN-QUAKE\r\n"
        b"Strong quake shakes Saitama\r\n    SAITAMA, Japan, Dec. 9 Kyodo - A strong quake shook the city of\r\n"
        b"Saitama on Sunday, the weather agency said.\r\n    No damage was reported.\r\n==Kyodo\r\n\x03\r\n\x04"
    )
    assert (story.slugline, story.headline) == ("BC-JAPAN-QUAKE", "Strong quake shakes Saitama")
    assert story.text.split("\n") == [
        "SAITAMA, Japan, Dec. 9 Kyodo - A strong quake shook the city of Saitama on Sunday, the weather agency said.",
        "No damage was reported.",
        "==Kyodo",
    ]


def test_eastern_time_is_kept_as_stated() -> None:
    published = one(STORY.replace(b"0412GMT", b"2312EST")).published
    assert published is not None
    assert (published.zone, published.when.isoformat()) == ("EST", "2014-03-04T23:12:00-05:00")


def test_a_million_tiny_transmissions_are_bounded() -> None:
    items = read_all(STORY * 5, Limits(max_stories=2))
    assert [type(item) for item in items] == [Story, Story, Reject]
    assert items[-1].byte_length == 3 * len(STORY)


def test_a_transmission_without_end_is_passed_over_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.readers.window.CHUNK", 4096)
    endless = STORY[:200] + b"x" * 300_000
    items = read_all(endless + STORY, Limits(max_story_bytes=50_000))
    assert [getattr(item, "reason", None) for item in items] == ["story_too_long", None]
    assert items[0].byte_length == len(endless)


def test_stream_is_read_in_pieces() -> None:
    class Counting(BytesIO):
        largest = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.largest = max(self.largest, -1 if size is None else size)
            assert size is not None
            assert size > 0
            return super().read(size)

    stream = Counting(STORY * 3)
    source = delivery(b"")
    items = list(anpa.read(type(source)(source.path, stream, len(STORY) * 3)))
    assert len(items) == 3
    assert stream.largest <= 1 << 20


@pytest.mark.parametrize(
    "data",
    [b"", b"plain copy", b"\x01eca062 4 i 211   dpa 061\r\n", b"<xml/>"],
    ids=["empty", "text", "7901", "xml"],
)
def test_claims_nothing_else(data: bytes) -> None:
    assert "anpa" not in claims(data)


TOKENS = [b"\x01", b"\x02", b"\x03", b"\x04", b"\x16\x16\x01", b"\x1f", b"\x13\x11", b"^", b"<\r\n", b"=\r\n", b"\t   "]


@settings(max_examples=300, deadline=1000)
@given(mutations([STORY, *inputs("anpa")], TOKENS))
def test_mutated_streams_give_stories_or_rejects(data: bytes) -> None:
    check_whole(data, read_all(data))


def test_a_figure_that_is_no_number_is_no_word_count() -> None:
    data = (
        b"\x16\x16\x01W1234\x1fabc\r\nr i\x13\x11 BC-Bridge 05-19\r\n\x02^BC-Bridge,0044\xb9<\r\n"
        b"^Bridge closes<\r\n\tWords.\r\n\x03"
    )
    (story,) = anpa.read(delivery(data))
    assert isinstance(story, Story)
    assert story.stated_word_count is None
