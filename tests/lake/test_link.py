"""Linking what changed gives what linking everything gives, in whatever order and batches files come."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from etl.lake import link as linking
from etl.lake import open_lake
from etl.lake.connect import Lake
from etl.lake.link import resolve_lake
from tests.lake.rows import NOW, Item, load, table_rows

DAY = datetime(2024, 4, 29, tzinfo=UTC)


def words(seed: int, count: int) -> str:
    rng = random.Random(seed)
    nouns = ("harbour", "board", "ferry", "mill", "council", "school")
    return " ".join(f"{rng.choice(nouns)} {rng.randrange(900)}" for _ in range(count))


def items(seed: int) -> list[Item]:
    """Stories with updates, kills before and after, embargoes, copies in other outlets, cut copies and briefs."""
    rng = random.Random(seed)
    found: list[Item] = []
    for story in range(5):
        body = words(seed * 100 + story, 60)
        when = DAY + timedelta(hours=rng.randrange(48))
        keyword = rng.choice(["fire", "dam", "stocks"])
        guid = f"urn:wire:{seed}:{story}"
        facts: dict[str, object] = {
            "slugline": f"BC-{keyword}",
            "item_number": str(rng.randrange(4)),
            "agency": "Northern Wire",
        }
        if rng.random() < 0.3:
            facts["embargo_at"] = NOW + timedelta(hours=rng.choice([-3, 3]))
        found.append(Item(f"{story}.a", body, guid, published_at=when, facts=facts))
        found.append(
            Item(f"{story}.b", body + " more", guid, published_at=when + timedelta(hours=2),
                 facts=facts | {"signals": ["update"]})
        )  # fmt: skip
        cut = " ".join(body.split()[: rng.choice([70, 120])])
        found.append(
            Item(f"{story}.c", cut, chain_key=f"text:{story}", chain_rule="text", provider="Herald",
                 published_at=when + timedelta(hours=3), facts={"agency": "Northern Wire"})
        )  # fmt: skip
        signals: dict[str, object] = {"signals": ["update"], "slugline": f"BC-{keyword}"}
        found.append(
            Item(f"{story}.d", words(seed + story, 20), chain_key=f"slug:{story}", chain_rule="slug",
                 published_at=when + timedelta(hours=25), facts=signals)
        )  # fmt: skip
        if rng.random() < 0.6:
            named = rng.choice([guid, keyword, facts["item_number"]])
            kill: dict[str, object] = {"item_kind": "kill", "status": "canceled", "kills": [named]}
            found.append(
                Item(f"{story}.k", "", chain_key=f"kill:{story}", chain_rule="slug",
                     published_at=when + timedelta(hours=rng.choice([1, 30])), facts=kill)
            )  # fmt: skip
    return found


def linked(lake: Lake) -> dict[str, list[tuple[object, ...]]]:
    return {name: table_rows(lake, name) for name in ("story_versions", "syndication")}


def in_batches(path: Path, found: list[Item], size: int) -> dict[str, list[tuple[object, ...]]]:
    with open_lake(path) as lake:
        for start in range(0, len(found), size):
            load(lake, found[start : start + size], batch_id=f"batch-{start}")
            resolve_lake(lake, NOW)
        return linked(lake)


@pytest.mark.parametrize("seed", [1, 3])
def test_links_depend_neither_on_order_nor_on_batches(tmp_path: Path, seed: int) -> None:
    found = items(seed)
    expected = in_batches(tmp_path / "whole", found, len(found))
    assert any(row for row in expected["syndication"])
    random.Random(seed).shuffle(found)
    assert in_batches(tmp_path / "parts", found, 5) == expected


def test_a_second_pass_writes_nothing_and_an_embargo_that_ends_is_a_change(tmp_path: Path) -> None:
    held = Item("a", guid="urn:wire:1", facts={"embargo_at": NOW + timedelta(hours=1)})
    with open_lake(tmp_path) as lake:
        load(lake, [held, Item("b", "Another story.", guid="urn:wire:2")])
        assert resolve_lake(lake, NOW)["story_versions"] == 2
        assert resolve_lake(lake, NOW) == {}
        assert resolve_lake(lake, NOW + timedelta(hours=1))["story_versions"] == 2


def test_a_file_that_is_read_anew_is_linked_anew(tmp_path: Path) -> None:
    found = items(4)
    other = [Item(i.name, i.body, i.guid, i.chain_key, i.chain_rule, i.provider, i.published_at, i.quotes, i.feed,
                  i.facts | {"body": i.body[:200]}) for i in found]  # fmt: skip
    with open_lake(tmp_path / "new") as lake:
        load(lake, other, fingerprint="rules-2")
        resolve_lake(lake, NOW)
        expected = linked(lake)
    with open_lake(tmp_path / "old") as lake:
        load(lake, found)
        resolve_lake(lake, NOW)
        load(lake, other, fingerprint="rules-2", batch_id="batch-2")
        resolve_lake(lake, NOW)
        assert linked(lake) == expected


def test_new_rules_link_everything_anew_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = items(5)
    with open_lake(tmp_path) as lake:
        load(lake, found)
        resolve_lake(lake, NOW)
        expected = linked(lake)
        monkeypatch.setattr(linking, "RULES", "another")
        monkeypatch.setattr(linking, "_BATCH", 3)
        monkeypatch.setattr(linking, "_AT_ONCE", 4)
        written = resolve_lake(lake, NOW)
        assert (written["story_versions"], written["syndication"]) == (0, 0)
        assert linked(lake) == expected


def test_an_index_that_an_older_version_kept_is_made_anew(tmp_path: Path) -> None:
    found = items(6)
    with open_lake(tmp_path) as lake:
        load(lake, found)
        resolve_lake(lake, NOW)
        expected = linked(lake)
        lake.con.execute("DROP TABLE lake.internal.link_keys")
        lake.con.execute("CREATE TABLE lake.internal.link_keys (article_id VARCHAR, key BIGINT, role INTEGER)")
        lake.con.execute("CREATE TABLE lake.internal.link_grams (gram BIGINT, text_id BIGINT)")
        lake.con.execute("UPDATE lake.internal.bookmarks SET rules = 'older'")
    with open_lake(tmp_path) as lake:
        resolve_lake(lake, NOW)
        assert linked(lake) == expected
        with pytest.raises(duckdb.CatalogException):
            lake.con.execute("FROM lake.internal.link_grams")
