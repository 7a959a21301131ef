"""Sentences with their quotations folded away, so that a parser reads the grammar around the marks.

A quotation that stands as a clause of its own becomes a placeholder ("Yes,"); words in marks that belong to the
sentence around them stay, without their marks. Every character of a skeleton knows where it came from.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.language.cues import Words
from etl.language.marks import Marked

_END = re.compile(r"[.?!…]+[)\]’'”\"]*(?=\s)")
_WORD_BEFORE = re.compile(r"([\w.&'’-]+)$")
_TERMINAL = re.compile(r"[.?!…—–-][\s'’”\"\])]*$")
_INNER_BORDER = re.compile(r"[a-z\d)\]’'”\"][.?!…]+[”’'\"]?\s+[\[“‘\"']*[A-Z]")
_FIRST_WORD = re.compile(r"\s+([a-z][\w’'-]*)")
_INNER_STOP = re.compile(r"[.?!](?=[’'”\"]?\s+[\[“‘\"']*[A-Z])")
PLACEHOLDER = "Yes"


@dataclass(frozen=True, slots=True)
class Piece:
    """`skeleton[start:end]` stands for `paragraph[source_start:source_end]`; `quote` numbers a folded one."""

    start: int
    end: int
    source_start: int
    source_end: int
    quote: int | None = None


@dataclass(frozen=True, slots=True)
class Skeleton:
    """One sentence, `paragraph[start:end]`; `quotes` are the numbers of its marked stretches, `folded` the
    numbers of those that became placeholders."""

    start: int
    end: int
    text: str
    pieces: tuple[Piece, ...]
    quotes: tuple[int, ...]
    folded: frozenset[int]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` came from in the paragraph."""
        first = next((p for p in self.pieces if p.end > start), self.pieces[-1])
        last = next((p for p in reversed(self.pieces) if p.start < end), self.pieces[0])
        left = first.source_start + (0 if first.quote is not None else max(0, start - first.start))
        right = last.source_end - (0 if last.quote is not None else max(0, last.end - end))
        return left, max(left, right)

    def quote_at(self, start: int, end: int) -> int | None:
        """Number of the quotation whose placeholder covers `text[start:end]`."""
        return next((p.quote for p in self.pieces if p.quote is not None and p.start < end and start < p.end), None)


def make_skeletons(text: str, marked: Sequence[Marked], words: Words) -> tuple[Skeleton, ...]:
    """Split a paragraph into sentences, quotations being atoms, and fold the quotations away."""
    borders = [0, *_borders(text, marked, words), len(text)]
    found = []
    for start, end in itertools.pairwise(borders):
        left = start + len(text[start:end]) - len(text[start:end].lstrip())
        right = end - (len(text[start:end]) - len(text[start:end].rstrip()))
        if left < right:
            found.append(_fold(text, left, right, marked, words))
    return tuple(found)


def _borders(text: str, marked: Sequence[Marked], words: Words) -> list[int]:
    found = set()
    for match in _END.finditer(text):
        if any(m.outer_start <= match.start() < m.outer_end for m in marked):
            continue
        if _starts_sentence(text, match.end()) and not _is_abbreviation(text, match, words):
            found.add(match.end())
    for number, mark in enumerate(marked):
        if _ends_sentence(text, mark, marked[number + 1 :], words):
            found.add(mark.outer_end)
    return sorted(found)


def _starts_sentence(text: str, position: int) -> bool:
    following = text[position:].lstrip()
    return bool(following) and not (following[0].islower() or following[0] in ",;:)")


def _is_abbreviation(text: str, match: re.Match[str], words: Words) -> bool:
    if match.group()[0] != ".":
        return False
    before = _WORD_BEFORE.search(text[: match.start()])
    if before is None:
        return False
    word = before.group(1)
    is_short = word.lower() in words.sets["sentences.abbreviations"] and (word[0].isupper() or len(word) > 2)
    initials = re.fullmatch(r"(?:[A-Za-z]\.)*[A-Z]", word) is not None
    if not (is_short or initials):
        return False
    following = re.match(r"\s*[“\"'‘]?([\w’']+)", text[match.end() :])
    return not (
        following
        and following.group(1) in words.lists["sentences.starters"]
        and word.lower() not in ("mr", "mrs", "dr")
    )


