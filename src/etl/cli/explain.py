"""`copydesk explain`: the bytes, the spans, the rule and the run behind a row."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from etl.cli.chain import story_lines
from etl.cli.options import require_warehouse, warehouse_option
from etl.lake import open_lake
from etl.lake.connect import Lake
from etl.reader.diff import changes
from etl.reader.store import read_raw

_CONTEXT = 60
_COMPARED = 100_000
_CHANGES = 20
_RAW_LINES = 12
_RAW_COLUMNS = 160

Row = dict[str, Any]


@click.command()
@click.argument("ident", metavar="ID")
@warehouse_option
def explain(ident: str, warehouse: Path) -> None:
    """Show where a row comes from: ID is a story_id, article_id, quote_id, mention_id, entity_id or reject_id.

    Of a story: its versions in order, why each belongs to it, and what it changed of the one before.
    Of an article: its bytes, its versions and what changed between them, every span with the rule that cut it,
    every quotation and name with rule and confidence. `copydesk reader` shows the same in a browser.

    \b
    Example:
        copydesk explain art-0123456789abcdef0123
    """
    require_warehouse(warehouse)
    kinds = {"story": _story, "art": _article, "quo": _quote, "men": _mention, "ent": _entity, "rej": _reject}
    kind = kinds.get(ident.split("-", 1)[0])
    if kind is None:
        raise click.ClickException(f"{ident!r} is no id; ids begin with {', '.join(f'{k}-' for k in kinds)}")
    with open_lake(warehouse, read_only=True) as lake:
        kind(lake, ident)


def _one(lake: Lake, table: str, key: str, ident: str) -> Row:
    rows = _rows(lake, f"SELECT * FROM lake.{table} WHERE {key} = ?", ident)
    if not rows:
        raise click.ClickException(f"no {key} {ident} in this warehouse")
    return rows[0]


def _rows(lake: Lake, query: str, *values: str) -> list[Row]:
    found = lake.con.execute(query, list(values))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _say(label: str, value: object) -> None:
    # Wire text may hold escape codes: nothing that a terminal would act on gets through.
    shown = "".join(c if c.isprintable() else " " for c in str(value))
    click.echo(f"{label:<14} {shown}")


def _provenance(lake: Lake, row: Row) -> None:
    file = _one(lake, "raw_files", "raw_sha256", row["raw_sha256"])
    _say("file", f"{file['path']}  sha256 {file['raw_sha256'][:16]}…  {file['file_bytes']} bytes")
    _say("read as", f"{file['format']} ({file['format_evidence']}), {file['encoding']} ({file['encoding_evidence']})")
    _say("made by", f"{file['fingerprint']} in {file['run_id']}, batch {file['batch_id']}")


def _story(lake: Lake, ident: str) -> None:
    lines = list(story_lines(lake, ident))
    if not lines:
        raise click.ClickException(f"no story_id {ident} in this warehouse")
    for line in lines:
        click.echo(line)


def _article(lake: Lake, ident: str) -> None:
    row = _one(lake, "articles", "article_id", ident)
    _say("headline", row["headline"])
    _provenance(lake, row)
    _say("bytes", f"{row['byte_offset']} to {row['byte_offset'] + row['byte_length']}")
    _say("chain", f"{row['chain_rule']}: {row['chain_key']}")
    versions = _rows(
        lake,
        "SELECT v.*, a.headline, a.body FROM lake.story_versions v JOIN lake.articles a USING (article_id) "
        "WHERE v.story_id = (SELECT story_id FROM lake.story_versions WHERE article_id = ?) ORDER BY version_index",
        ident,
    )
    for version in versions:
        state = "published" if version["is_published"] else f"not published: {version['withheld_reason']}"
        _say(f"  version {version['version_index']}", f"{version['article_id']} {state}; {version['headline']}")
    click.echo("spans")
    for span in row["furniture"]:
        piece = row["text"][span["start"] : span["end"]].strip()
        _say(f"  {span['start']}-{span['end']}", f"{span['label']:<11} {span['rule']:<24} {_short(piece)}")
    _said(lake, ident)
    _named(lake, ident)
    _changed(versions)
    _delivered(lake, row)


def _short(text: str) -> str:
    return text if len(text) <= _CONTEXT else f"{text[:_CONTEXT]}…"


def _said(lake: Lake, ident: str) -> None:
    click.echo("quotations")
    for quote in _rows(lake, "SELECT * FROM lake.quotes WHERE article_id = ? ORDER BY part, quote_start", ident):
        who = quote["speaker_name"] or quote["speaker_text"] or "nobody named"
        how = f"{quote['quote_type']} {quote['quote_kind']}, {quote['quote_rule']} {quote['quote_confidence']:.2f}"
        _say(f"  {quote['quote_start']}-{quote['quote_end']}", f"{who}: {_short(quote['quote_text'])} ({how})")
        _say("", quote["quote_id"])


def _named(lake: Lake, ident: str) -> None:
    click.echo("names")
    query = (
        "SELECT entity_name, entity_type, entity_id, list(DISTINCT mention_rule ORDER BY mention_rule) AS rules, "
        "count(*) AS n, min(mention_confidence) AS least FROM lake.mentions WHERE article_id = ? "
        "GROUP BY ALL ORDER BY min((part, mention_start))"
    )
    for name in _rows(lake, query, ident):
        _say(f"  {name['n']} times", f"{name['entity_name']}, {name['entity_type']} {name['entity_id']}")
        _say("", f"by {', '.join(name['rules'])}; confidence at least {name['least']:.2f}")


def _changed(versions: list[Row]) -> None:
    for old, new in pairwise(versions):
        click.echo(f"from version {old['version_index']} to {new['version_index']}")
        shown = 0
        for what, text in changes((old["body"] or "")[:_COMPARED], (new["body"] or "")[:_COMPARED]):
            if what != "same" and text.strip() and shown < _CHANGES:
                _say(f"  {what}", _short(text.strip()))
                shown += 1


def _delivered(lake: Lake, row: Row) -> None:
    places = _rows(
        lake, "SELECT DISTINCT location FROM lake.deliveries WHERE raw_sha256 = ? ORDER BY 1", row["raw_sha256"]
    )
    raw, note = read_raw([Path(place["location"]) for place in places], row)
    _say("delivered", note)
    for line in (raw or "").splitlines()[:_RAW_LINES]:
        _say("", line[:_RAW_COLUMNS])


def _mention(lake: Lake, ident: str) -> None:
    row = _one(lake, "mentions", "mention_id", ident)
    article = _one(lake, "articles", "article_id", row["article_id"])
    text = (article["text"] if row["part"] == "text" else article["headline"]) or ""
    start, end = row["mention_start"], row["mention_end"]
    _say("name", f"{row['mention_text']}, {row['entity_type']}")
    _say("in place", f"…{text[max(0, start - _CONTEXT) : start]}[{text[start:end]}]{text[end : end + _CONTEXT]}…")
    _say("entity", f"{row['entity_name']} {row['entity_id']}")
    _say("rule", f"{row['mention_rule']}, confidence {row['mention_confidence']:.2f}")
    _say("article", f"{article['article_id']} {article['headline']}")
    _provenance(lake, article)


def _quote(lake: Lake, ident: str) -> None:
    row = _one(lake, "quotes", "quote_id", ident)
    article = _one(lake, "articles", "article_id", row["article_id"])
    text = article["text"] if row["part"] == "text" else article["headline"]
    start, end = row["quote_start"], row["quote_end"]
    _say("quote", row["quote_text"])
    _say("in place", f"…{text[max(0, start - _CONTEXT) : start]}[{text[start:end]}]{text[end : end + _CONTEXT]}…")
    _say("speaker", f"{row['speaker_name']} (printed: {row['speaker_text']}), cue {row['cue_text']}")
    _say("kind", f"{row['quote_type']} {row['quote_kind']}, {row['quote_form']}")
    _say("rule", f"{row['quote_rule']}, confidence {row['quote_confidence']:.2f}")
    _say("article", f"{article['article_id']} {article['headline']}")
    _provenance(lake, row)


def _entity(lake: Lake, ident: str) -> None:
    # An id from before a merge leads to what it was merged into; one name's id may stand for several bearers.
    moved = _rows(
        lake,
        "SELECT entity_id, alias, alias_rule, alias_evidence, decided_at FROM lake.entity_aliases "
        "WHERE merged_id = ? AND entity_id <> merged_id ORDER BY entity_id, mention_count DESC, alias",
        ident,
    )
    if not _rows(lake, "SELECT entity_id FROM lake.entities WHERE entity_id = ?", ident) and moved:
        for row in {row["entity_id"]: row for row in reversed(moved)}.values():
            _say("was", f"{ident}, {row['alias']}; now {row['entity_id']}")
            when = f", decided by a story of {row['decided_at']:%Y-%m-%d}" if row["decided_at"] else ""
            _say("by", f"{row['alias_rule']}: {row['alias_evidence']}{when}")
            _named_entity(lake, row["entity_id"])
        return
    _named_entity(lake, ident)


def _named_entity(lake: Lake, ident: str) -> None:
    row = _one(lake, "entities", "entity_id", ident)
    _say("entity", f"{row['entity_name']} ({row['entity_type']}, {row['scope']})")
    _say("counted", f"{row['mention_count']} mentions in {row['article_count']} articles")
    for alias in _rows(
        lake, "SELECT * FROM lake.entity_aliases WHERE entity_id = ? ORDER BY mention_count DESC", ident
    ):
        _say("  also", f"{alias['alias']} ({alias['mention_count']}); {alias['alias_rule']}: {alias['alias_evidence']}")


def _reject(lake: Lake, ident: str) -> None:
    row = _one(lake, "rejects", "reject_id", ident)
    _say("refused", f"{row['reason']} at {row['stage']}: {row['detail']}")
    _say("bytes", f"{row['byte_offset']} to {row['byte_offset'] + row['byte_length']}")
    _provenance(lake, row)
