"""The commented example that `copydesk init` writes, made from the same records that the validator reads."""

from __future__ import annotations

import dataclasses
import json
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from etl.config.kinds import SIZE
from etl.config.read import Described, described
from etl.config.sections import SECTIONS, SOURCE_KINDS, Feed, SourceKeys, Top

_WIDTH = 110
_MIB = 1024 * 1024
_HEAD = """\
Copydesk's configuration: https://toml.io. Every key is here with its meaning; a key that is commented out shows its
default or an example. Durations are like "30s", "5m", "2h", "1d". Secrets never stand here: name the environment
variable that holds one. `copydesk collect` visits the sources; `copydesk run raw` loads what it has brought.
"""


def example() -> str:
    """The text of an example `copydesk.toml`: valid as it is, and still valid when what is commented out is let in."""
    return "\n".join(_lines()) + "\n"


def default_text(key: Described) -> str:
    """The default of a key as TOML text, in the kind's own unit."""
    if key.key.kind is SIZE and isinstance(key.default, int):
        return f'"{key.default // _MIB}MiB"'
    return _toml(key.default)


def _toml(value: object) -> str:
    if isinstance(value, timedelta):
        return f'"{_duration(value)}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return str(value) if isinstance(value, int | float) else json.dumps(str(value), ensure_ascii=False)


def _duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    size, unit = next(
        (size, unit) for size, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")) if not seconds % size
    )
    return f"{seconds // size}{unit}"


def _lines() -> Iterator[str]:
    yield from _said(_HEAD)
    for key in described(Top):
        yield from _said(key.key.doc)
        yield f"{key.name} = {_toml(key.default)}"
    for name, record in SECTIONS.items():
        yield from ("", *_said(record.__doc__ or ""), f"[{name}]")
        for key in described(record):
            yield from _key(key)
    for kind, record in SOURCE_KINDS.items():
        yield from ("", *_said(record.__doc__ or ""), "#[[source]]")
        yield from _source(kind, record)
    yield from ("", *_said(Feed.__doc__ or ""), "#[[feed]]")
    for key in described(Feed):
        yield from _key(key)


def _source(kind: str, record: type[Any]) -> Iterator[str]:
    for key in described(SourceKeys):
        if key.name == "name":
            yield from _key(dataclasses.replace(key, key=dataclasses.replace(key.key, example=f'"{kind}-example"')))
            yield f'#kind = "{kind}"'
    for key in described(record):
        yield from _key(key)
    if kind == next(iter(SOURCE_KINDS)):
        yield from _said("Every source may have these, too:")
        for key in described(SourceKeys)[1:]:
            yield from _key(key)


def _key(key: Described) -> Iterator[str]:
    yield from _said(key.key.doc)
    shown = key.key.example if key.key.example is not None else default_text(key)
    yield f"# Or: {key.name} = {shown}" if key.key.instead else f"#{key.name} = {shown}"


def _said(text: str) -> Iterator[str]:
    for line in textwrap.wrap(" ".join(text.split()), _WIDTH):
        yield f"# {line}"


def write_example(folder: Path, name: str) -> Path:
    """Write the example into a folder, which is made if need be; a file that is there is never touched.

    Raises:
        FileExistsError: there is one already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("x", encoding="utf-8") as file:
        file.write(example())
    return path
