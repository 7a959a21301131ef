"""The running text of a web page: its paragraphs and subheads, without links to other stories, captions and boxes.

The page is weighed from below: an element weighs as much as the text of its paragraphs that is not link text. From
the body down, the heaviest child is followed while it holds nearly all the weight; in what is reached, paragraphs
are taken in order, and elements whose class names furniture, or that are mostly links, are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from lxml import etree

from etl.readers.html_rules import is_furniture, rules, says_text
from etl.records import Block

# fmt: off
_INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt",
    "u", "var", "wbr",
))
# fmt: on
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_MIN_PARAGRAPH = 25
_HOLDS_NEARLY_ALL = 0.75
_LEAST_TEXT = 150
_OVERLAP = 40
_MAX_CHECKS = 40
_LONGEST_NAME = 300
_WORTH_WIDENING = 1.3
_HOLDS_A_PART = 0.35
_DECAY = 0.8
_MARKED = 1.5
_PARAGRAPHS = frozenset(("p", "li", "blockquote", "ul", "ol", "h2", "h3", "h4", "h5", "h6"))
_FURNITURE_SHARE = 0.4
_LINKED = 0.6
# What links say to screen readers in the midst of a sentence: "the report, opens new tab by the institute".
_READ_ALOUD = re.compile(r",?\s*\(?opens (?:in )?(?:a )?new (?:tab|window)\)?", re.IGNORECASE)
_NO_LETTERS = re.compile(r"[\W_]+")
_LONGEST_PHRASE = 160
_SHORTEST_LOOSE = 80
_MAX_DEPTH = 250


@dataclass(slots=True)
class _Line:
    """One paragraph as it stands in the page."""

    text: str
    tag: str
    linked: float


@dataclass(frozen=True, slots=True)
class Body:
    """Text, one line a paragraph, and the lines that are subheads."""

    text: str
    blocks: tuple[Block, ...]


def extract_body(root: etree._Element, headline: str | None, article_body: str | None) -> Body:
    """The running text of a parsed page. The tree is changed: what never holds text is taken out of it."""
    body = root.find(".//body")
    top = body if body is not None else root
    etree.strip_elements(top, *rules()["body"]["drop"], with_tail=False)
    weights = _Weights(top)
    weights.weigh(top, 0)
    container = _container(top, weights)
    lines = _Collector(weights, container).collect()
    lines = _trimmed(lines, headline)
    return _laid_out(_checked(lines, article_body) if article_body else lines)


def _checked(lines: list[_Line], article_body: str) -> list[_Line]:
    """The lines in the light of the text that the page states in its JSON-LD.

    Where that text holds nearly all of the lines, those in front of its first and behind its last are furniture; where
    it is much longer than they are, the page shows only a part, and the stated text stands in.
    """
    stated = _letters(article_body)
    if len(stated) < _LEAST_TEXT:
        return lines
    keys = [_letters(line.text) for line in lines]
    known = [len(key) > 12 and key in stated for key in keys]
    shown, common = sum(map(len, keys)), sum(len(key) for key, is_known in zip(keys, known, strict=True) if is_known)
    is_part = common * 10 >= shown * 9 or shown < _LEAST_TEXT
    if is_part and shown * 115 < len(stated) * 100:
        return _completed(lines, article_body)
    if common * 10 < shown * 7 or common * 10 < len(stated) * 8:
        return lines
    first, last = known.index(True), len(known) - 1 - known[::-1].index(True)
    while first and lines[first - 1].tag in _HEADINGS:
        first -= 1
    return lines[first : last + 1]


def _completed(lines: list[_Line], article_body: str) -> list[_Line]:
    """The lines that the page shows, and behind them what the stated text goes on with; or all of that text."""
    end = lines[-1].text[-_OVERLAP:] if lines else ""
    at = article_body.find(end) if len(end) == _OVERLAP else -1
    rest = article_body[at + _OVERLAP :] if at >= 0 else article_body
    shown = lines if at >= 0 else []
    return shown + [_Line(line, "p", 0.0) for line in _sentenced(rest)]


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text).casefold()


class _Weights:
    """What every element weighs: `mass`, the paragraphs in it; `score`, the same, halved with every step down."""

    def __init__(self, top: etree._Element) -> None:
        self.page = _text_length(top)
        self.checks = _MAX_CHECKS
        self.mass: dict[etree._Element, int] = {}
        self.score: dict[etree._Element, float] = {}
        self.furniture: set[etree._Element] = set()

    def weigh(self, element: etree._Element, depth: int, is_inside: bool = False) -> tuple[int, int]:
        """Characters of text that an inline element hands to its paragraph, and those of them in links."""
        tag = element.tag
        if not isinstance(tag, str) or depth > _MAX_DEPTH:
            return 0, 0
        own, linked, mass, score = len((element.text or "").strip()), 0, 0, 0.0
        is_inside = is_inside or (tag not in _INLINE and is_furniture(element) and not self._is_the_page(element))
        if is_inside:
            self.furniture.add(element)
        for child in element:
            text, links = self.weigh(child, depth + 1, is_inside)
            own, linked = own + text, linked + links
            if child.tail:
                own += len(child.tail.strip())
            inner = self.mass.get(child, 0)
            if inner and (is_inside or child not in self.furniture):
                mass += inner
                score += self.score[child] * (1.0 if child.tag in _PARAGRAPHS else _DECAY)
        if tag == "a":
            return own, own  # and what blocks it holds are link text too
        if tag not in _INLINE:
            if own - linked >= _MIN_PARAGRAPH:
                mass, score = mass + own - linked, score + own - linked
            own = linked = 0
        if mass:
            self.mass[element], self.score[element] = mass, score
        return own, linked

    def _is_the_page(self, element: etree._Element) -> bool:
        """Half of the page's text stands in it: it is a wrapper with a misleading name, such as a form round it all."""
        says = f"{element.get('class') or ''} {element.get('id') or ''}"
        self.checks -= 1
        if self.checks < 0 or re.search(rules()["body"]["never"], says[:_LONGEST_NAME], re.IGNORECASE):
            return False
        return _text_length(element) * 2 > self.page


