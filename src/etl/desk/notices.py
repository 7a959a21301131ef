"""Signals and notices: corrections, updates, kills, withholds, advisories, alerts; what a kill kills."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

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


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (entry["name"], re.compile(rf"\s*(?:{entry['heads']})"), re.compile(entry["fields"], re.I))
        for entry in load("signals.toml")["signal"]
    )


@cache
def _names() -> frozenset[str]:
    return frozenset(name for name, _, _ in _patterns())


@cache
def _gate() -> re.Pattern[str]:
    """Matches when any signal's field words stand in a text; one search in place of ten."""
    return re.compile("|".join(f"(?:{entry['fields']})" for entry in load("signals.toml")["signal"]), re.I)


@cache
def _heads_gate() -> re.Pattern[str]:
    return re.compile(r"\s*(?:" + "|".join(entry["heads"] for entry in load("signals.toml")["signal"]) + ")")


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
    for head in (layout.headline, story.slugline):
        if head and _heads_gate().match(head):
            signals += [name for name, heads, _ in _patterns() if heads.match(head)]
    for text in (ednote, story.version, story.take, _version_words(story.slugline), *layout.notices):
        if text and _gate().search(text):
            signals += [name for name, _, fields in _patterns() if fields.search(text)]
    found = tuple(dict.fromkeys(signals))
    kind = _kind(story, found)
    status = _STATUS_OF_KIND.get(kind, story.status or "usable")
    public = tuple(signal for signal in found if signal not in ("kill", "withhold"))
    kills = _what_is_killed(story, layout, ednote) if kind in _STATUS_OF_KIND else ()
    return Standing(public, kind, status, kills)


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
