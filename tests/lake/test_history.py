"""Going back to a snapshot, seeing what changed, reading loaded files again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from etl import schema
from etl.cli import history as commands
from etl.lake import Lake, LakeError, history, open_lake, publish, resolve_lake
from etl.lake.doctor import examine
from tests.lake import rows, sound
from tests.lake.test_faults import contents


def settle(lake: Lake, warehouse: Path) -> None:
    resolve_lake(lake, as_of=rows.NOW)
    publish(lake, warehouse, rows.NOW)


def changed_rules(items: list[rows.Item]) -> list[rows.Item]:
    """The same files as rules of a later version read them: a second quotation each, another headline."""
    return [
        rows.Item(
            i.name, i.body, i.guid, quotes=(*i.quotes, (f"More of {i.name},", "Eve Lund")), facts={"headline": "Anew"}
        )
        for i in items
    ]


def test_a_restore_gives_the_tables_of_that_snapshot_and_can_be_taken_back(warehouse: Path) -> None:
    items = rows.numbered(12)
    with open_lake(warehouse) as lake:
        sound.load(lake, items)
        settle(lake, warehouse)
        then, before = lake.snapshot(), contents(warehouse)
        sound.load(lake, changed_rules(items[:6]), "again", fingerprint="rules-2")
        sound.load(lake, rows.numbered(12, start=20), "more")
        settle(lake, warehouse)
        later, after = lake.snapshot(), contents(warehouse)

        told = {d.table: (d.added, d.removed, d.changed) for d in history.restore(lake, then)}
        assert told["articles"] == (0, 12, 6)
        assert told["quotes"] == (0, 12 + 6, 0)
        settle(lake, warehouse)
        assert contents(warehouse) == before
        assert examine(lake, warehouse, rows.NOW) == []
        assert history.diff_tables(lake, then, lake.snapshot()) == []

        history.restore(lake, later)
        settle(lake, warehouse)
        assert contents(warehouse) == after


def test_a_restore_to_now_writes_nothing(warehouse: Path) -> None:
    sound.fill(warehouse)
    with open_lake(warehouse) as lake:
        newest = lake.snapshot()
        assert history.restore(lake, newest) == []
        assert lake.snapshot() == newest


def test_a_restore_past_a_table_and_a_column_that_came_later(warehouse: Path) -> None:
    with open_lake(warehouse) as lake:
        sound.load(lake, rows.numbered(12))
        then = lake.snapshot()
        lake.con.execute("CREATE TABLE lake.internal.later (x BIGINT)")
        lake.con.execute("INSERT INTO lake.internal.later VALUES (1)")
        lake.con.execute("ALTER TABLE lake.articles ADD COLUMN later VARCHAR")
        lake.con.execute("UPDATE lake.articles SET later = 'x'")
        history.restore(lake, then)
        assert lake.con.execute("SELECT count(*), count(later) FROM lake.articles").fetchall() == [(12, 0)]
        assert lake.con.execute("SELECT count(*) FROM lake.internal.later").fetchall() == [(0,)]


def test_a_diff_names_rows_and_columns(warehouse: Path) -> None:
    items = rows.numbered(12)
    with open_lake(warehouse) as lake:
        sound.load(lake, items)
        then = lake.snapshot()
        sound.load(lake, items, "same", fingerprint="rules-1b")
        assert history.diff_tables(lake, then, lake.snapshot()) == []
        sound.load(lake, changed_rules(items[:1]), "again", fingerprint="rules-2")
        now = lake.snapshot()
        (row,) = history.diff_rows(lake, schema.core("articles"), then, now, 10)
        assert (row.key, row.kind) == (items[0].article_id, "changed")
        assert ("headline", "Headline of story-0.txt", "Anew") in row.columns
        added = history.diff_rows(lake, schema.core("quotes"), then, now, 10)
        assert [r.kind for r in added] == ["added"]


def test_a_snapshot_that_is_not_kept_is_refused_with_what_there_is(warehouse: Path) -> None:
    with open_lake(warehouse) as lake, pytest.raises(LakeError, match="there are 0 to"):
        history.restore(lake, 4711)


def test_the_snapshot_before_a_time_when_the_clock_went_back(monkeypatch: pytest.MonkeyPatch, warehouse: Path) -> None:
    hours = [0, 2, 1, 3]  # the third was made an hour "before" the second
    start = datetime(2024, 5, 1, tzinfo=UTC)
    made = [history.Snapshot(n, start + timedelta(hours=h), "") for n, h in enumerate(hours)]
    monkeypatch.setattr(history, "snapshots", lambda lake: made)
    with open_lake(warehouse, read_only=True) as lake:
        assert history.snapshot_before(lake, start + timedelta(hours=1, minutes=30)) == 0
        assert history.snapshot_before(lake, start + timedelta(hours=2, minutes=30)) == 2
        assert history.snapshot_before(lake, start + timedelta(hours=9)) == 3
        with pytest.raises(LakeError, match="no snapshot from before"):
            history.snapshot_before(lake, start)


def test_the_commands(warehouse: Path) -> None:
    sound.fill(warehouse)
    with open_lake(warehouse) as lake:
        then = lake.snapshot()
        sound.load(lake, rows.numbered(12, start=50), "more")
    run = CliRunner()
    listed = run.invoke(commands.snapshots, ["-w", str(warehouse)])
    assert "load more" in listed.output
    shown = run.invoke(commands.diff, [str(then), "-w", str(warehouse)])
    assert "articles                 12 added        0 removed        0 changed" in shown.output
    assert run.invoke(commands.restore, ["-w", str(warehouse)]).exit_code == 2
    done = run.invoke(commands.restore, [str(then), "-w", str(warehouse)])
    assert done.exit_code == 0, done.output
    assert f"copydesk restore {then + 1}" in done.output
    with open_lake(warehouse, read_only=True) as lake:
        assert lake.con.execute("SELECT count(*) FROM lake.articles").fetchall() == [(24,)]
