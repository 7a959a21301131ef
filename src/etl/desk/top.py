"""The top of a story: transmission lines, headline, deck, byline, bureau line, dateline - until running text begins.

The order of recognition: page furniture and the rules for the top, the headline that a field of the file
names, bylines, a headline that a byline or dateline below vouches for, the dateline, then bylines without
"By", bureau lines, headlines set off by what follows, decks.
"""

from __future__ import annotations

from etl.desk.credits import parse_byline, with_affiliation
from etl.desk.dateline import parse_dateline
from etl.desk.names import as_printed, is_name
from etl.desk.openings import (
    affiliation_line,
    bare_byline_credits,
    bureau_line,
    byline_credits,
    glued_byline,
    may_be_headline,
)
from etl.desk.rules import Cut, book
from etl.desk.sheet import Sheet
from etl.desk.units import Unit
from etl.records import Credit, Dateline, Span

_TOP_UNITS = 24
_ANCHOR_UNITS = 14
_DECK_UNITS = 3
_SECTION_WORDS = 3
_HEADLINE_LINES = 4
_NEVER_LAST = frozenset(
    (
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
        "und",
        "der",
        "die",
        "et",
        "de",
        "y",
    )
)


def read_top(sheet: Sheet) -> None:
    """Cut the units before running text and set where running text begins."""
    top = _Top(sheet)
    number = 0
    while number < min(len(sheet.units), _TOP_UNITS):
        if sheet.marks[number] is None and not top.cut(number):
            break
        if sheet.body_start is not None:
            break
        number += 1
    sheet.body_from = min(number, len(sheet.units))
    top.give_back_headline()


