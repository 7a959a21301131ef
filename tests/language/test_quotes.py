"""Golden stories: every quotation with its speaker, and nothing else."""

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from etl.language import load_models, read_article
from etl.language.cues import load_words
from etl.language.model import Analysis, Models
from etl.language.quotes import find_quotes
from etl.language.shallow import ShallowParser
from etl.records import Mention, Quote, StoryEntity
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
    people = case / "people.json"
    found = (
        quotes_in_german(text, json.loads(people.read_text(encoding="utf-8"))) if people.exists() else quotes_of(text)
    )
    assert [row(text, quote) for quote in found] == json.loads((case / "quotes.json").read_text(encoding="utf-8"))


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
