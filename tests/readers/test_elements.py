from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.readers.elements import Piece, cut_elements
from etl.readers.window import Window

PARTS = [b"<a>", b"</a>", b"<a/>", b"<ab>", b"<![CDATA[", b"]]>", b"text", b"<", b">", b"</", b"<a x='1'>", b"\n"]


def cut(data: bytes, chunk: int = 1 << 20, max_bytes: int = 1000) -> list[Piece]:
    return list(cut_elements(Window(BytesIO(data), chunk), b"a", max_bytes))


def kinds(data: bytes, **limits: int) -> list[tuple[str, bytes]]:
    return [(piece.kind, piece.data) for piece in cut(data, **limits)]


def test_elements_and_what_is_between_them() -> None:
    assert kinds(b"<r><a>1</a> <a x='2'>2</a></r>") == [
        ("outside", b"<r>"),
        ("element", b"<a>1</a>"),
        ("outside", b" "),
        ("element", b"<a x='2'>2</a>"),
        ("outside", b"</r>"),
    ]


def test_an_element_without_end_tag_ends_at_the_next() -> None:
    assert kinds(b"<a>1<a>2</a><a>3") == [("unclosed", b"<a>1"), ("element", b"<a>2</a>"), ("unclosed", b"<a>3")]


def test_an_end_tag_in_character_data_ends_nothing() -> None:
    assert kinds(b"<a><![CDATA[</a><a>]]></a>") == [("element", b"<a><![CDATA[</a><a>]]></a>")]


def test_a_longer_name_is_another_element() -> None:
    assert kinds(b"<ab>1</ab>") == [("outside", b"<ab>1</ab>")]


@pytest.mark.parametrize("chunk", [16, 1 << 20], ids=["in pieces", "at once"])
def test_too_long_elements_are_passed_over(chunk: int) -> None:
    data = b"<a>" + b"x" * 5000 + b"</a><a>2</a>"
    pieces = cut(data, chunk, max_bytes=100)
    assert [(piece.kind, piece.offset, piece.length) for piece in pieces] == [
        ("too_long", 0, 5007),
        ("element", 5007, 8),
    ]


@given(st.lists(st.sampled_from(PARTS), max_size=30).map(b"".join), st.integers(1, 9))
def test_pieces_tile_the_file_however_it_is_read(data: bytes, chunk: int) -> None:
    pieces = cut(data, chunk)
    assert b"".join(piece.data for piece in pieces) == data
    wholes = [piece for piece in pieces if piece.kind != "outside"]
    assert wholes == [piece for piece in cut(data) if piece.kind != "outside"]


def test_a_start_tag_behind_quoted_ones_begins_an_element() -> None:
    data = b"<a><![CDATA[<a>]]><a><a>"
    assert kinds(data) == [("unclosed", b"<a><![CDATA[<a>]]>"), ("unclosed", b"<a>"), ("unclosed", b"<a>")]
