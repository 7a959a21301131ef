"""After any sequence with a kill or a running embargo, nothing that is published or made from it holds its words."""

from __future__ import annotations

import random
import shutil
import zipfile
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from etl.cli.export import export
from etl.lake import open_lake, publish
from etl.lake.link import resolve_lake
from etl.reader.site import export_stories
from etl.reader.store import find_stories
from etl.report import render_report
from tests.lake.rows import NOW, Item, load

HOUR = timedelta(hours=1)


def word(story: int) -> str:
    """A word that only this story has."""
    return f"zq{story}quince"


def sequence(seed: int) -> tuple[list[Item], dict[int, set[str]]]:
    """Items in an order of arrival, and for each story to be hidden the items that together say so."""
    rng = random.Random(seed)
    found: list[Item] = []
    hidden: dict[int, set[str]] = {}
    for story in range(8):
        body = " ".join(f"{word(story)} {rng.randrange(10_000)} harbour board" for _ in range(30))
        start = NOW - HOUR * rng.randrange(30, 40)
        fate = rng.choice(["free", "killed", "withheld", "embargoed", "terms"]) if story else "killed"
        guid = f"urn:wire:{seed}:{story}"
        quotes = ((f"We saw the {word(story)},", f"Ada {word(story).title()}"),)
        wire: dict[str, object] = {"agency": "Northern Wire", "slugline": f"BC-{word(story)}"}
        later = dict(wire)
        if fate == "embargoed":
            wire["embargo_at"] = NOW + HOUR
        if fate == "terms":
            later["is_publishable"] = False
        found += [
            Item(f"{word(story)}.1", body, guid, quotes=quotes, published_at=start, facts=wire),
            Item(f"{word(story)}.2", body + " more", guid, quotes=quotes, published_at=start + HOUR, facts=later),
        ]
        if story % 2 and fate != "terms":
            copy = Item(
                f"{word(story)}.3", body, chain_key=f"text:{story}", chain_rule="text", provider="Herald",
                quotes=quotes, published_at=start + HOUR, facts={"agency": "Northern Wire"},
            )  # fmt: skip
            found.append(copy)
        if fate in ("killed", "withheld"):
            kind, status = ("kill", "canceled") if fate == "killed" else ("withhold", "withheld")
            notice: dict[str, object] = {"item_kind": kind, "status": status, "kills": [guid]}
            found.append(
                Item(f"{word(story)}.4", f"Kill {word(story)}", guid, quotes=quotes,
                     published_at=start + HOUR * 2, facts=notice)
            )  # fmt: skip
        if fate != "free":
            # What hides the copy is known when the agency's versions and the notice are there.
            hidden[story] = {item.name for item in found if item.name.startswith(word(story))}
    rng.shuffle(found)
    return found, hidden


def published_text(warehouse: Path) -> str:
    """All that can be read without the lake: every cell of every published table, of the search index, of what is
    made from them (report, reader, exports, search), and the bytes of every file in the open.
    """
    parts = []
    database = warehouse / "copydesk.duckdb"
    with duckdb.connect(str(database), read_only=True) as con:
        tables = con.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
        assert {"main", "bookkeeping", "search"} <= {space for space, _ in tables}
        assert {"articles", "tombstones", "corrected", "quotes_once", "body_words"} <= {name for _, name in tables}
        for space, name in tables:
            parts += [str(row) for row in con.execute(f'SELECT * FROM "{space}"."{name}"').fetchall()]
        for path in (warehouse / "parquet").rglob("*.parquet"):
            parts += [str(row) for row in con.execute(f"SELECT * FROM read_parquet('{path}')").fetchall()]
        parts.append(render_report(con, "Report", NOW))
        for macro in ("search_articles", "search_quotes"):
            found = con.execute(f"FROM {macro}('harbour'), {macro}('saw')").fetchall()
            parts += [str(row) for row in found]
        hits = find_stories(con, limit=1000)
    made = warehouse / "made"
    export_stories(warehouse, made / "reader", hits)
    for number, options in enumerate((["--csv", made / "csv"], ["--csv", made / "exact", "--exact"])):
        everything = [name for space, name in tables if space == "main"]
        done = CliRunner().invoke(export, [*everything, "-w", str(warehouse), *map(str, options)])
        assert done.exit_code == 0, (number, done.output)
    done = CliRunner().invoke(export, ["-w", str(warehouse), "--xlsx", str(made / "book.xlsx")])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(made / "book.xlsx") as book:
        parts += [book.read(name).decode("utf-8") for name in book.namelist()]
    for path in (*(warehouse / "parquet").rglob("*"), *made.rglob("*"), *warehouse.glob("copydesk.duckdb*")):
        if path.is_file():
            parts.append(path.read_bytes().decode("latin-1"))
    shutil.rmtree(made)
    return "\n".join(parts).lower()


@pytest.mark.parametrize("seed", [1, 2])
def test_no_word_of_a_hidden_story_is_published(tmp_path: Path, seed: int) -> None:
    found, hidden = sequence(seed)
    arrived: set[str] = set()
    checked = set()
    with open_lake(tmp_path) as lake:
        cuts = [0, len(found) // 2, len(found) - 3, len(found)]
        for number, (start, end) in enumerate(pairwise(cuts)):
            load(lake, found[start:end], batch_id=f"batch-{number}")
            arrived |= {item.name for item in found[start:end]}
            resolve_lake(lake, NOW)
            publish(lake, tmp_path, NOW)
            text = published_text(tmp_path)
            for story, names in hidden.items():
                if names <= arrived:
                    checked.add(story)
                    assert word(story) not in text, (story, number)
        free = [story for story in range(8) if story not in hidden]
        assert all(word(story) in text for story in free), "what is free is published"
        assert checked == set(hidden)
        tombs = lake.con.execute(
            f"SELECT count(*) FROM read_parquet('{tmp_path}/parquet/tombstones/*.parquet')"
        ).fetchone()
        assert tombs is not None
        assert tombs[0] >= 1
