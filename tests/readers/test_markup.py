from io import BytesIO

import pytest
from lxml import etree

from etl.readers.layout import lay_out, plain_lines
from etl.readers.markup import Piece, RefusalError, documents, parse_html, parse_xml
from etl.records import Limits


def laid(html: str) -> str:
    return lay_out(parse_html(html), rule="test").text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a <b>b</b> c</p>", "a b c"),
        ("<p>a</p>tail<p>b</p>", "a\ntail\nb"),
        ("<div>a<div>b<p>c</p>d</div>e</div>", "a\nb\nc\nd\ne"),
        ("<p>first half of <br/>the line</p>", "first half of the line"),
        ("<p>One ends.<br>Two ends.<br>Three</p>", "One ends.\nTwo ends.\nThree"),
        ("<p>a<br><br>b</p>", "a\nb"),
        ("<table><tr><td>x <p>y</p></td><td>z</td></tr><tr><td>1</td></tr></table>", "x y\tz\n1"),
        ("<pre>a  b\n\n  c</pre>", "a  b\n  c"),
        ("<p>a<script>no()</script>b</p>", "ab"),
        ("<p>5 &lt; 6 &amp;&nbsp;more</p>", "5 < 6 & more"),
        ("<unknown>a<other>b</other></unknown>", "ab"),
    ],
)
def test_one_line_a_paragraph(html: str, text: str) -> None:
    assert laid(html) == text


def test_no_text_of_a_deep_page_is_lost_in_silence() -> None:
    with pytest.raises(RefusalError, match="too_deep"):
        laid("<div>" * 5000 + "x")


def test_a_tree_deeper_than_any_parser_makes_is_refused() -> None:
    root = inner = etree.Element("div")
    for _ in range(3000):
        inner = etree.SubElement(inner, "div")
    with pytest.raises(RefusalError, match="too_deep"):
        lay_out(root, rule="test")


def test_names_count_in_any_namespace_and_comments_hold_no_text() -> None:
    root = etree.fromstring('<x:div xmlns:x="urn:x">a<y:P xmlns:y="urn:y">b<!-- no --> c</y:P><?no way?>d</x:div>')
    assert lay_out(root, rule="test").text == "a\nb c\nd"


def test_captions_are_labelled_where_they_stand() -> None:
    layout = lay_out(
        parse_html("<p>a</p><figure><figcaption>The <i>bridge</i></figcaption></figure><p>b</p>"), rule="test"
    )
    (block,) = layout.blocks
    assert (layout.text[block.start : block.end], block.label) == ("The bridge", "caption")


def test_wrapped_plain_text_is_joined() -> None:
    wrapped = "The council voted on Tuesday to close the bridge\nfor a year.\n\nIt opens again in May.\n"
    assert (
        plain_lines(wrapped).text
        == "The council voted on Tuesday to close the bridge for a year.\nIt opens again in May."
    )
    assert plain_lines("Abel 3\nBrand 4\n").text == "Abel 3\nBrand 4"


def test_a_dtd_outside_the_document_is_never_opened(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "x.dtd").write_text('<!ENTITY leak "leaked">')
    with pytest.raises(RefusalError, match="undefined_entity"):
        parse_xml(f'<!DOCTYPE a SYSTEM "{tmp_path}/x.dtd"><a>&leak;</a>'.encode())


def test_parameter_entities_outside_the_document_are_never_opened() -> None:
    parsed = parse_xml(b'<!DOCTYPE a [<!ENTITY % n SYSTEM "../nitf.dtd"> %n;]><a>text</a>')
    assert parsed.root.text == "text"


def test_one_entity_repeated_without_measure_is_refused() -> None:
    data = b'<!DOCTYPE a [<!ENTITY e "' + b"x" * 60_000 + b'">]><a>' + b"&e;" * 200_000 + b"</a>"
    with pytest.raises(RefusalError, match="entity_bomb"):
        parse_xml(data)


def test_documents_tile_a_stream_of_any_length() -> None:
    one = b"<?xml version='1.0'?>\n<n:doc xmlns:n='x'>" + b"y" * 700_000 + b"</n:doc>\n"
    pieces = list(documents(BytesIO(one * 5), "doc", Limits()))
    assert [piece.offset for piece in pieces if isinstance(piece, Piece)] == [len(one) * i for i in range(5)]
    assert b"".join(piece.data for piece in pieces if isinstance(piece, Piece)) == one * 5
