"""What datelines know of towns: how they are printed, which of them the gazetteer knows, what they resolve to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from etl import gazetteer
from etl.desk.dateline_words import words
from etl.records import Place

_MAX_WORDS = 8
# What stands in a dateline without date or agency: 5.0 is a city of 100,000 (see gazetteer.city_weight).
ALONE = 5.0
ALONE_BEFORE_DASH = 4.0
ALONE_IN_SMALL_LETTERS = 5.3
WELL_KNOWN = 10.0
ALONE_GLUED = 5.6
_ALONE_BY_WORDS = {0: 99.0, 1: 4.0}
_ALONE_OF_MANY_WORDS = 3.3


@dataclass(frozen=True, slots=True)
class Town:
    """One place of a dateline as printed."""

    city: str
    region: str | None


def split_towns(head: str) -> tuple[Town, ...]:
    """The towns of "FOSHAN, China/TOKYO" with what is printed beside each."""
    towns = []
    for piece in head.split("/"):
        city, _, region = piece.partition(",")
        city = city.strip()
        if not region and " " in city:
            city, region = _lost_comma(city)
        towns.append(Town(city, region.strip() or None))
    return tuple(towns)


def _lost_comma(city: str) -> tuple[str, str]:
    """The forms "FARMINGTON Conn." and "CHARLOTTE NC": the state after a town in capitals."""
    code = city.rpartition(" ")
    if len(code[2]) == 2 and code[2].isupper() and knows_region(code[2]) and not gazetteer.is_city(city):
        return code[0], code[2]  # "CHARLOTTE NC"
    for count in (1, 2):
        parts = city.rsplit(" ", count)
        region = " ".join(parts[1:])
        if len(parts) > count and parts[0].isupper() and not region.isupper() and knows_region(region):
            return parts[0], region
    return city, ""


def is_caps(name: str) -> bool:
    """Whether `name` is printed in capitals; one small letter in a long word is a slip ("WALtHAM", "FLa")."""
    if name.isupper():
        return len(name) > 1
    letters = [c for c in name if c.isalpha()]
    return sum(c.islower() for c in letters) == 1 and len(letters) > 5 and letters[0].isupper()


def is_title(name: str) -> bool:
    """Whether every word but particles ("Rio de Janeiro") begins with a capital."""
    return all(w[0].isupper() or len(w) <= 3 for w in name.split()) and name[:1].isupper()


def is_placelike(town: Town) -> bool:
    """Whether `town` is short enough and has no full stop inside."""
    if not town.city or town.city.count(" ") >= _MAX_WORDS or "." in town.city.rstrip(".")[3:].replace(". ", ""):
        return False
    return town.region is None or town.region.count(" ") < _MAX_WORDS


@lru_cache(maxsize=8192)
def knows_region(name: str) -> bool:
    """Whether `name` is a state, country or area, or some of them after one another ("West Bengal, India")."""
    parts = [part.strip() for part in name.split(",")]
    return all(
        gazetteer.is_country(part) or gazetteer.is_region(part) or gazetteer.is_area(part) for part in parts if part
    )


@lru_cache(maxsize=8192)
def is_known(town: Town) -> bool:
    """Whether the gazetteer knows the town, or at least the state or country printed beside it."""
    if town.region is not None:
        return knows_region(town.region)
    name = _without_opening(town.city)
    return gazetteer.is_city(name) or gazetteer.is_country(name) or gazetteer.fold_name(town.city) in words().spots


def stands_alone(city: str, weight: float = ALONE) -> bool:
    """Whether copy prints `city` without state or country.

    Names of up to three letters only where they are well known; of several words ("ROLLING MEADOWS") where the town is
    smaller, for fewer other things are called so.
    """
    known = gazetteer.city_weight(city)
    if known >= weight and (len(city) > 3 or known >= WELL_KNOWN):
        return True
    if known and known >= _ALONE_BY_WORDS.get(city.count(" "), _ALONE_OF_MANY_WORDS):
        return True
    return gazetteer.fold_name(city) in words().spots


@lru_cache(maxsize=8192)
def resolve_town(town: Town) -> Place | None:
    """The place of the gazetteer that the town is, its state or country where the town is not known."""
    spot = words().spots.get(gazetteer.fold_name(town.city))
    if spot is not None:
        return gazetteer.resolve(spot[0], spot[1]) if spot[0] else None
    name = _without_opening(town.city)
    for region in town.region.split(",") if town.region else ():  # "KOLKATA, West Bengal, India": the nearest first
        if knows_region(region) and (place := gazetteer.resolve(name, region.strip())) is not None:
            return place
    # A dateline names a city before the state that has grown from it: SINGAPORE, LUXEMBOURG.
    if town.region is None and gazetteer.city_weight(name) >= WELL_KNOWN:
        return next(place for place in gazetteer.lookup(name) if place.kind == "city")
    return gazetteer.resolve(name if town.region else gazetteer.correct_name(name) or name)


def _without_opening(city: str) -> str:
    """The city without a word of position: "NEAR MOSUL"."""
    first, _, rest = city.partition(" ")
    return rest if rest and first.upper() in words().before else city
