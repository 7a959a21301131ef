"""Records to rows: the core tables' columns filled from an article and its reading.

The only place where record fields meet column names. Rows are plain dicts that `arrow_tables` turns
into Arrow tables of the core schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from etl import schema
from etl.chains import as_utc, chain, fold, provider
from etl.ids import make_id
from etl.records import Article, Mention, Quote, Reading, Reject, Story, StoryEntity

Row = dict[str, Any]

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from: the delivered file and the run that reads it."""

    raw_sha256: str
    path: str
    feed: str | None
    fingerprint: str
    run_id: str
    batch_id: str


def arrow_tables(rows: Mapping[str, list[Row]]) -> dict[str, pa.Table]:
    """Arrow tables of the core schema, one for each table name in `rows` (empty lists too)."""
    return {name: pa.Table.from_pylist(some, schema=schema.core(name).schema) for name, some in rows.items()}


def article_id(origin: Origin, story: Story, member: str | None) -> str:
    """The id of one delivered story: the file's hash, the member inside it and the byte offset."""
    return make_id("art", origin.raw_sha256, member or "", story.byte_offset)


def story_rows(article: Article, reading: Reading, origin: Origin, member: str | None) -> dict[str, list[Row]]:
    """All rows that one story gives, by core table name."""
    ident = article_id(origin, article.story, member)
    entities = {e.cluster: _entity_identity(e, ident) for e in reading.entities}
    names = {e.cluster: e for e in reading.entities}
    utterances = _utterances(reading.quotes)
    remarks = (*article.story.remarks, *article.remarks, *reading.remarks)
    return {
        "articles": [_article_row(article, ident, origin, member)],
        "quotes": [_quote_row(q, article, ident, origin, entities, utterances) for q in reading.quotes],
        "mentions": [_mention_row(m, article, ident, origin, entities, names) for m in reading.mentions],
        "article_entities": _story_entity_rows(reading.entities, ident, origin, entities),
        "warnings": [
            {
                "warning_id": make_id("warn", ident, number, remark.code),
                "article_id": ident,
                "raw_sha256": origin.raw_sha256,
                "stage": remark.stage,
                "code": remark.code,
                "detail": _clean(remark.detail),
            }
            for number, remark in enumerate(remarks)
        ],
    }


def reject_row(reject: Reject, origin: Origin, member: str | None) -> Row:
    """The row of one refusal."""
    return {
        "reject_id": make_id(
            "rej", origin.raw_sha256, member or "", reject.byte_offset, reject.byte_length, reject.stage, reject.reason
        ),
        "raw_sha256": origin.raw_sha256,
        "path": origin.path,
        "member": member,
        "byte_offset": reject.byte_offset,
        "byte_length": reject.byte_length,
        "stage": reject.stage,
        "reason": reject.reason,
        "detail": _clean(" ".join(reject.detail.split())),
        "run_id": origin.run_id,
    }


# --- articles ----------------------------------------------------------------------------------

_SAME_NAME: tuple[str, ...] = (
    "guid",
    "service",
    "item_number",
    "slugline",
    "credit_line",
    "stated_word_count",
    "urgency",
    "priority_code",
    "rights_holder",
    "format",
    "byte_offset",
    "byte_length",
    "encoding",
    "encoding_evidence",
)
_DESK_NAME: tuple[str, ...] = (
    "headline",
    "headline_start",
    "headline_evidence",
    "headline_sentence_case",
    "language",
    "language_evidence",
    "byline",
    "agency",
    "source",
    "bureau",
    "distributor",
    "source_url",
    "copyright",
    "copyright_year",
    "copyright_holder",
    "usage_terms",
    "is_publishable",
    "status",
    "item_kind",
    "take",
    "ednote",
)


