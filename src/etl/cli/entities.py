"""`copydesk entities`: look an entity up with its merges, load the alias table and the curated decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from etl.cli.options import now, require_warehouse, warehouse_option
from etl.lake import open_lake, publish
from etl.lake.connect import Lake
from etl.lake.entity_books import find_entities, load_overrides, load_titles
from etl.resolve.entity_files import EntityFileError, parse_overrides, parse_titles

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_MOST = """
    SELECT entity_id, entity_type, entity_name, mention_count, article_count FROM lake.entities
    ORDER BY article_count DESC, mention_count DESC, entity_id LIMIT ?
"""


@click.command()
@click.argument("name", required=False)
@warehouse_option
@click.option("--aliases", type=_FILE, help="Load an alias table: names to Wikidata ids and Wikipedia titles.")
@click.option("--curated", type=_FILE, help="Load decisions: which names are one entity, and which are not.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Entities shown at most.")
def entities(name: str | None, warehouse: Path, aliases: Path | None, curated: Path | None, limit: int) -> None:
    """Show the entities that NAME (a name, a part of one, or an entity_id) may mean, and what was merged into each.

    Without NAME, the most named. A file that is loaded stands in place of the one loaded before; an empty file undoes
    it. The formats are described in docs/how-to/correct-an-identity.md.

    \b
    Example:
        copydesk entities "Ada Holm"
        copydesk entities --curated identities.tsv
        copydesk entities --aliases wikidata.tsv
    """
    require_warehouse(warehouse)
    if aliases or curated:
        _load(warehouse, aliases, curated)
    if name is None and (aliases or curated):
        return
    with open_lake(warehouse, read_only=True) as lake:
        if name is None:
            _show_most(lake, limit)
        else:
            _show(lake, name, limit)


def _load(warehouse: Path, aliases: Path | None, curated: Path | None) -> None:
    """Load the files, resolve anew and publish: what is published always bears the ids that hold."""
    try:
        titles = parse_titles(aliases.read_text(encoding="utf-8").split("\n")) if aliases else None
        overrides = parse_overrides(curated.read_text(encoding="utf-8").split("\n")) if curated else None
    except (EntityFileError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{aliases or curated}: {error}; nothing was loaded") from error
    with open_lake(warehouse) as lake:
        if titles is not None:
            written = load_titles(lake, titles)
            click.echo(f"alias table: {len(titles)} rows; {written['entities']} entities changed")
        if overrides is not None:
            written = load_overrides(lake, overrides)
            click.echo(f"curated: {len(overrides)} decisions; {written['entities']} entities changed")
        publish(lake, warehouse, as_of=now())


def _show_most(lake: Lake, limit: int) -> None:
    for ident, label, name, mentions, articles in lake.con.execute(_MOST, [limit]).fetchall():
        click.echo(_printable(f"{ident}  {label:<6} {name}  ({mentions} mentions in {articles} articles)"))


def _show(lake: Lake, name: str, limit: int) -> None:
    found = find_entities(lake, name, limit)
    if not found:
        raise click.ClickException(f"no entity of the name or id {name!r} in this warehouse")
    for row in found:
        _show_entity(row)


def _show_entity(row: dict[str, Any]) -> None:
    click.echo(_printable(f"{row['entity_name']}  {row['entity_type']}  {row['entity_id']}"))
    seen = " to ".join(f"{row[key]:%Y-%m-%d}" for key in ("first_seen_at", "last_seen_at") if row[key])
    click.echo(f"  {row['mention_count']} mentions in {row['article_count']} articles{f', {seen}' if seen else ''}")
    known = [row["country_code"], row["wikidata_id"], row["wikipedia_title"]]
    if row["geonames_id"]:
        known.insert(0, f"GeoNames {row['geonames_id']}")
    if any(known):
        click.echo(_printable("  " + ", ".join(str(k) for k in known if k)))
    for alias in row["aliases"]:
        merged = "" if alias["merged_id"] == row["entity_id"] else f"  [was {alias['merged_id']}]"
        reason = f"{alias['alias_rule']}: {alias['alias_evidence']}"
        click.echo(_printable(f"    {alias['mention_count']:>5}  {alias['alias']}{merged}  {reason}"))


def _printable(line: str) -> str:
    """Wire text may hold escape codes: nothing that a terminal would act on gets through."""
    return "".join(c if c.isprintable() else " " for c in line)
