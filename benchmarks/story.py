"""Score a whole run over a folder of stories against the `*.expected.json` beside them.

    python -m benchmarks.story FOLDER

Runs `copydesk run FOLDER` into a temporary warehouse and reads only what was published there. Prints JSON: shares
of article fields, direct quotes, indirect quotes, entities that are right, and what is wrong.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]

# Fields of the expected file, and the published column that answers each.
FIELDS = {
    "headline": "headline",
    "source": "coalesce(source, bureau)",
    "dateline_text": "dateline_text",
    "dateline_city": "dateline_city",
    "dateline_country": "dateline_country_code",
    "byline": "credits[1].name",
    "byline_role": "credits[1].title",
    "copyright": "copyright",
    "copyright_year": "copyright_year",
    "copyright_holder": "copyright_holder",
    "distributor": "distributor",
    "source_url": "source_url",
    "language": "language",
}


def _fold(value: object) -> str:
    return re.sub(r"\W+", " ", str(value).casefold()).strip()


def _rows(con: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[Row]:
    found = con.execute(query, list(values))
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _article_marks(con: duckdb.DuckDBPyConnection, name: str, want: Row) -> dict[str, bool]:
    columns = ", ".join(f"{column} AS {field}" for field, column in FIELDS.items())
    found = _rows(con, f"SELECT {columns}, body, furniture, text FROM articles WHERE path = ?", name)
    if len(found) != 1:
        return {"one article": False}
    row = found[0]
    marks = {field: _fold(row[field]) == _fold(want[field]) for field in FIELDS if field in want}
    # As printed means as printed: no folding.
    for field in ("headline", "dateline_text", "copyright"):
        marks[field] = row[field] == want[field]
    body = row["body"]
    marks["body begins"] = body.startswith(want["body_first_words"])
    marks["body ends"] = body.endswith(want["body_last_words"])
    marks["body clean"] = not any(phrase in body for phrase in want["body_must_not_contain"])
    marks["spans tile"] = "".join(row["text"][s["start"] : s["end"]] for s in row["furniture"]) == row["text"]
    return marks


def _overlap(one: str, other: str) -> float:
    """Words that both hold as a share of all their words: 1.0 is the same words."""
    ours, theirs = set(_fold(one).split()), set(_fold(other).split())
    return len(ours & theirs) / max(len(ours | theirs), 1)


def _quote_marks(found: list[Row], wanted: list[Row], kind: str) -> dict[str, bool]:
    marks = {}
    for want in wanted:
        if want["type"] == kind:
            least = 1.0 if kind == "direct" else 0.5
            hits = [q for q in found if _overlap(q["quote_text"], want["text"]) >= least]
            right = [
                q for q in hits if q["speaker_name"] == want["speaker"] and q["speaker_text"] == want["speaker_text"]
            ]
            marks[want["text"][:50]] = bool(right)
    return marks


def _entity_marks(found: list[Row], wanted: list[Row]) -> dict[str, bool]:
    marks = {}
    for want in wanted:
        same = [m for m in found if _fold(m["mention_text"]) in {_fold(n) for n in want["mentions"]}]
        types = {m["entity_type"] for m in same}
        ids = {m["entity_id"] for m in same}
        printed = {_fold(m["mention_text"]) for m in same}
        marks[want["name"]] = (
            types == {want["type"]} and len(ids) == 1 and printed == {_fold(n) for n in want["mentions"]}
        )
    return marks


def score(folder: Path) -> Row:
    """Marks of every expected file under `folder`, and the shares that are right."""
    marks: dict[str, dict[str, bool]] = {"article": {}, "direct": {}, "indirect": {}, "entities": {}, "not_quoted": {}}
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-c", "from etl.cli import main; main()", "run", str(folder), "-w", place, "-q"]
        subprocess.run(command, check=False)
        with duckdb.connect(str(Path(place) / "copydesk.duckdb"), read_only=True) as con:
            for path in sorted(folder.glob("*.expected.json")):
                want = json.loads(path.read_text(encoding="utf-8"))
                name = want["raw_path"]
                within = "WHERE article_id IN (SELECT article_id FROM articles WHERE path = ?)"
                quotes = _rows(con, f"SELECT * FROM quotes {within}", name)
                mentions = _rows(con, f"SELECT * FROM mentions {within} AND part = 'text'", name)
                marks["article"] |= _article_marks(con, name, want["article"])
                marks["direct"] |= _quote_marks(quotes, want["quotes"], "direct")
                marks["indirect"] |= _quote_marks(quotes, want["quotes"], "indirect")
                marks["entities"] |= _entity_marks(mentions, want["entities"])
                for phrase in want["not_a_quotation"]:
                    marks["not_quoted"][phrase] = not any(_fold(q["quote_text"]) == _fold(phrase) for q in quotes)
    shares = {part: sum(some.values()) / max(len(some), 1) for part, some in marks.items()}
    wrong = {part: [name for name, right in some.items() if not right] for part, some in marks.items()}
    return {**shares, "wrong": wrong}


if __name__ == "__main__":
    print(json.dumps(score(Path(sys.argv[1])), ensure_ascii=False, indent=1))
