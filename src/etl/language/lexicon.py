"""Lists of facts for names and people, read once from `etl/language/data`."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

DATA = files("etl.language") / "data"
_BETWEEN = " | "


@lru_cache(maxsize=32)
def read_rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a tab-separated data file; lines that start with # and empty lines are notes."""
    lines = (DATA / name).read_text(encoding="utf-8").split("\n")
    return tuple(tuple(line.split("\t")) for line in lines if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=32)
def titles(kind: str) -> frozenset[str]:
    """Return the entries of one kind of `titles.tsv`: office, role, particle, suffix or a kind of honorific."""
    return frozenset(word for row in read_rows("titles.tsv") if row[0] == kind for word in row[1].split(_BETWEEN))


@lru_cache(maxsize=1)
def organisations() -> dict[str, str]:
    """Return every form of a listed organisation and the name it stands for."""
    forms: dict[str, str] = {}
    for row in read_rows("organisations.tsv"):
        for form in (row[1], *(row[2].split(_BETWEEN) if len(row) > 2 else ())):
            forms.setdefault(form, row[1])
    return forms


@lru_cache(maxsize=4096)
def nicknames(given: str) -> frozenset[str]:
    """Return the full given names that a given name (lower case) may stand for, itself included."""
    return frozenset({given, *_nickname_table().get(given, ())})


@lru_cache(maxsize=1)
def _nickname_table() -> dict[str, tuple[str, ...]]:
    table: dict[str, set[str]] = {}
    for full, shorts in read_rows("names_short.tsv"):
        for short in shorts.split():
            table.setdefault(short, set()).add(full)
    return {short: tuple(sorted(fulls)) for short, fulls in table.items()}


@lru_cache(maxsize=1)
def given_names() -> dict[str, str]:
    """Return given names (lower case) and the gender they mostly tell: m, f or u for both."""
    return {name: gender for gender, names in read_rows("names_given.tsv") for name in names.split()}


@lru_cache(maxsize=1)
def kind_words() -> dict[str, str]:
    """Return words that end a name and the label they tell ("River": LOC)."""
    return {word: label for label, words in read_rows("names_kinds.tsv") for word in words.split()}


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Return words that English writes in lower case nearly always."""
    return frozenset(word for (line,) in read_rows("names_common.txt") for word in line.split())


@lru_cache(maxsize=1)
def family_names() -> frozenset[str]:
    """Return frequent family names, lower case, none of which is a word too."""
    listed = frozenset(word for (line,) in read_rows("names_family.txt") for word in line.split())
    return listed - mixed_words()


@lru_cache(maxsize=1)
def mixed_words() -> frozenset[str]:
    """Return words that English writes in lower case oftener than not, but that are parts of names too."""
    return frozenset(word for (line,) in read_rows("names_mixed.txt") for word in line.split())


@lru_cache(maxsize=1)
def never_names() -> frozenset[str]:
    """Return words of tables and standing lines that are no names, in the case they are printed in."""
    return frozenset(word for (line,) in read_rows("names_never.txt") for word in line.split())
