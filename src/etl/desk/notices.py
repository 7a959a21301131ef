"""Signals and notices: corrections, updates, kills, withholds, advisories, alerts; what a kill kills."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from etl.desk.lexicon import load
from etl.desk.sheet import Layout
from etl.records import Status, Story

_KINDS = ("kill", "withhold", "advisory", "alert")
_STATUS_OF_KIND: dict[str, Status] = {"kill": "canceled", "withhold": "withheld"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What an item is for the store: its signals, kind, status and what it kills."""

    signals: tuple[str, ...]
    kind: str
    status: Status
    kills: tuple[str, ...]


class _Signal(NamedTuple):
    """Where the words of one signal of `data/signals.toml` are looked for."""

    name: str
    heads: re.Pattern[str]
    versions: re.Pattern[str]
    notes: re.Pattern[str]


_CYCLE = r"\s*(?:(?:BC|AM|PM|AP)-{1,2}(?:[A-Z]{2,3}--)?)?"
_CLAUSE = r"(?:^[\s(\[*_]*(?:eds?\s*[:.]\s*)?|[.;:,(—–\n]\s*|\s-{1,2}\s*|\b(?:and|und|et|y)\s+)"
_JOINED = re.compile(r"-(?=\w)")


@cache
def _signals() -> tuple[_Signal, ...]:
    return tuple(
        _Signal(
            name=entry["name"],
            heads=re.compile(f"{_CYCLE}(?:{entry['heads']})"),
            versions=re.compile(f"{entry['versions']}|{entry['anywhere']}", re.I),
            notes=re.compile(f"{_CLAUSE}(?:{entry['notes']})|{entry['anywhere']}", re.I),
        )
        for entry in load("signals.toml")["signal"]
    )


@cache
def _names() -> frozenset[str]:
    return frozenset(signal.name for signal in _signals())


@cache
def _heads_gate() -> re.Pattern[str]:
    """Matches when any signal's head opens a text; one search in place of ten."""
    return re.compile(_CYCLE + "(?:" + "|".join(entry["heads"] for entry in load("signals.toml")["signal"]) + ")")


@cache
def _kills() -> re.Pattern[str]:
    return re.compile(load("signals.toml")["kills"]["pattern"], re.I)


def read_standing(story: Story, layout: Layout, ednote: str | None) -> Standing:
    """Signals from the file's fields, version words, headline, slugline and notes, without doubles.

    A kill or hold in words counts even where the file calls the item usable: it must not be published.
    """
    signals = [signal.casefold().rpartition(":")[2] for signal in story.signals] + layout.signals + layout.kinds
    for word in (story.version, story.take):
        if word and word.strip().casefold() in _names():
            signals.append(word.strip().casefold())
    signals += _in_head(layout.headline, is_slug=False) + _in_head(story.slugline, is_slug=True)
    signals += _in_words(story, layout, ednote)
    found = tuple(dict.fromkeys(signals))
    kind = _kind(story, found)
    status = _STATUS_OF_KIND.get(kind, story.status or "usable")
    public = tuple(signal for signal in found if signal not in ("kill", "withhold"))
    kills = _what_is_killed(story, layout, ednote) if kind in _STATUS_OF_KIND else ()
    return Standing(public, kind, status, kills)


def _in_words(story: Story, layout: Layout, ednote: str | None) -> list[str]:
    """Signals of version words, of notes and notices, and of the category where one is kept for them."""
    names: list[str] = []
    for text in (story.version, story.take, _version_words(story.slugline), *layout.stages):
        if text:
            names += [signal.name for signal in _signals() if signal.versions.search(text)]
    for text in (ednote, *layout.notices):
        if text:
            names += [signal.name for signal in _signals() if signal.notes.search(text)]
    kinds = load("signals.toml")["categories"].get(story.format, {})
    return names + [kinds[code] for code in story.categories if code in kinds]


def _in_head(head: str | None, *, is_slug: bool) -> list[str]:
    """Signals that open a headline or slugline; in a slugline a hyphen before a word only joins words."""
    if not head or not _heads_gate().match(head):
        return []
    names = []
    for signal in _signals():
        found = signal.heads.match(head)
        if found is not None and not (is_slug and found[0].endswith("-") and _JOINED.match(head, found.end() - 1)):
            names.append(signal.name)
    return names


def _version_words(slugline: str | None) -> str | None:
    """What follows the keyword of a slugline ("BC-Ferry, 1st Ld-Writethru"), None when nothing does."""
    if slugline is None:
        return None
    return slugline.partition(",")[2] or None


def _kind(story: Story, signals: tuple[str, ...]) -> str:
    if story.status == "canceled":
        return "kill"
    if story.status == "withheld":
        return "withhold"
    for kind in _KINDS:
        if kind in signals:
            return kind
    return "story"


def _what_is_killed(story: Story, layout: Layout, ednote: str | None) -> tuple[str, ...]:
    named = [related.target for related in story.related if related.relation in ("replaces", "kills", "withdraws")]
    texts = [text for text in (ednote, layout.headline, *layout.notices) if text]
    texts += [story.text[start:end] for start, end in layout.body[:3]]
    for text in texts:
        for found in _kills().finditer(text):
            what = found["what"].strip(' "“”«».')
            if not what.casefold().startswith("kill"):
                named.append(what)
    return tuple(dict.fromkeys(named))
