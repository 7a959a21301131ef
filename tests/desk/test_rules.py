"""The desk's data files: well formed, and safe for running text."""

import re

import pytest

from etl.desk.languages import declared_language, detected_language
from etl.desk.lexicon import agency_of, houses, load
from etl.desk.rules import book, furniture
from etl.records import SPAN_LABELS

FILES = ["pages.toml", "lines.toml", *houses()]
RULES = [pytest.param(entry, id=entry["name"]) for name in FILES for entry in load(name)["rule"]]


@pytest.mark.parametrize("entry", RULES)
def test_rule_is_well_formed(entry: dict[str, object]) -> None:
    assert entry["label"] in SPAN_LABELS
    assert set(entry["where"]) <= {"top", "tail", "foot", "any"}  # type: ignore[call-overload]
    assert all(len(start) <= 16 for start in entry["starts"])  # type: ignore[attr-defined]
    assert re.compile(str(entry["pattern"])).fullmatch("") is None


@pytest.mark.parametrize(
    "name",
    [
        *FILES,
        "furniture.toml",
        "signals.toml",
        "corrections.toml",
        "terms.toml",
        "headlines.toml",
        "credits.toml",
        "languages.toml",
    ],
)
def test_file_states_its_version(name: str) -> None:
    assert load(name)["version"]


def test_rule_names_are_unique() -> None:
    names = [param.values[0]["name"] for param in RULES]  # type: ignore[index,call-overload]
    assert len(names) == len(set(names))


def test_furniture_lines_stand_once() -> None:
    lines = [line for group in load("furniture.toml")["group"] for line in group["lines"]]
    assert len(lines) == len(set(lines))
    assert lines == [line.casefold() for line in lines]


@pytest.mark.parametrize("line", ["Advertisement", "ADVERTISEMENT", "Share", "Read more »", "Loading...", "| Share |"])
def test_furniture_is_cut(line: str) -> None:
    cut = furniture(line, is_text_layout=True)
    assert cut is not None
    assert cut.label == "page"


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell on Monday.",
        "Advertisement spending rose",
        "share.",
        "Read more books, the minister said.",
        "Email",
    ],
)
def test_running_text_of_markup_is_no_furniture(line: str) -> None:
    assert furniture(line, is_text_layout=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "Copyright law changed in many countries, the court said.",
        "Copyright holders have sued the company for years.",
        "Contact between the two sides broke off.",
        "Distribution will begin in May.",
        "Hold the line, the minister said.",
        "Kill rates fell last year.",
        "Corrections officers went on strike.",
        "Sources said the talks went on.",
        "For more than a year the ferry lay idle.",
        "Visitors came at noon.",
        "Update work went on.",
        "The following day the ferry sailed.",
    ],
)
@pytest.mark.parametrize("where", ["top", "tail", "foot", "any"])
def test_sentences_are_no_lines_of_the_desk(text: str, where: str) -> None:
    assert book(where).match(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Associated Press", "AP"),
        ("Reuter", "Reuters"),
        ("Reutersd", "Reuters"),
        ("dpa", "dpa"),
        ("Ana", None),
        ("Harbour Tribune", None),
    ],
)
def test_agency_names(text: str, name: str | None) -> None:
    assert agency_of(text) == name


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("en-US", "en"),
        ("EN", "en"),
        ("eng", "en"),
        ("German", "de"),
        ("de_DE", "de"),
        ("x", None),
        ("", None),
        (None, None),
    ],
)
def test_declared_language(value: str | None, code: str | None) -> None:
    assert declared_language(value) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The ferry company said on Monday that it would not raise the pay for night shifts.", "en"),
        ("THE FERRY COMPANY SAID ON MONDAY THAT IT WOULD NOT RAISE THE PAY FOR NIGHT SHIFTS.", "en"),
        ("Die Reederei will mit den Besatzungen der Fähren weiter verhandeln, sagte ein Sprecher am Montag.", "de"),
        ("La compagnie veut négocier avec les équipages des ferries, a dit son porte-parole lundi à Paris.", "fr"),
        ("La compañía quiere negociar con las tripulaciones de los barcos, dijo el portavoz el lunes.", "es"),
        ("Паромная компания заявила в понедельник, что не будет повышать зарплату за ночные смены.", "ru"),
        ("قالت شركة العبارات يوم الاثنين إنها لن ترفع أجور النوبات الليلية للعاملين", "ar"),
        ("17 22", None),
    ],
)
def test_detected_language(text: str, code: str | None) -> None:
    assert detected_language(text) == code


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Ferry line orders three ships",
        "READ MORE: Why are ferries late?",
        "READ: Ferry line orders three ships",
        "Related story: Ferry line orders three ships",
        "See also: “We are tired,” crews say",
        "Lire aussi : Les marins en colère",
        "Lesen Sie auch: Fährleute streiken weiter",
        "Read more about ferries",
        "Sign up for our free weekly newsletter and never miss a sailing.",
        "Want more from the harbour? Sign up for the Harbour Letter newsletter here.",
        "Get the day’s sailings delivered to your inbox every morning.",
        "Don't miss a sailing. Subscribe to our daily newsletter.",
        "By signing up, you agree to our terms of use and privacy policy.",
        "Thank you for subscribing! Check your inbox.",
        "Follow us on Facebook and Twitter for more from the harbour.",
        "Download our free app for the latest sailings.",
        "Support independent journalism: become a member today.",
        "You must be logged in to post a comment.",
        "Your browser does not support the video tag.",
        "This story is only available to subscribers.",
        "Already a subscriber? Log in here.",
    ],
)
def test_lines_of_pages_are_cut(line: str) -> None:
    cut = book("any").match(line)
    assert cut is not None
    assert cut.label == "page"


@pytest.mark.parametrize(
    "line",
    [
        "Read more books, the minister told pupils on Monday.",
        "Read more slowly and you will see the point.",
        "More on this from the committee will follow, the chair said.",
        "Related companies must report by May.",
        "Read: the ferry line wants your money, and it wants it now.",
        "Watch: what the crews do next will decide the strike.",
        "Sign up by Friday or lose the discount, the line told its customers.",
        "Subscribe to the view that ferries are slow, and you will miss the point.",
        "“Sign up for our newsletter,” the page says, and 3,000 did.",
        "Subscribers to the newsletter will get a refund, the line said.",
        "Get to the pier early, because the line in front of the ferry is long.",
        "Follow us on the road to Bergen: a diary of a strike.",
        "Support for independent journalism fell by a tenth, a poll showed.",
        "Your browser knows more about you than your mother, a study found.",
        "This story is about subscribers who left.",
        "You must be tired, she told the crew.",
        "Download speeds at the pier are up to 30 megabits, the line said.",
        "Want to sail? Here is how to buy a ticket in three steps.",
    ],
)
def test_sentences_like_those_of_pages_stay(line: str) -> None:
    for where in ("top", "any", "tail", "foot"):
        assert book(where).match(line) is None


def test_a_paragraph_with_a_credit_at_its_end_is_no_caption() -> None:
    assert book("any").match("The ferry sank off the pier. Crews swam home, the mayor said. (Image: Quill)") is None
    caption = book("any").match("The ferry at the pier (Image: Quill)")
    assert caption is not None
    assert caption.rule == "caption.photo_word"
