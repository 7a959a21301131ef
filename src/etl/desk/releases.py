"""The standing parts of press releases: who to call, and who the company is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etl.desk.rules import Cut
from etl.desk.units import Unit

_HOUSES = re.compile(
    r"newswire|asianet|business\s?wire|\bjbn\b|accesswire|presseportal|ots\b|newsaktuell|einpresswire|marketwired", re.I
)
_CONTACT = re.compile(
    r"(?:(?:media|press|investor|public|corporate|sales|news)\s+)?(?:relations\s+|relations\s+and\s+media\s+)?"
    r"(?:contacts?|enquir(?:y|ies)|inquir(?:y|ies))(?:\s+information)?\s*(?::.*|)|for\s+(?:more|further)\s+information,?"
    r"\s+(?:please\s+)?contact.*",
    re.I | re.S,
)
_ABOUT = re.compile(r"About\s+[^\W_].{1,80}", re.S)
_NOTE = re.compile(
    r"(?:(?:logo|photo|video|picture|image|infographic|multimedia)s?\s*(?:\d+\s*)?(?:-|–|:|available\s+at)\s*(?:-\s*)?\s*"
    r"https?://\S+\s*)+|\((?:photo|logo|image)[^()]{0,30}:\s*https?://[^\s()]+\s*\)",
    re.I,
)
_PROSE_END = re.compile(r"(?<!\bLtd)(?<!\bInc)(?<!\bCo)(?<!\bCorp)(?<!\bS\.A)(?<!\bN\.V)\.$|[!?;,]$")
_LONGEST_ABOUT = 10


def is_release(cuts: Sequence[Cut | None], agency: str | None) -> bool:
    """Whether the story is a press release: its header says so, or a release service stands in its dateline."""
    if agency is not None and _HOUSES.search(agency):
        return True
    return any(cut is not None and cut.rule in ("header.release", "source.release") for cut in cuts)


def release_cuts(units: Sequence[Unit], marks: Sequence[Cut | None], body_from: int) -> dict[int, Cut]:
    """Cuts for a release's unmarked units by number: contacts, "About" sections and links to pictures.

    Contacts run from their heading to the closing source line; an "About" section to the next heading. The
    first paragraph of the body is never cut.
    """
    cuts: dict[int, Cut] = {}
    section: Cut | None = None
    for number in range(body_from + 1, len(units)):
        mark = marks[number]
        if mark is not None:
            section = None if mark.label == "source" else section
            continue
        text = units[number].text
        section = _section(text) or section
        if section is not None:
            cuts[number] = section
        elif _NOTE.fullmatch(text):
            cuts[number] = Cut("caption", "release.picture_link")
    return cuts


def _section(text: str) -> Cut | None:
    """The section that a heading opens, None when the text is no heading."""
    if _CONTACT.fullmatch(text) and len(text) < 200:
        return Cut("contact", "release.contact")
    if _ABOUT.fullmatch(text) and len(text.split()) <= _LONGEST_ABOUT and not _PROSE_END.search(text):
        return Cut("boilerplate", "release.about")
    return None
