import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.desk.dateline import find_dateline, parse_dateline, read_dateline_field
from etl.desk.dateline_words import is_agency

# opening, place, date, agency, how the story begins
PRINTED = [
    ("BUENOS AIRES, Argentina (AP) _ For growers", "BUENOS AIRES, Argentina", None, "AP", "For"),
    ("ATLANTA (AP) — A judge", "ATLANTA", None, "AP", "A judge"),
    ("Paris, 21 jan 2019 (AFP) - Le premier", "Paris", "21 jan 2019", "AFP", "Le"),
    ("LIMA, Jan 21 (Reuters) - Miners", "LIMA", "Jan 21", "Reuters", "Miners"),
    ("Berlin (dpa) - Die Regierung", "Berlin", None, "dpa", "Die"),
    ("San Diego (tca/dpa) - A whale", "San Diego", None, "tca/dpa", "A whale"),
    ("Paris (ats afp) Le match", "Paris", None, "ats afp", "Le"),
    ("Nueva Delhi, 21 ene (EFE).- El gobierno", "Nueva Delhi", "21 ene", "EFE", "El"),
    ("SEOUL, Nov 26 AFP - Ships", "SEOUL", "Nov 26", "AFP", "Ships"),
    ("SAITAMA, Japan, Dec. 9 Kyodo - A school", "SAITAMA, Japan", "Dec. 9", "Kyodo", "A school"),
    ("MOSCOW, January 21. /TASS/. Trains", "MOSCOW", "January 21", "TASS", "Trains"),
    ("(ANSA) - Rome, October 11 - Farmers", "Rome", "October 11", "ANSA", "Farmers"),
    ("København /ritzau/: Havnen", "København", None, "ritzau", "Havnen"),
    (
        "AUSTIN, Texas, Feb. 1, 2017 /PRNewswire-AsiaNet/ -- Acme Kilns",
        "AUSTIN, Texas",
        "Feb. 1, 2017",
        "PRNewswire-AsiaNet",
        "Acme",
    ),
    ("OTTAWA - The mint", "OTTAWA", None, None, "The mint"),
    ("KNOXVILLE, Tenn. (AP) - Rangers", "KNOXVILLE, Tenn.", None, "AP", "Rangers"),
    ("NEW YORK/LONDON (Reuters) - Brokers", "NEW YORK/LONDON", None, "Reuters", "Brokers"),
    ("FOSHAN, China/TOKYO (Reuters) - Tile makers", "FOSHAN, China/TOKYO", None, "Reuters", "Tile"),
    ("SANLIURFA, Turkey A group of teachers", "SANLIURFA, Turkey", None, None, "A group"),
    ("SANLIURFA, Turkey — A group of teachers", "SANLIURFA, Turkey", None, None, "A group"),
    ("ŞANLIURFA, Türkiye (AP) — A group", "ŞANLIURFA, Türkiye", None, "AP", "A group"),
    ("L'AQUILA, July 10 Reuters) - Masons", "L'AQUILA", "July 10", "Reuters", "Masons"),
    ("OSLO, Norway, March 4- Net loss", "OSLO, Norway", "March 4", None, "Net"),
    ("CHEVY CHASE, Md., - March 4 - Acme said", "CHEVY CHASE, Md.", "March 4", None, "Acme"),
    ("TULSA, Okla. March 11, Reuter - State", "TULSA, Okla.", "March 11", "Reuter", "State"),
    ("NEW YORK, Narch 2 - Bonds", "NEW YORK", "Narch 2", None, "Bonds"),
    ("****RIO DE JANEIRO, March 5 - Coffee", "RIO DE JANEIRO", "March 5", None, "Coffee"),
    ("panama city, april 29 - a canal pilot", "panama city", "april 29", None, "a canal"),
    ("HELSINKI\n\nFinland will", "HELSINKI", None, None, "Finland"),
    ("DETROITGeneral strikes", "DETROIT", None, None, "General"),
    ("NEW YORKA group of", "NEW YORK", None, None, "A group"),
    ("WASHINGTONU.S. officials", "WASHINGTON", None, None, "U.S."),
    ("OAKVILLE, OntarioFurnace makers", "OAKVILLE, Ontario", None, None, "Furnace"),
    ("ABOARD AIR FORCE ONE (Reuters) - The president", "ABOARD AIR FORCE ONE", None, "Reuters", "The"),
    ("LONDON, Nov 25 (Market Gazette) - Gilts", "LONDON", "Nov 25", "Market Gazette", "Gilts"),
    ("MACON, Ga.--(BUSINESS WIRE)--Acme Kilns", "MACON, Ga.", None, "BUSINESS WIRE", "Acme"),
    (
        "Toronto, Ontario--(Newsfile Corp. - May 5, 2015) - Acme",
        "Toronto, Ontario",
        "May 5, 2015",
        "Newsfile Corp.",
        "Acme",
    ),
    ("MADRID 3 feb. (EUROPA PRESS) - El alcalde", "MADRID", "3 feb.", "EUROPA PRESS", "El"),
    ("RIO DE JANEIRO, 5 mar (EFE).- La ciudad", "RIO DE JANEIRO", "5 mar", "EFE", "La"),
    ("Brasília, 5 de março (Lusa) – O ministro", "Brasília", "5 de março", "Lusa", "O"),
    ("Roma, 21 gen. (stampanews) - Il sindaco", "Roma", "21 gen.", "stampanews", "Il"),
    ("Zürich (fwz) - Der Franken", "Zürich", None, "fwz", "Der"),
    ("MÜNCHEN (dpa/lby) - Der Landtag", "MÜNCHEN", None, "dpa/lby", "Der"),
    ("МОСКВА, 21 января. /ТАСС/. Поезда", "МОСКВА", "21 января", "ТАСС", "Поезда"),
    (
        "KYOTO, Japan, Feb. 1, 2017 /Acme PR-AsiaWire/ -- Kilns",
        "KYOTO, Japan",
        "Feb. 1, 2017",
        "Acme PR-AsiaWire",
        "Kilns",
    ),
    ("KARACHI: The court", "KARACHI", None, None, "The"),
    ("[NAIROBI] Farmers", "NAIROBI", None, None, "Farmers"),
    ("(LIMA, Peru) - Miners", "LIMA, Peru", None, None, "Miners"),
    ("LIMA.-Los mineros", "LIMA", None, None, "Los"),
    ("TOKYO | Ships", "TOKYO", None, None, "Ships"),
    ("CHARLOTTE NC - Banks", "CHARLOTTE NC", None, None, "Banks"),
    ("SEATTLE, WA – May 5, 2015 – Acme", "SEATTLE, WA", "May 5, 2015", None, "Acme"),
    ("LONDON, Monday (Reuter) - Gilts", "LONDON", "Monday", "Reuter", "Gilts"),
    ("SYDNEY, April - Wool", "SYDNEY", "April", None, "Wool"),
    ("OSLO, March 3 12 boats", "OSLO", "March 3", None, "12 boats"),
    ("WASHINGTON, D.C. (AP) -- Senators", "WASHINGTON, D.C.", None, "AP", "Senators"),
    ("BAGHDADA collapse in prices", "BAGHDAD", None, None, "A collapse"),
    ("MEXICO CITYMexican banks", "MEXICO CITY", None, None, "Mexican"),
    ("KANO, Nigeria\r\n\r\nThe emir", "KANO, Nigeria", None, None, "The"),
    ("PRAHA 3. března (ČTK) - Vláda", "PRAHA", "3. března", "ČTK", "Vláda"),
    ("Accra, March 3, GNA - The", "Accra", "March 3", "GNA", "The"),
    ("SUVA, Nov 26 QZX - Ships", "SUVA", "Nov 26", "QZX", "Ships"),
    ("LONDON, UK / ACCESSWIRE / March 3, 2017 / Acme", "LONDON, UK", "March 3, 2017", "ACCESSWIRE", "Acme"),
    ("TORONTO, ON / March 3, 2017 / Acme", "TORONTO, ON", "March 3, 2017", None, "Acme"),
    ("ERIE, PA - Kilns", "ERIE, PA", None, None, "Kilns"),
    ("LUMBERTON, N.C. - shr 47 cts", "LUMBERTON, N.C.", None, None, "shr"),
    ("ROLLING MEADOWS Acme Kilns said", "ROLLING MEADOWS", None, None, "Acme"),
    ("FENTON, Mo.2nd quarter", "FENTON, Mo.", None, None, "2nd"),
    ("MALVERN, PaVista Kilns said", "MALVERN, Pa", None, None, "Vista"),
    ("MONTREAL(A.B. Kilns (Canada) Inc) said", "MONTREAL", None, None, "(A.B."),
    ("panama city (Reuters) a pilot said", "panama city", None, "Reuters", "a pilot"),
    ("Kansas City, March 9 The weather", "Kansas City", "March 9", None, "The"),
    ("LOS ANGELS -- Shares", "LOS ANGELS", None, None, "Shares"),
    ("(Reuters) - Acme Kilns said", None, None, "Reuters", "Acme"),
    ("(Reuters) Acme Kilns said", None, None, "Reuters", "Acme"),
    ("May 11 - Acme Kilns, the maker", None, "May 11", None, "Acme"),
]


