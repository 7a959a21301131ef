"""The page in docs/ is what the schema says."""

from pathlib import Path

from etl import schema
from etl.lake.dictionary import dictionary
from etl.lake.quality import TABLE as MEASURED

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "tables.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == dictionary(), (
        "run: python -m etl.lake.dictionary > docs/reference/tables.md"
    )


def test_every_column_of_every_table_has_its_line() -> None:
    lines = dictionary().splitlines()
    assert sum(line.startswith("| `") for line in lines) == sum(
        len(t.columns) for t in (*schema.CORE, *schema.PUBLISHED, MEASURED)
    )
