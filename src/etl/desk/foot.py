"""The foot of a story and what is cut between: credits, ownership, end marks, contacts; furniture in the middle.

The foot is read upwards. While every line is explained, all rules for the tail, credits and taglines count;
above the first line that is not, only the rules for the foot do (copyright, distributor and their like).
"""

from __future__ import annotations

from etl.desk import taglines
from etl.desk.credits import has_credits, parse_credits
from etl.desk.openings import byline_credits
from etl.desk.releases import is_release, release_cuts
from etl.desk.rules import Cut, book
from etl.desk.sheet import Sheet
from etl.desk.units import Unit
from etl.records import Span

_FOOT_UNITS = 14
_LONGEST_LINE = 640


def read_foot(sheet: Sheet) -> None:
    """Cut the units after running text, from the last upwards."""
    last = max(sheet.body_from, len(sheet.units) - _FOOT_UNITS)
    is_open = True
    for number in range(len(sheet.units) - 1, last - 1, -1):
        if number == sheet.body_from and sheet.body_start is not None:
            break
        if sheet.marks[number] is not None:
            continue
        unit = sheet.units[number]
        cut = _foot_cut(sheet, unit) if is_open else _below_text(sheet, unit)
        if cut is not None:
            sheet.take(number, cut)
        else:
            is_open = False


def _below_text(sheet: Sheet, unit: Unit) -> Cut | None:
    return book("foot").match(unit.text) if sheet.begins_line(unit) else None


def _foot_cut(sheet: Sheet, unit: Unit) -> Cut | None:
    text = unit.text
    cut = sheet.furniture(unit) or (book("tail").match(text) if sheet.begins_line(unit) else None)
    if cut is not None and cut.rule == "contact.address" and not sheet.found.credits:
        return None  # an address under no byline may belong to what stands above it
    if cut is not None:
        if cut.label == "contact":
            sheet.found.credits = taglines.with_contact(sheet.found.credits, text)
        return cut
    if has_credits(text):
        people = parse_credits(text, unit.start)
        if people:
            sheet.found.credits += people
            return Cut("credit", "credit.roles")
    if sheet.found.byline is None and (people := byline_credits(text.lstrip("—–- "), unit.start + _dash_length(text))):
        sheet.found.credits += people
        sheet.found.byline = " ".join(text.lstrip("—–- ").split())
        return Cut("byline", "byline.foot")
    tagline = taglines.parse_tagline(text, unit.start)
    if tagline:
        sheet.found.credits = taglines.merge(sheet.found.credits, tagline)
        return Cut("credit", "credit.tagline")
    return None


def _dash_length(text: str) -> int:
    return len(text) - len(text.lstrip("—–- "))


def read_release(sheet: Sheet) -> None:
    """Cut contacts and "About" sections when the story is a press release."""
    dateline = sheet.found.dateline
    if sheet.is_text and is_release(sheet.marks, dateline.agency if dateline else None):
        for number, cut in release_cuts(sheet.units, sheet.marks, sheet.body_from).items():
            sheet.take(number, cut)


def read_middle(sheet: Sheet) -> None:
    """Cut whole-line furniture inside running text, and all that follows a line that opens an annex."""
    anywhere = book("any")
    rest: Cut | None = None
    for number in range(sheet.body_from, len(sheet.units)):
        if sheet.marks[number] is not None:
            continue
        unit = sheet.units[number]
        if rest is not None:
            sheet.marks[number] = rest
            continue
        cut = sheet.furniture(unit)
        if cut is None and len(unit.text) <= _LONGEST_LINE and (unit.text[-1] == ")" or anywhere.asks_for(unit.text)):
            cut = anywhere.match(unit.text)
        if cut is not None:
            sheet.take(number, cut)
            rest = Cut(cut.label, cut.rule) if cut.takes_rest else None


def cut_inline_tail(sheet: Sheet) -> None:
    """Cut closing credits and end marks that stand at the end of the last paragraph itself."""
    body = sheet.found.body
    if not body:
        return
    start, end = body[-1]
    for cut_start, label, rule in taglines.inline_tail(sheet.text, start, end):
        sheet.inline.append(Span(cut_start, end, label, rule))
        if sheet.text.startswith("(MORE)", cut_start):
            sheet.found.signals.append("take")
        if label == "credit":
            sheet.found.credits += parse_credits(sheet.text[cut_start:end], cut_start)
        end = cut_start
        while end > start and sheet.text[end - 1].isspace():
            end -= 1
    if end > start:
        body[-1] = (start, end)
    else:
        body.pop()
