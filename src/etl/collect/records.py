"""What collecting is told and tells: the clock, what a source finds, how a visit ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from etl.config import SourceKeys
from etl.lake.sources import SourceState

Outcome = Literal["new", "unchanged", "not due", "busy", "failed"]


class SourceError(Exception):
    """The visit cannot go on; the message is one line. `retry_after` is what the server asked for."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        """Say why, and for how long the server wants to be left alone."""
        super().__init__(reason)
        self.retry_after = retry_after


class ItemError(Exception):
    """One thing cannot be had, the visit goes on; a `final` failure is not tried again until the thing changes."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        """Say why, and whether that will stay so."""
        super().__init__(reason)
        self.final = final


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, given from outside: UTC, seconds that only grow, and waiting."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant of the growing clock by which something has to be done."""

    at: float
    monotonic: Callable[[], float]
    what: str

    def left(self) -> float:
        """Seconds that are left.

        Raises:
            SourceError: there are none.
        """
        left = self.at - self.monotonic()
        if left <= 0:
            raise SourceError(f"{self.what} took too long")
        return left


@dataclass(frozen=True, slots=True)
class Visit:
    """What a source is given on a visit.

    Everything before `deadline`; `locks` is a folder for turns at a server, `pause` the least time between two.
    """

    source: SourceKeys
    state: SourceState
    now: datetime
    clock: Clock
    deadline: Deadline
    environ: Mapping[str, str]
    locks: Path
    pause: timedelta
    user_agent: str

    def secret(self, variable: str) -> str:
        """What an environment variable holds.

        Raises:
            SourceError: it is not set.
        """
        value = self.environ.get(variable)
        if not value:
            raise SourceError(f"environment variable {variable} is not set")
        return value

    def document_deadline(self, what: str) -> Deadline:
        """By when one document has to be here: its own time, and never more than the visit's."""
        own = self.clock.monotonic() + self.source.timeout.total_seconds()
        return Deadline(min(own, self.deadline.at), self.clock.monotonic, what)


@dataclass(frozen=True, slots=True)
class Found:
    """Something new or changed: its id at the source, what changes when it does, its name, its bytes when asked for.

    `chunks` raises ItemError or SourceError where the bytes cannot be had whole; then none of them are kept.
    """

    key: str
    mark: str
    name: str
    chunks: Iterator[bytes]
    is_remembered: bool = True
    """False where the source's memory says by itself what was taken."""


@dataclass(frozen=True, slots=True)
class Learned:
    """All there is to remember for the next visit, now that everything found before it is kept."""

    memory: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Gone:
    """Ids that the source does not list any more: they need not be remembered."""

    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unready:
    """How many things are there but still being written."""

    count: int


Told = Found | Learned | Gone | Unready


@dataclass(frozen=True, slots=True)
class Deposit:
    """A file of the raw zone: where it is, its SHA-256 and size; `is_new` unless it was there already."""

    path: Path
    sha256: str
    size: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Collected:
    """How a visit ended.

    `deposits` are the new files; `known` counts what was had already, `unready` what is still being written;
    `refused` is (id, reason) of what could not be had. `problem` is set when the visit failed or was cut short.
    """

    source: str
    outcome: Outcome
    next_at: datetime | None
    deposits: tuple[Deposit, ...] = ()
    known: int = 0
    unready: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    problem: str | None = None
    failures: int = 0
