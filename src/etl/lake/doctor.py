"""Every invariant of a warehouse, looked at: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from etl import schema
from etl.lake import ddl
from etl.lake.connect import Lake, connect_duckdb
from etl.lake.database import DATABASE
from etl.lake.publish import PARQUET, alone
from etl.lake.selects import fix_standing, select

_RELOAD = "load those files again: copydesk backfill (by --format, --feed, --since or --until)"
_RESTORE = "go back to a snapshot from before: copydesk restore --before TIME"
_PUBLISH = "copydesk publish"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: which rule, in which table, how often, an example, and what to do."""

    rule: str
    table: str
    count: int
    example: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Rule:
    """An invariant as a query for the rows that break it, one text each, over `lake.*`."""

    name: str
    table: str
    query: str
    remedy: str


def examine(lake: Lake, warehouse: Path, as_of: datetime) -> list[Finding]:
    """What is wrong with a warehouse, worst first; empty when every invariant holds.

    Reads every row once and writes nothing; publishes and upkeep wait meanwhile. A table whose files cannot be
    read is reported and left out of the rules that need it.

    Args:
        lake: open, read only will do.
        warehouse: the folder that holds what was published.
        as_of: embargoes that end after it still run.
    """
    with alone(lake):
        lake.con.execute("BEGIN")
        try:
            return _examine(lake, warehouse, as_of)
        finally:
            lake.con.execute("ROLLBACK")


def _examine(lake: Lake, warehouse: Path, as_of: datetime) -> list[Finding]:
    broken = list(_unreadable(lake))
    closed = {finding.table for finding in broken}
    findings = broken + [f for rule in rules() if not closed & _tables_of(rule) if (f := _check(lake, rule))]
    if closed:
        return findings
    return findings + list(_published_differs(lake, warehouse, as_of))


def rules() -> Iterator[Rule]:
    """All invariants over rows, in the order in which they are looked at."""
    yield Rule(
        "the gate has one row", "gate", "SELECT v::VARCHAR AS x FROM lake.internal.gate QUALIFY count(*) OVER () <> 1",
        _RESTORE,
    )  # fmt: skip
    for table in schema.CORE:
        key = ", ".join(ddl.quote_name(name) for name in table.key)
        yield Rule(
            "keys are unique", table.name,
            f"SELECT concat_ws(' ', {key}) AS x FROM lake.{table.name} GROUP BY {key} HAVING count(*) > 1", _RESTORE,
        )  # fmt: skip
        empty = {ddl.quote_name(name): ddl.quote_text(name) for name in table.required}
        named = ", ".join(f"CASE WHEN {column} IS NULL THEN {text} END" for column, text in empty.items())
        where = " OR ".join(f"{column} IS NULL" for column in empty)
        query = f"SELECT concat_ws(' ', {key}, 'has no', {named}) AS x FROM lake.{table.name} WHERE {where}"
        yield Rule("required columns are filled", table.name, query, _RELOAD)
    yield from _ROWS
    yield from _offset_rules()


def _orphans(table: str, column: str, parent: str) -> Rule:
    return Rule(
        f"every row's {column} is in {parent}",
        table,
        f"SELECT c.{column} AS x FROM lake.{table} c ANTI JOIN lake.{parent} p ON p.{column} = c.{column} "
        f"WHERE c.{column} IS NOT NULL",
        _PUBLISH if table in ("story_versions", "syndication") else _RELOAD,
    )


