"""Pages that are made from the code say what the code says."""

from pathlib import Path

from etl.cli.reference import reference
from etl.config.reference import reference as config_reference

DOCS = Path(__file__).parent.parent / "docs"


def test_the_command_reference_is_current() -> None:
    found = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    assert found == reference(), "run: python -m etl.cli.reference > docs/reference/cli.md"


def test_the_configuration_reference_is_current() -> None:
    found = (DOCS / "reference" / "config.md").read_text(encoding="utf-8")
    assert found == config_reference(), "run: python -m etl.config.reference > docs/reference/config.md"
