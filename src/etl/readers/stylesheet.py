"""How the elements of a body are set: a walk over the body that turns it into marked text.

One table serves NITF, XHTML, HTML and TT's NITF: what is a paragraph, a table row or a caption is a matter of the
element's name, whatever its namespace. The marks are Unicode noncharacters, which no text holds.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from etl.readers.markup import RefusalError, local_name, text_of

LINE, CELL, BREAK, VERBATIM = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
"""Ends a line; ends a table cell; a line break inside a paragraph; the rest of the line keeps its layout."""

# What is not listed is inline. Names are those of NITF 3.6, of HTML and of TT's NITF, lower case.
# fmt: off
_BLOCKS = (
    "p", "block", "nav", "body", "body.content", "body.end", "hr", "li", "ul", "ol", "dl", "dt", "dd", "bq",
    "blockquote", "div", "section", "article", "main", "aside", "h1", "address", "center", "form", "fieldset",
    "details", "summary", "fn", "media", "figure", "table", "thead", "tbody", "tfoot", "nitf-table", "custom-table",
    "postaddr", "hedline", "abstract", "col", "colgroup", "html", "nitf", "inlineXML", "inlineData", "DataContent",
    "option", "text", "ort", "ingress", "brodtext", "citat", "faktaruta",
)
_SKIPPED = (
    "script", "style", "head", "template", "noscript", "iframe", "object", "embed", "applet", "audio", "video",
    "canvas", "svg", "math", "select", "button", "input", "media-object", "media-metadata", "media-reference",
    "nitf-table-metadata", "nitf-col", "nitf-colgroup", "docdata", "bildfil",
)
_LABELLED = {
    "header": ("header", "dat"),
    "page": ("footer",),
    "caption": ("caption", "figcaption", "media-caption", "media-producer", "bild", "bildtext", "bildskapare"),
    "credit": ("credit", "tagline", "bibliography"),
    "byline": ("byline",),
    "dateline": ("dateline",),
    "copyright": ("copyrite",),
    "ednote": ("note",),
    "subhead": ("hl2", "h2", "h3", "h4", "h5", "h6", "rubrik", "mellis"),
}
# fmt: on
LABELS = {chr(0xFDD8 + number): label for number, label in enumerate(_LABELLED)}
"""The mark that opens a line, and the label it stands for."""
# A heading over a paragraph is a subhead; over a table, or alone in its block, it is the first line of the table.
_PARAGRAPHS = frozenset(("p", "P", "citat", "CITAT"))

Setter = Callable[[etree._Element, str, list[str]], None]


def marked_text(element: etree._Element) -> str:
    """The text of an element and all below it with marks where lines, cells and labelled stretches are.

    Raises:
        RefusalError: `too_deep`.
    """
    out: list[str] = []
    setter = _SETTERS[element.tag] or _set_inside
    try:
        setter(element, LINE, out)
    except RecursionError:  # parsers stop at 256 levels, but a tree may come from elsewhere
        raise RefusalError("too_deep", "elements nest too deep to be set") from None
    return "".join(out)


def _set_inside(element: etree._Element, edge: str, out: list[str]) -> None:
    """Text and children of an element; `edge` ends a line and opens the next, with the mark of the label in force."""
    out.append(element.text or "")
    for child in element:
        setter = _SETTERS[child.tag]
        if setter is _set_block and len(child) == 0:  # nearly every paragraph
            out += (edge, child.text or "", edge, child.tail or "")
            continue
        if setter is None:
            _set_inside(child, edge, out)
        else:
            setter(child, edge, out)
        out.append(child.tail or "")


def _set_block(element: etree._Element, edge: str, out: list[str]) -> None:
    out.append(edge)
    _set_inside(element, edge, out)
    out.append(edge)


def _set_labelled(mark: str) -> Setter:
    own = LINE + mark

    def set_(element: etree._Element, edge: str, out: list[str]) -> None:
        out.append(own)
        _set_inside(element, own, out)
        out.append(edge)

    return set_


def _set_heading(element: etree._Element, edge: str, out: list[str]) -> None:
    below = element.getnext()
    if below is not None and local_name(below) in _PARAGRAPHS:
        _AS_SUBHEAD(element, edge, out)
    else:
        _set_block(element, edge, out)


def _set_break(element: etree._Element, edge: str, out: list[str]) -> None:
    out.append(BREAK)
    _set_inside(element, edge, out)


def _set_cell(element: etree._Element, edge: str, out: list[str]) -> None:
    _set_inside(element, edge, out)
    out.append(CELL)


def _set_row(element: etree._Element, edge: str, out: list[str]) -> None:
    out.append(edge)
    _set_in_row(element, out)
    out.append(edge)


def _set_in_row(element: etree._Element, out: list[str]) -> None:
    """Inside a table row nothing breaks the line."""
    out.append(element.text or "")
    for child in element:
        setter = _SETTERS[child.tag]
        if setter is _set_cell and len(child) == 0:  # nearly every cell
            out += (child.text or "", CELL, child.tail or "")
            continue
        gap = "" if setter is None or setter is _set_cell else " "
        if setter is not _skip:
            out.append(gap)
            _set_in_row(child, out)
            out.append(CELL if setter is _set_cell else gap)
        out.append(child.tail or "")


def _set_verbatim(element: etree._Element, edge: str, out: list[str]) -> None:
    out += (edge, VERBATIM, text_of(element), edge)


def _skip(element: etree._Element, edge: str, out: list[str]) -> None:
    """Scripts, metadata, pictures: nothing to read."""


class _Setters(dict[object, Setter | None]):
    """How an element is set, by its tag with whatever namespace; None for inline elements."""

    def __missing__(self, tag: object) -> Setter | None:
        if not isinstance(tag, str):  # a comment or a processing instruction
            return _skip
        setter = _BY_NAME.get(tag.rpartition("}")[2])
        if len(self) < _MOST_TAGS:
            self[tag] = setter
        return setter


_MOST_TAGS = 4096
_AS_SUBHEAD = _set_labelled(next(mark for mark, label in LABELS.items() if label == "subhead"))
_BY_NAME: dict[str, Setter] = {
    spelled: setter
    for names, setter in (
        (_BLOCKS, _set_block),
        (_SKIPPED, _skip),
        (("br",), _set_break),
        (("td", "th"), _set_cell),
        (("tr",), _set_row),
        (("pre", "xmp"), _set_verbatim),
        *((names, _set_labelled(mark)) for mark, names in zip(LABELS, _LABELLED.values(), strict=True)),
        (_LABELLED["subhead"], _set_heading),
    )
    for name in names
    for spelled in (name, name.upper())  # "P" in TT's and ANA's
}
_SETTERS = _Setters()
