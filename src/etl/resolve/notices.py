"""What a kill or a withhold takes down, whether it came after the story or before it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from etl.chains import fold, keyword
from etl.resolve.records import Version

REACH = timedelta(days=2)
"""How far a notice that names a story by keyword or number reaches: agencies count their items anew every day."""

_NUMBER = re.compile(r"(\d+)\s*$")


@dataclass(frozen=True, slots=True)
class Takedown:
    """A notice that holds for a story: `reason` is `killed` or `withheld`, `evidence` what it matched on."""

    notice: Version
    reason: str
    evidence: str


def takedowns(stories: Mapping[str, Sequence[Version]]) -> dict[str, list[Takedown]]:
    """For each story (by its name in `stories`) the notices that hold for it, in a fixed order."""
    index = _Index(stories)
    found: dict[str, list[Takedown]] = defaultdict(list)
    for home, members in sorted(stories.items()):
        for notice in sorted(members, key=lambda v: v.article_id):
            reason = notice.takes_down
            if reason is not None:
                for story, evidence in sorted(_targets(notice, home, index).items()):
                    found[story].append(Takedown(notice, reason, evidence))
    return dict(found)


class _Index:
    """Stories by every value that a notice may name them by."""

    def __init__(self, stories: Mapping[str, Sequence[Version]]) -> None:
        self.guids: dict[str, set[str]] = defaultdict(set)
        self.numbers: dict[tuple[str, str], list[tuple[Version, str]]] = defaultdict(list)
        self.keywords: dict[tuple[str, str], list[tuple[Version, str]]] = defaultdict(list)
        self.homes: set[str] = set()
        for name, members in stories.items():
            for version in members:
                if not version.is_notice:
                    self._add(version, name)

    def _add(self, version: Version, name: str) -> None:
        self.homes.add(name)
        self.guids[version.chain_key].add(name)
        if version.guid:
            self.guids[version.guid.strip()].add(name)
        if (number := number_of(version.item_number)) is not None:
            self.numbers[version.sender, number].append((version, name))
        if version.keyword:
            self.keywords[version.sender, version.keyword].append((version, name))


def _targets(notice: Version, home: str, index: _Index) -> dict[str, str]:
    """Stories that the notice takes down, each with the value it was matched on."""
    found = {home: notice.guid or notice.chain_key} if home in index.homes else {}
    for reference in notice.kills:
        found |= _named(notice, reference.strip(), index)
    # A story delivered as withheld under a guid of its own speaks of itself only.
    speaks_of_others = notice.guid is None or notice.takes_down == "killed"
    if not found and notice.keyword and speaks_of_others:
        # Example: "BC-Harbor-Fire, KILL" without a body names the story by its slug alone.
        found |= _near(notice, index.keywords.get((notice.sender, notice.keyword), ()), notice.keyword)
    return found


def _named(notice: Version, reference: str, index: _Index) -> dict[str, str]:
    if reference in index.guids:
        named = index.guids[reference]
        if len(named) > 1:
            # Example: "4711", which several senders use for items of their own.
            named = named & index.guids.get(f"guid:{notice.sender}:{reference}", named)
        return dict.fromkeys(named, reference)
    word = keyword(reference)
    found = _near(notice, index.keywords.get((notice.sender, word), ()), reference)
    if not found and (number := number_of(reference)) is not None and _names_sender(reference, notice.sender):
        found = _near(notice, index.numbers.get((notice.sender, number), ()), reference)
    return found


def _near(notice: Version, candidates: Iterable[tuple[Version, str]], evidence: str) -> dict[str, str]:
    return {name: evidence for version, name in candidates if _in_reach(notice, version)}


def _in_reach(notice: Version, version: Version) -> bool:
    if notice.time is None or version.time is None:
        return True
    return abs(notice.time.date() - version.time.date()) <= REACH


def number_of(text: str | None) -> str | None:
    """The number at the end of an item number or a reference to one, without leading zeros."""
    match = _NUMBER.search(text) if text else None
    return (match[1].lstrip("0") or "0") if match else None


def _names_sender(reference: str, sender: str) -> bool:
    """True for "157", "item 157", and "dpa 157" of dpa or of Deutsche Presse-Agentur.

    False for the number of another agency and for a number that ends a slug.
    """
    words = fold(_NUMBER.sub("", reference)).replace("-", " ").split()
    names = sender.replace("-", " ").split()
    known = {*names, sender, "".join(name[0] for name in names)}
    return all(word in known or word in _FILLERS for word in words)


_FILLERS = frozenset({"item", "items", "no", "no.", "number", "story", "nr", "nr.", "#"})
