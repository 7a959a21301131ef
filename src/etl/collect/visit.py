"""One visit to one source: what it finds is kept in the raw zone first, and remembered in the lake after."""

from __future__ import annotations

import fcntl
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import etl
from etl.collect.api import visit_http
from etl.collect.deposit import place, sweep
from etl.collect.folder import visit_folder
from etl.collect.mail import visit_imap
from etl.collect.objects import visit_s3
from etl.collect.places import current
from etl.collect.records import (
    Clock,
    Collected,
    Deadline,
    Deposit,
    Found,
    Gone,
    ItemError,
    Learned,
    SourceError,
    Told,
    Unready,
    Visit,
)
from etl.collect.rss import visit_rss
from etl.collect.sftp import visit_sftp
from etl.config import S3, Collecting, Folder, Http, Imap, Rss, Sftp, Source
from etl.lake import Lake, open_lake
from etl.lake.sources import SourceState, Taken, read_source, write_source

LONGEST_BACK_OFF = timedelta(hours=1)
"""A source that fails is visited at least this often, or as often as `every` says if that is longer."""

JITTER = timedelta(seconds=10)
"""A visit may come this much early, and never more than a tenth of `every`: schedulers are not exact."""

_REMEMBER_AFTER = 100
"""Files after which what was taken is remembered: at most these are fetched once more after a crash."""

_LONGEST_PROBLEM = 300


def collect_source(
    source: Source,
    *,
    raw: Path,
    warehouse: Path,
    clock: Clock,
    environ: Mapping[str, str],
    collecting: Collecting | None = None,
    force: bool = False,
) -> Collected:
    """Visit a source if it is due, and keep what is new in `raw/<name of the source>/`.

    Bytes are durable before the lake says that they were taken, and are named by their content: a visit that dies at
    any instant loses nothing, and the next one doubles nothing. One visit at a time to a source; another says `busy`.

    Args:
        source: from the configuration.
        raw: the raw zone.
        warehouse: the folder of the lake, which is made if need be.
        clock: the time.
        environ: environment variables, for the secrets that the source names.
        collecting: what all sources share.
        force: visit although it is not due.

    Returns:
        How the visit ended; a source that fails is told there, never raised.

    Raises:
        etl.lake.LakeError: the lake cannot be used.
    """
    with open_lake(warehouse) as lake:
        return visit_source(
            lake, source, raw=raw, clock=clock, environ=environ, collecting=collecting or Collecting(), force=force
        )


def visit_source(
    lake: Lake,
    source: Source,
    *,
    raw: Path,
    clock: Clock,
    environ: Mapping[str, str],
    collecting: Collecting,
    force: bool = False,
) -> Collected:
    """Visit a source with a lake that is open; see `collect_source`."""
    with _alone(lake, source.name) as alone:
        stored = read_source(lake, source.name)
        state = current(source, stored)
        now = clock.now()
        due = due_at(source, state)
        if not alone:
            return Collected(source.name, "busy", due)
        if due is not None and now < due and not force:
            return not_due(source, state)
        visit = _visit(source, lake, state, now, clock, environ, collecting)
        return _Visiting(lake, source, visit, stored, raw / source.name).run()


def due_at(source: Source, state: SourceState) -> datetime | None:
    """When the next visit may be, None if there was none yet."""
    if state.next_at is not None or state.visited_at is None:
        return state.next_at
    every = source.common.every
    return state.visited_at + every - min(every / 10, JITTER)


def not_due(source: Source, state: SourceState) -> Collected:
    """What is told of a source that is left alone for now: when it is due, and what its last visit met."""
    due = due_at(source, state)
    return Collected(source.name, "not due", due, problem=state.problem, failures=state.failures)


def _visit(
    source: Source,
    lake: Lake,
    state: SourceState,
    now: datetime,
    clock: Clock,
    environ: Mapping[str, str],
    shared: Collecting,
) -> Visit:
    deadline = Deadline(clock.monotonic() + source.common.budget.total_seconds(), clock.monotonic, "the visit")
    agent = source.common.user_agent or shared.user_agent or f"copydesk/{etl.__version__}"
    return Visit(source.common, state, now, clock, deadline, environ, lake.location.locks, shared.pause, agent)


