"""The benchmark task for formats goes through readers and desk, and says for every file what became of it."""

import json
from pathlib import Path

from cases import GOLDEN

from benchmarks.tasks.formats import predict_tree


def test_every_file_of_a_folder_has_a_line(tmp_path: Path) -> None:
    names = set()
    for folder in sorted(GOLDEN.glob("n*/*")):
        (source,) = folder.glob("input.*")
        target = tmp_path / folder.parent.name / f"{folder.name}{source.suffix}"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(source.read_bytes())
        names.add(target.relative_to(tmp_path).as_posix())
    lines = [json.loads(json.dumps(line)) for line in predict_tree(tmp_path)]
    assert {line["raw_path"] for line in lines} == names
    assert all(line.get("quarantined") or line["format"] for line in lines)


def test_fields_are_reported_as_the_file_carries_them(tmp_path: Path) -> None:
    (source,) = (GOLDEN / "nitf" / "every_field").glob("input.*")
    (tmp_path / "story.xml").write_bytes(source.read_bytes())
    (line,) = predict_tree(tmp_path)
    assert line["headline"] == "Larkfield closes its old bridge for a year"
    assert line["published_at"] == "2031-04-02T15:15:00-04:00"
    assert line["dateline_city"] == "LARKFIELD"
    assert (line["urgency"], line["version"], line["status"]) == (4, "3", "usable")
    assert line["subjects"] == ["11006000", "13022001"]
    assert str(line["body"]).startswith("LARKFIELD, Ohio (WN) - The council voted on Tuesday")
