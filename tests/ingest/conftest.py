"""A lake that is empty, and one made to remember files that were loaded."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from etl import schema
from etl.ingest.plan import RawFile
from etl.lake import Lake, commit_batch, open_lake
from tests.lake import rows


@pytest.fixture(scope="session")
def empty_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty") / "warehouse"
    open_lake(folder).close()
    return folder


@pytest.fixture
def lake(empty_lake: Path, tmp_path: Path) -> Iterator[Lake]:
    with open_lake(Path(shutil.copytree(empty_lake, tmp_path / "warehouse"))) as opened:
        yield opened


@pytest.fixture
def remember(lake: Lake) -> Callable[[Iterable[RawFile], str], None]:
    """Have the lake hold these files, loaded with that fingerprint."""

    def load(files: Iterable[RawFile], fingerprint: str) -> None:
        found = list(files)
        by_sha = {file.sha256: file for file in found}
        raw_files = [
            rows.row("raw_files", raw_sha256=sha, path=file.path, feed=file.feed, fingerprint=fingerprint)
            for sha, file in by_sha.items()
        ]
        seen = [
            rows.row(
                "deliveries", location=f.location, path=f.path, raw_sha256=f.sha256, file_bytes=f.size,
                modified_ns=f.modified_ns,
            )
            for f in found
        ]  # fmt: skip
        commit_batch(
            lake,
            {name: _table(name, made) for name, made in (("raw_files", raw_files), ("deliveries", seen))},
            batch_id="bat-1",
            run_id="run-1",
            files=[(sha, fingerprint) for sha in by_sha],
            loaded_at=rows.NOW,
        )

    return load


def _table(name: str, found: list[dict[str, object]]) -> pa.Table:
    fields = [pa.field(f.name, f.type) for f in schema.core(name).schema if f.name not in rows.STAMPED]
    return pa.Table.from_pylist(found, schema=pa.schema(fields))