_ROWS: tuple[Rule, ...] = (
    *(_orphans(t, "article_id", "articles") for t in ("quotes", "mentions", "article_entities", "warnings")),
    *(_orphans(t, "article_id", "articles") for t in ("story_versions", "syndication")),
    *(_orphans(t, "raw_sha256", "raw_files") for t in ("articles", "quotes", "mentions", "article_entities")),
    *(_orphans(t, "raw_sha256", "raw_files") for t in ("rejects", "warnings")),
    *(
        Rule(
            f"raw_files.{column} counts the file's {table}",
            "raw_files",
            f"""SELECT f.raw_sha256 AS x FROM lake.raw_files f
                LEFT JOIN (SELECT raw_sha256, count(*) AS n FROM lake.{table} GROUP BY 1) c USING (raw_sha256)
                WHERE f.{column} <> coalesce(c.n, 0)""",
            _RELOAD,
        )
        for column, table in (("story_count", "articles"), ("reject_count", "rejects"))
    ),
    Rule(
        "labelled spans tile the text",
        "articles",
        """SELECT article_id AS x FROM lake.articles
           WHERE list_aggregate(list_transform(furniture, s -> substring(text, s.start + 1, s."end" - s.start)),
                                'string_agg', '') IS DISTINCT FROM nullif(text, '')
              OR (len(furniture) > 0 AND (furniture[1].start <> 0 OR furniture[-1]."end" <> length(text)
                  OR len(list_filter(range(1, len(furniture)),
                                     i -> furniture[i]."end" <> furniture[i + 1].start)) > 0))""",
        _RELOAD,
    ),
    Rule(
        "paragraphs lie in the text",
        "articles",
        """SELECT article_id AS x FROM lake.articles WHERE len(list_filter(
               paragraphs, p -> p.start < 0 OR p."end" <= p.start OR p."end" > length(text))) > 0""",
        _RELOAD,
    ),
    Rule(
        "every article is linked",
        "story_versions",
        "SELECT article_id AS x FROM lake.articles a ANTI JOIN lake.story_versions v USING (article_id)",
        _PUBLISH,
    ),
    Rule(
        "versions of a story count from 1, and one at most stands",
        "story_versions",
        """SELECT story_id AS x FROM lake.story_versions GROUP BY story_id
           HAVING count(*) <> max(version_index) OR count(DISTINCT version_index) <> count(*)
               OR min(version_index) <> 1 OR count(DISTINCT version_count) > 1 OR count(*) FILTER (is_current) > 1
               OR count(*) FILTER (is_published AND NOT is_current) > 0""",
        _PUBLISH,
    ),
)

# table, key, start, end, text; the cue and the speaker of a quotation count in the part that it stands in
_SPANS = (
    ("quotes", "quote_id", "quote_start", "quote_end", "quote_text"),
    ("quotes", "quote_id", "cue_start", "cue_end", "cue_text"),
    ("quotes", "quote_id", "speaker_start", "speaker_end", "speaker_text"),
    ("mentions", "mention_id", "mention_start", "mention_end", "mention_text"),
)


def _offset_rules() -> Iterator[Rule]:
    for table, key, start, end, text in _SPANS:
        whole = "CASE c.part WHEN 'headline' THEN a.headline ELSE a.text END"
        query = f"""SELECT c.{key} AS x FROM lake.{table} c JOIN lake.articles a USING (article_id)
            WHERE c.{start} IS NOT NULL AND (c.{start} < 0 OR c.{end} <= c.{start} OR c.{end} > length({whole})
               OR substring({whole}, c.{start} + 1, c.{end} - c.{start}) IS DISTINCT FROM c.{text})"""
        yield Rule(f"{text} is what stands at {start}", table, query, _RELOAD)


def _tables_of(rule: Rule) -> set[str]:
    return {table.name for table in schema.CORE if f"lake.{table.name}" in rule.query}


def _check(lake: Lake, rule: Rule) -> Finding | None:
    count, example = lake.con.execute(f"SELECT count(*), min(x) FROM ({rule.query})").fetchall()[0]
    return Finding(rule.name, rule.table, count, str(example), rule.remedy) if count else None


