"""Whether what stands before a date, an agency or a dash is the place of a dateline."""

from __future__ import annotations

from etl import gazetteer
from etl.desk.dateline_open import begins_sentence
from etl.desk.dateline_towns import (
    ALONE_BEFORE_DASH,
    ALONE_IN_SMALL_LETTERS,
    WELL_KNOWN,
    Town,
    is_caps,
    is_known,
    is_title,
    knows_region,
    stands_alone,
)
from etl.desk.dateline_words import is_agency

LONGEST_INITIALS = 6
"""Capitals up to this many letters beside a date are the initials of an agency not in the list ("QZX")."""


def accepts_agency(towns: tuple[Town, ...], agency: str, date: str | None, sep: str | None) -> bool:
    """Any place in capitals, or a known one, before a known agency; only known ones before an unknown bracket."""
    caps = is_caps(towns[0].city)
    known = all(is_known(town) and is_title(town.city) for town in towns)
    if is_agency(agency) or (agency.isupper() and date is not None and len(agency) <= LONGEST_INITIALS):
        alone = all(is_known(t) if t.region else stands_alone(t.city, ALONE_BEFORE_DASH) for t in towns)
        return caps or alone or (known and sep is not None)  # "Market (AIM) information" is a sentence
    if sep is None:
        return False
    return (caps and (date is not None or known)) or (known and (date is not None or agency.islower()))


def accepts_date(towns: tuple[Town, ...], sep: str | None, text: str, end: int, *, is_slip: bool) -> bool:
    """Any short place in capitals, or a known one, before a date; only known ones where date or dash is damaged."""
    caps = is_caps(towns[0].city)
    known = all(map(is_known, towns))
    if sep is None:
        return (caps or _is_plain_title(towns, is_slip=is_slip)) and known and begins_sentence(text, end)
    return known or (caps and not is_slip and towns[0].city.count(" ") < 3)


def _is_plain_title(towns: tuple[Town, ...], *, is_slip: bool) -> bool:
    """A town in small letters that needs no dash after its date: well known ("Oslo, May 3 The"), or with its state."""
    town = towns[0]
    is_sure = gazetteer.is_city(town.city) if town.region else stands_alone(town.city, ALONE_IN_SMALL_LETTERS)
    return is_sure and is_title(town.city) and not is_slip


def accepts_dash(towns: tuple[Town, ...], sep: str, text: str, end: int) -> bool:
    """A dash alone also stands in headlines and tables: every town must be known, and a sentence must follow.

    A colon does it only after capitals: "KARACHI: The court", but not "Reading: a short history"; a slash never.
    """
    if sep.endswith("/") or (sep.endswith(":") and not is_caps(towns[0].city)):
        return False
    if not all(map(_may_stand_before_dash, towns)):
        return False
    first = towns[0]
    if begins_sentence(text, end):
        return is_caps(first.city) or is_title(first.city)
    # "LUMBERTON, N.C. - shr 47 cts": small letters after the dash only where there is no doubt about the place.
    return is_caps(first.city) and (first.region is not None or gazetteer.city_weight(first.city) >= WELL_KNOWN)


def _may_stand_before_dash(town: Town) -> bool:
    caps = is_caps(town.city)
    if town.region is not None:
        return knows_region(town.region) and (caps or gazetteer.is_city(town.city))
    if stands_alone(town.city, ALONE_BEFORE_DASH if caps else ALONE_IN_SMALL_LETTERS):
        return True
    return caps and gazetteer.correct_name(town.city) is not None
