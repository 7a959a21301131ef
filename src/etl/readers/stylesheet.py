"""How the elements of a body are set, as an XSLT style sheet that turns a body into marked text in one pass.

One table serves NITF, XHTML, HTML and TT's NITF: what is a paragraph, a table row or a caption is a matter of the
element's name. The sheet is applied by libxslt, several times faster than a walk in Python; it can open no file and no
address. The marks are Unicode noncharacters, which no text holds.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lxml import etree

from etl.readers.markup import RefusalError

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
_MARKS = {label: mark for mark, label in LABELS.items()}
# A heading over a paragraph is a subhead; over a table, or alone in its block, it is the first line of the table.
_OVER_TEXT = "contains(' p P citat CITAT ', concat(' ', local-name(following-sibling::*[1]), ' '))"


def marked_text(element: etree._Element) -> str:
    """The text of an element and all below it with marks where lines, cells and labelled stretches are.

    Raises:
        RefusalError: `too_deep`.
    """
    spaces = set(element.nsmap.values())
    for child in element:
        spaces.update(child.nsmap.values())
        break
    transform = _transform(tuple(sorted(uri for uri in spaces if uri)))
    try:
        return str(transform(element))
    except etree.XSLTApplyError as error:
        raise RefusalError("too_deep", str(error)) from None


@lru_cache(maxsize=64)
def _transform(namespaces: tuple[str, ...]) -> etree.XSLT:
    """The compiled sheet, its patterns written out for these namespaces and for names in none."""
    prefixes = {f"n{number}": uri for number, uri in enumerate(namespaces)}
    root = etree.Element(
        "{http://www.w3.org/1999/XSL/Transform}stylesheet",
        {"version": "1.0"},
        nsmap={"xsl": "http://www.w3.org/1999/XSL/Transform", **prefixes},
    )
    sheet = etree.tostring(root, encoding="unicode").removesuffix("/>")
    body = "".join(_templates(tuple(prefixes)))
    output = '<xsl:output method="text"/>'
    access: Any = etree.XSLTAccessControl
    return etree.XSLT(etree.fromstring(f"{sheet}>{output}{body}</xsl:stylesheet>"), access_control=access.DENY_ALL)


def _templates(prefixes: tuple[str, ...]) -> list[str]:
    """Templates of two modes: the common one, and `row` inside table rows, where nothing breaks the line."""
    inside = '<xsl:apply-templates><xsl:with-param name="label" select="$label"/></xsl:apply-templates>'
    in_row = '<xsl:apply-templates mode="row"/>'
    new_line = f'{LINE}<xsl:value-of select="$label"/>'

    def template(names: tuple[str, ...], common: str, row: str) -> str:
        match = _pattern(names, prefixes)
        return (
            f'<xsl:template match="{match}"><xsl:param name="label"/>{common}</xsl:template>'
            f'<xsl:template match="{match}" mode="row">{row}</xsl:template>'
        )

    def labelled(mark: str) -> str:
        with_mark = inside.replace("$label", f"'{mark}'")
        return f"{LINE}{mark}{with_mark}{new_line}"

    row = f" {in_row} "
    subhead = f'<xsl:choose><xsl:when test="{_OVER_TEXT}">{labelled(_MARKS["subhead"])}</xsl:when><xsl:otherwise>'
    templates = [
        f'<xsl:template match="*"><xsl:param name="label"/>{inside}</xsl:template>',
        f'<xsl:template match="*" mode="row">{in_row}</xsl:template>',
        template(_BLOCKS, f"{new_line}{inside}{new_line}", row),
        template(_SKIPPED, "", ""),
        template(("br",), BREAK + inside, row),
        template(("td", "th"), inside + CELL, in_row + CELL),
        template(("tr",), f"{new_line}{in_row}{new_line}", row),
        template(("pre", "xmp"), f'{new_line}{VERBATIM}<xsl:value-of select="."/>{new_line}', row),
        template(_LABELLED["subhead"], f"{subhead}{new_line}{inside}{new_line}</xsl:otherwise></xsl:choose>", row),
    ]
    others = (label for label in _LABELLED if label != "subhead")
    return templates + [template(_LABELLED[label], labelled(_MARKS[label]), row) for label in others]


def _pattern(names: tuple[str, ...], prefixes: tuple[str, ...]) -> str:
    """Every name in lower and upper case ("P" in TT's and ANA's), in no namespace and in each known one."""
    spelled = dict.fromkeys(spelling for name in names for spelling in (name, name.upper()))
    return "|".join(f"{prefix}{name}" for name in spelled for prefix in ("", *(f"{p}:" for p in prefixes)))