@pytest.mark.parametrize(("text", "place", "date", "agency", "begins"), PRINTED, ids=[p[0][:30] for p in PRINTED])
def test_every_form_that_agencies_print(
    text: str, place: str | None, date: str | None, agency: str | None, begins: str
) -> None:
    found = parse_dateline(text)
    assert found is not None
    assert (found.place, found.date_text, found.agency) == (place, date, agency)
    assert found.start == 0
    assert text[found.end :].startswith(begins)


@pytest.mark.parametrize(
    "text",
    [
        "NASA, Europe's partner in the mission, said",
        "U.S. stocks rose on Tuesday",
        "ALLTEL Corp said it agreed",
        "WASHINGTON POST reporters were told",
        "WASHINGTON Post reporters were told",
        "PARIS CLIMATE DEAL: What to know",
        "LONDON BRIDGE - Police are",
        "QUEBECOR <QKL> HEAD SEES NEW KILNS\n    Text",
        "U.S. RETAIL SALES RISE MASKS WEAK AAP - ANALYSTS",
        "******TOKYO - Bank buys dollars",
        "PARIS, London and Berlin agreed on",
        "Paris, London and Berlin agreed",
        "The report by the Netherlands Organisation (TNO), published on Monday, says",
        "IBM, Japan and the bank agreed",
        "LONDON GOLD - APRIL 7 418.70 DLRS",
        "Federal Kiln Corp - New York",
        "Paris was quiet on Monday.",
        "LONDONDERRY Air will fly",
        "(Adds quote in paragraph three)",
        "April 7 - (DLRS PER TON, BULK)",
        "Reading: a short history of the book",
        "QATAR           0.3              0.3",
        "ALGERIA         0.6              0.6",
        " Toledo         ---   3.03  3.04   2.99",
        "[LONDON GOLD FIXING] Prices",
        "Pay April 15\nRecord March 31",
        "Toledo April 15\n",
        "(SEN) The Senate",
        "PARIS FASHION WEEK OPENS\n\nModels",
        "",
        "   ",
    ],
)
def test_false_friends_stay_text(text: str) -> None:
    assert parse_dateline(text) is None


