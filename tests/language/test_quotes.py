"""Golden stories: every quotation with its speaker, and nothing else."""

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from etl.desk import edit_story
from etl.language import load_models, read_article
from etl.language.cues import load_words
from etl.language.model import Analysis, Models
from etl.language.quotes import find_quotes
from etl.language.shallow import ShallowParser
from etl.records import Mention, Quote, Reading, Story, StoryEntity
from tests.builders import plain_article

GOLDEN = Path(__file__).parent.parent / "golden" / "quotes"


@lru_cache(maxsize=1)
def models() -> Models:
    return load_models()


def quotes_of(text: str) -> tuple[Quote, ...]:
    article = plain_article(text)
    reading = read_article(article, models())
    analyses = [(p, Analysis((), (), ())) for p in article.paragraphs]
    return find_quotes(article, analyses, reading.mentions, reading.entities, models().parser)


def quotes_in_german(text: str, people: list[str]) -> tuple[Quote, ...]:
    """German is read by language data alone; its names are given."""
    article = replace(plain_article(text), language="de")
    mentions = [
        Mention("text", text.index(name), text.index(name) + len(name), "PERSON", number, "given", 1.0)
        for number, name in enumerate(people)
    ]
    entities = [StoryEntity(number, name, "PERSON") for number, name in enumerate(people)]
    analyses = [(p, Analysis((), (), ())) for p in article.paragraphs]
    return find_quotes(article, analyses, mentions, entities, ShallowParser(load_words("de")))


def read_by_the_desk(text: str, language: str) -> Reading:
    """All stages behind the reader: the desk finds dateline and body, then the story is read."""
    story = Story(format="plain", byte_offset=0, byte_length=len(text.encode()), text=text, language=language)
    return read_article(edit_story(story), models())


def found_in(case: Path, text: str) -> tuple[Quote, ...]:
    people, language = case / "people.json", case / "language.txt"
    if language.exists():
        return read_by_the_desk(text, language.read_text(encoding="utf-8").strip()).quotes
    if people.exists():
        return quotes_in_german(text, json.loads(people.read_text(encoding="utf-8")))
    return quotes_of(text)


def row(text: str, quote: Quote) -> dict[str, object]:
    return {
        "text": text[quote.start : quote.end],
        "type": quote.type,
        "kind": quote.kind,
        "form": quote.form,
        "utterance": quote.utterance,
        "speaker_text": None if quote.speaker_start is None else text[quote.speaker_start : quote.speaker_end],
        "speaker": quote.speaker_name,
        "rule": quote.rule,
    }


@pytest.mark.parametrize("case", sorted(GOLDEN.iterdir()), ids=lambda p: p.name)
def test_golden_story(case: Path) -> None:
    text = (case / "story.txt").read_text(encoding="utf-8")
    assert [row(text, quote) for quote in found_in(case, text)] == json.loads(
        (case / "quotes.json").read_text(encoding="utf-8")
    )


def test_offsets_and_fields_hold_together() -> None:
    text = (GOLDEN / "continued-paragraphs" / "story.txt").read_text(encoding="utf-8")
    for quote in quotes_of(text):
        assert 0 <= quote.start < quote.end <= len(text)
        assert (quote.speaker_start is None) == (quote.speaker_end is None)
        assert 0 <= quote.confidence <= 1


def test_an_odd_mark_loses_nothing_else() -> None:
    text = (GOLDEN / "two-speakers" / "story.txt").read_text(encoding="utf-8")
    odd = text.replace("“We won,” said Maya Lind.", "“We won, said Maya Lind.")
    assert [odd[q.start : q.end] for q in quotes_of(odd)][1:] == [text[q.start : q.end] for q in quotes_of(text)][1:]


def test_a_german_story_has_the_desks_place_its_speakers_and_a_remark() -> None:
    text = (GOLDEN / "de-harbour" / "story.txt").read_text(encoding="utf-8")
    reading = read_by_the_desk(text, "de")
    assert {(text[m.start : m.end], m.rule) for m in reading.mentions} >= {
        ("HAMBURG", "dateline"), ("Petra Sommer", "full_name"), ("Sommer", "surname"),
    }  # fmt: skip
    assert [text[m.start - 3 : m.end] for m in reading.mentions if text[m.start - 3 : m.start] == "im "] == []
    assert [r.code for r in reading.remarks] == ["language_partly_supported"]


@pytest.mark.parametrize("language", ["fr", "es-MX"])
def test_a_language_without_data_has_no_quotations_but_a_remark(language: str) -> None:
    text = "« Nous restons », dit Marie Colin.\nMarie Colin said the port was shut.\n"
    reading = read_by_the_desk(text, language)
    assert (reading.quotes, [r.code for r in reading.remarks]) == ((), ["language_unsupported"])