def _article_row(article: Article, ident: str, origin: Origin, member: str | None) -> Row:
    story = article.story
    body = article.body
    chain_rule, chain_key = chain(article, origin.feed)
    row: Row = {name: getattr(story, name) for name in _SAME_NAME}
    row |= {name: getattr(article, name) for name in _DESK_NAME}
    row |= {
        "article_id": ident,
        "chain_key": chain_key,
        "chain_rule": chain_rule,
        "provider": provider(article),
        "delivered_version": story.version,
        "text": story.text,
        "body": body,
        "word_count": len(body.split()),
        "char_count": len(body),
        "furniture": [asdict(span) for span in article.spans],
        "paragraphs": [{"start": p.start, "end": p.end} for p in article.paragraphs],
        "paragraph_count": len(article.paragraphs),
        "keywords": list(story.keywords),
        "categories": list(story.categories),
        "subjects": [asdict(subject) for subject in story.subjects],
        "places": list(story.places),
        "related": [asdict(link) for link in story.related],
        "kills": list(article.kills),
        "signals": list(article.signals),
        "credits": [
            {key: value for key, value in asdict(c).items() if key not in ("start", "end", "rule")}
            for c in article.credits
        ],
        "extra": [{"key": key, "value": value} for key, value in sorted(story.extra.items())],
        "raw_sha256": origin.raw_sha256,
        "path": origin.path,
        "member": member,
        "fingerprint": origin.fingerprint,
        "run_id": origin.run_id,
        "batch_id": origin.batch_id,
    }
    row |= _time_columns(article) | _dateline_columns(article) | _correction_columns(article)
    return {key: _clean_deep(value) for key, value in row.items()}


def _time_columns(article: Article) -> Row:
    story = article.story
    times = {
        "created": story.created,
        "published": article.published,
        "versioned": story.versioned,
        "embargo": article.embargo,
    }
    row: Row = {}
    for name, instant in times.items():
        row[f"{name}_at"] = as_utc(instant) if instant else None
        row[f"{name}_text"] = instant.printed if instant else None
    for name in ("created", "published"):
        stated = times[name]
        row[f"{name}_zone"] = stated.zone if stated else None
    row["published_precision"] = article.published.precision if article.published else None
    return row


def _dateline_columns(article: Article) -> Row:
    line = article.dateline
    if line is None:
        return {}
    place = line.resolved
    return {
        "dateline_text": line.printed,
        "dateline_city": line.city,
        "dateline_region": line.region,
        "dateline_date_text": line.date_text,
        "dateline_country_code": place.country_code if place else None,
        "dateline_place_name": place.name if place else None,
        "dateline_geonames_id": place.geonames_id if place else None,
    }


def _correction_columns(article: Article) -> Row:
    correction = article.correction
    return {} if correction is None else {f"correction_{name}": value for name, value in asdict(correction).items()}


# --- quotes, mentions, entities ----------------------------------------------------------------


def _part_text(article: Article, part: str) -> str:
    return article.story.text if part == "text" else article.headline or ""


def _piece(article: Article, part: str, start: int | None, end: int | None) -> str | None:
    return None if start is None or end is None else _part_text(article, part)[start:end]


def _utterances(quotes: Iterable[Quote]) -> dict[tuple[str, int], int]:
    """The first offset of each utterance: what its id is made from, whatever its number was."""
    first: dict[tuple[str, int], int] = {}
    for quote in quotes:
        key = (quote.part, quote.utterance)
        first[key] = min(first.get(key, quote.start), quote.start)
    return first


