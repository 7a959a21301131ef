"""The golden cases of all readers at once: claimed by one reader, read as expected, no byte left behind."""

from pathlib import Path

import pytest
from cases import GOLDEN, assert_covers, check_case, claims, delivery

from etl.readers import READERS, read

FOLDERS = sorted(path for path in GOLDEN.glob("*/*") if path.is_dir())
COMPARED_HERE = ("ninjs", "nitf", "newsml_1_2", "newsml_g2", "textdump", "unclaimed")


def _params(folders: list[Path]) -> list[object]:
    return [pytest.param(folder, id=str(folder.relative_to(GOLDEN))) for folder in folders]


def _data(folder: Path) -> bytes:
    return next(folder.glob("input.*")).read_bytes()


@pytest.mark.parametrize("folder", _params([f for f in FOLDERS if f.parent.name in COMPARED_HERE]))
def test_case_reads_as_expected(folder: Path, is_updating_golden: bool) -> None:
    check_case(folder, is_updating_golden)


@pytest.mark.parametrize("folder", _params(FOLDERS))
def test_case_is_claimed_by_its_reader_alone(folder: Path) -> None:
    claimed = list(claims(_data(folder)))
    assert claimed == ([] if folder.parent.name == "unclaimed" else [folder.parent.name])


@pytest.mark.parametrize("folder", _params([f for f in FOLDERS if f.parent.name in COMPARED_HERE]))
def test_case_leaves_no_byte_behind(folder: Path) -> None:
    data = _data(folder)
    assert_covers(data, list(read(delivery(data)).items))


def test_every_reader_has_golden_cases() -> None:
    assert {reader.format for reader in READERS} <= {folder.parent.name for folder in FOLDERS}
