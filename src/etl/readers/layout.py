"""The text of a marked-up body, one line a paragraph, with the stretches that are known not to be running text.

No text is lost: unknown elements are inline, tails of inline children belong to their paragraph. How each element
is set is the style sheet's to say (`etl.readers.stylesheet`).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from lxml import etree

from etl.readers.markup import RefusalError
from etl.readers.stylesheet import BREAK, CELL, LABELS, LINE, VERBATIM, marked_text
from etl.records import Block

_PARSER_DEPTH = 256
_LONGEST_SUBHEAD = 150
_ONLY_TAGS = re.compile(r"(?:</?[A-Za-z][^<>]*>\s*)+")
_SENTENCE_ENDS = frozenset(".!?:;…\"”»’')]")


@dataclass(frozen=True, slots=True)
class Layout:
    """Lines joined by newlines, and the labelled ones among them."""

    text: str
    blocks: tuple[Block, ...] = ()


def lay_out(*elements: etree._Element | None, rule: str, max_depth: int = _PARSER_DEPTH) -> Layout:
    """Set the elements one after the other.

    Args:
        elements: bodies or parts of bodies; None is passed over.
        rule: names the reader in the `rule` of the blocks.
        max_depth: how deep elements may nest; the parsers refuse more than 256 by themselves.

    Raises:
        RefusalError: `too_deep`.
    """
    lines = _Lines([], {})
    for element in elements:
        if element is None:
            continue
        if max_depth < _PARSER_DEPTH and element.xpath(f"boolean(descendant::*[count(ancestor::*) > {max_depth:d}])"):
            raise RefusalError("too_deep", f"elements nest deeper than {max_depth}")
        _set_lines(marked_text(element), lines)
    return lines.layout(rule)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines as they are set, and the labels of some of them by their number."""

    texts: list[str]
    labels: dict[int, str]

    def add(self, line: str, label: str | None) -> None:
        if label is not None:
            self.labels[len(self.texts)] = label
        self.texts.append(line)

    def layout(self, rule: str) -> Layout:
        blocks: list[Block] = []
        if self.labels:
            starts = list(itertools.accumulate((len(line) + 1 for line in self.texts), initial=0))
            blocks = [Block(starts[n], starts[n + 1] - 1, label, rule) for n, label in self.labels.items()]
        return Layout("\n".join(self.texts), tuple(blocks))


def _set_lines(text: str, lines: _Lines) -> None:
    for part in text.split(LINE):
        line = part.strip()
        if not line:
            continue
        if line.isprintable() and "  " not in line and line[0] != "<":  # no mark, line end or space to be made one
            lines.texts.append(line)
        else:
            _set_line(part, lines)


def _set_line(part: str, lines: _Lines) -> None:
    """One line of marked text, which may still turn out to be several paragraphs."""
    label = LABELS.get(part[0])
    if label is not None:
        part = part[1:]
    if CELL in part:
        row = " ".join(part.replace(BREAK, " ").split())
        pieces = [row.replace(" " + CELL, CELL).replace(CELL + " ", CELL).replace(CELL, "\t").strip("\t ")]
    elif BREAK in part:
        pieces = _broken(part)
    elif part[:1] == VERBATIM:  # preformatted text keeps its lines and the spaces that align its columns
        for line in part[1:].splitlines():
            if line.strip():
                lines.add(line.rstrip(), label)
        return
    elif part.count("\n   ") > 1:
        pieces = _indented(part)
    else:
        pieces = [" ".join(part.split())]
    for piece in pieces:
        if piece:
            lines.add(piece, _label_of(piece, label))


def _label_of(line: str, label: str | None) -> str | None:
    """The label in force, but where the line itself speaks against it.

    A "subhead" that ends as a sentence does is a paragraph that somebody set large (STT). A paragraph that is
    markup and nothing else is page furniture: `<script src="..."></script>` in plain sight.
    """
    if label == "subhead" and (line.endswith(".") or len(line) > _LONGEST_SUBHEAD):
        return None
    if label is None and line.startswith("<") and _ONLY_TAGS.fullmatch(line):
        return "page"
    return label


def _broken(text: str) -> list[str]:
    """Lines of a paragraph that holds line breaks: two in a row end it, a single one where lines end as sentences do.

    Example of the other kind, soft-wrapped: `expected to be finalised in the first <br />half of next year`.
    """
    out: list[str] = []
    pieces: list[str] = []
    for piece in (*text.split(BREAK), ""):
        if line := " ".join(piece.split()):
            pieces.append(line)
        elif pieces:
            ends = [line[-1] in _SENTENCE_ENDS for line in pieces[:-1]]
            out += pieces if ends and ends.count(True) * 10 >= len(ends) * 6 else (" ".join(pieces),)
            pieces = []
    return out


def _indented(text: str) -> list[str]:
    """Paragraphs of wrapped text that stands in one element as it was typed: each begins indented, the rest does not.

    Example, Reuters: `    Spot gold rose to $1,200 per ounce by\\n0307 GMT, while ...`. Pretty-printed XML, where every
    further line is indented, is one paragraph.
    """
    lines = text.split("\n")
    further = [line for line in lines[1:] if line.strip()]
    starts = [line.startswith("   ") for line in further].count(True)
    flush = [line[0] not in " \t" for line in further].count(True)
    if starts < 2 or flush < 2:
        return [" ".join(text.split())]
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("   ") or not line.strip():
            paragraphs.append([])
        paragraphs[-1].append(line)
    return [" ".join(" ".join(paragraph).split()) for paragraph in paragraphs]


def joined(layouts: list[Layout]) -> Layout:
    """Layouts one under the other."""
    full = [layout for layout in layouts if layout.text]
    if len(full) == 1:
        return full[0]
    blocks, start = [], 0
    for layout in full:
        blocks += [Block(b.start + start, b.end + start, b.label, b.rule) for b in layout.blocks]
        start += len(layout.text) + 1
    return Layout("\n".join(layout.text for layout in full), tuple(blocks))


def mark_headline(layout: Layout, headline: str | None, rule: str) -> Layout:
    """A body that repeats the headline as its first line (TT, Globe Newswire) has it labelled, not read as text."""
    first = layout.text.partition("\n")[0]
    is_labelled = bool(layout.blocks) and layout.blocks[0].start == 0
    if not headline or first != headline or first == layout.text or is_labelled:
        return layout
    return Layout(layout.text, (Block(0, len(first), "headline", rule), *layout.blocks))


def labelled(layout: Layout, label: str, rule: str) -> Layout:
    """The same lines, all under one label."""
    lines = layout.text.splitlines()
    return _Lines(lines, dict.fromkeys(range(len(lines)), label)).layout(rule)


_WRAPPED = range(45, 100)


def plain_lines(text: str) -> Layout:
    """Plain text of a field, one line a paragraph.

    Lines wrapped at a fixed width, which blank lines gather into paragraphs, are joined again; otherwise each line
    is a paragraph of its own.
    """
    paragraphs = [[" ".join(line.split()) for line in block.splitlines()] for block in re.split(r"\n\s*\n", text)]
    inner = [line for lines in paragraphs for line in lines[:-1] if line]
    wrapped = sum(1 for line in inner if len(line) in _WRAPPED and not line.endswith("."))
    if len(paragraphs) > 1 and wrapped * 10 > len(inner) * 6:
        paragraphs = [[" ".join(line for line in lines if line)] for lines in paragraphs]
    return Layout("\n".join(line for lines in paragraphs for line in lines if line))
