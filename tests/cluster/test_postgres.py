"""The same lake with its catalog in PostgreSQL: `COPYDESK_CATALOG=postgres:...`. Needs the extra `postgres`."""

import shutil
from pathlib import Path

import pytest

from etl.lake import LakeError, open_lake, publish, resolve_lake
from etl.lake.doctor import examine
from etl.lake.location import located
from etl.lake.maintain import maintain
from tests.lake import faults, rows, sound
from tests.lake.test_faults import contents, script


def test_the_tables_are_those_of_an_embedded_lake(
    catalog: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound.fill(tmp_path / "server")
    with open_lake(tmp_path / "server") as lake:
        maintain(lake, now=rows.NOW)
        assert examine(lake, tmp_path / "server", rows.NOW) == []
    found = contents(tmp_path / "server")
    assert not (tmp_path / "server" / "lake" / "catalog.sqlite").exists()
    monkeypatch.delenv("COPYDESK_CATALOG")
    sound.fill(tmp_path / "embedded")
    assert found == contents(tmp_path / "embedded")


def test_two_processes_loading_the_same_batches_double_nothing(catalog: str, tmp_path: Path) -> None:
    warehouse = tmp_path / "w"
    open_lake(warehouse).close()
    script("race", warehouse)
    with open_lake(warehouse) as lake:
        assert lake.con.execute("SELECT count(*), count(DISTINCT article_id) FROM lake.articles").fetchall() == [
            (sum(map(len, faults.BATCHES)),) * 2
        ]
        resolve_lake(lake, as_of=rows.NOW)
        publish(lake, warehouse, rows.NOW)
        wrong = {f.rule for f in examine(lake, warehouse, rows.NOW)}
    assert not {rule for rule in wrong if "unique" in rule or "published" in rule or "agree" in rule}


def test_another_folder_on_the_same_database_is_refused(catalog: str, tmp_path: Path) -> None:
    open_lake(tmp_path / "one").close()
    with pytest.raises(LakeError, match="cannot open the lake"):
        open_lake(tmp_path / "other")
    shutil.rmtree(tmp_path / "other")


def test_a_password_in_the_catalog_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for value in ("postgres:dbname=x password=hunter2", "postgres://desk:hunter2@host/x", "mysql:hunter2"):
        monkeypatch.setenv("COPYDESK_CATALOG", value)
        with pytest.raises(LakeError) as refused:
            located(tmp_path)
        assert "hunter2" not in str(refused.value)