def _text_length(element: etree._Element) -> int:
    return sum(len(text.strip()) for text in map(str, element.itertext()))


def _container(top: etree._Element, weights: _Weights) -> etree._Element:
    """The element with the most paragraphs close to it, widened while what is around it adds text but not much."""
    if not weights.score:
        return top
    clean = [element for element in weights.score if element not in weights.furniture]
    candidates = clean if sum(weights.mass[element] for element in clean[-1:]) >= _LEAST_TEXT else list(weights.score)
    best = max(candidates, key=lambda element: weights.score[element] * (_MARKED if says_text(element) else 1.0))
    core = weights.mass[best]
    at, found = best, best
    while (parent := at.getparent()) is not None and parent is not top.getparent():
        around = weights.mass.get(parent, 0)
        share = _HOLDS_A_PART if _is_split(at, parent, weights) else _HOLDS_NEARLY_ALL
        if around * share > core or is_furniture(at):
            break
        if around > weights.mass[found] * _WORTH_WIDENING:
            found = parent
        at = parent
    return found


def _is_split(child: etree._Element, parent: etree._Element, weights: _Weights) -> bool:
    """Whether a text seems cut into sections: a sibling of the same make holds text as well."""
    make = child.tag, (child.get("class") or "").split()[:1]
    return any(
        sibling is not child
        and sibling.tag == make[0]
        and (sibling.get("class") or "").split()[:1] == make[1]
        and weights.mass.get(sibling, 0) >= 100
        and not is_furniture(sibling)
        for sibling in parent
    )


