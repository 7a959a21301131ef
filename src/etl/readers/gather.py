"""What a reader of markup or JSON has found so far, field by field, until it becomes a `Story`."""

from __future__ import annotations

from typing import Any

from lxml import etree

from etl.readers.layout import Layout
from etl.readers.markup import NAMES, Piece, line_of
from etl.records import Story

_MAX_EXTRA = 512


class Gathered:
    """Fields by name of `Story`: `fields` hold one value, `lists` become tuples, `extra` is what no field holds.

    `notes` are values that a reader needs once more before the story is whole; they are not delivered.
    """

    __slots__ = ("_kept", "extra", "fields", "lists", "notes")

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.fields: dict[str, Any] = {}
        self.lists: dict[str, list[Any]] = {}
        self.extra: dict[str, str] = {}
        self.notes: dict[str, Any] = {}
        self._kept: dict[str, set[str]] = {}

    def first(self, name: str, value: Any) -> bool:
        """Set a field unless it is set or the value is nothing; True where it was set now."""
        if value is None or value == "" or name in self.fields:
            return False
        self.fields[name] = value.strip() if isinstance(value, str) else value
        return True

    def put(self, name: str, value: Any, path: str) -> None:
        """Set a field, or keep the value under its path where the field is set to something else."""
        if not self.first(name, value) and value and value != self.fields.get(name):
            self.keep(path, str(value))

    def prefer(self, name: str, value: Any) -> None:
        """Set a field whatever stood there, unless the value is nothing."""
        if value is not None and value != "":
            self.fields[name] = value

    def add(self, name: str, value: Any) -> None:
        """Append to a list field, nothing excepted; the story has each value once."""
        if not value:
            return
        if name in self.lists:
            self.lists[name].append(value)
        else:
            self.lists[name] = [value]

    def note(self, name: str, value: Any) -> None:
        """Remember a value for later; the first one counts."""
        if value is not None and value != "":
            self.notes.setdefault(name, value)

    def keep(self, path: str, value: str | None) -> None:
        """Keep a delivered value that no field holds, under its path; further ones of that path are numbered."""
        if not value or not (value := value.strip()) or len(self.extra) >= _MAX_EXTRA:
            return
        if path not in self.extra:
            self.extra[path] = value
            return
        kept = self._kept.setdefault(path, {self.extra[path]})
        if value not in kept:
            kept.add(value)
            self.extra[f"{path}[{len(kept)}]"] = value

    def story(self, format_: str, piece: Piece, encoding: str, evidence: str, layout: Layout) -> Story:
        """The story, standing on the bytes of `piece`."""
        fields = self.fields
        for name, values in self.lists.items():
            fields[name] = tuple(dict.fromkeys(values)) if len(values) > 1 else tuple(values)
        fields["blocks"], fields["extra"] = layout.blocks, self.extra
        return Story(format_, piece.offset, piece.length, layout.text, encoding, evidence, **fields)


def add_extra(found: Gathered, path: str, element: etree._Element) -> None:
    """Keep an element that nobody understands: its attributes, and its own text where it has no children."""
    for name, value in element.items():
        found.keep(f"{path}/@{NAMES[name]}", str(value))
    if len(element) == 0:
        found.keep(path, line_of(element))


def whole_number(printed: str) -> int | None:
    """The number that digits print ("0349", " 5 "), None for anything else."""
    printed = printed.strip()
    return int(printed) if printed.isascii() and printed.isdigit() and len(printed) < 10 else None
