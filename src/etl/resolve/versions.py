"""Version chains: which versions are of one story, which of them stands, which may be published."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from etl.ids import make_id
from etl.resolve.groups import group
from etl.resolve.notices import Takedown, takedowns
from etl.resolve.records import Copy, Version, VersionLink
from etl.resolve.takes import Whole, take_of, wholes

_NO_TIME = datetime(1, 1, 1, tzinfo=UTC)
_LEAD = re.compile(r"\b(\d+)\b")
_RANKS = {"alert": 0, "update": 2, "writethru": 2, "refile": 3, "correction": 4}
_PLAIN_RANK = 1


@dataclass(frozen=True, slots=True)
class _Story:
    """A story while it is being worked out: its versions in order, and what holds for each."""

    story_id: str
    versions: tuple[Version, ...]
    notices: tuple[Version, ...]
    down: Mapping[str, Takedown]
    """Takedowns by article_id."""
    embargo: Mapping[str, datetime]
    """Embargo that holds for a version, its own or one handed down, by article_id."""
    forbidden: frozenset[str] = frozenset()
    """Versions that terms of use keep from being published."""


def link_versions(
    versions: Sequence[Version],
    copies: Iterable[Copy] = (),
    similar: Iterable[tuple[str, str, float]] = (),
    *,
    as_of: datetime,
) -> list[VersionLink]:
    """One link for each version: its story, its place in it, whether it stands and may be published at `as_of`.

    The result depends on the set of versions only, never on the order they came in: an old version that is
    sent late does not overwrite a newer one, and a kill holds for a story that comes after it. `copies`
    carry a kill or an embargo of an origin's story over to the copies of its text in other outlets;
    `similar` (pairs of near-duplicates) link follow-ups that have neither guid nor slug.
    """
    groups, reasons = group(versions, similar)
    downs = takedowns(groups)
    stories = {name: _story(members, downs.get(name, [])) for name, members in groups.items()}
    stories = _spread(stories, list(copies), as_of)
    evidence = {t.notice.article_id: ("kill", t.evidence) for found in downs.values() for t in found}
    homes = {t.notice.article_id: name for name, found in sorted(downs.items(), reverse=True) for t in found}
    links: list[VersionLink] = []
    for name, story in stories.items():
        adopted = [t.notice for t in downs.get(name, []) if homes[t.notice.article_id] == name and t.notice.is_notice]
        strays = [v for v in story.notices if v.article_id not in homes]
        links += _links(story, _in_order(adopted + strays), reasons | evidence, as_of)
    return sorted(links, key=lambda link: (link.story_id, link.version_index, link.article_id))


def _story(members: Sequence[Version], found: Sequence[Takedown]) -> _Story:
    ordered = _in_order([v for v in members if not v.is_notice])
    notices = _in_order([v for v in members if v.is_notice])
    first = (ordered or notices)[0]
    down: dict[str, Takedown] = {}
    for takedown in found:
        down = {v.article_id: takedown for v in ordered if _falls(v, takedown.notice)} | down
    marks = {t.notice.text_mark: t for t in found} | {
        v.text_mark: down[v.article_id] for v in ordered if v.article_id in down
    }
    for version in ordered:
        # Example: a killed story that is sent again with a new date is the killed story still.
        if version.article_id not in down and version.text_mark and version.text_mark in marks:
            down[version.article_id] = marks[version.text_mark]
    name = make_id("story", first.chain_key)
    return _Story(name, tuple(ordered), tuple(notices), down, _embargoes(ordered), _forbidden(ordered))


def _in_order(versions: Sequence[Version]) -> list[Version]:
    """Oldest first, by version number where all state one for one guid, else by time, then by the desk's marks."""
    numbers = [_version_number(v) for v in versions]
    counted = len({v.guid for v in versions}) == 1 and all(n is not None for n in numbers)
    # A clock time cannot be set against a bare day: then all are taken by the day, and the marks decide.
    coarse = any(v.time is not None and v.versioned_at is None and v.precision == "day" for v in versions)

    def key(version: Version) -> tuple[object, ...]:
        when = version.time or _NO_TIME
        take = take_of(version)
        part = take.number if take else 1
        order = (when.date() if coarse else when, part > 1, _rank(version), _lead(version), part, when)
        number = (_version_number(version) or 0) if counted else 0
        return (number, *order, version.article_id)

    return sorted(versions, key=key)


