"""Repairs of what is a name at all and where it begins and ends."""

from __future__ import annotations

import re
from functools import cache

from etl.language.tagger.listed import sections
from etl.language.tagger.story import Found, NamedStory, Paragraph
from etl.language.tagger.tokens import word_list

_OPENING = frozenset((".", "!", "?", '"', "“", "‘", ":", "("))


def drop_scraps(story: NamedStory) -> None:
    """Drop what is no name.

    "I"; a small word in a paragraph that does use capitals ("nom de guerre"); a common word that the network is not
    sure of and that is capitalised because it opens a sentence ("Defectors said"); a month or a day; the first half of
    an address; an exchange code ("( BA.N )").
    """
    capitals = {id(p): p.has_capitals for p in story.paragraphs if p.names}
    for paragraph, name in story.names():
        _trim_marks(paragraph, name)
        words = paragraph.words_of(name)
        after = paragraph.words[name.stop] if name.stop < len(paragraph.words) else ""
        code = len(words) == 1 and after in (")", ">") and _CODE.fullmatch(words[0])
        common = len(words) == 1 and _is_common(story, paragraph, name, has_capitals=capitals[id(paragraph)])
        if after == "@" or code or words == ("I",) or common:
            paragraph.drop(name)


_CODE = re.compile(r"[A-Z0-9]+n?\.[A-Z]{1,2}")
_MARKS = frozenset(('"', "“", "”", "‘", "/", ",", ";", ":", "-", "–", "—"))


def _trim_marks(paragraph: Paragraph, name: Found) -> None:
    """Cut marks off both ends: 'Ada Bello "', "Bello /"."""
    while name.stop - name.first > 1 and paragraph.words[name.stop - 1] in _MARKS:
        name.stop -= 1
    while name.stop - name.first > 1 and paragraph.words[name.first] in _MARKS:
        name.first += 1


@cache
def _months() -> frozenset[str]:
    short = word_list("months")
    return frozenset((*short, *(f"{m}." for m in short), *word_list("long months")))


_DAYS = frozenset(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))


def _is_common(story: NamedStory, paragraph: Paragraph, name: Found, *, has_capitals: bool) -> bool:
    word = paragraph.words[name.first]
    if name.label != "PERSON" and (word in _months() or word in _DAYS):
        return True
    if word.islower():  # "delaware", typed in haste, may stay: English writes it as a name
        is_kept = len(word) > 2 and story.usual_case(word) == "n"  # "us" is no country
        return not is_kept and has_capitals
    opens = name.first == 0 or paragraph.words[name.first - 1] in _OPENING
    return opens and name.confidence <= 0.6 and not word.isupper() and story.usual_case(word.lower()) == "c"


_LINKS = frozenset(("for", "of", "on", "the", "and"))


def join_parts(story: NamedStory) -> None:
    """Join an institution with what its head governs; a firm's legal form after a comma is no name of its own.

    "International Centre" for the "Study of Conflict" and "Peace" is one name; "Example Media", "LLC" is the first.
    """
    heads, endings = set(sections()["institutions"]), set(sections()["firm endings"])
    for paragraph, name in story.names():
        words = paragraph.words
        if name.label != "ORG" or not paragraph.holds(name):
            continue
        if name.stop - name.first == 1 and words[name.first] in endings and words[name.first - 1] == ",":
            paragraph.drop(name)
            continue
        while name.stop > name.first + 1 and words[name.stop - 1] in _LINKS:
            name.stop -= 1  # "International Centre for the"
        stop = _governed(words, name.stop) if words[name.stop - 1] in heads else name.stop
        inner = words[name.first : name.stop]
        if "for" in inner and heads.intersection(inner[: inner.index("for")]):
            stop = _governed(words, name.stop, governed=True)  # "Centre for the Study of Conflict" and "Peace"
        if stop > name.stop and all(n.label not in ("PERSON", "LOC") for n in paragraph.overlapping(name.stop, stop)):
            paragraph.add(name.first, stop, "ORG", name.confidence)


def _governed(words: list[str], at: int, *, governed: bool = False) -> int:
    """End of "for the Study of Conflict and Peace" that begins at `at`; `at` itself where nothing is governed.

    "and" goes on only after something was `governed`: "the Court and Parliament" are two.
    """
    stop = at
    while at < len(words):
        link = at
        while link < len(words) and words[link] in _LINKS and link - at < 2:
            link += 1
        if link == at or link >= len(words) or not words[link][0].isupper():
            break
        is_last = words[at] == "and"
        if is_last and (not governed or link - at > 1):  # "and the Treasury" is another
            break
        governed = True
        while link < len(words) and words[link][0].isupper() and words[link][-1] != ".":
            link += 1
        stop = at = link
        if is_last:
            break
    return stop


_DASHES = frozenset(("-", "--", "_", "–", "—"))


def mark_datelines(story: NamedStory) -> None:
    """Mark the places of a dateline LOC: "GAZIANTEP, Turkey (AP) _", "LIMA, Jan. 21 -"."""
    for paragraph in story.paragraphs:
        words = paragraph.words
        if paragraph.kind != "plain" or len(words) < 6 or not words[0].isupper() or len(words[0]) < 3:
            continue
        end = next((i for i, w in enumerate(words[:14]) if w in _DASHES), 0)
        close = next((i for i, w in enumerate(words[:end]) if w == "(" or w in _months() or w[0].isdigit()), end)
        if not 0 < close <= 7:
            continue
        _mark_dateline_places(paragraph, words, close)


def _mark_dateline_places(paragraph: Paragraph, words: list[str], close: int) -> None:
    first = 0
    for i in range(close + 1):
        if i == close or words[i] in (",", "/"):
            part = words[first:i]
            if 0 < len(part) <= 3 and all(w[0].isupper() for w in part):
                paragraph.add(first, i, "LOC", 0.95)
            first = i + 1


_OF_PLACES = frozenset(("based", "born", "area"))


def place_compounds(story: NamedStory) -> None:
    """What something is based or born in is a place: "Lagos-based"."""
    for paragraph in story.paragraphs:
        words = paragraph.words
        for i in range(1, len(words) - 1):
            if words[i] == "-" and words[i + 1] in _OF_PLACES and words[i - 1][0].isupper():
                over = paragraph.overlapping(i - 1, i)
                if not over:
                    paragraph.add(i - 1, i, "LOC", 0.8)
                elif over[0].stop == i and over[0].label in ("MISC", "PERSON"):
                    over[0].label = "LOC"
