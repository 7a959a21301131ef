"""Invented stories in house styles, each with the article the desk makes of it; a new case is a new folder."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from etl.desk import edit_story
from etl.records import Article, Story

CASES = sorted((Path(__file__).parent.parent / "golden" / "desk").iterdir())
FIELDS = (
    "headline",
    "headline_sentence_case",
    "byline",
    "agency",
    "source",
    "bureau",
    "distributor",
    "source_url",
    "copyright",
    "copyright_year",
    "copyright_holder",
    "ednote",
    "signals",
    "status",
    "item_kind",
    "kills",
    "take",
    "usage_terms",
    "language",
)


def _summary(article: Article) -> dict[str, object]:
    """What a reviewer reads: the fields that are set, the body, and the furniture with the rule that cut it."""
    text = article.story.text
    fields = {name: getattr(article, name) for name in FIELDS if getattr(article, name)}
    correction = article.correction
    if correction is not None:
        fields["correction"] = {key: value for key, value in asdict(correction).items() if value}
    if not article.is_publishable:
        fields["is_publishable"] = False
    dateline, published, embargo = article.dateline, article.published, article.embargo
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()},
        "dateline": dateline and dateline.printed,
        "published": published and published.when.isoformat(),
        "embargo": embargo and embargo.when.isoformat(),
        "credits": [
            {k: v for k in ("name", "role", "title", "affiliation", "location", "contact") if (v := getattr(c, k))}
            for c in article.credits
        ],
        "body": article.body.split("\n"),
        "cut": [
            f"{s.label} {s.rule}: {' '.join(text[s.start : s.end].split())}" for s in article.spans if s.label != "body"
        ],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden(case: Path, is_updating_golden: bool) -> None:
    text = (case / "story.txt").read_text(encoding="utf-8")
    story = Story(format="textdump", byte_offset=0, byte_length=len(text.encode()), text=text, is_text_layout=True)
    got = _summary(edit_story(story))
    expected = case / "expected.json"
    if is_updating_golden:
        expected.write_text(json.dumps(got, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert got == json.loads(expected.read_text(encoding="utf-8"))
