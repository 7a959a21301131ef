"""A slice of the mutation fuzzer, the same inputs every time; the whole of it is `python -m tests.fuzz.mutate`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.checks import check
from tests.fuzz.mutate import make, run, seeds

EACH = 12
"""Inputs made of each golden case."""


@pytest.mark.parametrize("part", range(8))
def test_mutations_of_every_golden_case(part: int) -> None:
    files = seeds()
    for number in range(part, EACH * len(files), 8):
        check(make(0, number, files))


def test_an_input_is_the_same_whenever_it_is_made() -> None:
    files = seeds()
    assert [make(3, n, files) for n in range(50)] == [make(3, n, files) for n in range(50)]
    assert len({make(3, n, files) for n in range(len(files))}) > len(files) * 0.9


def test_what_breaks_is_kept_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(data: bytes) -> int:
        raise ValueError("as a reader never should")

    monkeypatch.setattr("tests.fuzz.mutate.check", break_down)
    number, items, broken = run(0.05, 7, tmp_path)
    assert number == broken > 0
    assert items == 0
    assert (tmp_path / "7-0").read_bytes() == make(7, 0, seeds())


def test_without_atheris_the_module_says_so() -> None:
    program = "import sys; sys.modules['atheris'] = None; import tests.fuzz.atheris_read"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "atheris is not installed" in done.stderr
