"""Names of plain documents in the four classes of CoNLL: people, organisations, places, miscellany."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etl.desk import edit_story
from etl.language import load_models, read_article
from etl.records import Article, Mention, Reading, Story

CONLL = {
    "PERSON": "PER",
    "ORG": "ORG",
    "GPE": "LOC",
    "LOC": "LOC",
    "FAC": "LOC",
    "NORP": "MISC",
    "EVENT": "MISC",
    "PRODUCT": "MISC",
    "WORK_OF_ART": "MISC",
    "LAW": "MISC",
    "MISC": "MISC",
}


def predict(documents: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Yield `entities` (start, end, label) for each document's `text`."""
    for document, article, reading in read_documents(documents):
        yield {
            "doc_id": document["doc_id"],
            "entities": [
                {"start": start, "end": end, "label": CONLL[mention.label]}
                for mention in reading.mentions
                for start, end in [place(article, mention)]
            ],
        }


def read_documents(
    documents: Iterable[dict[str, object]],
) -> Iterator[tuple[dict[str, object], Article, Reading]]:
    """Yield each document with its article and reading, made by the stages of the pipeline."""
    models = load_models()
    for document in documents:
        text = str(document["text"])
        story = Story(format="plain", byte_offset=0, byte_length=len(text.encode()), text=text)
        article = edit_story(story)
        yield document, article, read_article(article, models)


def place(article: Article, mention: Mention) -> tuple[int, int]:
    """Return the span of a mention in the document's text, where a headline stands inside it."""
    shift = (article.headline_start or 0) if mention.part == "headline" else 0
    return mention.start + shift, mention.end + shift
