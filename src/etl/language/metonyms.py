"""Capitals that stand for governments: "Moscow denied it", "talks between Paris and Berlin", "Beijing's decision".

A capital is marked only where the words beside it leave little doubt; elsewhere it stays the town.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from etl.language.lexicon import DATA, read_rows
from etl.records import Article, Mention, StoryEntity

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_NEXT = re.compile(r"\s+([^\W\d_]+)")
_POSSESSIVE = re.compile(r"['’]s?\s+")
_LINK = re.compile(r"(?:,\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+)")


def mark_metonyms(
    article: Article, mentions: Sequence[Mention], entities: Sequence[StoryEntity]
) -> tuple[Mention, ...]:
    """The mentions, with `is_metonym` set where the name of a capital acts as its government would.

    Names outside the body's paragraphs and the headline (datelines, bylines) are never marked, nor are namesakes
    that lie in another country.
    """
    countries = {e.cluster: e.place.country_code for e in entities if e.place is not None}
    texts = {"text": article.story.text, "headline": article.headline or ""}
    spans = {"text": [(p.start, p.end) for p in article.paragraphs], "headline": [(0, len(texts["headline"]))]}
    places = {part: {m.end: m.start for m in mentions if m.part == part and m.label == "GPE"} for part in texts}
    marked = []
    for m in mentions:
        text = texts[m.part]
        span = next(((a, b) for a, b in spans[m.part] if a <= m.start and m.end <= b), None)
        capital = m.label == "GPE" and _is_capital(text[m.start : m.end], countries.get(m.cluster))
        acts = capital and span is not None and _acts(text[span[0] : span[1]], m, span[0], places[m.part])
        marked.append(replace(m, is_metonym=True) if acts else m)
    return tuple(marked)


def _is_capital(printed: str, country: str | None) -> bool:
    code = _capitals().get(" ".join(printed.split()))
    return code is not None and country in (code, None)


def _acts(text: str, mention: Mention, base: int, places: dict[int, int]) -> bool:
    """Does the capital decide, deal or own something as a government does?"""
    start, end = mention.start - base, mention.end - base
    if owned := _POSSESSIVE.match(text, end):
        return _next_word(text, owned.end() - 1) in _words("belongings")
    first, last = _group(text, start, end, {a - base: b - base for b, a in places.items()})
    before = text[:first].rstrip()
    if _deals(before, text[first : last + 30]):
        return True
    return _opens(before) and _has_verb(text, last)


def _group(text: str, start: int, end: int, places: dict[int, int]) -> tuple[int, int]:
    """The stretch of the places joined to one: in "officials in Bonn and Paris said" the preposition holds for both."""
    ends = {b: a for a, b in places.items()}
    while (link := _link_before(text, start)) is not None and link in ends:
        start = ends[link]
    while (joined := _LINK.match(text, end)) is not None and joined.end() in places:
        end = places[joined.end()]
    return start, end


def _link_before(text: str, start: int) -> int | None:
    """Where the words end that a comma, "and" or "or" joins to what starts at `start`."""
    near = max(0, start - 12)
    link = next((m for m in _LINK.finditer(text, near, start) if m.end() == start), None)
    return None if link is None else link.start()


def _deals(before: str, parties: str) -> bool:
    """ "Talks between Paris and Berlin", "ties with Beijing"."""
    words = [w.lower() for w in _WORD.findall(before[-60:])]
    if len(words) < 2 or words[-2] not in _words("dealings") or before[-1:] in ",.;:":
        return False
    return words[-1] == "with" or (words[-1] == "between" and " and " in parties)


def _opens(before: str) -> bool:
    """May an actor stand here: at the start, behind a mark, or behind a word that opens a clause?"""
    if not before or not before[-1].isalnum():
        return not before.endswith(("(", "-", "/", "&", ".", "’", "'")) or _ends_sentence(before)
    word = before.split()[-1].lower()
    return word in _words("openers")


def _ends_sentence(before: str) -> bool:
    return bool(re.search(r"[a-z)”\"]{2}[.’']+$", before))


def _has_verb(text: str, end: int) -> bool:
    """Is the next word but adverbs and auxiliaries a verb of saying, deciding or wanting?"""
    helped = False
    for _ in range(4):
        following = _NEXT.match(text, end)
        if following is None:
            return False
        word, end = following.group(1), following.end()
        if helped and word in _words("bare"):
            return True
        if word in _words("verbs"):
            return _next_word(text, end) not in _words("participle_tails")
        if word in _words("half_verbs"):
            return _next_word(text, end) in _words("verb_tails")
        if word not in _words("between"):
            return False
        helped = helped or word in _words("auxiliaries")
    return False


def _next_word(text: str, end: int) -> str:
    following = _NEXT.match(text, end)
    return following.group(1) if following else ""


@lru_cache(maxsize=1)
def _capitals() -> dict[str, str]:
    return {name: code for code, names in read_rows("capitals.tsv") for name in names.split("|")}


@lru_cache(maxsize=16)
def _words(name: str) -> frozenset[str]:
    return frozenset(_table()[name].split())


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    return tomllib.loads((DATA / "metonyms_en.toml").read_text(encoding="utf-8"))
