"""`copydesk entities` over a loaded warehouse."""

import shutil
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from etl.cli import cli


@pytest.fixture
def warehouse(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "warehouse"))


def two_people(warehouse: Path) -> list[tuple[str, str]]:
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        return con.execute(
            "SELECT entity_id, entity_name FROM entities WHERE entity_type = 'PERSON' AND scope = 'global' "
            "ORDER BY entity_name LIMIT 2"
        ).fetchall()


def published_ids(warehouse: Path) -> set[str]:
    with duckdb.connect(str(warehouse / "copydesk.duckdb"), read_only=True) as con:
        return {
            i
            for (i,) in con.execute(
                "SELECT entity_id FROM entities UNION FROM (SELECT entity_id FROM mentions)"
            ).fetchall()
        }


def test_a_curated_merge_is_published_looked_up_by_its_old_id_and_undone(warehouse: Path, tmp_path: Path) -> None:
    (one, name), (other, other_name) = two_people(warehouse)
    file = tmp_path / "identities.tsv"
    file.write_text(f"merge\tPERSON\t{name}\t{other_name}\ttest\n", encoding="utf-8")
    done = CliRunner().invoke(cli, ["entities", "--curated", str(file), "-w", str(warehouse)])
    assert done.exit_code == 0, done.output
    assert len({one, other} & published_ids(warehouse)) == 1
    for ident in (one, other):
        shown = CliRunner().invoke(cli, ["entities", ident, "-w", str(warehouse)])
        assert name in shown.output
        assert other_name in shown.output
        assert "curated: test" in shown.output
    former = ({one, other} - published_ids(warehouse)).pop()
    explained = CliRunner().invoke(cli, ["explain", former, "-w", str(warehouse)])
    assert explained.exit_code == 0, explained.output
    assert f"was            {former}" in explained.output
    assert "by             curated: test" in explained.output
    assert f"now {({one, other} - {former}).pop()}" in explained.output
    file.write_text("", encoding="utf-8")
    assert CliRunner().invoke(cli, ["entities", "--curated", str(file), "-w", str(warehouse)]).exit_code == 0
    assert {one, other} <= published_ids(warehouse)


def test_an_alias_table_is_loaded(warehouse: Path, tmp_path: Path) -> None:
    (_, name), _ = two_people(warehouse)
    file = tmp_path / "wikidata.tsv"
    file.write_text(f"{name}\tPERSON\tQ42\tSomebody (wool)\n", encoding="utf-8")
    done = CliRunner().invoke(cli, ["entities", name, "--aliases", str(file), "-w", str(warehouse)])
    assert done.exit_code == 0, done.output
    assert "Q42, Somebody (wool)" in done.output


def test_a_wrong_file_loads_nothing_and_names_the_line(loaded: Path, tmp_path: Path) -> None:
    file = tmp_path / "wrong.tsv"
    file.write_text("join\tPERSON\ta b\tc d\n", encoding="utf-8")
    done = CliRunner().invoke(cli, ["entities", "--curated", str(file), "-w", str(loaded)])
    assert done.exit_code != 0
    assert "line 1: decision 'join'" in done.output


def test_unknown_names_are_said_to_be_unknown(loaded: Path) -> None:
    done = CliRunner().invoke(cli, ["entities", "Nobody Nowhere", "-w", str(loaded)])
    assert "no entity of the name or id 'Nobody Nowhere'" in done.output
