"""Reading `copydesk.toml`: every key known, every value valid, every problem told at once."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from etl.config.agree import disagreements
from etl.config.sections import SECTIONS, SOURCE_KINDS, Config, Feed, Fetch, Key, Source, SourceKeys, Top

FILE_NAME = "copydesk.toml"

T = TypeVar("T")


class ConfigError(Exception):
    """The file cannot be used; the message has a line for each problem, with what would be valid."""


@dataclasses.dataclass(frozen=True, slots=True)
class Described:
    """A key of a record: its name, what it holds, and its default (`dataclasses.MISSING` if it must be given)."""

    name: str
    key: Key
    default: object


def described(record: type[Any]) -> list[Described]:
    """The keys of a record of `sections`, in their order."""
    hints = get_type_hints(record, include_extras=True)
    keys = {name: get_args(hint)[1] for name, hint in hints.items() if get_origin(hint) is Annotated}
    return [Described(f.name, keys[f.name], f.default) for f in dataclasses.fields(record) if f.name in keys]


def read_config(path: Path) -> Config:
    """Read and validate a configuration file; folders in it begin at its own folder.

    Raises:
        ConfigError: it is not there, is not TOML, or says what is not valid.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise ConfigError(f"no such file: {path}; `copydesk init` writes one") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    try:
        return _placed(parse_config(text), path.parent)
    except ConfigError as error:
        raise ConfigError("\n".join(f"{path}: {line}" for line in str(error).splitlines())) from None


def parse_config(text: str) -> Config:
    """The configuration that this TOML states.

    Raises:
        ConfigError: it is not TOML, or says what is not valid.
    """
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not TOML: {error}") from error
    reading = _Reading()
    top = [key.name for key in described(Top)]
    reading.refuse_unknown(held, [*top, *SECTIONS, "source", "feed"], "")
    general = reading.record(Top, {name: held[name] for name in top if name in held}, "")
    sections = {name: reading.section(record, held.get(name, {}), f"[{name}]") for name, record in SECTIONS.items()}
    sources = [reading.source(table, n) for n, table in enumerate(reading.tables(held, "source"), 1)]
    feeds = [reading.section(Feed, t, f"[[feed]] {n}") for n, t in enumerate(reading.tables(held, "feed"), 1)]
    reading.refuse_twice("source", [source.name for source in sources if source])
    reading.refuse_twice("feed", [feed.name for feed in feeds if feed])
    if reading.problems or general is None:
        raise ConfigError("\n".join(reading.problems))
    return Config(
        warehouse=general.warehouse,
        raw=general.raw,
        sources=tuple(source for source in sources if source),
        feeds=tuple(feed for feed in feeds if feed),
        **{name: section for name, section in sections.items() if section},
    )


class _Reading:
    """The problems found so far; every method adds to them and gives None for what cannot be used."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def tables(self, held: Mapping[str, object], name: str) -> list[object]:
        found = held.get(name, [])
        if isinstance(found, list):
            return found
        self.problems.append(f"{name}: write [[{name}]], with two brackets, before each")
        return []

    def section(self, record: Callable[..., T], table: object, where: str) -> T | None:
        if not isinstance(table, dict):
            self.problems.append(f"{where}: must be a section with keys, got {table!r}")
            return None
        self.refuse_unknown(table, [key.name for key in described(_type(record))], where)
        return self.record(record, table, where)

    def source(self, table: object, number: int) -> Source | None:
        where = f"[[source]] {number}"
        if isinstance(table, dict) and isinstance(table.get("name"), str):
            where = f"[[source]] {table['name']!r}"
        kind = table.get("kind") if isinstance(table, dict) else None
        if not isinstance(table, dict) or not isinstance(kind, str) or kind not in SOURCE_KINDS:
            self.problems.append(f"{where}: kind must be one of {', '.join(SOURCE_KINDS)}, got {kind!r}")
            return None
        made: Callable[..., Fetch] = SOURCE_KINDS[kind]
        own = [key.name for key in described(_type(made))]
        self.refuse_unknown(table, ["kind", *(key.name for key in described(SourceKeys)), *own], where)
        common: SourceKeys | None = self.record(SourceKeys, table, where)
        fetch: Fetch | None = self.record(made, table, where)
        if common is None or fetch is None:
            return None
        source = Source(common, fetch)
        self.problems += [f"{where}: {problem}" for problem in disagreements(fetch)]
        return source

    def record(self, record: Callable[..., T], table: Mapping[str, object], where: str) -> T | None:
        values: dict[str, object] = {}
        before = len(self.problems)
        for key in described(_type(record)):
            if key.name in table:
                self.value(key, table[key.name], where, values)
            elif key.default is dataclasses.MISSING:
                self.problems.append(_told(where, f"{key.name} is missing: {key.key.doc} {_example(key)}"))
        return None if len(self.problems) > before else record(**values)

    def value(self, key: Described, value: object, where: str, values: dict[str, object]) -> None:
        kind = key.key.kind
        try:
            values[key.name] = kind.parse(value)
        except ValueError as error:
            got = "" if kind.guarded else f", got {error}"
            self.problems.append(_told(where, f"{key.name} must be {kind.valid}{got}"))

    def refuse_unknown(self, table: Mapping[str, object], known: list[str], where: str) -> None:
        for name in table:
            if name in known:
                continue
            if f"{name}_env" in known:
                self.problems.append(
                    _told(where, f'{name}: no secret stands in this file; name a variable: {name}_env = "VARIABLE"')
                )
                continue
            near = difflib.get_close_matches(name, known, n=1)
            meant = f"did you mean {near[0]}? " if near else ""
            self.problems.append(_told(where, f"unknown key {name!r}; {meant}known keys: {', '.join(known)}"))

    def refuse_twice(self, what: str, names: Iterable[str]) -> None:
        held = list(names)
        for name in sorted({name for name in held if held.count(name) > 1}):
            self.problems.append(f"[[{what}]] {name!r}: there are {held.count(name)} of that name")


def _type(record: Callable[..., object]) -> type[Any]:
    assert isinstance(record, type), f"{record} is a record"
    return record


def _told(where: str, problem: str) -> str:
    return f"{where}: {problem}" if where else problem


def _example(key: Described) -> str:
    return f"({key.name} = {key.key.example})" if key.key.example else ""


def _placed(config: Config, folder: Path) -> Config:
    """The configuration with every folder of it beginning at `folder`."""
    sources = tuple(Source(source.common, _placed_fetch(source.fetch, folder)) for source in config.sources)
    return dataclasses.replace(config, warehouse=folder / config.warehouse, raw=folder / config.raw, sources=sources)


def _placed_fetch(fetch: Fetch, folder: Path) -> Fetch:
    held = {f.name: getattr(fetch, f.name) for f in dataclasses.fields(fetch)}
    placed: dict[str, Any] = {name: folder / value for name, value in held.items() if isinstance(value, Path)}
    return dataclasses.replace(fetch, **placed)
