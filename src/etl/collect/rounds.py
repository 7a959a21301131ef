"""Visits to many sources: servers side by side, the sources of one server one after the other."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

from etl.collect.places import current, server_of
from etl.collect.records import Clock, Collected
from etl.collect.visit import due_at, not_due, one_line, visit_source
from etl.config import Collecting, Source
from etl.lake import Lake, open_lake
from etl.lake.sources import SourceState, read_sources


def collect_all(
    sources: Iterable[Source],
    *,
    raw: Path,
    warehouse: Path,
    clock: Clock,
    environ: Mapping[str, str],
    collecting: Collecting | None = None,
    force: bool = False,
    done: Callable[[Collected], None] = lambda _: None,
) -> list[Collected]:
    """Visit every source that is enabled and due; see `collect_source`.

    A slow server holds up its own sources only, and a source that fails is a `Collected` that says so. `done` is
    called from this thread, for the sources of one server when the last of them has ended. When this is interrupted,
    visits end early and what they have kept stays.
    """
    shared, stopping = collecting or Collecting(), threading.Event()
    ending = replace(clock, monotonic=lambda: math.inf if stopping.is_set() else clock.monotonic())
    servers: dict[str, list[Source]] = {}
    collected = []
    with open_lake(warehouse) as lake:
        states = read_sources(lake)
    for source in (source for source in sources if source.common.enabled):
        state = current(source, states.get(source.name, SourceState()))
        due = due_at(source, state)
        if due is not None and clock.now() < due and not force:
            collected.append(not_due(source, state))
            done(collected[-1])
        else:
            servers.setdefault(server_of(source), []).append(source)

    def row_of(row: list[Source]) -> list[Collected]:
        with open_lake(warehouse) as lake:
            return [one(lake, source) for source in row]

    def one(lake: Lake, source: Source) -> Collected:
        try:
            return visit_source(lake, source, raw=raw, clock=ending, environ=environ, collecting=shared, force=force)
        except Exception as error:  # a defect in one kind of source must not keep the others from being visited
            return Collected(source.name, "failed", None, problem=one_line(f"{type(error).__name__}: {error}"))

    with ThreadPoolExecutor(shared.threads, thread_name_prefix="collect") as pool:
        rows = [pool.submit(row_of, row) for row in servers.values()]
        try:
            for row in as_completed(rows):
                for each in row.result():
                    done(each)
                    collected.append(each)
        except BaseException:
            stopping.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return collected
