import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import gazetteer
from etl.gazetteer.table import load_table


@pytest.mark.parametrize(
    ("name", "region", "country", "kind"),
    [
        ("SANLIURFA", "Turkey", "TR", "city"),
        ("Urfa", None, "TR", "city"),
        ("Raqqa", None, "SY", "city"),
        ("Kobani", None, "SY", "city"),
        ("Ayn al-Arab", "Syria", "SY", "city"),
        ("PORTLAND", "Maine", "US", "city"),
        ("London", "Ont.", "CA", "city"),
        ("WASHINGTON", None, "US", "city"),
        ("FRANKFURT", None, "DE", "city"),
        ("DRESDEN", "East Germany", "DE", "city"),
        ("TBILISI", "USSR", "GE", "city"),
        ("L’Aquila", None, "IT", "city"),
        ("Nairobi", "Kenya", "KE", "city"),
        ("Georgia", None, "GE", "country"),
        ("Nowhere-at-all", "Kenya", "KE", "country"),
        ("Nowhere-at-all", "N.S.W.", "AU", "region"),
        ("Middle East", None, None, "area"),
    ],
)
def test_resolve_names_the_place_that_copy_means(name: str, region: str | None, country: str | None, kind: str) -> None:
    place = gazetteer.resolve(name, region)
    assert place is not None
    assert (place.country_code, place.kind) == (country, kind)


def test_a_state_beside_the_city_chooses_among_namesakes() -> None:
    maine, oregon = gazetteer.resolve("Portland", "Maine"), gazetteer.resolve("Portland", "Ore.")
    assert maine is not None
    assert oregon is not None
    assert (maine.admin1_code, oregon.admin1_code) == ("ME", "OR")


def test_the_story_s_other_places_choose_among_namesakes() -> None:
    alone = gazetteer.resolve("Cambridge")
    among = gazetteer.resolve("Cambridge", context=("Boston", "Massachusetts", "Mass."))
    assert alone is not None
    assert among is not None
    assert (alone.country_code, among.country_code) == ("GB", "US")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Şanlıurfa", "ŞANLIURFA", "São Paulo", "Zürich", "Côte d’Ivoire", "Łódź"])
def test_diacritics_and_unicode_forms_do_not_count(name: str, form: str) -> None:
    assert gazetteer.lookup(unicodedata.normalize(form, name))


def test_lookup_gives_the_most_populous_first() -> None:
    springfields = gazetteer.lookup("Springfield")
    assert len({p.admin1_code for p in springfields}) > 5
    assert springfields[0].name == "Springfield"
    assert gazetteer.lookup("Springfield", min_population=1_000_000) == ()


def test_unknown_names_give_nothing() -> None:
    assert gazetteer.lookup("Qwxyzzy") == ()
    assert gazetteer.resolve("Qwxyzzy") is None
    assert gazetteer.resolve("Qwxyzzy", "Zzyxwq") is None
    assert gazetteer.lookup("") == ()


def test_countries_regions_areas_and_peoples() -> None:
    assert gazetteer.is_country("U.S.")
    assert gazetteer.is_country("Soviet Union")
    assert not gazetteer.is_country("Paris")
    assert gazetteer.is_region("Calif.")
    assert gazetteer.is_region("Quebec")
    assert not gazetteer.is_region("Urfa")
    assert gazetteer.is_area("Central Asia")
    assert gazetteer.country_of_demonym("Syrians") == "SY"
    assert gazetteer.country_of_demonym("Turkish") == "TR"
    assert gazetteer.country_of_demonym("Table") is None
    ontario = gazetteer.region_of_abbreviation("Ont.")
    assert ontario is not None
    assert ontario.name == "Ontario"


@pytest.mark.parametrize(
    ("slip", "name"),
    [
        ("MAIMI", "Miami"),
        ("PHILADEPHIA", "Philadelphia"),
        ("Los Angels", "Los Angeles"),
        ("Paris", None),
        ("Mai", None),
    ],
)
def test_one_slip_in_a_well_known_city_is_told(slip: str, name: str | None) -> None:
    assert gazetteer.correct_name(slip) == name


def test_a_city_that_stands_alone_weighs_more_than_any_number_of_people() -> None:
    assert gazetteer.city_weight("Davos") >= 10 > gazetteer.city_weight("Springfield") > 5
    assert gazetteer.city_weight("Qwxyzzy") == 0


def test_the_table_loads_in_well_under_half_a_second() -> None:
    load_table.cache_clear()
    begin = time.perf_counter()
    load_table()
    assert time.perf_counter() - begin < 0.5


@given(st.text(max_size=40))
def test_any_text_is_looked_up_without_error(name: str) -> None:
    for place in gazetteer.lookup(name):
        assert place.name
    assert gazetteer.fold_name(unicodedata.normalize("NFD", name)) == gazetteer.fold_name(
        unicodedata.normalize("NFC", name)
    )
