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
    begun = _after_space(sheet.text, sheet.body_start) if sheet.body_start is not None else 0
    for number, unit in enumerate(sheet.units):
        # A dateline may run over a line end, into the unit after the one it opens.
        start = max(unit.start, begun) if number >= sheet.body_from else unit.start
        if start >= unit.end:
            continue
        mark = sheet.marks[number]
        if mark is not None:
            found.cuts.append(Span(start, unit.end, mark.label, mark.rule))
        else:
            found.body.append((start, unit.end))
    cut_inline_tail(sheet)
    found.cuts += sheet.inline
    found.cuts.sort(key=lambda span: span.start)
    return found


def _after_space(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start
