"""Rows for spreadsheets: CSV and XLSX in which no cell of hostile copy becomes a formula or an escape code."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import BinaryIO, TextIO
from xml.sax.saxutils import escape, quoteattr

Row = Sequence[object]

XLSX_ROWS = 1_048_576
"""Rows that a sheet can hold, its heading included."""
XLSX_CELL = 32_767
"""Characters that a cell can hold."""

# Excel and LibreOffice take a text that opens with one of these for a formula; blanks before it do not help.
_FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠|]")
# Control characters (line ends and tabs stay) and marks that turn the direction of text.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
_EXACT = 10**15  # beyond 15 digits a sheet rounds numbers: longer ones, infinity and NaN are text
_BAD_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


def plain(text: str) -> str:
    """`text` without control characters and direction marks: nothing in it acts on a terminal or a sheet."""
    return _UNSAFE.sub("\ufffd", text)


def escaped(json_text: str) -> str:
    """JSON with control characters and direction marks as escapes: the same data, and nothing acts on a terminal."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)


def inert(text: str) -> str:
    """`plain` text that no spreadsheet takes for a formula: an apostrophe stands before what would open one."""
    text = plain(text)
    return f"'{text}" if _FORMULA.match(text) else text


def as_text(value: object) -> str:
    """A value of a table as text: nothing for null, ISO 8601 for times, JSON for lists and structs."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def write_csv(out: TextIO, names: Sequence[str], rows: Iterable[Row], *, exact: bool = False) -> None:
    """Write CSV. Text cells are made `inert` unless `exact`; numbers stay as they are."""
    writer = csv.writer(out)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_csv_cell(value, exact=exact) for value in row])


def _csv_cell(value: object, *, exact: bool) -> object:
    if value is None or isinstance(value, bool | int | float | Decimal):
        return value
    return as_text(value) if exact else inert(as_text(value))


def write_xlsx(out: BinaryIO, sheets: Iterable[tuple[str, Sequence[str], Iterable[Row]]]) -> int:
    """Write a workbook: of each sheet its name, its column names and its rows. Gives how many cells were cut.

    Text stands in inline strings, which are never formulas; times are text in ISO 8601. Rows beyond what a sheet
    can hold go to a further sheet. Text beyond what a cell can hold is cut and ends in an ellipsis.
    """
    names: list[str] = []
    cut = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for title, columns, rows in sheets:
            pending = iter(rows)
            first = next(pending, None)
            while True:
                names.append(_sheet_name(title, names))
                here = [] if first is None else chain([first], islice(pending, XLSX_ROWS - 2))
                with book.open(f"xl/worksheets/sheet{len(names)}.xml", "w", force_zip64=True) as sheet:
                    for piece, lost in _sheet(columns, here):
                        sheet.write(piece.encode())
                        cut += lost
                first = next(pending, None)
                if first is None:
                    break
        for path, text in _frame(names):
            book.writestr(path, text)
    return cut


def _sheet(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[tuple[str, int]]:
    """Pieces of a sheet's XML with the cells cut in each."""
    yield (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews><sheetData>',
        0,
    )
    yield "<row>" + "".join(_text_cell(name) for name in columns) + "</row>", 0
    for row in rows:
        lost = sum(len(as_text(value)) > XLSX_CELL for value in row)
        yield "<row>" + "".join(_cell(value) for value in row) + "</row>", lost
    yield "</sheetData></worksheet>", 0


def _cell(value: object) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float | Decimal) and -_EXACT < value < _EXACT:
        return f"<c><v>{value}</v></c>"
    return _text_cell(as_text(value))


def _text_cell(text: str) -> str:
    text = plain(text)
    if len(text) > XLSX_CELL:
        text = text[: XLSX_CELL - 1] + "…"
    return f'<c t="inlineStr" s="1"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _sheet_name(title: str, taken: Sequence[str]) -> str:
    base = _BAD_SHEET_NAME.sub(" ", plain(title)).strip()[:31] or "rows"
    name, number = base, 1
    while name.lower() in {other.lower() for other in taken}:
        number += 1
        name = f"{base[:27]} {number}"
    return name


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# `quotePrefix` keeps a cell text even after somebody edits it: an opening = stays an =.
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" numFmtId="49" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The parts of the workbook besides its sheets: path and text."""
    numbers = range(1, len(names) + 1)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>' for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{types}</Types>',
    )
    yield "_rels/.rels", _relationships([("officeDocument", "xl/workbook.xml")])
    parts = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relationships([*parts, ("styles", "styles.xml")])
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
    )
    yield "xl/styles.xml", _STYLES


def _relationships(targets: Sequence[tuple[str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'
