"""One story on the desk: its units, the cut each unit was given, and the fields those cuts filled."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from etl.desk.dateline import parse_dateline
from etl.desk.openings import byline_credits
from etl.desk.rules import Cut, book, furniture
from etl.desk.units import Unit, split_closing, split_opening, split_units
from etl.records import Credit, Dateline, Span, Story

_QUOTED_LABELS = ("copyright", "notice", "ednote", "header")


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
    """Notices as printed, which signals and corrections are read from."""
    stages: list[str] = field(default_factory=list)
    """Version words and transmission lines as printed."""


class Sheet:
    """A story's units and their marks: `marks[n]` is the cut of unit n, None while it counts as body.

    `body_from` is the unit that running text begins in, `body_start` the offset in it when a dateline
    stands before.
    """

    def __init__(self, story: Story) -> None:
        """Split the story into units and mark what its reader marked."""
        self.story = story
        self.text = story.text
        self.is_text = story.is_text_layout
        units = split_units(story.text, is_text_layout=self.is_text, stands_alone=_stands_alone)
        self.units = split_closing(story.text, split_opening(story.text, units))
        self.marks: list[Cut | None] = [None] * len(self.units)
        self.found = Layout(headline=story.headline)
        self.body_from = 0
        self.body_start: int | None = None
        self.inline: list[Span] = []
        self._bylines: dict[int, tuple[Credit, ...]] = {}
        self._datelines: dict[int, Dateline | None] = {}
        self._mark_blocks()

    def _mark_blocks(self) -> None:
        for block in self.story.blocks:
            if block.label != "body":
                for number, unit in enumerate(self.units):
                    if block.start <= unit.start and unit.end <= block.end:
                        self.marks[number] = Cut(block.label, block.rule)

    def take(self, number: int, cut: Cut) -> None:
        """Mark unit `number` with `cut` and keep what it carries; who fills a field first wins."""
        self.marks[number] = cut
        found = self.found
        for name, value in cut.fields.items():
            found.fields.setdefault(name, value)
        if cut.label in _QUOTED_LABELS:
            text = " ".join(self.units[number].text.split())
            found.fields.setdefault(cut.label, text)
            if cut.label == "notice":
                found.notices.append(text)
            elif cut.label == "header" and cut.rule != "header.date":
                found.stages.append(text)
        if cut.kind is not None:
            found.kinds.append(cut.kind)
        if cut.signal is not None:
            found.signals.append(cut.signal)

    def furniture(self, unit: Unit) -> Cut | None:
        """Page furniture when the unit is such a line, else None."""
        return furniture(unit.text, is_text_layout=self.is_text) if self.begins_line(unit) else None

    def begins_line(self, unit: Unit) -> bool:
        """Whether a unit can be a line of its own, and not the last words of a wrapped sentence."""
        return not self.is_text or unit.after_blank or unit.indent > 0 or not unit.text[0].islower()

    def byline_at(self, number: int) -> tuple[Credit, ...]:
        """The credits of unit `number` when it is a byline with "By", else ()."""
        if number not in self._bylines:
            unit = self.units[number]
            self._bylines[number] = byline_credits(unit.text, unit.start)
        return self._bylines[number]

    def dateline_at(self, number: int) -> Dateline | None:
        """The dateline that unit `number` opens with, None when it opens with none."""
        if number not in self._datelines:
            self._datelines[number] = parse_dateline(self.text, self.units[number].start)
        return self._datelines[number]


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
