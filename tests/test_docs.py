"""Pages that are made from the code say what the code says."""

import subprocess
import sys
from pathlib import Path

from etl.config.reference import reference as config_reference

DOCS = Path(__file__).parent.parent / "docs"


def test_the_command_reference_is_current() -> None:
    found = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    # In a process of its own: click keeps the help option of a command that a test called without its group.
    made = subprocess.run([sys.executable, "-m", "etl.cli.reference"], capture_output=True, text=True, check=True)
    assert found == made.stdout, "run: python -m etl.cli.reference > docs/reference/cli.md"


def test_the_configuration_reference_is_current() -> None:
    found = (DOCS / "reference" / "config.md").read_text(encoding="utf-8")
    assert found == config_reference(), "run: python -m etl.config.reference > docs/reference/config.md"