class _Top:
    """Works down the units of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.found = sheet.found
        self.anchored: int | None = None
        """The unit that a byline or dateline below vouches for as headline."""
        self.above: frozenset[int] = frozenset()
        """Short lines above that headline: names of pages and sections."""
        if sheet.is_text and sheet.story.headline is None:
            self._find_anchor()

    def _find_anchor(self) -> None:
        """Look for the headline by the byline or dateline under it.

        Its first line may read like a dateline itself ("TALKING POINT/BANKS"), so a dateline counts only
        when a line that can be a headline stands above it.
        """
        sheet = self.sheet
        lines: list[int] = []
        for number, unit in enumerate(sheet.units[:_ANCHOR_UNITS]):
            if sheet.marks[number] is not None or sheet.furniture(unit) or book("top").match(unit.text):
                continue
            if sheet.byline_at(number) or (lines and sheet.dateline_at(number) is not None):
                break
            if not may_be_headline(unit.text):
                return
            lines.append(number)
        else:
            return
        if not lines:
            return
        long = [number for number in lines if len(sheet.units[number].text.split()) > _SECTION_WORDS]
        self.anchored = next((n for n in long if not bureau_line(sheet.units[n].text)), lines[0])
        self.above = frozenset(number for number in lines if number < self.anchored)

    def cut(self, number: int) -> bool:
        """Cut one unit; False when running text begins with it."""
        sheet = self.sheet
        unit = sheet.units[number]
        cut = sheet.furniture(unit) or book("top").match(unit.text)
        if cut is not None:
            sheet.take(number, cut)
            return True
        if self._headline_field(number, unit) or self._glued(number, unit):
            return True
        if self._byline(number, unit) or self._anchored(number, unit):
            return True
        if self._dateline(number) or self._bracket(number, unit):
            return True
        return sheet.is_text and (
            self._bare_byline(number, unit)
            or self._bureau(number, unit)
            or self._headline(number, unit)
            or self._deck(number, unit)
        )

    # --- headlines ------------------------------------------------------------------------------

    def _headline_field(self, number: int, unit: Unit) -> bool:
        headline = self.sheet.story.headline
        if headline is None or self.found.headline_start is not None:
            return False
        if " ".join(unit.text.split()).casefold() != " ".join(headline.split()).casefold():
            return False
        self.found.headline_start = unit.start
        self.sheet.take(number, Cut("headline", "headline.field"))
        return True

    def _anchored(self, number: int, unit: Unit) -> bool:
        if number in self.above:
            if not self._bureau(number, unit):
                self.sheet.take(number, Cut("page", "page.section"))
            return True
        if number != self.anchored or self.found.headline is not None:
            return False
        self._take_headline(number, unit, "headline.above_byline")
        return True

    def _headline(self, number: int, unit: Unit) -> bool:
        if self.found.headline is not None or not may_be_headline(unit.text) or not self._is_set_off(number, unit):
            return False
        self._take_headline(number, unit, "headline.first_line")
        return True

    def _take_headline(self, number: int, unit: Unit, rule: str) -> None:
        last = self._last_line_of_headline(number)
        start = unit.start + len(unit.text) - len(unit.text.lstrip("# "))
        self.found.headline = " ".join(self.sheet.text[start : self.sheet.units[last].end].split())
        self.found.headline_start = start
        for line in range(number, last + 1):
            self.sheet.take(line, Cut("headline", rule))

    def _last_line_of_headline(self, number: int) -> int:
        """A headline broken over lines goes on while nothing but a line end stands between.

        Below the header of a press release every line up to the blank one is headline; elsewhere a line that
        begins small or follows a word that cannot end a headline ("... Orders Ships for").
        """
        units = self.sheet.units
        is_release = any(mark is not None and mark.rule == "header.release" for mark in self.sheet.marks[:number])
        last = number
        while last + 1 < min(len(units), number + _HEADLINE_LINES):
            after = units[last + 1]
            if after.after_blank or self.sheet.marks[last + 1] is not None or not may_be_headline(after.text):
                break
            goes_on = after.text[0].islower() or units[last].text.split()[-1].casefold() in _NEVER_LAST
            if not (is_release or goes_on) or self.sheet.dateline_at(last + 1) or self.sheet.byline_at(last + 1):
                break
            last += 1
        return last

    def _is_set_off(self, number: int, unit: Unit) -> bool:
        """Whether what follows shows that this line is a headline and no first line of a list or poem."""
        if number + 1 >= len(self.sheet.units):
            return False
        after = self.sheet.units[number + 1]
        above = self.sheet.marks[number - 1] if number else None
        if after.after_blank or after.indent > unit.indent or (above and above.rule == "header.release"):
            return True
        if self.sheet.furniture(after) is not None or bureau_line(after.text):
            return True
        return len(after.text) > 1.3 * len(unit.text) and after.text.endswith((".", ".”", '."', "”", '"'))

    def give_back_headline(self) -> None:
        """A story whose only line looks like a headline keeps it as body: it must come out whole."""
        sheet = self.sheet
        if sheet.story.headline is not None or self.found.headline is None or self.found.kinds:
            return
        if any(mark is None for mark in sheet.marks) or sheet.body_start is not None:
            return
        for number, mark in enumerate(sheet.marks):
            if mark is not None and mark.label == "headline":
                sheet.marks[number] = None
                self.found.headline = self.found.headline_start = None

    def _deck(self, number: int, unit: Unit) -> bool:
        """A line between headline and byline, bureau line or dateline is the deck."""
        if self.found.headline is None or self.found.dateline is not None or len(unit.text.split()) > 45:
            return False
        is_line = may_be_headline(unit.text)
        if not is_line and self.found.byline is not None:
            return False
        for ahead in range(number + 1, min(number + 1 + _DECK_UNITS, len(self.sheet.units))):
            if self.sheet.byline_at(ahead) or (is_line and self.sheet.dateline_at(ahead) is not None):
                self.sheet.take(number, Cut("subhead", "subhead.deck"))
                return True
            if not may_be_headline(self.sheet.units[ahead].text):
                return False
        return False

    # --- bylines, bureau, dateline ----------------------------------------------------------------

    def _byline(self, number: int, unit: Unit) -> bool:
        if self.found.byline is None:
            return self._take_byline(number, unit, self.sheet.byline_at(number), "byline.by")
        above = self.sheet.marks[number - 1] if number else None
        if above is None or above.label != "byline" or not affiliation_line(unit.text):
            return False
        self.found.credits = [with_affiliation(credit, unit.text) for credit in self.found.credits]
        self.sheet.take(number, Cut("byline", "byline.affiliation"))
        return True

    def _bare_byline(self, number: int, unit: Unit) -> bool:
        if self.found.byline is not None or self.found.headline is None:
            return False
        people = bare_byline_credits(unit.text, unit.start) or self._name_above_title(number, unit)
        return self._take_byline(number, unit, people, "byline.bare")

    def _name_above_title(self, number: int, unit: Unit) -> tuple[Credit, ...]:
        """A name on a line of its own is a byline when the next line is the writer's title or outlet."""
        if not 2 <= len(unit.text.split()) <= 4 or not is_name(unit.text) or number + 1 >= len(self.sheet.units):
            return ()
        after = self.sheet.units[number + 1]
        if after.after_blank or not affiliation_line(after.text):
            return ()
        return parse_byline(unit.text, unit.start)

    def _take_byline(self, number: int, unit: Unit, people: tuple[Credit, ...], rule: str) -> bool:
        if not people:
            return False
        self.found.credits += people
        self.found.byline = as_printed(unit.text)
        self.sheet.take(number, Cut("byline", rule))
        return True

    def _bureau(self, number: int, unit: Unit) -> bool:
        if self.found.bureau is not None or not bureau_line(unit.text) or number + 1 >= len(self.sheet.units):
            return False
        strong = unit.text.casefold().endswith(("bureau", "news service", "news agency"))
        if self.found.headline is None and not strong:
            return False
        self.found.bureau = " ".join(unit.text.split())
        self.sheet.take(number, Cut("bureau", "bureau.line"))
        return True

    def _glued(self, number: int, unit: Unit) -> bool:
        """A byline that runs on into the dateline and the story: "By A B NEW YORK (Reuters) - The ..."."""
        if self.found.byline is not None or "(" not in unit.text:
            return False
        for offset in glued_byline(unit.text):
            dateline = parse_dateline(self.sheet.text, unit.start + offset)
            printed = unit.text[:offset].strip()
            people = byline_credits(printed, unit.start) if dateline is not None else ()
            if not people or dateline is None:
                continue
            self.found.credits += people
            self.found.byline = " ".join(printed.split())
            self.sheet.inline.append(Span(unit.start, unit.start + offset, "byline", "byline.glued"))
            return self._begin_body(number, dateline)
        return False

    def _bracket(self, number: int, unit: Unit) -> bool:
        """A whole paragraph in brackets above byline or dateline is a note: "(Please note language may offend.)"."""
        if unit.text[0] not in "([" or unit.text[-1] not in ")]" or number + 1 >= len(self.sheet.units):
            return False
        ahead = range(number + 1, min(number + 3, len(self.sheet.units)))
        if not any(self.sheet.byline_at(n) or self.sheet.dateline_at(n) or self._is_glued(n) for n in ahead):
            return False
        self.sheet.take(number, Cut("ednote", "ednote.bracketed", {"note": unit.text[1:-1].strip()}))
        return True

    def _is_glued(self, number: int) -> bool:
        unit = self.sheet.units[number]
        return any(parse_dateline(self.sheet.text, unit.start + offset) for offset in glued_byline(unit.text))

    def _dateline(self, number: int) -> bool:
        dateline = self.sheet.dateline_at(number)
        return dateline is not None and self._begin_body(number, dateline)

    def _begin_body(self, number: int, dateline: Dateline) -> bool:
        if dateline.end is None or dateline.start is None:
            return False
        self.found.dateline = dateline
        self.sheet.inline.append(Span(dateline.start, dateline.end, "dateline", dateline.rule))
        self.sheet.body_start = dateline.end
        self.sheet.body_from = number
        return True
