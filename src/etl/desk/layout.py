"""Which lines of a story are headline, byline, dateline, furniture, closing lines - and what is left as body."""

from __future__ import annotations

from etl.desk.foot import cut_inline_tail, read_foot, read_middle, read_release
from etl.desk.sheet import Layout, Sheet
from etl.desk.top import read_top
from etl.records import Span, Story


def lay_out(story: Story) -> Layout:
    """Cut `story.text`: every unit of it is either in `cuts` or in `body`, a unit with a dateline in both."""
    sheet = Sheet(story)
    read_top(sheet)
    read_foot(sheet)
    read_release(sheet)
    read_middle(sheet)
    return _finish(sheet)


def _finish(sheet: Sheet) -> Layout:
    found = sheet.found
    for number, unit in enumerate(sheet.units):
        mark = sheet.marks[number]
        if mark is not None:
            found.cuts.append(Span(unit.start, unit.end, mark.label, mark.rule))
            continue
        start = unit.start
        if sheet.body_start is not None and number == sheet.body_from:
            start = _after_space(sheet.text, sheet.body_start, unit.end)
        if start < unit.end:
            found.body.append((start, unit.end))
    cut_inline_tail(sheet)
    found.cuts += sheet.inline
    found.cuts.sort(key=lambda span: span.start)
    return found


def _after_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start