def _quote_row(
    quote: Quote,
    article: Article,
    ident: str,
    origin: Origin,
    entities: Mapping[int, tuple[str, str]],
    utterances: Mapping[tuple[str, int], int],
) -> Row:
    speaker = entities.get(quote.speaker_cluster) if quote.speaker_cluster is not None else None
    row: Row = {
        "quote_id": make_id("quo", ident, quote.part, quote.start, quote.end),
        "utterance_id": make_id("utt", ident, quote.part, utterances[quote.part, quote.utterance]),
        "article_id": ident,
        "part": quote.part,
        "quote_start": quote.start,
        "quote_end": quote.end,
        "quote_text": _piece(article, quote.part, quote.start, quote.end),
        "quote_type": quote.type,
        "quote_kind": quote.kind,
        "quote_form": quote.form,
        "paragraph_index": quote.paragraph,
        "cue_text": _piece(article, quote.part, quote.cue_start, quote.cue_end),
        "cue_start": quote.cue_start,
        "cue_end": quote.cue_end,
        "speaker_text": _piece(article, quote.part, quote.speaker_start, quote.speaker_end),
        "speaker_start": quote.speaker_start,
        "speaker_end": quote.speaker_end,
        "speaker_name": quote.speaker_name,
        "speaker_entity_id": speaker[0] if speaker else None,
        "speaker_role": quote.role,
        "speaker_affiliation": quote.affiliation,
        "is_anonymous": quote.is_anonymous,
        "anonymity_text": _piece(article, quote.part, quote.anonymity_start, quote.anonymity_end),
        "quote_rule": quote.rule,
        "quote_confidence": quote.confidence,
        "raw_sha256": origin.raw_sha256,
    }
    return {key: _clean(value) if isinstance(value, str) else value for key, value in row.items()}


def _mention_row(
    mention: Mention,
    article: Article,
    ident: str,
    origin: Origin,
    entities: Mapping[int, tuple[str, str]],
    names: Mapping[int, StoryEntity],
) -> Row:
    return {
        "mention_id": make_id("men", ident, mention.part, mention.start, mention.end),
        "article_id": ident,
        "part": mention.part,
        "mention_start": mention.start,
        "mention_end": mention.end,
        "mention_text": _clean(_piece(article, mention.part, mention.start, mention.end) or ""),
        "entity_type": mention.label,
        "entity_id": entities[mention.cluster][0],
        "entity_name": _clean(names[mention.cluster].name),
        "mention_rule": mention.rule,
        "mention_confidence": mention.confidence,
        "is_metonym": mention.is_metonym,
        "raw_sha256": origin.raw_sha256,
    }


def _entity_identity(entity: StoryEntity, ident: str) -> tuple[str, str]:
    """(entity_id, scope). A place is its GeoNames id; a bare surname stays inside its story."""
    if entity.place is not None and entity.place.geonames_id is not None:
        return make_id("ent", "place", entity.place.geonames_id), "global"
    name = fold(entity.name)
    if entity.label == "PERSON" and len(name.split()) < 2:
        return make_id("ent", entity.label, name, ident), ident
    return make_id("ent", entity.label, name), "global"


def _story_entity_rows(
    entities: Iterable[StoryEntity], ident: str, origin: Origin, identities: Mapping[int, tuple[str, str]]
) -> list[Row]:
    rows: dict[str, Row] = {}
    for entity in entities:
        entity_id, scope = identities[entity.cluster]
        place = entity.place
        row = {
            "article_id": ident,
            "entity_id": entity_id,
            "entity_type": entity.label,
            "entity_name": _clean(entity.name),
            "scope": scope,
            "entity_role": entity.role,
            "entity_affiliation": entity.affiliation,
            "is_pseudonym": entity.is_pseudonym,
            "geonames_id": place.geonames_id if place else None,
            "country_code": place.country_code if place else None,
            "place_kind": place.kind if place else None,
            "latitude": place.latitude if place else None,
            "longitude": place.longitude if place else None,
            "raw_sha256": origin.raw_sha256,
        }
        # Two clusters of a story can be one entity, e.g. a city by both its names: the first stands.
        rows.setdefault(entity_id, row)
    return list(rows.values())


# --- text that storage refuses -------------------------------------------------------------------


def _clean(text: str) -> str:
    """Lone surrogates cannot be stored as UTF-8: they become U+FFFD, one for one, so offsets hold."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _clean_deep(value: Any) -> Any:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_clean_deep(item) for item in value]
    if isinstance(value, dict):
        return {key: _clean_deep(item) for key, item in value.items()}
    return value