def _unreadable(lake: Lake) -> Iterator[Finding]:
    """Tables whose data files are missing, cut short or damaged, or hold other rows than the catalog counts."""
    for table in schema.CORE:
        # A hash over all columns makes the scan decode every page of every file.
        scan = f"SELECT count(*) FROM (SELECT hash(t) AS h FROM lake.{table.name} t) WHERE h IS NOT NULL"
        wrong = _misfits(lake, table.name)
        try:
            counted = lake.con.execute(f"SELECT count(*) FROM lake.{table.name}").fetchall()[0][0]
            read = lake.con.execute(scan).fetchall()[0][0]
        except duckdb.Error as error:
            wrong.append(str(error).splitlines()[0])
            lake.con.execute("ROLLBACK")  # the error has ended the transaction for all but this
            lake.con.execute("BEGIN")
        else:
            if read != counted:
                wrong.append(f"the catalog counts {counted} rows, the files hold {read}")
        if wrong:
            remedy = f"put the file back from a copy; else {_RESTORE}, or load the raw files into a new warehouse"
            yield Finding("catalog and files agree", table.name, len(wrong), wrong[0], remedy)


def _misfits(lake: Lake, table: str) -> list[str]:
    """Local data files that are not there or not of the size that the catalog says."""
    found = lake.con.execute(
        f"""SELECT data_file, data_file_size_bytes FROM ducklake_list_files('lake', '{table}')
            UNION SELECT delete_file, delete_file_size_bytes FROM ducklake_list_files('lake', '{table}')
            WHERE delete_file IS NOT NULL ORDER BY 1"""
    ).fetchall()
    wrong = []
    for name, size in found:
        if "://" in name:  # in an object store the scan finds it out
            continue
        path = Path(name)
        if not path.is_file():
            wrong.append(f"{name} is missing")
        elif path.stat().st_size != size:
            wrong.append(f"{name} has {path.stat().st_size} bytes, the catalog says {size}")
    return wrong


def _published_differs(lake: Lake, warehouse: Path, as_of: datetime) -> Iterator[Finding]:
    """Where the published Parquet or the database is not the lake minus what may not stand."""
    fix_standing(lake, as_of)
    con = connect_duckdb()
    try:
        database = warehouse / DATABASE
        if database.exists():
            con.execute(f"ATTACH {ddl.quote_text(str(database))} AS published (READ_ONLY)")
        for table in schema.PUBLISHED:
            files = sorted(str(path) for path in (warehouse / PARQUET / table.name).rglob("*.parquet"))
            layers = {"parquet": "read_parquet(?::VARCHAR[], hive_partitioning = false)" if files else ""}
            layers[DATABASE] = f"published.main.{table.name}" if database.exists() else ""
            for layer, source in layers.items():
                values: list[object] = [files] if layer == "parquet" and files else []
                yield from _compare(lake, con, table, layer, source, values)
    finally:
        con.close()


def _compare(
    lake: Lake, con: duckdb.DuckDBPyConnection, table: schema.Table, layer: str, source: str, values: list[object]
) -> Iterator[Finding]:
    key, columns = table.key[0], ", ".join(f"t.{ddl.quote_name(name)}" for name in table.columns)
    marks = f"SELECT t.{key} AS k, hash({columns}) AS h FROM"
    wanted = lake.con.execute(f"{marks} ({select(table)}) t").to_arrow_table()
    con.register("wanted", wanted)
    name = f"{layer} {table.name}"
    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE held AS {marks} {source} t" if source else _NOTHING, values)
        for rule, one, other in (
            ("published is what stands: rows that must not be there", "held", "wanted"),
            ("published is what stands: rows that are missing", "wanted", "held"),
        ):
            count, example = con.execute(
                f"SELECT count(*), min(k) FROM (SELECT k, h FROM {one} EXCEPT ALL SELECT k, h FROM {other})"
            ).fetchall()[0]
            if count:
                yield Finding(rule, name, count, str(example), _PUBLISH)
    except duckdb.Error as error:
        yield Finding("published files can be read", name, 1, str(error).splitlines()[0], _REBUILD)
    finally:
        con.unregister("wanted")


_NOTHING = "CREATE OR REPLACE TEMP TABLE held AS SELECT NULL::VARCHAR AS k, NULL::UBIGINT AS h WHERE false"
_REBUILD = "remove the file named and publish again: copydesk publish"
