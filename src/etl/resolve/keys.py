"""Link keys: every value by which one version can bear on another, so that what a delivery touches is found by them.

A version that offers a key and one that seeks it belong together while linking; two that only offer it
(stories of one keyword on one day) do not bear on each other. Linking the versions that keys and near-duplicate
texts lead to, from one to the next, gives the same links as linking all there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from etl.chains import keyword
from etl.resolve.groups import is_follow_up, slug_day
from etl.resolve.notices import REACH, number_of
from etl.resolve.records import Version

OFFERS, SEEKS, BOTH = 1, 2, 3
"""Two versions bear on each other where their roles at one key together make BOTH."""


def link_keys(version: Version) -> dict[int, int]:
    """The version's keys as hashes of 64 bits, and its role at each."""
    found: dict[int, int] = {}
    for role, parts in _named(version):
        key = _hash(parts)
        found[key] = found.get(key, 0) | role
    return found


def _named(version: Version) -> Iterator[tuple[int, tuple[object, ...]]]:
    yield BOTH, ("guid", version.chain_key)
    if version.guid:
        yield OFFERS, ("guid", version.guid.strip())
    for target in version.replaces:
        yield SEEKS, ("guid", target.strip())
    if version.is_notice:
        yield from _sought(version)
        return
    when = slug_day(version)
    if when is not None:
        sender, word, day = when
        yield OFFERS, ("slug", sender, word, day)
        if is_follow_up(version):
            yield SEEKS, ("slug", sender, word, day)
            yield SEEKS, ("slug", sender, word, day - timedelta(days=1))
    for name, value in (("number", number_of(version.item_number)), ("keyword", version.keyword)):
        if value:
            for day_offered in _offered_days(version.time):
                yield OFFERS, (name, version.sender, value, day_offered)


def _sought(notice: Version) -> Iterator[tuple[int, tuple[object, ...]]]:
    """What a kill or a withhold may name a story by."""
    names: list[tuple[str, str]] = [("keyword", notice.keyword)] if notice.keyword else []
    for reference in notice.kills:
        yield SEEKS, ("guid", reference.strip())
        names.append(("keyword", keyword(reference)))
        if (number := number_of(reference)) is not None:
            names.append(("number", number))
    for name, value in names:
        for day in _sought_days(notice.time):
            yield SEEKS, (name, notice.sender, value, day)


def _offered_days(when: datetime | None) -> Iterator[date | str]:
    if when is None:
        yield "no day"
    else:
        yield when.date()
        yield "any day"


def _sought_days(when: datetime | None) -> Iterator[date | str]:
    """A notice without a day bears on stories of all days; a story without one is borne on by all notices."""
    yield "no day"
    if when is None:
        yield "any day"
    else:
        for distance in range(-REACH.days, REACH.days + 1):
            yield when.date() + timedelta(days=distance)


def _hash(parts: tuple[object, ...]) -> int:
    text = "\x1f".join(map(str, parts))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