@contextmanager
def _alone(lake: Lake, name: str) -> Iterator[bool]:
    """True while nobody else visits the source; the system gives the lock up however a process ends."""
    folder = lake.location.locks / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def look(source: Source, visit: Visit) -> Generator[Told, None, None]:
    """What the source's own kind tells on a visit."""
    match source.fetch:
        case Rss():
            return visit_rss(source.fetch, visit)
        case Http():
            return visit_http(source.fetch, visit)
        case Folder():
            return visit_folder(source.fetch, visit)
        case S3():
            return visit_s3(source.fetch, visit)
        case Sftp():
            return visit_sftp(source.fetch, visit)
        case Imap():
            return visit_imap(source.fetch, visit)


class _Visiting:
    """What has come of a visit so far."""

    def __init__(self, lake: Lake, source: Source, visit: Visit, stored: SourceState, folder: Path) -> None:
        self.lake, self.source, self.visit, self.folder = lake, source, visit, folder
        self.state, self.saved = visit.state, stored
        self.taken = dict(visit.state.taken)
        self.deposits: list[Deposit] = []
        self.refused: list[tuple[str, str]] = []
        self.known = self.unready = self.unsaved = 0

    def run(self) -> Collected:
        """The visit from begin to end."""
        failure = self._work()
        now, before = self.visit.now, self.visit.state
        failures = before.failures + 1 if failure and not (failure.cut_short and self.deposits) else 0
        problem = one_line(str(failure)) if failure else None
        self.state = replace(
            self.state,
            visited_at=now,
            succeeded_at=before.succeeded_at if failure else now,
            next_at=self._next_at(failures, failure.retry_after) if failure and failures else None,
            failures=failures,
            problem=problem,
        )
        self._save()
        return Collected(
            self.source.name,
            "failed" if failures else "new" if self.deposits else "unchanged",
            due_at(self.source, self.state),
            tuple(self.deposits),
            self.known,
            self.unready,
            tuple(self.refused),
            problem,
            failures,
        )

    def _work(self) -> _Failure | None:
        """Keep what the source tells; give what ended the visit early."""
        try:
            sweep(self.folder)
            with closing(look(self.source, self.visit)) as telling:
                for told in telling:
                    self._take(told)
                    self.visit.deadline.left()
        except SourceError as error:
            cut_short = self.visit.clock.monotonic() >= self.visit.deadline.at
            return _Failure(str(error), error.retry_after, cut_short)
        except OSError as error:
            return _Failure(f"{error.strerror or error}: {error.filename}" if error.filename else str(error))
        return None

    def _take(self, told: Told) -> None:
        match told:
            case Found():
                self._keep(told)
            case Learned(memory):
                self.state = current(self.source, replace(self.state, memory=memory))
            case Gone(keys):
                for key in keys:
                    del self.taken[key]
            case Unready(count):
                self.unready = count

    def _keep(self, found: Found) -> None:
        taken = Taken(found.mark)
        try:
            deposit = place(found.chunks, found.name, self.folder, limit=self.visit.source.max_bytes)
        except ItemError as error:
            self.refused.append((found.key, one_line(str(error))))
            if not error.final:
                return
        else:
            taken = Taken(found.mark, deposit.sha256, str(deposit.path.relative_to(self.folder.parent)))
            self.known += not deposit.is_new
            if deposit.is_new:
                self.deposits.append(deposit)
        if found.is_remembered:
            self.taken[found.key] = taken
        self.unsaved += 1
        if self.unsaved >= _REMEMBER_AFTER:
            self._save()

    def _save(self) -> None:
        self.state = replace(self.state, taken=dict(self.taken))
        write_source(self.lake, self.source.name, self.saved, self.state)
        self.saved, self.unsaved = self.state, 0

    def _next_at(self, failures: int, asked: timedelta | None) -> datetime:
        every = self.source.common.every
        own = max(every, min(every * 2.0 ** min(failures - 1, 20), LONGEST_BACK_OFF))
        # What the server asked for counts from its answer, not from the visit's beginning.
        return max(self.visit.now + own, self.visit.clock.now() + (asked or timedelta(0)))


@dataclass(frozen=True, slots=True)
class _Failure:
    """What ended a visit early; `cut_short` if that was its own time."""

    reason: str
    retry_after: timedelta | None = None
    cut_short: bool = False

    def __str__(self) -> str:
        return self.reason


def one_line(text: str) -> str:
    """Text of others as one line that a terminal can be shown."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line[:_LONGEST_PROBLEM]
