"""A story's chain as text: every version with what became of it, and what it changed of the one before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

_AROUND = 4
"""Words shown on both sides of a change."""


@dataclass(frozen=True, slots=True)
class ChainVersion:
    """One version as `explain` shows it: columns of `articles` and `story_versions`; `time` is when it was made."""

    article_id: str
    version_index: int
    time: datetime | None
    path: str
    headline: str | None
    body: str
    link_rule: str
    link_evidence: str
    withheld_reason: str | None
    killed_by: str | None = None
    take_number: int | None = None
    take_count: int | None = None
    takes_missing: tuple[int, ...] = ()


def chain_lines(versions: Sequence[ChainVersion]) -> Iterator[str]:
    """Lines for a terminal: versions in order of `version_index`, each with its changes.

    Takes are not compared with one another, nor is a notice without text.
    """
    before: ChainVersion | None = None
    for version in sorted(versions, key=lambda v: (v.version_index, v.article_id)):
        yield from _head(version)
        if before is not None and version.body and (version.take_number or 1) == (before.take_number or 1):
            yield from (f"    {line}" for line in changes(before, version))
        if version.body:
            before = version


def changes(old: ChainVersion, new: ChainVersion) -> Iterator[str]:
    """What changed from one version to the next: the headline, then runs of words, `-` before and `+` after."""
    if (old.headline or "") != (new.headline or ""):
        yield f"headline - {old.headline or 'none'}"
        yield f"headline + {new.headline or 'none'}"
    ours, theirs = old.body.split(), new.body.split()
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    for kind, a, b, c, d in blocks:
        if kind == "equal":
            continue
        lead, rest = " ".join(ours[max(0, a - _AROUND) : a]), " ".join(ours[b : b + _AROUND])
        for sign, words in (("-", ours[a:b]), ("+", theirs[c:d])):
            if words:
                yield f"{sign} {lead} [{' '.join(words)}] {rest}".replace("  ", " ").rstrip()
    if all(kind == "equal" for kind, *_ in blocks):
        yield "the same words"


def _head(version: ChainVersion) -> Iterator[str]:
    state = "stands" if version.withheld_reason is None else version.withheld_reason
    if version.killed_by is not None:
        state += f" by {version.killed_by}"
    when = version.time.strftime("%Y-%m-%d %H:%M:%SZ") if version.time else "no time"
    yield f"{version.version_index}. {when}  {version.article_id}  {state}"
    yield f"    {version.headline or 'no headline'}"
    yield f"    {version.path}; linked by {version.link_rule}: {version.link_evidence}"
    if version.take_number is not None:
        missing = f", missing {', '.join(map(str, version.takes_missing))}" if version.takes_missing else ""
        yield f"    take {version.take_number} of {version.take_count}{missing}"
