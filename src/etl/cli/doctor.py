"""`copydesk doctor`: is everything in the warehouse as it must be?"""

from __future__ import annotations

from pathlib import Path

import click

from etl.cli.options import now, warehouse_option
from etl.lake import open_lake
from etl.lake.doctor import Finding, examine


@click.command()
@warehouse_option
def doctor(warehouse: Path) -> int:
    """Check every invariant of the warehouse and say what is wrong and what to do.

    Reads all rows, writes nothing. Looked at: catalog and files agree; keys are unique and required columns
    filled; offsets point at their text and spans tile it; every quote and mention has its article, every
    article its file; counts of files are right; what is published is what stands, no more and no less.
    Exit code 0 when all is well, 1 when something is wrong.

    \b
    Example:
        copydesk doctor --warehouse warehouse
    """
    with open_lake(warehouse, read_only=True) as lake:
        findings = examine(lake, warehouse, as_of=now())
    for finding in findings:
        click.echo(_told(finding))
    if not findings:
        click.echo("all is well")
        return 0
    click.echo(f"{len(findings)} rules are broken", err=True)
    return 1


def _told(finding: Finding) -> str:
    # An example may quote a delivered name: control characters are dropped.
    example = "".join(c for c in finding.example if c.isprintable())
    return f"WRONG  {finding.table}: {finding.rule}: {finding.count} do not, e.g. {example}\n       {finding.remedy}"
