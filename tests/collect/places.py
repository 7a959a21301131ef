"""A desk that collects in a test: a clock that only moves when told, a raw zone, a warehouse."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from etl.collect import Clock, Collected
from etl.collect.visit import visit_source
from etl.config import Collecting, Source, parse_config
from etl.lake import Lake
from etl.lake.sources import SourceState, read_source

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves when it is told to, and when somebody sleeps by it."""

    def __init__(self, begin: datetime = BEGIN) -> None:
        self._begin, self._passed, self._lock = begin, 0.0, threading.Lock()

    def now(self) -> datetime:
        return self._begin + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    def pass_time(self, seconds: float) -> None:
        with self._lock:
            self._passed += seconds

    @property
    def clock(self) -> Clock:
        return Clock(self.now, self.monotonic, self.pass_time)


@dataclass
class Desk:
    """Sources by their TOML, and what comes of visits to them."""

    folder: Path
    lake: Lake
    time: FakeClock
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    def source(self, kind: str, lines: str, name: str = "wire") -> Source:
        return parse_config(f'[[source]]\nname = "{name}"\nkind = "{kind}"\n{lines}\n').sources[0]

    def visit(self, source: Source, *, later: timedelta | None = None, force: bool = False) -> Collected:
        """Visit the source, by default when it is due."""
        if later is not None:
            self.time.pass_time(later.total_seconds())
        return visit_source(
            self.lake,
            source,
            raw=self.raw,
            clock=self.time.clock,
            environ=self.environ,
            collecting=Collecting(),
            force=force,
        )

    def visit_when_due(self, source: Source) -> Collected:
        """Wait until the source is due and visit it."""
        state = self.state(source)
        if state.visited_at is not None:
            due = max(state.visited_at + source.common.every, state.next_at or state.visited_at)
            self.time.pass_time(max(0.0, (due - self.time.now()).total_seconds()))
        done = self.visit(source)
        assert done.outcome != "not due", done
        return done

    def state(self, source: Source) -> SourceState:
        return read_source(self.lake, source.name)

    def kept(self, name: str = "wire") -> list[bytes]:
        """The contents of the source's files in the raw zone, sorted; what is half written would be among them."""
        folder = self.raw / name
        return sorted(path.read_bytes() for path in folder.rglob("*") if path.is_file()) if folder.exists() else []
