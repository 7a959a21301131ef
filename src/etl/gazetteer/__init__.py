"""Places of the world by the names that wire copy prints: cities, states, countries, areas.

The data are GeoNames (CC BY 4.0, www.geonames.org) with hand-written names; `data/README.md` tells how it is made.
Everything is loaded on first use and kept.
"""

from etl.gazetteer.fold import fold_name
from etl.gazetteer.places import (
    city_weight,
    correct_name,
    country_code,
    country_of_demonym,
    is_area,
    is_city,
    is_country,
    is_region,
    lookup,
    population,
    region_of_abbreviation,
    resolve,
)

__all__ = [
    "city_weight",
    "correct_name",
    "country_code",
    "country_of_demonym",
    "fold_name",
    "is_area",
    "is_city",
    "is_country",
    "is_region",
    "lookup",
    "population",
    "region_of_abbreviation",
    "resolve",
]