def test_the_sample_of_the_trade_is_split_and_resolved() -> None:
    text = "Headline here\n\nSANLIURFA, Turkey A group of former guards met."
    found = parse_dateline(text, text.index("SANLIURFA"))
    assert found is not None
    assert (found.printed, found.city, found.region) == ("SANLIURFA, Turkey", "SANLIURFA", "Turkey")
    assert found.resolved is not None
    assert (found.resolved.country_code, found.resolved.kind) == ("TR", "city")
    assert text[found.start : found.end] == "SANLIURFA, Turkey "


def test_two_towns_are_kept_and_the_first_is_resolved() -> None:
    found = parse_dateline("PORTLAND, Maine/NEW YORK (Reuters) - Lobster boats")
    assert found is not None
    assert (found.place, found.city, found.region) == ("PORTLAND, Maine/NEW YORK", "PORTLAND", "Maine")
    assert found.resolved is not None
    assert found.resolved.admin1_code == "ME"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_unicode_forms_give_the_same_place(form: str) -> None:
    text = unicodedata.normalize(form, "MÜNCHEN, Germany (dpa) – Der Stadtrat")
    found = parse_dateline(text)
    assert found is not None
    assert found.resolved is not None
    assert found.resolved.country_code == "DE"
    assert text[found.end :] == "Der Stadtrat"


