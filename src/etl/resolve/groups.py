"""Which versions are of one story: by key, by stated link, by keyword on the next day, by text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Generic, TypeVar

from etl.resolve.records import Version
from etl.resolve.takes import is_add

FOLLOW_UPS = frozenset({"correction", "update", "writethru", "refile", "repeat"})
"""Signals of a version that comes after another one of its story."""

_NEAR = timedelta(days=1)

K = TypeVar("K", bound=Hashable)


class Sets(Generic[K]):
    """Disjoint sets whose name is their least member, whatever order they were joined in."""

    def __init__(self) -> None:
        """Start with no sets; a member not seen before is a set of its own."""
        self._parent: dict[K, K] = {}

    def find(self, member: K) -> K:
        """The name of the member's set."""
        root = member
        while (parent := self._parent.get(root, root)) != root:
            root = parent
        while (parent := self._parent.get(member, member)) != root:
            self._parent[member] = root
            member = parent
        return root

    def join(self, one: K, other: K) -> None:
        """Make the sets of both one set."""
        low, high = sorted((self.find(one), self.find(other)))  # type: ignore[type-var]
        self._parent[high] = low
        self._parent.setdefault(low, low)


def group(
    versions: Sequence[Version], similar: Iterable[tuple[str, str, float]] = ()
) -> tuple[dict[str, list[Version]], dict[str, tuple[str, str]]]:
    """Versions by story, and for each article the (rule, evidence) that put it there.

    Notices (kills) stay with the chain key they bear; `etl.resolve.notices` finds what they take down. Depends on
    the set of versions alone, not on their order. `similar` are pairs of article ids whose texts are
    near-duplicates, with the share of the shorter one's text.
    """
    sets: Sets[str] = Sets()
    reasons = {v.article_id: (v.chain_rule, v.guid or v.chain_key) for v in versions}
    _join_stated(versions, sets, reasons)
    _join_text(versions, similar, sets, reasons)
    _join_keywords(versions, sets, reasons)
    stories: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        stories[sets.find(version.chain_key)].append(version)
    return dict(stories), reasons


def _join_stated(versions: Sequence[Version], sets: Sets[str], reasons: dict[str, tuple[str, str]]) -> None:
    chains: dict[str, set[str]] = defaultdict(set)
    for version in versions:
        if version.guid and not version.is_notice:
            chains[version.guid.strip()].add(version.chain_key)
    for version in versions:
        for target in version.replaces:
            # A number that several senders use for items of their own is of the sender that names it.
            found = chains.get(target.strip(), set())
            key = f"guid:{version.sender}:{target.strip()}" if len(found) > 1 else min(found, default=None)
            if key in found and key != version.chain_key:
                sets.join(version.chain_key, key)
                reasons[version.article_id] = ("guid", target)


def _join_text(
    versions: Sequence[Version],
    similar: Iterable[tuple[str, str, float]],
    sets: Sets[str],
    reasons: dict[str, tuple[str, str]],
) -> None:
    """A follow-up without guid or slug belongs to the story of its sender that it repeats for the most part."""
    known = {v.article_id: v for v in versions if not v.is_notice}
    for one, other, share in similar:
        if one not in known or other not in known:
            continue
        pair = (known[one], known[other])
        if pair[0].sender != pair[1].sender or not _are_near(*pair):
            continue
        later = [v for v in pair if v.chain_rule == "text" and is_follow_up(v)]
        if later:
            sets.join(pair[0].chain_key, pair[1].chain_key)
            for version in later:
                reasons[version.article_id] = ("text", f"{share:.2f} of the shorter text is shared")


def _join_keywords(versions: Sequence[Version], sets: Sets[str], reasons: dict[str, tuple[str, str]]) -> None:
    """Follow-ups that stand alone go to the story of that sender and keyword, of the same day or the one before.

    A keyword that returns every day ("Stocks") starts a new story every day all the same, since its first
    version of the day is no follow-up.
    """
    chains: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        if not version.is_notice:
            chains[sets.find(version.chain_key)].append(version)
    openers: dict[tuple[str, str, date], list[str]] = defaultdict(list)
    for name, members in chains.items():
        for key in sorted({k for v in members if (k := slug_day(v))}):
            openers[key].append(name)
    joins = [(name, target) for name, members in chains.items() if (target := _opener(name, members, openers, chains))]
    for name, target in joins:
        sets.join(name, target)
        for version in chains[name]:
            reasons[version.article_id] = ("slug", f"{version.sender}: {version.keyword}")


def _opener(
    name: str,
    members: Sequence[Version],
    openers: Mapping[tuple[str, str, date], list[str]],
    chains: Mapping[str, list[Version]],
) -> str | None:
    if not all(is_follow_up(v) for v in members):
        return None
    keys = sorted({k for v in members if (k := slug_day(v))})
    if not keys:
        return None
    sender, keyword, day = keys[0]
    for when in (day, day - _NEAR):
        found = [n for n in openers.get((sender, keyword, when), ()) if n != name]
        # Two stories of one keyword and day: which of them is followed up cannot be known.
        heads = [n for n in found if not all(is_follow_up(v) for v in chains[n])] or found
        if heads:
            return min(heads)
    return None


def slug_day(version: Version) -> tuple[str, str, date] | None:
    """Sender, keyword and day, where the version has both a keyword and a day."""
    when = version.published_at or version.versioned_at
    return (version.sender, version.keyword, when.date()) if version.keyword and when else None


def is_follow_up(version: Version) -> bool:
    """True for a version that by its marks comes after another one of its story."""
    return not FOLLOW_UPS.isdisjoint(version.signals) or is_add(version)


def _are_near(one: Version, other: Version) -> bool:
    if one.time is None or other.time is None:
        return True
    return abs(one.time.date() - other.time.date()) <= _NEAR