def _ends_sentence(text: str, mark: Marked, later: Sequence[Marked], words: Words) -> bool:
    """Does a sentence end with this quotation? “No.” He left. -- but “No!” he said, “Why?” Judge Kowal asked."""
    if not mark.closed:
        return True
    inner = text[mark.start : mark.end].rstrip()
    if not inner or inner[-1] not in ".?!…—–-" or not _starts_sentence(text, mark.outer_end):
        return False
    stop = later[0].outer_start if later else len(text)
    after = text[mark.outer_end : stop]
    end = _END.search(after + " ")
    fragment = (after[: end.start()] if end else after).strip()
    if not fragment or inner[-1] == ".":
        return True
    return not _is_tag(fragment, words)


def _is_tag(fragment: str, words: Words) -> bool:
    """A short clause whose verb has no content of its own: "Judge Marta Kowal asked", "Reid told reporters"."""
    for match in words.cue_pattern.finditer(fragment):
        rest = fragment[match.end() :].split(",")[0].split()
        follows = not rest or rest[0].lower() in words.sets["sentences.after_tag"]
        if match.start() <= 80 and (follows or len(rest) <= 3):
            return True
    return False


def _fold(text: str, start: int, end: int, marked: Sequence[Marked], words: Words) -> Skeleton:
    inside = [(n, m) for n, m in enumerate(marked) if start <= m.outer_start and m.outer_end <= end + 1]
    out = ""
    pieces: list[Piece] = []
    folded: set[int] = set()

    def copy(left: int, right: int) -> None:
        nonlocal out
        if left < right:
            pieces.append(Piece(len(out), len(out) + right - left, left, right))
            out += text[left:right]

    position = start
    for number, mark in inside:
        copy(position, mark.outer_start)
        if _stands_alone(text, start, mark, bool(folded), words):
            folded.add(number)
            mask = f'"{PLACEHOLDER}' + _tail(text, mark) + '"'
            pieces.append(Piece(len(out), len(out) + len(mask), mark.outer_start, mark.outer_end, number))
            out += mask
        else:
            copy(mark.start, mark.end)
            # “weak. They were stiff” inside a sentence: its stops would end the sentence for the parser
            out = out[: -(mark.end - mark.start)] + _INNER_STOP.sub(",", text[mark.start : mark.end])
        position = mark.outer_end
    copy(position, end)
    return Skeleton(start, end, out, tuple(pieces), tuple(n for n, _ in inside), frozenset(folded))


def _tail(text: str, mark: Marked) -> str:
    inner = text[mark.start : mark.end].rstrip()
    return inner[-1] if inner and inner[-1] in ",.?!" else ""


def _stands_alone(text: str, start: int, mark: Marked, after_folded: bool, words: Words) -> bool:
    """Is the quotation a clause of its own rather than words of the sentence around it?"""
    inner = text[mark.start : mark.end].strip()
    before = text[start : mark.outer_start].rstrip()
    if not inner:
        return False
    begins_low = inner[0].islower() and before and before[-1] not in ":—–"
    if not mark.closed or not mark.opened or (_INNER_BORDER.search(inner) and not (begins_low and not after_folded)):
        return True
    after = text[mark.outer_end : mark.outer_end + 1]
    if not before:
        if _TERMINAL.search(inner) or inner[-1] == "," or after in (",", ""):
            return True
        following = _FIRST_WORD.match(text, mark.outer_end)
        is_subject = following is not None and following.group(1).lower() not in words.verbs
        return inner[0].isupper() and " " in inner and not is_subject
    if before[-1] in ":,—–-(" and (inner[0].isupper() or inner[0] in "[…." or after_folded):
        return before[-1] not in ",(" or len(inner.split()) > 2 or inner[-1] in ".?!"
    return after_folded and before[-1] in ",—–-"