@pytest.mark.parametrize(
    "opening",
    [
        "Lobster catch falls\n\n",
        "LOBSTER CATCH FALLS IN U.S.\n    By Ann Lee, Reuters\n    ",
        "TALKING POINT/LOBSTER BOATS\n    ",
        "TALKING POINT/LOBSTER BOATS\n    By Ann Lee, Reuters\n    ",
        "U.S., CANADA SIGN LOBSTER PACT\n\n",
        "(Adds quote, background)\n\n",
        "By Ann Lee\n",
        "By Ann Lee and Bo Berg ",
        "(Corrects name (not title) in paragraph 2)\n\n  By  Ann Lee ",
        "    by TED O'HARA, REUTERS\n    ",
    ],
)
def test_find_dateline_reads_past_the_opening(opening: str) -> None:
    text = opening + "NEW YORK, Nov 6 (Reuters) - Lobster prices rose."
    found = find_dateline(text)
    assert found is not None
    assert found.place == "NEW YORK"
    assert text[found.start : found.end] == "NEW YORK, Nov 6 (Reuters) - "


def test_find_dateline_stops_at_running_text() -> None:
    assert find_dateline("The mayor resigned on Monday.\n\nOSLO (Reuters) - Another story.") is None


@pytest.mark.parametrize(
    ("field", "place", "city", "agency", "country"),
    [
        ("Peine", "Peine", "Peine", None, "DE"),
        ("Peine (dpa/lni)", "Peine", "Peine", "dpa/lni", "DE"),
        ("  SANLIURFA,\n Turkey ", "SANLIURFA, Turkey", "SANLIURFA", None, "TR"),
        ("OSAKA, Jan 5 (Reuters) -", "OSAKA", "OSAKA", "Reuters", "JP"),
    ],
)
def test_a_field_is_trusted_to_name_a_place(
    field: str, place: str, city: str, agency: str | None, country: str
) -> None:
    found = read_dateline_field(field)
    assert found is not None
    assert found.resolved is not None
    assert (found.place, found.city, found.agency, found.resolved.country_code) == (place, city, agency, country)
    assert (found.start, found.end, found.rule) == (None, None, "dateline.field")


@pytest.mark.parametrize("field", ["2017-02-01T12:00:00Z", "20170201", "", "The council met and decided to go home."])
def test_a_field_that_names_no_place_is_none(field: str) -> None:
    assert read_dateline_field(field) is None


def test_agencies_are_known_by_every_form() -> None:
    assert is_agency("reuters")
    assert is_agency("Reuters/IFR")
    assert not is_agency("TNO")


@given(st.text(max_size=120))
def test_any_text_gives_a_dateline_inside_it_or_none(text: str) -> None:
    for found in (parse_dateline(text), find_dateline(text)):
        if found is not None:
            assert found.start is not None
            assert found.end is not None
            assert 0 <= found.start < found.end <= len(text)


@given(st.sampled_from(PRINTED), st.integers(min_value=0, max_value=6), st.text(alphabet="ab .\n", max_size=30))
def test_a_dateline_is_read_where_it_stands(printed: tuple[str, str, str, str, str], indent: int, before: str) -> None:
    text = before + "\n" + " " * indent + printed[0]
    found = parse_dateline(text, len(before))
    assert found is not None
    assert found.place == printed[1]
