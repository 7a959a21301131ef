"""The stages composed over one delivered file: bytes in, rows out.

Pure apart from reading the stream it is given. A story that a stage cannot take becomes a reject and
the rest of the file still loads.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from etl import rows
from etl.desk import edit_story
from etl.language import read_article
from etl.language.model import Models
from etl.readers import read
from etl.readers.containers import open_members
from etl.records import Delivery, Reject, Story
from etl.rows import Origin, Row

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What one delivered file turned out to be: a row of `raw_files` but for the run's columns."""

    format: str | None
    format_evidence: str | None
    encoding: str | None
    encoding_evidence: str | None
    story_count: int
    reject_count: int


@dataclass(slots=True)
class _Tally:
    format: str | None = None
    evidence: str | None = None
    encoding: str | None = None
    encoding_evidence: str | None = None
    stories: int = 0
    rejects: int = 0

    def facts(self) -> FileFacts:
        return FileFacts(self.format, self.evidence, self.encoding, self.encoding_evidence, self.stories, self.rejects)


def process_file(delivery: Delivery, origin: Origin, models: Models) -> Iterator[dict[str, list[Row]] | FileFacts]:
    """Yield the rows of each story or reject of the file in turn, and its facts last.

    `delivery.path` names the file in rejects; archives are opened and their members read in order.
    """
    tally = _Tally()
    for member in _guarded_iterator(open_members(delivery), delivery, "open"):
        if isinstance(member, Reject):
            tally.rejects += 1
            yield {"rejects": [rows.reject_row(member, origin, member.member or delivery.member)]}
            continue
        yield from _process_member(member, origin, models, tally)
    yield tally.facts()


def _process_member(member: Delivery, origin: Origin, models: Models, tally: _Tally) -> Iterator[dict[str, list[Row]]]:
    reading = read(member)
    if tally.format is None:
        tally.format, tally.evidence = reading.format, reading.evidence
    for item in _guarded_iterator(reading.items, member, "read"):
        made = item if isinstance(item, Reject) else _process_story(item, member, origin, models)
        if isinstance(made, Reject):
            tally.rejects += 1
            yield {"rejects": [rows.reject_row(replace(made, path=origin.path), origin, member.member)]}
        else:
            assert isinstance(item, Story)
            if not tally.stories:
                tally.encoding, tally.encoding_evidence = item.encoding, item.encoding_evidence
            tally.stories += 1
            yield made


def _process_story(story: Story, member: Delivery, origin: Origin, models: Models) -> dict[str, list[Row]] | Reject:
    stage = "desk"

    def work() -> dict[str, list[Row]]:
        nonlocal stage
        article = edit_story(story)
        stage = "language"
        reading = read_article(article, models)
        stage = "rows"
        return rows.story_rows(article, reading, origin, member.member)

    made = _attempt(work)
    if isinstance(made, _Failure):
        return Reject(member.path, story.byte_offset, story.byte_length, stage, "stage_failed", made.line)
    return made


@dataclass(frozen=True, slots=True)
class _Failure:
    line: str


def _attempt(work: Callable[[], T]) -> T | _Failure:
    """Run `work`; a bug in a stage costs the story it met, never the run."""
    try:
        return work()
    except Exception as error:  # the one place in the program that catches everything
        where = traceback.extract_tb(error.__traceback__)[-1]
        return _Failure(f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})")


def _guarded_iterator(items: Iterator[T], delivery: Delivery, stage: str) -> Iterator[T | Reject]:
    """The items, and a reject for the rest of the file should its reader break down in the middle."""
    done = 0
    while True:
        item = _attempt(lambda: next(items, None))
        if item is None:
            return
        if isinstance(item, _Failure):
            yield Reject(delivery.path, done, max(delivery.size - done, 0), stage, "stage_failed", item.line)
            return
        if isinstance(item, Story | Reject):
            done = max(done, item.byte_offset + item.byte_length)
        yield item
