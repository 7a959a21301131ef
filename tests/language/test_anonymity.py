"""Speakers without a name, or with an assumed one, and the words that say so."""

import pytest

from etl.language import load_models, read_article
from etl.records import Quote
from tests.builders import plain_article


def spoken(text: str) -> list[tuple[str | None, bool, str | None]]:
    """Speaker, whether anonymous, and the words that say why, of each direct quotation."""
    quotes = read_article(plain_article(text), load_models()).quotes
    return [(q.speaker_name, q.is_anonymous, _words(text, q)) for q in quotes if q.type == "direct"]


def _words(text: str, quote: Quote) -> str | None:
    return None if quote.anonymity_start is None else text[quote.anonymity_start : quote.anonymity_end]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“The dam will hold,” officials said.", "officials"),
        # "official" before a cue may be its adjective ("the official report") or its subject.
        ("“The dam will hold,” an official said.", "an official"),
        ("“The dam will hold,” said a senior aide.", "a senior aide"),
        (
            "“The dam will hold,” said a senior aide, who spoke on condition of anonymity.",
            "who spoke on condition of anonymity",
        ),
        ("“The dam will hold,” said an official. The official asked not to be named.", "asked not to be named"),
        ("“The dam will hold,” said an official. He asked not to be named.", "asked not to be named"),
        ("“The dam will hold,” said one official, who declined to be identified.", "who declined to be identified"),
        (
            "Speaking on condition of anonymity, an official said, “The dam will hold.”",
            "Speaking on condition of anonymity",
        ),
        ("“The dam will hold,” said a carpenter, who asked not to be named.", "who asked not to be named"),
    ],
)
def test_an_anonymous_speaker_has_the_words_that_say_so(text: str, words: str) -> None:
    assert spoken(text) == [(None, True, words)]


@pytest.mark.parametrize(
    ("tail", "words"),
    [
        ("who used a nom de guerre for his safety", "who used a nom de guerre"),
        ("a pseudonym", "a pseudonym"),
        ("not his real name", "not his real name"),
        (
            "who asked to be identified only by his first name",
            "who asked to be identified only by his first name",
        ),
    ],
)
def test_an_assumed_name_has_the_words_that_say_so_everywhere(tail: str, words: str) -> None:
    text = f"“They came at night,” said Karim Bello, {tail}.\n“We ran,” Bello said.\n"
    assert spoken(text) == [("Karim Bello", False, words)] * 2


@pytest.mark.parametrize(
    "text",
    [
        "“The dam will hold,” said Maya Lind.",
        "“The dam will hold,” said Maya Lind, citing an engineer who asked not to be named.",
        "“The dam will hold,” said Maya Lind. Paul Norden used a pseudonym.",
        "“He asked not to be named,” said Maya Lind.",
    ],
)
def test_a_named_speaker_has_none(text: str) -> None:
    assert [found for found in spoken(text) if found[0] == "Maya Lind"] == [("Maya Lind", False, None)]
