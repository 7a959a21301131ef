"""Look places up by the names that copy prints, and choose among those that share one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from etl.gazetteer.fold import fold_name
from etl.gazetteer.table import KINDS, Table, load_table, read_rows
from etl.records import Place

_COUNTRY = KINDS.index("country")
_REGION = KINDS.index("region")
_CITY = KINDS.index("city")
_SHORTEST_TO_CORRECT = 5
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class _Words:
    """The hand-written names: what the packed table cannot tell."""

    countries: dict[str, str]
    """Folded country name, as copy prints it, to code."""
    demonyms: dict[str, str]
    successors: dict[str, tuple[str, ...]]
    abbreviations: dict[str, tuple[str, str]]
    """Folded state abbreviation to country and admin1 code."""


@lru_cache(maxsize=1)
def _words() -> _Words:
    countries: dict[str, str] = {}
    demonyms: dict[str, str] = {}
    successors: dict[str, tuple[str, ...]] = {}
    for row in read_rows("countries.tsv"):
        for name in row["names"].split("|"):
            countries.setdefault(fold_name(name), row["code"])
        for name in row["demonyms"].split("|") if row["demonyms"] else ():
            demonyms.setdefault(fold_name(name), row["code"])
        if row["successors"]:
            successors[row["code"]] = tuple(row["successors"].split("|"))
    abbreviations: dict[str, tuple[str, str]] = {}
    for row in read_rows("regions.tsv"):
        for name in row["abbreviations"].split("|") if row["abbreviations"] else ():
            abbreviations.setdefault(fold_name(name), (row["country"], row["admin1"]))
    return _Words(countries, demonyms, successors, abbreviations)


def _numbers(name: str) -> tuple[int, ...]:
    # Longer names are none, and would only fill the cache.
    return _known_numbers(name) if len(name) <= _LONGEST_NAME else ()


@lru_cache(maxsize=65_536)
def _known_numbers(name: str) -> tuple[int, ...]:
    key = fold_name(name)
    return tuple(load_table().find(key)) if key else ()


def lookup(name: str, min_population: int = 0) -> tuple[Place, ...]:
    """Return the places called `name`, best first; empty where the gazetteer knows none.

    Case, diacritics, points, hyphens and apostrophes do not count. Countries come first, then areas, then cities
    and states by weight: a place that stands alone in datelines before its namesakes, then by population, where a
    byname counts a tenth of a proper name. Cities of fewer than `min_population` people are left out.
    """
    return _lookup(name, min_population) if len(name) <= _LONGEST_NAME else ()


@lru_cache(maxsize=65_536)
def _lookup(name: str, min_population: int) -> tuple[Place, ...]:
    table = load_table()
    numbers = _numbers(name)
    if min_population:
        numbers = tuple(n for n in numbers if table.kinds[n] != _CITY or table.populations[n] >= min_population)
    return tuple(table.place(n) for n in numbers)


def population(name: str) -> int:
    """Return the population of the best city called `name`, 0 where there is none."""
    table = load_table()
    return next((table.populations[n] for n in _numbers(name) if table.kinds[n] == _CITY), 0)


def city_weight(name: str) -> float:
    """How much a city is meant by `name` alone: 0 not at all, 5 a city of 100,000, 10 and more one that stands alone.

    The decimal logarithm of its people, where a byname counts as a tenth of a name.
    """
    return _city_weight(name) if len(name) <= _LONGEST_NAME else 0.0


@lru_cache(maxsize=65_536)
def _city_weight(name: str) -> float:
    key = fold_name(name)
    return load_table().city_weight(key) if key else 0.0


def correct_name(name: str) -> str | None:
    """Return the well-known city that `name` misspells by one slip ("MAIMI", "LOS ANGELS"), None if it is none or two.

    A slip is a letter lost, doubled, changed, or two of them changed round; names under five letters are left alone.
    """
    return _correct_name(name) if len(name) <= _LONGEST_NAME else None


@lru_cache(maxsize=4096)
def _correct_name(name: str) -> str | None:
    key = fold_name(name)
    if len(key) < _SHORTEST_TO_CORRECT or _numbers(name):
        return None
    near = [known for folded, known in _well_known() if _is_slip(key, folded)]
    return near[0] if len(near) == 1 else None


@lru_cache(maxsize=1)
def _well_known() -> tuple[tuple[str, str], ...]:
    """Folded and printed names of aliases.tsv."""
    return tuple((fold_name(row["name"]), row["name"]) for row in read_rows("aliases.tsv"))


def _is_slip(one: str, other: str) -> bool:
    """Whether the strings differ by one insertion, deletion, substitution or exchange of neighbours."""
    if abs(len(one) - len(other)) > 1 or one[0] != other[0]:
        return False
    begin = 0
    while begin < min(len(one), len(other)) and one[begin] == other[begin]:
        begin += 1
    a, b = one[begin:], other[begin:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return (len(a) <= 1 and len(b) <= 1) or (len(a) == 2 and a == b[::-1])


def is_city(name: str) -> bool:
    """Whether some town or city of the gazetteer is called `name`."""
    kinds = load_table().kinds
    return any(kinds[n] == _CITY for n in _numbers(name))


def is_country(name: str) -> bool:
    """Whether copy calls a country `name`, former countries ("Soviet Union") and short forms ("U.S.") included."""
    return fold_name(name) in _words().countries


def is_region(name: str) -> bool:
    """Whether `name` is a first-order division of a country or an abbreviation of one ("Calif.")."""
    if fold_name(name) in _words().abbreviations:
        return True
    kinds = load_table().kinds
    return any(kinds[n] == _REGION for n in _numbers(name))


def is_area(name: str) -> bool:
    """Whether `name` is a continent, a sea or another land that is neither country nor state ("Central Asia")."""
    area = KINDS.index("area")
    kinds = load_table().kinds
    return any(kinds[n] == area for n in _numbers(name))


def country_code(name: str) -> str | None:
    """Return the ISO 3166 code of the country that copy calls `name`."""
    return _words().countries.get(fold_name(name))


def country_of_demonym(name: str) -> str | None:
    """Return the country code of a people or adjective ("Turkish", "Swede", "Syrians"), None if it is none."""
    demonyms = _words().demonyms
    key = fold_name(name)
    return demonyms.get(key) or demonyms.get(key.removesuffix("s"))


def region_of_abbreviation(name: str) -> Place | None:
    """Return the state or province that a dateline abbreviates ("Calif.", "Ont.", "N.S.W.")."""
    codes = _words().abbreviations.get(fold_name(name))
    return _region_of(*codes) if codes else None


@lru_cache(maxsize=4096)
def _region_of(country: str, admin1: str) -> Place | None:
    table = load_table()
    for number, kind in enumerate(table.kinds):
        if kind == _REGION and table.codes[table.countries[number]] == country:  # noqa: SIM102
            if table.admin_codes[table.admins[number]] == admin1:
                return table.place(number)
    return None


@lru_cache(maxsize=4096)
def _bounds(region: str) -> tuple[tuple[str, str | None], ...]:
    """The (country, admin1 or None for all of it) that `region` printed beside a city may stand for."""
    words = _words()
    key = fold_name(region)
    bounds: list[tuple[str, str | None]] = []
    if code := words.countries.get(key):
        bounds += [(code, None)] + [(s, None) for s in words.successors.get(code, ())]
    if key in words.abbreviations:
        bounds.append(words.abbreviations[key])
    table = load_table()
    for number in _numbers(region):
        country = table.codes[table.countries[number]]
        if table.kinds[number] == _REGION:
            bounds.append((country, table.admin_codes[table.admins[number]]))
        elif country and table.kinds[number] != _CITY:
            bounds.append((country, None))
    return tuple(dict.fromkeys(bounds))


def _within(table: Table, number: int, bounds: Sequence[tuple[str, str | None]]) -> bool:
    country = table.codes[table.countries[number]]
    admin1 = table.admin_codes[table.admins[number]]
    return any(country == c and a in (None, admin1) for c, a in bounds)


def _place_of_region(region: str) -> Place | None:
    """The state or country that `region` names, for a town too small for the gazetteer."""
    return region_of_abbreviation(region) or next(
        (place for place in lookup(region) if place.kind != "city"),
        None,
    )


def _countries_named(context: Sequence[str]) -> set[str]:
    """Country codes of the names in `context`, each a code, a country, a demonym or a state."""
    found: set[str] = set()
    for name in context:
        if len(name) == 2 and name.isupper():
            found.add(name)
        elif code := country_code(name) or country_of_demonym(name):
            found.add(code)
        elif region := region_of_abbreviation(name):
            found.add(region.country_code or "")
    return found


def resolve(
    name: str, region: str | None = None, country_hint: str | None = None, context: Sequence[str] = ()
) -> Place | None:
    """Return the place that `name` most likely means, None where the gazetteer knows none.

    `region` is the state or country printed beside it, and binds: with it, a town that is not found within gives
    the region itself. `country_hint` is an ISO code and `context` other place names or codes of the story; both
    only choose among namesakes.
    """
    table = load_table()
    numbers = _numbers(name)
    if region:
        bounds = _bounds(region)
        inside = [n for n in numbers if table.kinds[n] == _CITY and _within(table, n, bounds)]
        inside = inside or [n for n in numbers if table.kinds[n] != _COUNTRY and _within(table, n, bounds)]
        if inside:
            return table.place(inside[0])
        if bounds:
            return _place_of_region(region)
    if not numbers:
        return None
    for wanted in ({country_hint} if country_hint else set(), _countries_named(context)):
        for number in numbers if wanted else ():
            if table.codes[table.countries[number]] in wanted:
                return table.place(number)
    return table.place(numbers[0])
