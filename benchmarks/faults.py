"""`kill -9` at random instants over load, resolve, publish, maintain, restore: is anything lost, doubled, torn?

    python -m benchmarks.faults --instants 300 --catalog sqlite
    python -m benchmarks.faults --instants 300 --catalog postgres:"host=127.0.0.1 user=postgres dbname=lake"

Each instant forks a process that goes through all of them on a warehouse, and kills it after a random time. What it
was told is committed it has said on a pipe first. After the kill: every batch that was acknowledged is there, every
batch is there whole or not at all, no key is doubled. After each warehouse's last kill one undisturbed pass; then
`copydesk doctor` must be silent and the tables equal those of a warehouse that nobody disturbed. With `postgres:`, the
database named is emptied again and again: give one of its own.

Batches are made rows, no language is read: what is under test is what comes after.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from etl import schema
from etl.lake import Lake, history, publish, resolve_lake
from etl.lake.connect import LakeLocation, connect_duckdb, embedded, open_location
from etl.lake.doctor import examine
from etl.lake.maintain import maintain
from tests.lake import rows, sound

INSTANTS_A_WAREHOUSE = 20
BATCH = 12
SETTLED = ("raw_files", "articles", "quotes", "mentions", "article_entities")


@dataclass(slots=True)
class Score:
    """What was found: kills, acknowledged batches, and what must be none of."""

    kills: int = 0
    survived: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    torn: int = 0
    differing: int = 0
    findings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """A warehouse under test and how to open its lake."""

    warehouse: Path
    location: LakeLocation

    def open(self) -> Lake:
        return open_location(self.location)


def place(catalog: str, warehouse: Path) -> Place:
    """A new, empty warehouse on the catalog named; a Postgres database is emptied."""
    if catalog == "sqlite":
        return Place(warehouse, embedded(warehouse))
    target = catalog.removeprefix("postgres:")
    con = connect_duckdb(("postgres_scanner",))
    con.execute(f"ATTACH '{target}' AS pg (TYPE postgres)")
    con.execute("CALL postgres_execute('pg', 'DROP SCHEMA public CASCADE')")
    con.execute("CALL postgres_execute('pg', 'CREATE SCHEMA public')")
    con.close()
    warehouse.mkdir(parents=True)
    lake = warehouse / "lake"
    lake.mkdir()
    extensions = ("ducklake", "postgres_scanner")
    return Place(
        warehouse,
        LakeLocation(f"postgres:{target}", f"{lake / 'data'}/", str(warehouse / "stage"), lake, extensions=extensions),
    )


def items(number: int) -> list[rows.Item]:
    """The stories of batch `number`."""
    return rows.numbered(BATCH, start=BATCH * number)


def cycle(where: Place, number: int, acknowledge: Callable[[int], object]) -> None:
    """All that is under test, for one batch, in this process."""
    with where.open() as lake:
        sound.load(lake, items(number), f"batch-{number}")
        acknowledge(number)
        resolve_lake(lake, as_of=rows.NOW)
        publish(lake, where.warehouse, rows.NOW)
        newest = lake.snapshot()
        sound.load(lake, items(number), f"anew-{number}", fingerprint="rules-2")
        history.restore(lake, newest)
        maintain(lake, now=datetime.now(UTC) + timedelta(days=1), keep=timedelta(0))


def killed_after(seconds: float, work: Callable[[Callable[[int], object]], None]) -> tuple[bool, list[int]]:
    """Run `work` in a fork that is killed after `seconds`; was it killed, and what did it acknowledge?"""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        try:
            work(lambda number: os.write(writer, bytes([number])))
        except BaseException as error:
            print(f"child: {error!r}", file=sys.stderr)
            os._exit(1)
        os._exit(0)
    os.close(writer)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with os.fdopen(reader, "rb") as pipe:
        said = list(pipe.read())
    if code > 0:
        raise RuntimeError("the process under test failed before it was killed")
    return code < 0, said


def look(where: Place, acknowledged: set[int], score: Score) -> None:
    """Count what is lost, doubled and torn now."""
    with where.open() as lake:
        held = {table: dict(_files_held(lake, table)) for table in SETTLED}
        for table in SETTLED:
            key = ", ".join(schema.core(table).key)
            score.doubled += int(
                lake.con.execute(f"SELECT count(*) - count(DISTINCT ({key})) FROM lake.{table}").fetchall()[0][0]
            )
    for number in range(INSTANTS_A_WAREHOUSE):
        counts = {sum(item.sha in held[table] for item in items(number)) for table in SETTLED}
        score.torn += counts not in ({0}, {BATCH})
        score.lost += number in acknowledged and counts != {BATCH}


def _files_held(lake: Lake, table: str) -> Iterator[tuple[str, int]]:
    yield from lake.con.execute(f"SELECT raw_sha256, count(*) FROM lake.{table} GROUP BY 1").fetchall()


def tables(where: Place) -> dict[str, list[tuple[object, ...]]]:
    """Rows of every core table and of the published ones, sorted, without who wrote them."""
    with where.open() as lake:
        found = {t.name: rows.table_rows(lake, t.name) for t in schema.CORE if t.name != "runs"}
    with duckdb.connect(str(where.warehouse / "copydesk.duckdb"), read_only=True) as con:
        for table in schema.PUBLISHED:
            found[f"published {table.name}"] = sorted(con.execute(f"FROM {table.name}").fetchall(), key=repr)
    return found


def finish(where: Place, count: int) -> None:
    """One undisturbed pass over all batches: what the next run would do."""
    with where.open() as lake:
        for number in range(count):
            for mark in ("rules-2", rows.FINGERPRINT):
                sound.load(lake, items(number), f"batch-{number}", fingerprint=mark)
        resolve_lake(lake, as_of=rows.NOW)
        publish(lake, where.warehouse, rows.NOW)


def round_of(catalog: str, folder: Path, count: int, longest: float, rng: random.Random, score: Score) -> None:
    """`count` kills on one warehouse, then recovery and comparison."""
    where = place(catalog, folder / "killed")
    in_child(lambda: where.open().close())
    acknowledged: set[int] = set()
    for number in range(count):
        was_killed, said = killed_after(
            rng.uniform(0, longest),
            lambda acknowledge, n=number: cycle(where, n, acknowledge),  # type: ignore[misc]
        )
        score.kills += was_killed
        score.survived += not was_killed
        acknowledged |= set(said)
        in_child_look(where, acknowledged, score)
    score.acknowledged += len(acknowledged)
    finish(where, count)
    with where.open() as lake:
        score.findings += [f"{f.table}: {f.rule}" for f in examine(lake, where.warehouse, rows.NOW)]
    disturbed = tables(where)
    whole = place("sqlite", folder / "whole")
    finish(whole, count)
    undisturbed = tables(whole)
    score.differing += sum(disturbed[name] != undisturbed[name] for name in undisturbed)


def in_child(work: Callable[[], object]) -> None:
    """Run `work` in a fork: a process that has opened a lake has threads, and must not be forked again."""
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def in_child_look(where: Place, acknowledged: set[int], score: Score) -> None:
    """`look` in a fork; its counts come back over a pipe."""
    reader, writer = os.pipe()

    def work() -> None:
        own = Score()
        look(where, acknowledged, own)
        os.write(writer, f"{own.lost} {own.doubled} {own.torn}".encode())

    in_child(work)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        lost, doubled, torn = map(int, pipe.read().split())
    score.lost, score.doubled, score.torn = score.lost + lost, score.doubled + doubled, score.torn + torn


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instants", type=int, default=40)
    parser.add_argument("--catalog", default="sqlite", help="sqlite, or postgres: and a connection string")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=0.0, help="seconds; 0 measures one undisturbed cycle")
    options = parser.parse_args()
    rng, score, left = random.Random(options.seed), Score(), options.instants
    while left > 0:
        with tempfile.TemporaryDirectory() as folder:
            count = min(left, INSTANTS_A_WAREHOUSE)
            round_in_child(options, Path(folder), count, rng.random(), score)
            left -= count
    print(
        f"{options.catalog.split(':')[0]}: {score.kills} kills at random instants ({score.survived} cycles were done "
        f"sooner), {score.acknowledged} batches acknowledged: {score.lost} lost, {score.doubled} doubled, "
        f"{score.torn} torn; {score.differing} tables differ from an undisturbed warehouse; "
        f"{len(score.findings)} findings of the doctor {sorted(set(score.findings))}"
    )
    return int(bool(score.lost or score.doubled or score.torn or score.differing or score.findings))


def round_in_child(options: argparse.Namespace, folder: Path, count: int, seed: float, score: Score) -> None:
    """A round in a fork of its own, whose score comes back over a pipe."""
    reader, writer = os.pipe()

    def work() -> None:
        own = Score()
        longest = options.longest or _measured(options.catalog, folder)
        round_of(options.catalog, folder, count, longest, random.Random(seed), own)
        numbers = (own.kills, own.survived, own.acknowledged, own.lost, own.doubled, own.torn, own.differing)
        os.write(writer, ("\n".join([" ".join(map(str, numbers)), *own.findings])).encode())

    in_child(work)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        first, *findings = pipe.read().splitlines()
    names = ("kills", "survived", "acknowledged", "lost", "doubled", "torn", "differing")
    for name, value in zip(names, first.split(), strict=True):
        setattr(score, name, getattr(score, name) + int(value))
    score.findings += findings


def _measured(catalog: str, folder: Path) -> float:
    """Seconds of one undisturbed cycle."""
    where = place(catalog, folder / "measured")
    in_child(lambda: where.open().close())
    began = time.monotonic()
    in_child(lambda: cycle(where, 0, lambda _: None))
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