def _version_number(version: Version) -> int | None:
    text = (version.delivered_version or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 30 else None


def _rank(version: Version) -> int:
    ranks = [_RANKS[s] for s in version.signals if s in _RANKS]
    if version.item_kind == "alert":
        ranks.append(0)
    return max(ranks, default=_PLAIN_RANK)


def _lead(version: Version) -> int:
    """The number of the lead or update where the version field holds words, e.g. "2nd Ld-Writethru"."""
    match = _LEAD.search(re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", version.delivered_version or ""))
    return int(match[1]) if match and len(match[1]) < 6 else 0


def _falls(version: Version, notice: Version) -> bool:
    """True unless the version is plainly newer than the notice: a notice that leaves it open takes it down."""
    if version.guid is not None and version.guid == notice.guid:
        mine, its = _version_number(version), _version_number(notice)
        if mine is not None and its is not None and mine != its:
            return mine < its
    if version.time is None or notice.time is None:
        return True
    if "day" in (version.precision, notice.precision):
        return version.time.date() <= notice.time.date()
    return version.time <= notice.time


def _embargoes(ordered: Sequence[Version]) -> dict[str, datetime]:
    """The embargo of each version. One that states none keeps that of the version before: it must not get lost."""
    held: dict[str, datetime] = {}
    last: datetime | None = None
    for version in ordered:
        last = version.embargo_at or last
        if last is not None:
            held[version.article_id] = last
    return held


def _forbidden(ordered: Sequence[Version]) -> frozenset[str]:
    """Versions under terms that forbid publication: the latest terms hold for the versions before them too."""
    kept = [n for n, version in enumerate(ordered) if not version.is_publishable and version.item_kind != "advisory"]
    return frozenset(version.article_id for version in ordered[: kept[-1] + 1]) if kept else frozenset()


def _spread(stories: Mapping[str, _Story], copies: Sequence[Copy], as_of: datetime) -> dict[str, _Story]:
    """Carry what holds for the origin of a text over to the stories of its other copies."""
    home = {v.article_id: name for name, story in stories.items() for v in story.versions}
    members: dict[str, set[str]] = defaultdict(set)
    for copy in copies:
        if copy.article_id in home:
            members[copy.cluster_id].add(home[copy.article_id])
    result = dict(stories)
    for copy in sorted(copies, key=lambda c: c.article_id):
        if not copy.is_origin or copy.article_id not in home:
            continue
        origin = stories[home[copy.article_id]]
        takedown, embargo = origin.down.get(copy.article_id), origin.embargo.get(copy.article_id)
        for name in sorted(members[copy.cluster_id] - {home[copy.article_id]}):
            if takedown is not None:
                result[name] = _taken_down(result[name], takedown)
            if embargo is not None and embargo > as_of:
                result[name] = _embargoed(result[name], embargo)
    return result


def _taken_down(story: _Story, takedown: Takedown) -> _Story:
    down = {v.article_id: takedown for v in story.versions} | dict(story.down)
    return replace(story, down=down)


def _embargoed(story: _Story, until: datetime) -> _Story:
    held = {v.article_id: max(until, story.embargo.get(v.article_id, until)) for v in story.versions}
    return replace(story, embargo=held)


def _links(
    story: _Story, notices: Sequence[Version], reasons: Mapping[str, tuple[str, str]], as_of: datetime
) -> list[VersionLink]:
    blocked = {v.article_id: _blocked(story, v, as_of) for v in story.versions}
    found = wholes(story.versions)
    for whole in found:
        # An add is nothing without its first take: what keeps that one back keeps the add back.
        first = blocked[whole.parts[0].article_id]
        blocked |= {v.article_id: blocked[v.article_id] or first for v in whole.parts}
    current = _current(found, blocked)
    standing = {v.article_id for v in _latest_parts(current)} if current else set()
    held = {v.article_id: whole for whole in found for v in whole.parts}
    links = []
    for index, version in enumerate((*story.versions, *notices), start=1):
        rule, evidence = reasons[version.article_id]
        reason = _notice_reason(version) if version.is_notice else blocked[version.article_id]
        if reason is None and version.article_id not in standing:
            reason = "superseded"
        takedown = story.down.get(version.article_id)
        own = held.get(version.article_id)
        take = take_of(version)
        links.append(
            VersionLink(
                article_id=version.article_id,
                story_id=story.story_id,
                version_index=index,
                version_count=len(story.versions) or len(notices),
                is_current=version.article_id in standing,
                is_published=reason is None,
                link_rule=rule,
                link_evidence=evidence,
                withheld_reason=reason,
                killed_by=takedown.notice.article_id if takedown and reason in ("killed", "withheld") else None,
                take_number=(take.number if take else 1) if own and own.total > 1 else None,
                take_count=own.total if own and own.total > 1 else None,
                takes_missing=own.missing if own else (),
            )
        )
    return links


def _current(found: Sequence[Whole], blocked: Mapping[str, str | None]) -> Whole | None:
    """The last whole that is free; where none is, the last of all."""
    free = [whole for whole in found if blocked[whole.parts[0].article_id] is None]
    candidates = free or list(found)
    return candidates[-1] if candidates else None


def _latest_parts(whole: Whole) -> list[Version]:
    """One version of each part: what was sent last."""
    last = {(take.number if (take := take_of(v)) else 1): v for v in whole.parts}
    return list(last.values())


def _notice_reason(version: Version) -> str:
    """A story delivered as withheld is withheld; an item that only speaks of others is a notice."""
    return "withheld" if version.takes_down == "withheld" and not version.kills else "notice"


def _blocked(story: _Story, version: Version, as_of: datetime) -> str | None:
    """Why the version may not be published, whether it is the current one or not."""
    if version.item_kind == "advisory":
        return "notice"
    takedown = story.down.get(version.article_id)
    if takedown is not None:
        return takedown.reason
    embargo = story.embargo.get(version.article_id)
    if embargo is not None and embargo > as_of:
        return "embargoed"
    return "terms" if version.article_id in story.forbidden else None
