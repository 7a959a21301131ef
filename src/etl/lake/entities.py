"""Entities over the lake: what a batch changed is compared with the names of its blocks, and nothing else.

Steps: the names that changed give blocks; pairs of these names within the blocks are decided anew; what stories state
is looked up for the variants that changed; the names that hang together with them are clustered anew. Of stories that
were there before only what the lake remembers of them is read. The rules are `etl.resolve`'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from etl.lake import entity_merges
from etl.lake.entity_changes import Changes, everything
from etl.lake.entity_counts import add_counts, count_anew
from etl.lake.entity_people import read_people, refresh_senses, remember_people, shared_company
from etl.lake.entity_rows import write_entity_rows
from etl.lake.entity_state import ENTITY_STATE, Con, column, insert, temporary
from etl.resolve.entities import Edge, Facts, Name, name_id, stated_edge
from etl.resolve.entity_names import Pair, block_of, decide, pairs, person_parts, person_rule

_STATED = ("PERSON", "ORG", "NORP", "EVENT")
"""Types whose variants are taken from what stories state; a place has its GeoNames id."""

_PAIR = ("block", "one", "other", "rule", "evidence")
PairRow = tuple[str, str, str, str, str]
_Key = tuple[str, str, str, str]


@dataclass(slots=True)
class _Work:
    """One pass: the names that changed, their blocks, and all names of these blocks.

    Names in `lost` may be borne by no story now, of the blocks in `whole` all pairs are decided anew, and `stale` are
    variants of which stories state something new.
    """

    con: Con
    changed: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    stale: set[str] = field(default_factory=set)
    blocks: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    members: dict[str, Name] = field(default_factory=dict)


def resolve_entities(con: Con, changes: Changes | None) -> dict[str, int]:
    """Bring `entities`, `entity_aliases` and `entity_senses` to what the articles say; give rows written by table.

    `con` has the lake attached and a transaction open. `changes` (just settled on `con`, see `entity_changes`) None
    looks at everything. The outcome is the same whether articles came at once or one by one, in whatever order.
    """
    work = _Work(con)
    if changes is None:
        _forget(work)
    parts = 0
    for part in everything(con) if changes is None else (changes,):
        _take_in(work, part)
        parts += 1
    _read_members(work)
    people = {i: n for i, n in work.members.items() if i in work.changed and n.label == "PERSON"}
    people |= {i: Name(i, "PERSON", "", "") for i in work.lost - work.members.keys()}
    candidates, about = _candidates(work)
    wanted = [p for p in candidates if p.one.label == "PERSON" and _is_new(work, p)]
    facts = read_people(con, people.keys() | {n.entity_id for p in wanted for n in (p.one, p.other)})
    senses = refresh_senses(con, people, facts, changes.went if changes else None)
    if parts > 1:
        for _ in everything(con):
            add_counts(con)
    else:
        _count(con, senses.moved | changes.went if changes else set())
    joined = _refresh_pairs(work, candidates, about, facts)
    touched = entity_merges.refresh_merges(con, work.changed, work.stale | joined)
    return write_entity_rows(con, touched | senses.touched)


def _forget(work: _Work) -> None:
    """Empty what is remembered but for the merges, which are compared; all names are changed names then."""
    con = work.con
    work.changed |= column(con, "SELECT merged_id FROM lake.internal.entity_merges")
    work.changed |= column(con, "SELECT entity_id FROM lake.entities")
    work.lost |= column(con, "SELECT DISTINCT merged_id FROM lake.entity_senses")
    work.changed |= work.lost
    for name in ENTITY_STATE.keys() - {"entity_merges", "entity_pairs"}:
        con.execute(f"DELETE FROM lake.internal.{name}")
    # Rows of a lake that was written before the log said what was merged.
    con.execute("DELETE FROM lake.entity_aliases WHERE merged_id IS NULL")
    work.whole |= column(con, "SELECT DISTINCT block FROM lake.internal.entity_pairs")
    work.blocks |= work.whole


def _take_in(work: _Work, changes: Changes) -> None:
    """Remember the names that came, and forget those that went."""
    work.changed |= changes.came | changes.went
    work.lost |= changes.went
    work.stale |= _take_in_claims(work.con)
    _take_in_keys(work, changes)
    remember_people(work.con, changes.went)


def _count(con: Con, anew: set[str]) -> None:
    """Add what came to the counts, but count the names of `anew` anew."""
    if anew:
        temporary(con, "er_anew", anew)
        con.execute("DELETE FROM er_fresh WHERE entity_id IN (FROM er_anew)")
    add_counts(con)
    if anew:
        count_anew(con, anew)


# --- blocks --------------------------------------------------------------------------------------


def _take_in_keys(work: _Work, changes: Changes) -> None:
    """Put the names that may be joined into their blocks."""
    con = work.con
    temporary(con, "er_names", changes.came | changes.went)
    temporary(con, "er_went", changes.went)
    stands = "scope = 'global' AND geonames_id IS NULL"
    named = f"SELECT entity_id, entity_type, entity_name FROM er_fresh WHERE {stands}"
    if changes.went:
        named += f""" UNION ALL SELECT entity_id, entity_type, entity_name FROM lake.article_entities
            WHERE entity_id IN (FROM er_went) AND {stands}"""
    known = {
        row[0]: row
        for row in con.execute(
            "SELECT entity_id, label, name, block FROM lake.internal.entity_keys WHERE entity_id IN (FROM er_names)"
        ).fetchall()
    }
    rows: dict[str, _Key] = {}
    for ident, label, name in con.execute(
        f"SELECT entity_id, min(entity_type), min(entity_name) FROM ({named}) GROUP BY 1"
    ).fetchall():
        if ident in known and ident not in changes.went:
            name = min(name, known[ident][2])
        if block := block_of(label, name):
            rows[ident] = (ident, label, name, block)
    work.blocks |= {row[3] for row in (*known.values(), *rows.values())}
    work.whole |= {known[i][3] for i in changes.went if i in known}
    _replace_keys(con, known, rows)


def _replace_keys(con: Con, known: dict[str, _Key], rows: dict[str, _Key]) -> None:
    gone = [i for i, row in known.items() if rows.get(i) != row]
    if gone:
        temporary(con, "er_names", gone)
        con.execute("DELETE FROM lake.internal.entity_keys WHERE entity_id IN (FROM er_names)")
    fresh = [row for i, row in sorted(rows.items()) if known.get(i) != row]
    insert(con, "lake.internal.entity_keys", ("entity_id", "label", "name", "block"), fresh)


def _read_members(work: _Work) -> None:
    temporary(work.con, "er_blocks", work.blocks)
    found = work.con.execute(
        "SELECT entity_id, label, name, block FROM lake.internal.entity_keys WHERE block IN (FROM er_blocks)"
    )
    work.members = {row[0]: Name(*row) for row in found.fetchall()}


# --- pairs ---------------------------------------------------------------------------------------


def _candidates(work: _Work) -> tuple[list[Pair], set[str]]:
    """Pairs that may be one, and the names about which these are all the pairs."""
    by_block: dict[str, list[Name]] = defaultdict(list)
    for name in work.members.values():
        by_block[name.block].append(name)
    about: set[str] = set()
    candidates: list[Pair] = []
    for block in sorted(by_block):
        found = pairs(by_block[block], None if block in work.whole else work.changed)
        about |= found.about
        candidates += found.pairs
    return candidates, about


def _is_new(work: _Work, pair: Pair) -> bool:
    """True for a pair that has to be decided: something is new about one of the two, or about what stood against it."""
    if pair.one.block in work.whole:
        return True
    return pair.one.entity_id in work.changed or pair.other.entity_id in work.changed


def _refresh_pairs(work: _Work, candidates: list[Pair], about: set[str], facts: dict[str, Facts]) -> set[str]:
    """Decide the pairs of the changed names anew; give the names of pairs that came or went."""
    con = work.con
    temporary(con, "er_blocks", work.blocks | {f"stated {i}" for i in work.changed | work.stale})
    held = set(
        con.execute(
            f"SELECT {', '.join(_PAIR)} FROM lake.internal.entity_pairs WHERE block IN (FROM er_blocks)"
        ).fetchall()
    )
    by_pair = {row[1:3]: row for row in held if not row[0].startswith("stated ")}
    fresh = [p for p in candidates if _is_new(work, p)]
    shared = shared_company(con, [p for p in fresh if p.one.label == "PERSON"])
    rows: set[PairRow] = set()
    for pair in candidates:
        key = pair.one.entity_id, pair.other.entity_id
        if not _is_new(work, pair):
            rows |= {by_pair[key]} if key in by_pair else set()
        elif edge := decide(pair, facts, shared.get(key, 0)):
            rows.add((pair.one.block, edge.one, edge.other, edge.rule, edge.evidence))
    rows |= {(f"stated {alias}", e.one, e.other, e.rule, e.evidence) for alias, e in _stated_edges(work)}
    rows |= {r for r in by_pair.values() if r[0] not in work.whole and r[1] not in about and r[2] not in about}
    differ = held ^ rows
    if differ:
        blocks = {row[0] for row in differ}
        temporary(con, "er_blocks", blocks)
        con.execute("DELETE FROM lake.internal.entity_pairs WHERE block IN (FROM er_blocks)")
        insert(con, "lake.internal.entity_pairs", _PAIR, sorted(row for row in rows if row[0] in blocks))
    return {i for row in differ for i in row[1:3]}


# --- what stories state ----------------------------------------------------------------------------


def _take_in_claims(con: Con) -> set[str]:
    """Remember what the changed stories state; give the variants about which something changed."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE er_printed AS
           SELECT sign, article_id, entity_id, entity_type, v.alias FROM (
               SELECT 1 AS sign, *, unnest(variants) AS v FROM er_fresh
               UNION ALL SELECT -1, *, unnest(variants) FROM er_gone)
           WHERE v.alias <> entity_name AND entity_type IN (SELECT unnest(?::VARCHAR[]))""",
        [list(_STATED)],
    )
    texts = con.execute("SELECT DISTINCT entity_type, alias FROM er_printed").fetchall()
    known = [(label, text, name_id(label, text)) for label, text in texts if text.strip() and block_of(label, text)]
    con.execute("CREATE OR REPLACE TEMP TABLE er_texts (entity_type VARCHAR, alias VARCHAR, alias_id VARCHAR)")
    insert(con, "er_texts", ("entity_type", "alias", "alias_id"), known)
    con.execute(
        """CREATE OR REPLACE TEMP TABLE er_claims AS
           SELECT alias_id, entity_id, sum(sign)::BIGINT AS stories
           FROM (SELECT DISTINCT sign, article_id, entity_id, alias_id FROM er_printed JOIN er_texts
                 USING (entity_type, alias) WHERE alias_id <> entity_id)
           GROUP BY ALL HAVING sum(sign) <> 0"""
    )
    con.execute("INSERT INTO lake.internal.entity_claims FROM er_claims ORDER BY alias_id")
    return column(con, "SELECT DISTINCT alias_id FROM er_claims")


def _stated_edges(work: _Work) -> Iterator[tuple[str, Edge]]:
    con = work.con
    temporary(con, "er_names", work.changed | work.stale)
    found = con.execute(
        """WITH claims AS (
               SELECT alias_id, entity_id, sum(stories)::BIGINT AS stories FROM lake.internal.entity_claims
               WHERE alias_id IN (FROM er_names) GROUP BY ALL HAVING sum(stories) > 0
           ), names AS (
               SELECT * FROM lake.internal.entity_keys WHERE entity_id IN (
                   SELECT alias_id FROM claims UNION ALL SELECT entity_id FROM claims)
           )
           SELECT a.entity_id, a.label, a.name, a.block, k.entity_id, k.label, k.name, k.block, c.stories
           FROM claims c JOIN names a ON a.entity_id = c.alias_id JOIN names k ON k.entity_id = c.entity_id"""
    ).fetchall()
    claims: dict[Name, dict[Name, int]] = defaultdict(dict)
    for row in found:
        claims[Name(*row[:4])][Name(*row[4:8])] = row[8]
    for alias in sorted(claims, key=lambda n: n.entity_id):
        if edge := stated_edge(alias, claims[alias], agree=_all_one_person(alias, claims[alias])):
            yield alias.entity_id, edge


def _all_one_person(alias: Name, names: Iterable[Name]) -> bool:
    if alias.label != "PERSON":
        return True
    parts = [person_parts(n.name) for n in names]
    return all(person_rule(a, b) for n, a in enumerate(parts) for b in parts[:n])
