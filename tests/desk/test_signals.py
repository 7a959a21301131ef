"""What an item is for the store: kinds and signals where the trade states them, none where a word is only a word."""

import pytest

from etl.desk import edit_story
from etl.records import Article, Story

TEXT = "OSLO (AP) - A ferry sank."


def _edit(text: str = TEXT, **fields: object) -> Article:
    filled = {"headline": "Ferry sinks", **fields}
    return edit_story(Story("nitf", 0, len(text), text, **filled))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "slugline",
    [
        "Budget-Leak",
        "BUDGET-LEAK",
        "BUDGET-DEFICIT-SEEN-RI",
        "DIGEST-OF-LAW",
        "DIARY-FOUND-IN-ATTIC",
        "SCHEDULE-FOR-TALKS",
        "ADVISORY-PANEL-SAYS",
        "FLASH-FLOODS/OSLO",
        "URGENT-TALKS",
        "BULLETIN-BOARD",
        "ALERT-SYSTEM",
        "HOLD-ON-RATES",
        "KILL-SWITCH",
        "CORRECTION-OFFICERS",
        "LEAD-PRICES",
        "REPEAT-OFFENDERS",
        "Budget",
        "BC-Budget, 2nd look",
    ],
)
def test_a_word_of_a_slug_makes_no_kind(slugline: str) -> None:
    article = _edit(slugline=slugline)
    assert (article.signals, article.item_kind, article.status) == ((), "story", "usable")


@pytest.mark.parametrize(
    "headline",
    [
        "Budget: minister raises beer tax",
        "BUDGET - MINISTER RAISES BEER TAX",
        "DIGEST: how we eat now",
        "SCHEDULE - 13D FILED FOR FERRY LINE",
        "Advisory panel backs ferry line",
        "Correction to house prices likely",
        "Correction officers strike",
        "Flash floods hit Bergen",
        "Hold the line, coach says",
        "Kill order issued",
        "Sports budget cut in half, mayor says",
        "AP budget cuts worry readers",
        "Updates to harbour rules delayed",
    ],
)
def test_a_word_of_a_headline_makes_no_kind(headline: str) -> None:
    article = _edit(headline=headline)
    assert (article.signals, article.item_kind, article.status) == ((), "story", "usable")


@pytest.mark.parametrize(
    "ednote",
    [
        "With photos of flash floods",
        "Name of the victim withheld by police",
        "Story about a weather advisory; photos to come",
        "Embeds graphic on market correction",
        "Subs headline, photo of repeat offender",
    ],
)
def test_a_word_of_a_note_makes_no_kind(ednote: str) -> None:
    article = _edit(ednote=ednote)
    assert (article.signals, article.item_kind, article.status) == ((), "story", "usable")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"headline": "AP News Digest 6 p.m."}, "advisory"),
        ({"headline": "Reuters News Schedule at 1300 GMT"}, "advisory"),
        ({"headline": "DIARY - Events to March 5"}, "advisory"),
        ({"headline": "Sports Digest for Monday"}, "advisory"),
        ({"headline": "NEWS BUDGET"}, "advisory"),
        ({"headline": "Media advisory: ferry day"}, "advisory"),
        ({"slugline": "BC-AP News Digest, 6 pm"}, "advisory"),
        ({"slugline": "ADVISORY/"}, "advisory"),
        ({"slugline": "BC-Ferries, Advisory"}, "advisory"),
        ({"ednote": "Advisory: the ferry story moves at noon."}, "advisory"),
        ({"headline": "ALERT: Ferry sinks off Oslo"}, "alert"),
        ({"headline": "BREAKING NEWS - Ferry sinks off Oslo"}, "alert"),
        ({"slugline": "BC-APNewsAlert"}, "alert"),
        ({"ednote": "dpa-Eilmeldung"}, "alert"),
        ({"slugline": "BC-Ferry, BULLETIN KILL"}, "kill"),
        ({"ednote": "Withhold: facts in doubt"}, "withhold"),
    ],
)
def test_kinds(fields: dict[str, str], kind: str) -> None:
    assert _edit(**fields).item_kind == kind


def test_category_v_of_anpa_is_for_advisories() -> None:
    story = Story("anpa", 0, len(TEXT), TEXT, headline="Ferry coverage", categories=("v",))
    assert edit_story(story).item_kind == "advisory"


