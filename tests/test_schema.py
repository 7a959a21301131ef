"""The schema is complete and consistent in itself."""

import pytest

from etl import schema


@pytest.mark.parametrize("table", [*schema.CORE, *schema.PUBLISHED], ids=lambda t: f"{t.name}-{len(t.columns)}")
def test_keys_and_required_columns_are_columns(table: schema.Table) -> None:
    assert {*table.key, *table.required, *table.sort} <= set(table.columns)
    assert set(table.key) <= set(table.required)
    assert len(set(table.columns)) == len(table.columns)


def test_every_described_column_is_used() -> None:
    used = {c for t in (*schema.CORE, *schema.PUBLISHED) for c in t.columns}
    assert used == set(schema.COLUMNS)


def test_every_field_carries_its_description() -> None:
    for table in schema.CORE:
        for field in table.schema:
            assert field.metadata[b"description"].decode() == schema.COLUMNS[field.name][1]


def test_unknown_table_is_named_in_the_error() -> None:
    with pytest.raises(KeyError, match="no table 'nope'; there are raw_files"):
        schema.core("nope")