class _Collector:
    """Walks the container and takes its paragraphs in order."""

    def __init__(self, weights: _Weights, container: etree._Element) -> None:
        self.weights = weights
        self.container = container
        self.whole = weights.mass.get(container, 0)
        self.lines: list[_Line] = []

    def collect(self) -> list[_Line]:
        self._walk(self.container, 0)
        return self.lines

    def _walk(self, element: etree._Element, depth: int) -> None:
        if depth > _MAX_DEPTH:
            return
        run = [element.text or ""]
        linked = 0
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and tag in _INLINE and not _holds_blocks(child):
                if tag == "br":
                    run.append("\n")
                elif not self._is_furniture(child):
                    text = "".join(map(str, child.itertext()))
                    run.append(text)
                    linked += (
                        len(text.strip())
                        if tag == "a"
                        else sum(len("".join(map(str, a.itertext()))) for a in child.iter("a"))
                    )
            elif isinstance(tag, str):
                self._flush(element, run, linked)
                run, linked = [], 0
                if tag == "a":
                    text = "".join(map(str, child.itertext()))
                    self._flush(child, [text], len(text))
                elif self._is_furniture(child):
                    pass
                elif tag == "tr" and not any(
                    inner.tag in _PARAGRAPHS or inner.tag in ("div", "table") for inner in child.iterdescendants()
                ):
                    row = " ".join("".join(map(str, cell.itertext())).strip() for cell in child)
                    self._flush(child, [row], sum(len("".join(map(str, a.itertext()))) for a in child.iter("a")))
                else:
                    self._walk(child, depth + 1)
            run.append(child.tail or "")
        self._flush(element, run, linked)

    def _flush(self, element: etree._Element, run: list[str], linked: int) -> None:
        text = "".join(run)
        if not text.strip():
            return
        tag = element.tag if isinstance(element.tag, str) else ""
        pieces = re.split(r"\n\s*\n", text) if "\n" in text and element.tag != "p" else [text]
        for piece in pieces:
            line = " ".join(_READ_ALOUD.sub("", piece).split())
            if line:
                self.lines.append(_Line(line, tag, linked / max(1, len(text.strip()))))

    def _is_furniture(self, element: etree._Element) -> bool:
        if self.container in self.weights.furniture:
            return False
        return element in self.weights.furniture or (element.tag in _INLINE and is_furniture(element))


def _holds_blocks(element: etree._Element) -> bool:
    return len(element) > 0 and any(
        isinstance(inner.tag, str) and inner.tag not in _INLINE for inner in element.iterdescendants()
    )


def _trimmed(lines: list[_Line], headline: str | None) -> list[_Line]:
    """Lines of running text: link lists, crumbs of layout, the headline's own print and headings without text go."""
    kept: list[_Line] = []
    for line in lines:
        if _is_crumb(line, headline):
            while kept and kept[-1].tag in _HEADINGS and line.linked > _LINKED:
                kept.pop()  # "Related stories" above links
            continue
        kept.append(line)
    while kept and kept[-1].tag in _HEADINGS:
        kept.pop()
    return kept


def _is_crumb(line: _Line, headline: str | None) -> bool:
    length = len(line.text)
    if line.linked > 0.9 or (line.linked > _LINKED and length < 200):
        return True
    if line.tag == "h1" or (headline is not None and line.text == headline):
        return True
    if length < _LONGEST_PHRASE and _phrases().match(line.text):
        return True
    is_loose = line.tag not in ("p", "li", "blockquote", "dd", "pre", "tr", *_HEADINGS)
    return (
        is_loose and length < _SHORTEST_LOOSE and not line.text.endswith((".", "!", "?", "”", '"', "。", "»", "“", ":"))
    )


@cache
def _phrases() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{phrase})" for phrase in rules()["body"]["phrases"]), re.IGNORECASE)


def _sentenced(text: str) -> list[str]:
    return [line for line in (" ".join(part.split()) for part in re.split(r"\n+", text)) if line]


def _laid_out(lines: list[_Line]) -> Body:
    blocks, start = [], 0
    for line in lines:
        if line.tag in _HEADINGS:
            blocks.append(Block(start, start + len(line.text), "subhead", "html_heading"))
        start += len(line.text) + 1
    return Body("\n".join(line.text for line in lines), tuple(blocks))
