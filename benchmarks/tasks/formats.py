"""Wire formats: every file of a folder through containers, readers and the desk, one line a story or refusal.

The fields are those of the format gold set. A field that the file does not carry is null: where a format has a field
of its own for something, that field is reported as delivered and nothing is derived in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from etl.desk import delivered_body, edit_story
from etl.readers import read
from etl.readers.containers import open_members
from etl.records import Article, Delivery, Instant, Reject, Story

Prediction = dict[str, object]

_SIGNALS = ("correction", "writethru", "update", "alert")
_SEPARATORS = " \t\n-–—_.:="
_PAGES = ("html", "warc")


def predict_tree(root: Path) -> Iterator[Prediction]:
    """Predict every file under a folder, in the order of their paths; `raw_path` is relative to the folder."""
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        yield from _predict_file(path, path.relative_to(root).as_posix())


def _predict_file(path: Path, raw_path: str) -> Iterator[Prediction]:
    with path.open("rb") as stream:
        delivery = Delivery(raw_path, stream, path.stat().st_size)
        for member in open_members(delivery):
            if isinstance(member, Reject):
                yield _refused(raw_path, member)
                continue
            for item in read(member).items:
                yield _refused(raw_path, item) if isinstance(item, Reject) else _loaded(raw_path, item)


def _refused(raw_path: str, reject: Reject) -> Prediction:
    return {"raw_path": raw_path, "quarantined": True, "reason": reject.reason, "detail": reject.detail}


def _loaded(raw_path: str, story: Story) -> Prediction:
    edited = edit_story(story)
    if isinstance(edited, Reject):
        return _refused(raw_path, edited)
    return {"raw_path": raw_path, **article_fields(edited)}


def article_fields(article: Article) -> Prediction:
    """The scored fields of one article."""
    story = article.story
    first_created = story.created or story.published or story.versioned or article.published
    return {
        "format": story.format,
        "headline": article.headline if story.is_text_layout else story.headline,
        "byline": article.byline if story.is_text_layout or story.bylines else None,
        "dateline_text": _dateline_text(article),
        "dateline_city": article.dateline.city if article.dateline else None,
        "published_at": _stamp(first_created),
        "version_created": _stamp(story.versioned),
        "urgency": story.urgency,
        "priority_code": story.priority_code,
        "slugline": story.slugline,
        "categories": list(story.categories),
        "subjects": [subject.code for subject in story.subjects],
        "copyright": article.copyright,
        "language": story.language,
        "status": article.status,
        "version": story.version,
        "embargo": _stamp(article.embargo),
        "ednote": article.ednote if story.is_text_layout else story.ednote,
        "signal": next((signal for signal in _SIGNALS if signal in article.signals), None),
        "source": article.source,
        "bureau": article.bureau,
        "distributor": article.distributor,
        "body": article.body if story.format in _PAGES else delivered_body(article),
    }


def _dateline_text(article: Article) -> str | None:
    """The dateline as printed up to its dash, agency bracket included."""
    dateline = article.dateline
    if dateline is None:
        return None
    if dateline.start is None or dateline.end is None:
        return (article.story.dateline or dateline.printed).strip(_SEPARATORS) or None
    return article.story.text[dateline.start : dateline.end].strip(_SEPARATORS) or None


def _stamp(instant: Instant | None) -> str | None:
    """ISO 8601; a bare date where no time of day is stated, no offset where none is."""
    if instant is None:
        return None
    return instant.when.date().isoformat() if instant.precision == "day" else instant.when.isoformat()
