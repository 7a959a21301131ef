"""The reference page of `copydesk.toml`: `python -m etl.config.reference > docs/reference/config.md`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from etl.config.example import default_text
from etl.config.kinds import KINDS
from etl.config.read import Described, described
from etl.config.sections import SECTIONS, SOURCE_KINDS, Feed, SourceKeys, Top

_HEAD = """\
# copydesk.toml

Generated from the records that the file is checked against; `python -m etl.config.reference` writes this page.

`copydesk init` writes an example with every key. The file is looked for in the current folder, or named by `--config`.
A key that is not listed here is refused. So is a secret: secrets are in environment variables, whose names stand here.
"""


def reference() -> str:
    """Markdown: every section with its keys, then the kinds of value."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    yield from _section("Before the first section", Top)
    for name, record in SECTIONS.items():
        yield from _section(f"[{name}]", record)
    yield from _section(
        "[[source]]", SourceKeys, "One for each place that copy comes from. All of them have these keys:"
    )
    for kind, record in SOURCE_KINDS.items():
        yield from _section(f'[[source]] with kind = "{kind}"', record)
    yield from _section("[[feed]]", Feed)
    yield from ("## Kinds of value", "", "| kind | how it is written |", "|---|---|")
    yield from (f"| {kind.name} | {_cell(kind.valid)} |" for kind in KINDS)
    yield ""


def _section(title: str, record: type[Any], said: str | None = None) -> Iterator[str]:
    yield from (f"## {title}", "", said or " ".join((record.__doc__ or "").split()), "")
    yield from ("| key | kind | default | |", "|---|---|---|---|")
    if record is SourceKeys:
        yield f"| `kind` | one of {', '.join(SOURCE_KINDS)} | required | What kind of place it is. |"
    yield from (_row(key) for key in described(record))
    yield ""


def _row(key: Described) -> str:
    example = f" Example: `{_cell(key.key.example)}`." if key.key.example else ""
    return f"| `{key.name}` | {key.key.kind.name} | {_default(key)} | {_cell(key.key.doc)}{example} |"


def _default(key: Described) -> str:
    if key.default is dataclasses.MISSING:
        return "required"
    return "none" if key.default in (None, ()) else f"`{_cell(default_text(key))}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(reference(), end="")
