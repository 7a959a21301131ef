"""The text of a marked-up body, one line a paragraph, with the stretches that are known not to be running text.

No text is lost: unknown elements are inline, tails of inline children belong to their paragraph. How each element
is set is the style sheet's to say (`etl.readers.stylesheet`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from etl.readers.markup import RefusalError
from etl.readers.stylesheet import BREAK, CELL, LABELS, LINE, VERBATIM, marked_text
from etl.records import Block

_PARSER_DEPTH = 256
_LONGEST_SUBHEAD = 150
_ONLY_TAGS = re.compile(r"(?:</?[A-Za-z][^<>]*>\s*)+")
_EMPTY_LINES = re.compile(rf"{BREAK}\s*{BREAK}[\s{BREAK}]*")
_SENTENCE_ENDS = tuple(".!?:;…\"”»’')]")


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
    lines: list[tuple[str, str | None]] = []
    for element in elements:
        if element is None:
            continue
        if max_depth < _PARSER_DEPTH and element.xpath(f"boolean(descendant::*[count(ancestor::*) > {max_depth:d}])"):
            raise RefusalError("too_deep", f"elements nest deeper than {max_depth}")
        _set_lines(marked_text(element), lines)
    return _joined(lines, rule)


def _set_lines(text: str, lines: list[tuple[str, str | None]]) -> None:
    for part in text.split(LINE):
        if part.isprintable() and "  " not in part and part[:1] != "<":  # no mark, line end or space to be made one
            if line := part.strip(" "):
                lines.append((line, None))
        elif not part.isspace():
            _set_line(part, lines)


def _set_line(part: str, lines: list[tuple[str, str | None]]) -> None:
    """One line of marked text, which may still turn out to be several paragraphs."""
    label = LABELS.get(part[0])
    if label is not None:
        part = part[1:]
    if part.startswith(VERBATIM):  # preformatted text keeps its lines and the spaces that align its columns
        kept = part[1:].replace("\r\n", "\n").splitlines()
        lines.extend((line.rstrip(), label) for line in kept if line.strip())
        return
    if CELL in part:
        cells = part.replace(BREAK, " ").split(CELL)
        pieces = ["\t".join(" ".join(cell.split()) for cell in cells).strip("\t")]
    elif BREAK in part:
        pieces = _broken(part)
    elif "\n   " in part:
        pieces = _indented(part)
    else:
        pieces = [" ".join(part.split())]
    for piece in pieces:
        if piece:
            lines.append((piece, _label_of(piece, label)))


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
    for paragraph in _EMPTY_LINES.split(text):
        pieces = [" ".join(piece.split()) for piece in paragraph.split(BREAK)]
        pieces = [piece for piece in pieces if piece]
        ends = sum(piece.endswith(_SENTENCE_ENDS) for piece in pieces[:-1])
        if len(pieces) > 1 and ends * 10 >= (len(pieces) - 1) * 6:
            out.extend(pieces)
        else:
            out.append(" ".join(pieces))
    return out


def _indented(text: str) -> list[str]:
    """Paragraphs of wrapped text that stands in one element as it was typed: each begins indented, the rest does not.

    Example, Reuters: `    Spot gold rose to $1,200 per ounce by\\n0307 GMT, while ...`. Pretty-printed XML, where every
    further line is indented, is one paragraph.
    """
    lines = text.split("\n")
    further = [line for line in lines[1:] if line.strip()]
    starts = sum(1 for line in further if line.startswith("   "))
    flush = sum(1 for line in further if line[0] not in " \t")
    if starts < 2 or flush < 2:
        return [" ".join(text.split())]
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("   ") or not line.strip():
            paragraphs.append([])
        paragraphs[-1].append(line)
    return [" ".join(" ".join(paragraph).split()) for paragraph in paragraphs]


def _joined(lines: list[tuple[str, str | None]], rule: str) -> Layout:
    blocks, start = [], 0
    for line, label in lines:
        if label is not None:
            blocks.append(Block(start, start + len(line), label, rule))
        start += len(line) + 1
    return Layout("\n".join(line for line, _ in lines), tuple(blocks))


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
    return _joined([(line, label) for line in layout.text.splitlines()], rule)


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
