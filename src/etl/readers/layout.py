"""The text of a marked-up body, one line a paragraph, with the stretches that are known not to be running text.

One walk serves NITF, XHTML and HTML bodies: what is a paragraph, a table row or a caption is a matter of the
element's name. No text is lost: unknown elements are inline, tails of inline children belong to their paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from etl.readers.markup import RefusalError
from etl.records import Block

# How elements are set; what is not listed is inline. Names are those of NITF 3.6 and of HTML, lower case.
# fmt: off
_BLOCK = (
    "p", "block", "nav", "body", "body.content", "body.end", "hr", "li", "ul", "ol", "dl", "dt", "dd", "bq",
    "blockquote", "div", "section", "article", "main", "aside", "h1", "address", "center",
    "form", "fieldset", "details", "summary", "fn", "media", "figure", "table", "thead", "tbody", "tfoot",
    "nitf-table", "custom-table", "postaddr", "note", "hedline", "abstract", "col", "colgroup", "tr", "html",
    "nitf", "inlinexml", "inlinedata", "option",
)
# fmt: on
# fmt: off
_SKIPPED = (
    "script", "style", "head", "template", "noscript", "iframe", "object", "embed", "applet", "audio", "video",
    "canvas", "svg", "math", "select", "button", "input", "media-object", "media-metadata", "media-reference",
    "nitf-table-metadata", "nitf-col", "nitf-colgroup", "docdata",
)
# fmt: on
_LABELLED = {
    "hl2": "subhead",
    "h2": "subhead",
    "h3": "subhead",
    "h4": "subhead",
    "h5": "subhead",
    "h6": "subhead",
    "header": "header",
    "footer": "page",
    "caption": "caption",
    "figcaption": "caption",
    "media-caption": "caption",
    "media-producer": "caption",
    "credit": "credit",
    "tagline": "credit",
    "bibliography": "credit",
    "byline": "byline",
    "dateline": "dateline",
    "copyrite": "copyright",
    "note": "ednote",
}
# TT's own NITF: headline, place and source, intermediate headings, pictures.
_LABELLED |= {
    "rubrik": "subhead",
    "dat": "header",
    "mellis": "subhead",
    "bild": "caption",
    "bildtext": "caption",
    "bildskapare": "caption",
}
_ACTION = {
    **dict.fromkeys(_BLOCK, "block"),
    **dict.fromkeys(_SKIPPED, "skip"),
    **dict.fromkeys(_LABELLED, "label"),
    **dict.fromkeys(("text", "ort", "ingress", "brodtext", "citat", "faktaruta"), "block"),
    "bildfil": "skip",
    "br": "break",
    "pre": "verbatim",
    "xmp": "verbatim",
    "td": "cell",
    "th": "cell",
    "tr": "row",
}
_BREAK, _CELL = "\x1e", "\x1f"  # cannot stand in XML text; taken out of HTML text
_LONGEST_SUBHEAD = 150
_ONLY_TAGS = re.compile(r"(?:</?[A-Za-z][^<>]*>\s*)+")
_SENTENCE_END = re.compile(r"[.!?:;…\"”»’')\]]$")


@dataclass(frozen=True, slots=True)
class Layout:
    """Lines joined by newlines, and the labelled ones among them."""

    text: str
    blocks: tuple[Block, ...] = ()


class _Setter:
    """The lines set so far, the open line, the label in force and whether a table row is open."""

    __slots__ = ("label", "lines", "max_depth", "open", "rows", "rule")

    def __init__(self, rule: str, max_depth: int) -> None:
        self.lines: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.label: str | None = None
        self.rows = 0
        self.rule = rule
        self.max_depth = max_depth

    def flush(self) -> None:
        if not self.open:
            return
        text = "".join(self.open)
        self.open = []
        if self.rows:  # a paragraph inside a table cell does not break the row
            self.open = [text, " "]
            return
        if _CELL in text:
            text = "\t".join(" ".join(cell.split()) for cell in text.replace(_BREAK, " ").split(_CELL)).strip("\t")
            pieces = [text]
        elif _BREAK in text:
            pieces = _broken(text)
        elif "\n   " in text:
            pieces = _indented(text)
        else:
            pieces = [" ".join(text.split())]
        self.lines.extend((piece, _label_of(piece, self.label)) for piece in pieces if piece)

    def walk(self, element: etree._Element, depth: int) -> None:
        if depth > self.max_depth:
            raise RefusalError("too_deep", f"elements nest deeper than {self.max_depth}")
        if element.text:
            self.open.append(element.text)
        for child in element:
            self._set(child, depth + 1)
            if child.tail:
                self.open.append(child.tail)

    def _set(self, child: etree._Element, depth: int) -> None:
        tag = child.tag
        if not isinstance(tag, str):
            return
        action = _ACTION.get(tag.rpartition("}")[2].lower())
        if action is None:
            self.walk(child, depth)
        elif action == "block":
            self.flush()
            self.walk(child, depth)
            self.flush()
        elif action != "skip":
            getattr(self, f"_set_{action}")(child, depth)

    def _set_break(self, child: etree._Element, depth: int) -> None:
        self.open.append(_BREAK)
        self.walk(child, depth)

    def _set_cell(self, child: etree._Element, depth: int) -> None:
        self.walk(child, depth)
        self.open.append(_CELL)

    def _set_row(self, child: etree._Element, depth: int) -> None:
        self.flush()
        self.rows += 1
        self.walk(child, depth)
        self.rows -= 1
        self.flush()

    def _set_label(self, child: etree._Element, depth: int) -> None:
        self.flush()
        before, label = self.label, _LABELLED[child.tag.rpartition("}")[2].lower()]
        if label != "subhead" or _is_over_text(child):
            self.label = label
        self.walk(child, depth)
        self.flush()
        self.label = before

    def _set_verbatim(self, child: etree._Element, depth: int) -> None:
        """Preformatted text keeps its lines and the spaces that align its columns."""
        self.flush()
        if depth > self.max_depth:
            raise RefusalError("too_deep", f"elements nest deeper than {self.max_depth}")
        lines = "".join(map(str, child.itertext())).replace("\r\n", "\n").splitlines()
        self.lines.extend((line.rstrip(), self.label) for line in lines if line.strip())


def _is_over_text(heading: etree._Element) -> bool:
    """A heading over a paragraph is a subhead; over a table, or alone in its block, it is the first line of a table."""
    following = heading.getnext()
    if following is None or not isinstance(following.tag, str):
        return False
    return following.tag.rpartition("}")[2].lower() in ("p", "citat")


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
    for paragraph in re.split(rf"{_BREAK}\s*{_BREAK}[\s{_BREAK}]*", text):
        pieces = [" ".join(piece.split()) for piece in paragraph.split(_BREAK)]
        pieces = [piece for piece in pieces if piece]
        ends = sum(1 for piece in pieces[:-1] if _SENTENCE_END.search(piece))
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


def lay_out(*elements: etree._Element | None, rule: str, max_depth: int = 256) -> Layout:
    """Set the elements one after the other.

    Args:
        elements: bodies or parts of bodies; None is passed over.
        rule: names the reader in the `rule` of the blocks.
        max_depth: how deep elements may nest.

    Raises:
        RefusalError: `too_deep`.
    """
    setter = _Setter(rule, max_depth)
    for element in elements:
        if element is not None:
            setter._set(element, 0)
            setter.flush()
    return _joined(setter.lines, rule)


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
