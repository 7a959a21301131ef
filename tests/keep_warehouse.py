"""Keep the lake of a warehouse for later versions: `python -m tests.keep_warehouse WAREHOUSE VERSION`."""

import sys
import zipfile
from pathlib import Path

from etl import schema
from etl.lake import open_lake


def keep(warehouse: Path, version: str) -> Path:
    """Zip `lake/` and the number of rows of each core table; give the file."""
    with open_lake(warehouse) as lake:
        lines = [
            f"{t.name} {lake.con.execute(f'SELECT count(*) FROM lake.{t.name}').fetchall()[0][0]}" for t in schema.CORE
        ]
    kept = Path(__file__).parent / "golden" / "warehouses" / f"{version}.zip"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("rows.txt", "\n".join(lines) + "\n")
        for path in sorted((warehouse / "lake").rglob("*")):
            if path.is_file() and path.suffix != ".lock":
                archive.write(path, path.relative_to(warehouse))
    return kept


if __name__ == "__main__":
    print(keep(Path(sys.argv[1]), sys.argv[2]))
