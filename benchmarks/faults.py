"""`kill -9` at random instants over the real commands: is anything lost, doubled, torn?

    python -m benchmarks.faults --kills 150 --catalog sqlite --seed 1
    python -m benchmarks.faults --kills 150 --catalog postgres --seed 1

`copydesk run`, `publish`, `maintain`, `backfill` and `restore` work on a small warehouse of real files, shipped and
invented ones, with worker processes and models as always; only that the models are loaded once, in the process that
each command is forked from. At a random instant the command and its workers are killed. What each command was told is
committed it has said on a pipe first. After every kill: all that was acknowledged is there, no file is there in part,
no key is doubled. After each warehouse's tenth kill one undisturbed `copydesk run`: then the tables in the lake and
those published must equal those of a warehouse that was loaded in one undisturbed run, `copydesk maintain` must leave
no file that the catalog does not know, and `copydesk doctor` must be silent.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from benchmarks.catalogs import in_child, on_catalog
from benchmarks.invented import invented_file
from benchmarks.killed import Ended, command, warm_up
from etl import schema
from etl.lake import LakeError, open_lake
from etl.lake.doctor import rules
from tests.warehouses import RAW, lake_rows, published_rows

KILLS_A_WAREHOUSE = 10
FILES_A_KILL = 6
LATER = timedelta(days=3)
"""How far the clock of `maintain` is ahead: all that a crash left is then old enough to go."""

SHARES = {"run": 40, "publish": 20, "maintain": 20, "backfill": 12, "restore": 8}


@dataclass(slots=True)
class Score:
    """What was found: kills by command and by what it was doing, and what must be none of."""

    commands: Counter[str] = field(default_factory=Counter)
    doing: Counter[str] = field(default_factory=Counter)
    finished_first: int = 0
    acknowledged: int = 0
    warehouses: int = 0
    lost: int = 0
    findings: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Site:
    """A warehouse that is killed again and again, its raw files, and what was acknowledged so far."""

    folder: Path
    rng: random.Random
    files: int = 0
    acknowledged: set[str] = field(default_factory=set)

    @property
    def raw(self) -> Path:
        """The raw zone."""
        return self.folder / "raw"

    @property
    def warehouse(self) -> Path:
        """The warehouse."""
        return self.folder / "w"

    def deliver(self) -> None:
        """Put the next files into the raw zone."""
        for _ in range(FILES_A_KILL):
            name, data = invented_file(self.files)
            self.files += 1
            (self.raw / name).parent.mkdir(parents=True, exist_ok=True)
            (self.raw / name).write_bytes(data)


def arguments(site: Site, name: str) -> list[str]:
    """The command line of a command on that site."""
    own = ["-w", str(site.warehouse)]
    if name == "run":
        return ["run", str(site.raw), *own, "-q", "--processes", "2", "--batch-files", "3"]
    if name == "backfill":
        return ["backfill", *own, "-q", "--processes", "2", "--feed", site.rng.choice(("coast", "tides", "baywire"))]
    if name == "maintain":
        return ["maintain", *own, "--keep-days", "1"]
    if name == "restore":
        kept = json.loads(in_child(lambda: _snapshots(site.warehouse)))
        return ["restore", str(site.rng.choice(kept[1:] or kept)), *own]
    return [name, *own]


def _snapshots(warehouse: Path) -> str:
    with open_lake(warehouse, read_only=True) as lake:
        found = lake.con.execute("SELECT snapshot_id FROM lake.snapshots() ORDER BY 1").fetchall()
    return json.dumps([number for (number,) in found])


def kill_one(site: Site, longest: dict[str, float], score: Score) -> None:
    """Run a random command on the site and kill it; commands that finish first are run again until one is killed."""
    while True:
        site.deliver()
        name = site.rng.choices(list(SHARES), list(SHARES.values()))[0]
        if name != "run":
            # Something to link and publish: a run that is cut off when all of it is loaded.
            loaded = command(arguments(site, "run"), stop_at="linking")
            site.acknowledged |= loaded.acknowledged
        if name == "restore":
            site.acknowledged.clear()  # what it takes back was not lost
        ended = command(arguments(site, name), after=site.rng.uniform(0, longest[name]), ahead=LATER)
        site.acknowledged |= ended.acknowledged
        score.acknowledged += len(ended.acknowledged)
        if ended.code == -signal.SIGKILL:
            score.commands[name] += 1
            score.doing[ended.doing] += 1
            return
        _must_end_well(name, ended)
        score.finished_first += 1


def _must_end_well(name: str, ended: Ended) -> None:
    if ended.code not in (0, 2):
        raise RuntimeError(f"copydesk {name} ended with {ended.code}: {ended.errors}")


def look(site: Site, score: Score) -> None:
    """Count what is lost, doubled or torn right after a kill, before anything has been made good."""
    found = json.loads(in_child(lambda: json.dumps(_look(site))))
    score.lost += found.pop("lost")
    score.findings.update(found)


def _look(site: Site) -> dict[str, int]:
    try:
        lake = open_lake(site.warehouse, read_only=True)
    except LakeError:  # killed before there was one
        return {"lost": len(site.acknowledged)}
    with lake:
        held = {sha for (sha,) in lake.con.execute("SELECT raw_sha256 FROM lake.raw_files").fetchall()}
        found = {"lost": len(site.acknowledged - held)}
        for rule in rules():
            # What waits for the next linking is not wrong: the next command does it.
            if rule.table not in ("story_versions", "syndication"):
                count = lake.con.execute(f"SELECT count(*) FROM ({rule.query})").fetchall()[0][0]
                if count:
                    found[f"after a kill: {rule.table}: {rule.name}"] = count
    return found


def settle(site: Site, score: Score) -> None:
    """One undisturbed run, and all comparisons."""
    _must_end_well("run", command(arguments(site, "run")))
    disturbed = json.loads(in_child(lambda: json.dumps(_digests(site.warehouse))))
    _must_end_well("maintain", command(arguments(site, "maintain"), ahead=LATER))
    doctor = command(["doctor", "-w", str(site.warehouse)])
    if doctor.code:
        score.findings[f"doctor: {doctor.errors or doctor.output}"] += 1
    score.findings.update(json.loads(in_child(lambda: json.dumps(_leftovers(site.warehouse)))))
    whole = site.folder / "whole"
    catalog = os.environ.pop("COPYDESK_CATALOG", None)
    try:
        _must_end_well("run", command(["run", str(site.raw), "-w", str(whole), "-q", "--processes", "2"]))
        undisturbed = json.loads(in_child(lambda: json.dumps(_digests(whole))))
    finally:
        if catalog is not None:
            os.environ["COPYDESK_CATALOG"] = catalog
    for table, digest in undisturbed.items():
        if disturbed[table] != digest:
            score.findings[f"{table} differs from an undisturbed warehouse"] += 1
    score.warehouses += 1


def _digests(warehouse: Path) -> dict[str, str]:
    found = {name: repr(rows) for name, rows in lake_rows(warehouse).items()}
    return found | {f"published {name}": repr(rows) for name, rows in published_rows(warehouse).items()}


def _leftovers(warehouse: Path) -> dict[str, int]:
    """Files on disk that nothing knows of."""
    with open_lake(warehouse, read_only=True) as lake:
        named = lake.con.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'lake'"
        ).fetchall()
        known = set()
        for space, table in named:
            listed = f"ducklake_list_files('lake', '{table}', schema => '{space}')"
            for files in lake.con.execute(f"SELECT data_file, delete_file FROM {listed}").fetchall():
                known |= {name for name in files if name}
    data = {str(path) for path in (warehouse / "lake" / "data").rglob("*") if path.is_file()}
    staged = [path for path in (warehouse / "stage").rglob("*")]
    found = {
        "data files that the catalog does not know": len(data - known),
        "data files that are missing": len(known - data),
        "staged files left": len(staged),
        "temporary files left": len(list(warehouse.rglob("*.tmp"))),
    }
    return {what: count for what, count in found.items() if count}


def round_of(folder: Path, kills: int, longest: dict[str, float], rng: random.Random, score: Score) -> None:
    """So many kills on one new warehouse, then the comparison."""
    site = Site(folder, rng)
    shutil.copytree(RAW, site.raw)
    for _ in range(kills):
        kill_one(site, longest, score)
        look(site, score)
    settle(site, score)


def measured(folder: Path, empty: Callable[[], None]) -> dict[str, float]:
    """Seconds of each command undisturbed, and a third more, since the machine may be busier later."""
    site = Site(folder, random.Random(0))
    shutil.copytree(RAW, site.raw)
    found = {}
    for name in SHARES:
        site.deliver()
        if name != "run":
            command(arguments(site, "run"), stop_at="linking")
        line = arguments(site, name)
        began = time.monotonic()
        _must_end_well(name, command(line, ahead=LATER))
        found[name] = 1.33 * (time.monotonic() - began)
    empty()
    return found


def report(catalog: str, score: Score) -> str:
    """What was done and found, in words."""
    kills = ", ".join(f"{name} {count}" for name, count in sorted(score.commands.items()))
    doing = ", ".join(f"{name} {count}" for name, count in sorted(score.doing.items()))
    doubled = sum(count for name, count in score.findings.items() if "unique" in name)
    torn = sum(count for name, count in score.findings.items() if name.startswith("after") and "unique" not in name)
    differ = sum(count for name, count in score.findings.items() if "differs" in name)
    lines = [
        f"{catalog}: {sum(score.commands.values())} kills at random instants ({kills}; {score.finished_first} more "
        f"commands were done first), while {doing}",
        f"{score.acknowledged} acknowledged files: {score.lost} lost, {doubled} doubled, {torn} torn; of "
        f"{score.warehouses} warehouses {differ} tables differ from an undisturbed one",
        *(f"{count} x {name}" for name, count in sorted(score.findings.items())),
    ]
    return "\n".join(lines)


def main() -> int:
    """Kill, look, and print what came of it; 0 if nothing was lost, doubled, torn or left behind."""
    assert schema.CORE, "the schema is read before the first fork"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--catalog", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    warm_up([path for path in sorted(RAW.rglob("*")) if path.is_file()])
    rng, score, left = random.Random(options.seed), Score(), options.kills
    with on_catalog(options.catalog) as empty:
        with tempfile.TemporaryDirectory() as folder:
            longest = measured(Path(folder), empty)
        while left > 0:
            with tempfile.TemporaryDirectory() as folder:
                round_of(Path(folder), min(left, KILLS_A_WAREHOUSE), longest, rng, score)
            empty()
            left -= KILLS_A_WAREHOUSE
            print(report(options.catalog, score), file=sys.stderr, flush=True)
    print(report(options.catalog, score))
    return int(bool(score.lost or score.findings))


if __name__ == "__main__":
    sys.exit(main())
