"""The report's page: every figure with its numbers, every number with its query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

import duckdb

from etl.report import charts
from etl.report.page import escape, page, shorten
from etl.report.questions import SECTIONS, Question, Section

Row = tuple[object, ...]

_CELL = 300
"""Characters of a cell that are shown: a line of five megabytes is no help to a reader."""


def render_report(con: duckdb.DuckDBPyConnection, title: str, made_at: datetime, unusual: Sequence[str] = ()) -> str:
    """The whole report as one HTML document, from an open `copydesk.duckdb`.

    `unusual` are lines on feeds that are not as ever; they come first.

    Raises:
        duckdb.Error: the file lacks a table or view that the report asks.
    """
    links = "".join(f'<li><a href="#{section.key}">{escape(section.title)}</a></li>' for section in SECTIONS)
    sections = _unusual(unusual) + "".join(_section(con, section) for section in SECTIONS)
    body = (
        f'<header><h1>{escape(title)}</h1><p class="soft">Made {made_at:%d %B %Y, %H:%M} UTC from the published '
        "tables. Every number opens the query that made it.</p>"
        f'<nav aria-label="Sections"><ul>{links}</ul></nav></header>'
        f'<main id="main" tabindex="-1">{sections}</main>'
        "<footer>Made by copydesk. Places by GeoNames (CC BY 4.0).</footer>"
    )
    return page(title, body)


def _unusual(lines: Sequence[str]) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<section aria-labelledby="unusual"><h2 id="unusual">Unusual</h2><ul>{items}</ul></section>'


def _section(con: duckdb.DuckDBPyConnection, section: Section) -> str:
    drawn = "".join(_figure(con, question) for question in section.questions)
    return (
        f'<section aria-labelledby="{section.key}"><h2 id="{section.key}">{escape(section.title)}</h2>{drawn}</section>'
    )


def _figure(con: duckdb.DuckDBPyConnection, question: Question) -> str:
    found = con.execute(question.sql)
    names = [str(column[0]) for column in found.description or ()]
    rows = found.fetchall()
    drawn = _FORMS[question.form](question, names, rows) if rows else f"<p>{escape(question.empty)}</p>"
    note = f'<p class="soft">{escape(question.note)}</p>' if question.note else ""
    return (
        f'<figure aria-labelledby="t-{question.key}">'
        f'<h3 id="t-{question.key}">{escape(question.title)}</h3>{note}{drawn}'
        f'<details id="sql-{question.key}"><summary>The query of “{escape(question.title)}”</summary>'
        f'<pre tabindex="0">{escape(question.sql.strip())}</pre></details></figure>'
    )


def _numbers(question: Question, _: Sequence[str], rows: Sequence[Row]) -> str:
    shown = "".join(
        f'<div><dt>{escape(label)}</dt><dd><a href="#sql-{question.key}">{_cell(value)}</a></dd></div>'
        for label, value in rows
    )
    return f'<dl class="numbers">{shown}</dl>'


def _table(question: Question, names: Sequence[str], rows: Sequence[Row], *, bar_of: int | None = None) -> str:
    numeric = [all(_is_number(row[at]) or row[at] is None for row in rows) for at in range(len(names))]
    head = ""
    for at, name in enumerate(names):
        head += f'<th scope="col"{" class=n" if numeric[at] else ""}>{escape(name.replace("_", " "))}</th>'
        head += "<td></td>" if at == bar_of else ""
    top = 1.0 if bar_of is None else max(_number(row[bar_of]) for row in rows) or 1.0
    lines = []
    for row in rows:
        cells = ""
        for at, value in enumerate(row):
            kind = " class=n" if numeric[at] else " class=w" if isinstance(value, date) else ""
            cells += f"<td{kind}>{_cell(value)}</td>"
            if at == bar_of:
                cells += f'<td class="bar">{charts.bar(_number(value) / top)}</td>'
        lines.append(f"<tr>{cells}</tr>")
    label = escape(question.title)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _bars(question: Question, names: Sequence[str], rows: Sequence[Row]) -> str:
    return _table(question, names, rows, bar_of=1)


def _columns(question: Question, names: Sequence[str], rows: Sequence[Row]) -> str:
    counts = [(day, int(_number(count))) for day, count in rows if isinstance(day, date)]
    return charts.columns(question.title, counts) + _numbers_of(question, names, rows)


def _map(question: Question, names: Sequence[str], rows: Sequence[Row]) -> str:
    points = [(str(name), _number(north), _number(east), int(_number(n))) for name, north, east, n in rows]
    short = [(row[0], row[3]) for row in rows]
    return charts.world(question.title, points) + _numbers_of(question, [names[0], names[3]], short)


def _numbers_of(question: Question, names: Sequence[str], rows: Sequence[Row]) -> str:
    numbers = _table(question, names, rows)
    return f"<details><summary>The numbers of “{escape(question.title)}”</summary>{numbers}</details>"


_FORMS: dict[str, Callable[[Question, Sequence[str], Sequence[Row]], str]] = {
    "numbers": _numbers,
    "table": _table,
    "bars": _bars,
    "columns": _columns,
    "map": _map,
}


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,}"
    return escape(shorten("" if value is None else str(value), _CELL))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float | Decimal) else 0.0