@pytest.mark.parametrize(
    ("fields", "signals"),
    [
        ({"ednote": "Eds: Refiles to fix headline; adds quote"}, ("update", "refile")),
        ({"ednote": "Repeats story moved late Sunday"}, ("repeat",)),
        ({"ednote": "Recasts, corrects name"}, ("correction", "update")),
        ({"ednote": "In a June 3 story, The Wire misspelled the name of the pilot."}, ("correction",)),
        ({"slugline": "BC-Ferry, 1st Ld-Writethru"}, ("writethru", "update")),
        ({"slugline": "BC-Ferry, 2nd Add"}, ("take",)),
        ({"slugline": "BC-Ferry, Sub"}, ()),
        ({"version": "REFILE"}, ("refile",)),
        ({"take": "1st Add"}, ("take",)),
    ],
)
def test_signals_of_notes_and_version_words(fields: dict[str, str], signals: tuple[str, ...]) -> None:
    assert _edit(**fields).signals == signals


def test_a_kill_names_the_story_by_its_slug() -> None:
    text = "MANDATORY KILL\nEditors: Please kill the Vienna story slugged Budget-Leak, sent at noon."
    assert _edit(text, headline="MANDATORY KILL: Budget-Leak").kills == ("Budget-Leak",)


def test_takes_in_the_text() -> None:
    text = "2nd Add\nThe ferry was towed in.\n(MORE)"
    article = _edit(text)
    assert (article.take, article.signals, article.body) == ("2nd Add", ("take",), "The ferry was towed in.")
    assert _edit("A ferry sank.\n(MORE)").signals == ("take",)
    assert _edit(take="1st Add").take == "1st Add"


DUMP = "Ferry crews strike over night shifts\n\nNORDBY (AP) - Ferry crews walked out.\n\nThe mayor spoke."


def _dump(text: str) -> Article:
    return edit_story(Story("textdump", 0, len(text), text, is_text_layout=True))


@pytest.mark.parametrize(
    "mark",
    [
        *(
            "-30-",
            "###",
            "# # #",
            "Reuter",
            "-0-",
            "ENDS",
            "(ENDS)",
            "Ends/",
            "-ENDS-",
            "=30=",
            "*END*",
            "<END>",
            "/30",
        ),
        *("(END OF STORY)", "(FIN)", "(MORE)", "(more to come)", "-more-", "(AFP)", "Enditem", "* * *", "___"),
    ],
)
def test_end_marks_are_cut(mark: str) -> None:
    assert _dump(f"{DUMP}\n\n{mark}\n").body == "Ferry crews walked out.\nThe mayor spoke."


@pytest.mark.parametrize(
    ("line", "signals"),
    [
        ("1st Add", ("take",)),
        ("2nd Add, Ferry", ("take",)),
        ("2 Takes", ("take",)),
        ("1st Ld-Writethru", ("writethru", "update")),
        ("ALERT", ("alert",)),
        ("APNewsAlert", ("alert",)),
        ("REFILE", ("refile",)),
        ("RPT", ("repeat",)),
        ("(Repeats to additional subscribers)", ("repeat",)),
        ("(Refiles to fix typo in headline)", ("refile",)),
        ("(This Feb. 3 story has been refiled to add dropped word in headline)", ("refile",)),
        ("(This Feb. 3 story has been corrected to fix name in paragraph 2)", ("correction",)),
        ("(Clarifies in paragraph 4 that vote is Tuesday)", ("correction",)),
        ("(Eds: Adds quotes.)", ("update",)),
        ("EDS: With photos.", ()),
        ("ATTENTION EDITORS - PHOTOS AVAILABLE", ()),
        ("(STORY CAN END HERE)", ()),
        ("Updated: March 3, 2020", ()),
    ],
)
def test_lines_above_and_below_the_headline(line: str, signals: tuple[str, ...]) -> None:
    headline, _, rest = DUMP.partition("\n\n")
    for text in (f"{line}\n\n{DUMP}", f"{headline}\n\n{line}\n\n{rest}"):
        article = _dump(text)
        assert (article.headline, article.signals) == (headline, signals)
        assert article.body.startswith("Ferry crews walked out.")
