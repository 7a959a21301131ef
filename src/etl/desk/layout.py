"""Which lines of a story are headline, byline, dateline, furniture, closing lines - and what is left as body.

The text is read once from the top until running text begins and once from the foot until running text ends;
between the two only whole-line furniture is cut.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from etl.desk import taglines
from etl.desk.credits import has_credits, parse_credits, with_affiliation
from etl.desk.dateline import parse_dateline
from etl.desk.openings import (
    affiliation_line,
    bare_byline_credits,
    bureau_line,
    byline_credits,
    may_be_headline,
)
from etl.desk.releases import is_release, release_cuts
from etl.desk.rules import Cut, book, furniture
from etl.desk.units import Unit, split_units
from etl.records import Credit, Dateline, Span, Story

_TOP_UNITS = 24
_FOOT_UNITS = 14
_DECK_UNITS = 3


@dataclass(slots=True)
class Layout:
    """A story's text, cut: spans that are not body, the body's units, and the fields the cuts gave."""

    cuts: list[Span] = field(default_factory=list)
    body: list[tuple[int, int]] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    headline: str | None = None
    headline_start: int | None = None
    byline: str | None = None
    bureau: str | None = None
    credits: list[Credit] = field(default_factory=list)
    dateline: Dateline | None = None
    kinds: list[str] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def lay_out(story: Story) -> Layout:
    """Cut `story.text`; every unit of it is either in `cuts` or in `body`."""
    reader = _Cutter(story)
    reader.mark_blocks()
    reader.read_top()
    reader.read_foot()
    reader.read_release()
    reader.read_middle()
    return reader.finish()


@cache
def _asked_starts() -> frozenset[str]:
    """The beginnings of lines that rules of the top or the foot ask for."""
    return book("top").starts | book("foot").starts


def _stands_alone(text: str) -> bool:
    """Lines never joined with their neighbours, whatever their width."""
    if furniture(text, is_text_layout=True) is not None:
        return True
    start = text[:2].casefold()
    if start == "by":
        return bool(byline_credits(text, 0))
    if start not in _asked_starts() and start[:1] not in _asked_starts():
        return False
    return (book("top").match(text) or book("foot").match(text)) is not None


class _Cutter:
    """Works through one story's units; `marks` holds each unit's cut, None while it counts as body."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.text = story.text
        self.is_text = story.is_text_layout
        self.units = split_units(story.text, is_text_layout=self.is_text, stands_alone=_stands_alone)
        self.marks: list[Cut | None] = [None] * len(self.units)
        self.found = Layout(headline=story.headline)
        self.body_from = 0
        self.body_start: int | None = None
        self.body_end: int | None = None
        self.inline: list[Span] = []

    # --- what the reader marked -------------------------------------------------------------

    def mark_blocks(self) -> None:
        for block in self.story.blocks:
            if block.label == "body":
                continue
            for number, unit in enumerate(self.units):
                if block.start <= unit.start and unit.end <= block.end:
                    self.marks[number] = Cut(block.label, block.rule)

    # --- top ----------------------------------------------------------------------------------

    def read_top(self) -> None:
        number = 0
        limit = min(len(self.units), _TOP_UNITS)
        while number < limit:
            if self.marks[number] is None and not self._top_unit(number):
                break
            if self.body_start is not None:
                break
            number += 1
        self.body_from = min(number, len(self.units))
        self._give_back_headline()

    def _top_unit(self, number: int) -> bool:
        """Cut one unit of the top; False when running text begins with it."""
        unit = self.units[number]
        cut = furniture(unit.text, is_text_layout=self.is_text) or book("top").match(unit.text)
        if cut is not None:
            self._take(number, cut)
            return True
        if self._headline_field(number, unit) or self._byline(number, unit):
            return True
        if self._headline_above(number, unit):
            return True
        if self._dateline(unit):
            self.body_from = number
            return True
        if not self.is_text:
            return False
        return (
            self._bare_byline(number, unit)
            or self._bureau(number, unit)
            or self._headline(number, unit)
            or self._deck(number, unit)
        )

    def _headline_field(self, number: int, unit: Unit) -> bool:
        headline = self.story.headline
        if headline is None or self.found.headline_start is not None:
            return False
        if " ".join(unit.text.split()).casefold() != " ".join(headline.split()).casefold():
            return False
        self.found.headline_start = unit.start
        self._take(number, Cut("headline", "headline.field"))
        return True

    def _byline(self, number: int, unit: Unit) -> bool:
        if self.found.byline is not None:
            if number and self._is_byline_part(number - 1) and affiliation_line(unit.text):
                self._affiliate(number, unit)
                return True
            return False
        return self._take_byline(number, unit, byline_credits(unit.text, unit.start), "byline.by")

    def _bare_byline(self, number: int, unit: Unit) -> bool:
        if self.found.byline is not None or self.found.headline is None:
            return False
        return self._take_byline(number, unit, bare_byline_credits(unit.text, unit.start), "byline.bare")

    def _take_byline(self, number: int, unit: Unit, people: tuple[Credit, ...], rule: str) -> bool:
        if not people:
            return False
        self.found.credits += people
        self.found.byline = " ".join(unit.text.split())
        self._take(number, Cut("byline", rule))
        return True

    def _is_byline_part(self, number: int) -> bool:
        mark = self.marks[number]
        return mark is not None and mark.label == "byline"

    def _affiliate(self, number: int, unit: Unit) -> None:

        self.found.credits = [with_affiliation(credit, unit.text) for credit in self.found.credits]
        self._take(number, Cut("byline", "byline.affiliation"))

    def _dateline(self, unit: Unit) -> bool:
        dateline = parse_dateline(self.text, unit.start)
        if dateline is None or dateline.end is None or dateline.start is None:
            return False
        self.found.dateline = dateline
        self.inline.append(Span(dateline.start, dateline.end, "dateline", dateline.rule))
        self.body_start = dateline.end
        return True

    def _bureau(self, number: int, unit: Unit) -> bool:
        if self.found.bureau is not None or not bureau_line(unit.text) or number + 1 >= len(self.units):
            return False
        if self.found.headline is None and not unit.text.casefold().endswith(("bureau", "news service", "news agency")):
            return False
        self.found.bureau = " ".join(unit.text.split())
        self._take(number, Cut("bureau", "bureau.line"))
        return True

    def _headline_above(self, number: int, unit: Unit) -> bool:
        """A headline that could be read as a dateline: "TALKING POINT/BANKS" above a byline or the real dateline."""
        if not self.is_text or self.found.headline is not None or not may_be_headline(unit.text):
            return False
        for ahead in self.units[number + 1 : number + 3]:
            if byline_credits(ahead.text, ahead.start) or parse_dateline(self.text, ahead.start) is not None:
                self._take_headline(number, unit)
                return True
        return False

    def _headline(self, number: int, unit: Unit) -> bool:
        if self.found.headline is not None or not may_be_headline(unit.text):
            return False
        if not self._is_set_off(number, unit):
            return False
        self._take_headline(number, unit)
        return True

    def _take_headline(self, number: int, unit: Unit) -> None:
        self.found.headline = " ".join(unit.text.split())
        self.found.headline_start = unit.start
        self._take(number, Cut("headline", "headline.first_line"))

    def _is_set_off(self, number: int, unit: Unit) -> bool:
        """Whether what follows shows that this line is a headline and no first line of a list or poem."""
        if number + 1 >= len(self.units):
            return False
        after = self.units[number + 1]
        if after.after_blank or after.indent > unit.indent:
            return True
        if furniture(after.text, is_text_layout=True) is not None or bureau_line(after.text):
            return True
        if byline_credits(after.text, after.start) or parse_dateline(self.text, after.start) is not None:
            return True
        return len(after.text) > 1.3 * len(unit.text) and after.text.endswith((".", ".”", '."', "”", '"'))

    def _deck(self, number: int, unit: Unit) -> bool:
        """A line between headline and byline, bureau line or dateline is the deck."""
        if self.found.headline is None or self.found.dateline is not None or len(unit.text.split()) > 45:
            return False
        if not may_be_headline(unit.text) and self.found.byline is not None:
            return False
        for ahead in self.units[number + 1 : number + 1 + _DECK_UNITS]:
            if byline_credits(ahead.text, ahead.start) or (
                may_be_headline(unit.text) and parse_dateline(self.text, ahead.start) is not None
            ):
                self._take(number, Cut("subhead", "subhead.deck"))
                return True
            if not may_be_headline(ahead.text):
                return False
        return False

    def _give_back_headline(self) -> None:
        """A story whose only line looks like a headline keeps it as body: it must come out whole."""
        if self.story.headline is not None or self.found.headline is None:
            return
        if any(mark is None for mark in self.marks) or self.body_start is not None:
            return
        for number, mark in enumerate(self.marks):
            if mark is not None and mark.rule == "headline.first_line" and not self.found.kinds:
                self.marks[number] = None
                self.found.headline = self.found.headline_start = None

    # --- foot ---------------------------------------------------------------------------------

    def read_foot(self) -> None:
        last = max(self.body_from, len(self.units) - _FOOT_UNITS)
        is_open = True
        for number in range(len(self.units) - 1, last - 1, -1):
            if number == self.body_from and self.body_start is not None:
                break
            if self.marks[number] is not None:
                continue
            unit = self.units[number]
            cut = self._foot_cut(unit) if is_open else book("foot").match(unit.text)
            if cut is not None:
                self._take(number, cut)
            else:
                is_open = False

    def _foot_cut(self, unit: Unit) -> Cut | None:
        text = unit.text
        cut = furniture(text, is_text_layout=self.is_text) or book("tail").match(text)
        if cut is not None:
            return cut
        if has_credits(text):
            people = parse_credits(text, unit.start)
            if people:
                self.found.credits += people
                return Cut("credit", "credit.roles")
        tagline = taglines.parse_tagline(text, unit.start)
        if tagline:
            self.found.credits = taglines.merge(self.found.credits, tagline)
            return Cut("credit", "credit.tagline")
        return None

    def read_release(self) -> None:
        dateline = self.found.dateline
        if self.is_text and is_release(self.marks, dateline.agency if dateline else None):
            for number, cut in release_cuts(self.units, self.marks, self.body_from).items():
                self._take(number, cut)

    # --- middle -------------------------------------------------------------------------------

    def read_middle(self) -> None:
        anywhere = book("any")
        rest: Cut | None = None
        for number in range(self.body_from, len(self.units)):
            text = self.units[number].text
            if self.marks[number] is not None:
                continue
            if rest is not None:
                self.marks[number] = Cut(rest.label, rest.rule)
                continue
            cut = furniture(text, is_text_layout=self.is_text)
            if cut is None and text[0] in "#(-tTdDnNmM":
                cut = anywhere.match(text)
            if cut is not None:
                self._take(number, cut)
                rest = cut if cut.takes_rest else None

    def _take(self, number: int, cut: Cut) -> None:
        self.marks[number] = cut
        found = self.found
        for name, value in cut.fields.items():
            found.fields.setdefault(name, value)
        if cut.label in ("copyright", "notice", "ednote"):
            text = " ".join(self.units[number].text.split())
            found.fields.setdefault(cut.label, text)
            if cut.label == "notice":
                found.notices.append(text)
        if cut.kind is not None:
            found.kinds.append(cut.kind)
        if cut.signal is not None:
            found.signals.append(cut.signal)

    # --- result -------------------------------------------------------------------------------

    def finish(self) -> Layout:
        found = self.found
        for number, unit in enumerate(self.units):
            mark = self.marks[number]
            if mark is not None:
                found.cuts.append(Span(unit.start, unit.end, mark.label, mark.rule))
            else:
                start = unit.start
                if self.body_start is not None and number == self.body_from:
                    start = self._after_space(self.body_start, unit.end)
                if start < unit.end:
                    found.body.append((start, unit.end))
        self._cut_inline_tail()
        found.cuts += self.inline
        found.cuts.sort(key=lambda span: span.start)
        return found

    def _after_space(self, start: int, end: int) -> int:
        while start < end and self.text[start].isspace():
            start += 1
        return start

    def _cut_inline_tail(self) -> None:
        """Closing credits and end marks that stand at the end of the last paragraph itself."""
        if not self.found.body:
            return
        start, end = self.found.body[-1]
        for cut_start, label, rule in taglines.inline_tail(self.text, start, end):
            self.inline.append(Span(cut_start, end, label, rule))
            if label == "credit":
                self.found.credits += parse_credits(self.text[cut_start:end], cut_start)
            end = cut_start
            while end > start and self.text[end - 1].isspace():
                end -= 1
        if end > start:
            self.found.body[-1] = (start, end)
        else:
            self.found.body.pop()
