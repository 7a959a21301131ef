"""What a run did, as markdown and as rows: for artifacts, logs and mails."""

from __future__ import annotations

from pathlib import Path

from etl import schema
from etl.ingest.run import Finished
from etl.lake import open_lake


def markdown_report(finished: Finished) -> str:
    """One page of markdown: files, rows, what was published, what failed."""
    tally, run = finished.tally, finished.run
    lines = [
        f"# Run {run.run_id}",
        "",
        f"{tally.files} files found: {tally.loaded} read, {tally.skipped} loaded before, "
        f"{tally.unreadable} unreadable.",
        f"{tally.failed_batches} batches failed." if tally.failed_batches else "",
        "",
        "| what | rows written |",
        "|---|---|",
        *(f"| {name} | {getattr(tally, name)} |" for name in ("articles", "quotes", "mentions", "rejects")),
        "",
        "| published table | rows |",
        "|---|---|",
        *(f"| {name} | {count} |" for name, count in finished.published.rows.items()),
        "",
        f"Code, rules and model: `{run.fingerprint}`",
    ]
    return "\n".join(lines)


def reject_rows(finished: Finished, limit: int = 200) -> list[dict[str, object]]:
    """What the run refused, at most `limit` rows: file, offset, stage, reason, detail."""
    with open_lake(finished.run.settings.warehouse, read_only=True) as lake:
        found = lake.con.execute(
            "SELECT path, byte_offset, stage, reason, detail FROM lake.rejects WHERE run_id = ? "
            "ORDER BY path, byte_offset LIMIT ?",
            [finished.run.run_id, limit],
        )
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def core_rows(warehouse: Path) -> dict[str, int]:
    """How many rows each core table of the lake holds."""
    counts = " UNION ALL ".join(f"SELECT '{table.name}', count(*) FROM lake.{table.name}" for table in schema.CORE)
    with open_lake(warehouse, read_only=True) as lake:
        return dict(lake.con.execute(counts).fetchall())
