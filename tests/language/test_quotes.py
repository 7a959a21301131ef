"""Golden stories: every quotation with its speaker, and nothing else."""

import json
from functools import lru_cache
from pathlib import Path

import pytest

from etl.language import load_models, read_article
from etl.language.model import Analysis, Models
from etl.language.quotes import find_quotes
from etl.records import Quote
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


@pytest.mark.parametrize("case", sorted(GOLDEN.iterdir()), ids=lambda p: p.name)
def test_golden_story(case: Path) -> None:
    text = (case / "story.txt").read_text(encoding="utf-8")
    expected = json.loads((case / "quotes.json").read_text(encoding="utf-8"))
    found = [
        {
            "text": text[q.start : q.end],
            "type": q.type,
            "kind": q.kind,
            "speaker_text": None if q.speaker_start is None else text[q.speaker_start : q.speaker_end],
            "speaker": q.speaker_name,
        }
        for q in quotes_of(text)
    ]
    assert found == expected
