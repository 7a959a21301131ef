"""Quotations without a cue of their own: whose they are, or why they are none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from etl.language.cues import Words
from etl.language.drafts import Draft
from etl.language.marks import Marked
from etl.language.skeletons import Skeleton
from etl.language.speakers import Cast
from etl.records import Part

_MARKS = "“”\"'‘’`« "
_WORD = re.compile(r"[\w’'-]+")
_DASH_BYLINE = re.compile(r"\s*(?:[-—–―]{1,2}|--)\s*([A-Z][^.!?\n]{1,80}?)\s*[.]?\s*$")


BORROWED = frozenset({"no_cue", "continued", "before_cue", "subject_before"})
"""Rules that give a quotation the speaker of something else."""


@dataclass(slots=True)
class Block:
    """A paragraph or the headline with all that is read in it; `base` is its offset in `part`.

    `introductions` holds, by sentence, who is said to speak after a sentence that ends in a colon.
    """

    part: Part
    index: int | None
    base: int
    text: str
    marked: tuple[Marked, ...]
    skeletons: tuple[Skeleton, ...]
    drafts: list[Draft] = field(default_factory=list)
    introductions: dict[int, Draft] = field(default_factory=dict)


def add_unclaimed(block: Block, words: Words) -> None:
    """Marked stretches that no cue claims: sentences of somebody, or no quotations at all."""
    claimed = {n for d in block.drafts for n in d.numbers}
    for sentence, skeleton in enumerate(block.skeletons):
        for number in skeleton.quotes:
            if number in claimed:
                continue
            claimed.add(number)
            mark = block.marked[number]
            reason = _no_quotation(block.text, mark, number in skeleton.folded, skeleton, words)
            kind, rule = ("not_quotation", reason) if reason else ("speech", "no_cue")
            block.drafts.append(
                Draft(mark.start, mark.end, "direct", kind, "none", rule, numbers=(number,), sentence=sentence)
            )
    block.drafts.sort(key=lambda d: (d.start, -d.end))


def _no_quotation(text: str, mark: Marked, folded: bool, skeleton: Skeleton, words: Words) -> str | None:
    """Why words in marks are no quotation (the rule's name), or None when they are one."""
    inner = text[mark.start : mark.end].strip(" ,.;:")
    tokens = _WORD.findall(inner)
    before = _WORD.findall(text[skeleton.start : mark.outer_start])
    after = re.match(r"\s*([\w’'-]+)", text[mark.outer_end :])
    if not tokens:
        return "empty"
    if folded and not before and text[mark.start : mark.end].rstrip()[-1:] in ".?!…":
        return None
    named = before and before[-1][:1].isupper() and after is not None and after.group(1)[:1].isupper()
    if named and len(tokens) <= 3 and tokens[0][:1].isupper():
        return "nickname"
    if before and before[-1].lower() in words.sets["attribution.so_called"]:
        return "so_called"
    small = words.sets["attribution.name_small_words"]
    if len(tokens) <= 10 and all(t[0].isupper() or t[0].isdigit() or t in small for t in tokens):
        return "title"
    if folded and len(tokens) >= 3 and (not before or text[skeleton.start : mark.outer_start].rstrip()[-1:] in ":,—"):
        return None
    return "scare_quotes" if len(tokens) <= 4 else "quoted_words"


def carry_on(blocks: Sequence[Block], place: int, cast: Cast) -> None:
    """Give quotations without a speaker that of an introduction, a dash byline or the quotation they go on with."""
    block = blocks[place]
    for number, draft in enumerate(block.drafts):
        if draft.kind == "not_quotation" or draft.speaker is not None or draft.rule != "no_cue":
            continue
        for finder in (_introduced, _signed, _earlier, _next_cue, _previous_block, _subject):
            found = finder(blocks, place, number, cast)
            if found is not None:
                draft.rule, draft.form = found[1], found[2]
                _borrow(draft, found[0])
                break


_Found = tuple[Draft, str, str]


def _starts_block(block: Block, draft: Draft) -> bool:
    return not block.text[: draft.start].strip(_MARKS)


def _moved(draft: Draft, shift: int) -> Draft:
    def move(span: tuple[int, int] | None) -> tuple[int, int] | None:
        return None if span is None else (span[0] + shift, span[1] + shift)

    moved = Draft(draft.start, draft.end, draft.type, draft.kind, draft.form, draft.rule)
    moved.cue, moved.speaker, moved.head = move(draft.cue), move(draft.speaker), move(draft.head)
    return moved


def _introduced(blocks: Sequence[Block], place: int, number: int, _cast: Cast) -> _Found | None:
    """The sentence before ends in a colon: Obama tweeted from his own account: ... “Cool clock.”"""
    block, draft = blocks[place], blocks[place].drafts[number]
    if draft.sentence and draft.sentence - 1 in block.introductions:
        return block.introductions[draft.sentence - 1], "introduced", "colon"
    if _starts_block(block, draft) and place and blocks[place - 1].part == block.part:
        before = blocks[place - 1]
        opening = before.introductions.get(len(before.skeletons) - 1)
        if opening is not None:
            return _moved(opening, before.base - block.base), "introduced", "colon"
    return None


def _signed(blocks: Sequence[Block], place: int, number: int, _cast: Cast) -> _Found | None:
    """“We did what we could.” -- Ana Brook, harbour master"""
    block, draft = blocks[place], blocks[place].drafts[number]
    tail = block.text[draft.end :].lstrip("”\"'’")
    home = block
    if not tail.strip() and place + 1 < len(blocks):
        home, tail = blocks[place + 1], blocks[place + 1].text
    match = _DASH_BYLINE.match(tail)
    if match is None or len(match.group(1).split()) > 12:
        return None
    shift = len(home.text) - len(tail) + home.base - block.base
    name = match.group(1).split(",")[0].split(" (")[0]
    start = match.start(1) + shift
    signed = Draft(0, 0, "direct", "speech", "none", "")
    signed.speaker = (start, start + len(name))
    signed.head = (start + len(name) - len(name.split()[-1]), start + len(name))
    return signed, "signed", "none"


def _is_spoken(draft: Draft) -> bool:
    return draft.kind == "speech" and draft.speaker is not None


def _earlier(blocks: Sequence[Block], place: int, number: int, _cast: Cast) -> _Found | None:
    """The quotation before it in the same paragraph."""
    drafts = blocks[place].drafts
    for other in reversed(drafts[:number]):
        if _is_spoken(other) and other.sentence >= drafts[number].sentence - 2:
            return other, "continued", other.form
    return None


def _next_cue(blocks: Sequence[Block], place: int, number: int, _cast: Cast) -> _Found | None:
    """A paragraph that opens with it and names the speaker with its next quotation."""
    block, draft = blocks[place], blocks[place].drafts[number]
    if not _starts_block(block, draft) or _previous_block(blocks, place, number, _cast) is not None:
        return None
    for other in block.drafts[number + 1 :]:
        if other.sentence == draft.sentence + 1 and _is_spoken(other):
            return other, "before_cue", other.form
    return None


def _previous_block(blocks: Sequence[Block], place: int, number: int, _cast: Cast) -> _Found | None:
    """The last quotation of the paragraph before."""
    block, draft = blocks[place], blocks[place].drafts[number]
    if not _starts_block(block, draft) or place == 0 or blocks[place - 1].part != block.part:
        return None
    before = blocks[place - 1]
    spoken = [d for d in before.drafts if _is_spoken(d)]
    if not spoken:
        return None
    return _moved(spoken[-1], before.base - block.base), "continued", spoken[-1].form


def _subject(blocks: Sequence[Block], place: int, number: int, cast: Cast) -> _Found | None:
    """Whom the sentence before is about: Rescuer Piet Vos has not slept. “There are still voices.”"""
    block, draft = blocks[place], blocks[place].drafts[number]
    if draft.sentence:
        skeleton = block.skeletons[draft.sentence - 1]
        span, home = (skeleton.start, skeleton.end), block
    elif place and blocks[place - 1].part == block.part and blocks[place - 1].skeletons:
        home = blocks[place - 1]
        span = (home.skeletons[-1].start, home.skeletons[-1].end)
    else:
        return None
    found = cast.topic(home.part, span[0] + home.base, span[1] + home.base)
    if found is None:
        return None
    about = Draft(0, 0, "direct", "speech", "none", "")
    about.speaker = about.head = (found[0] - block.base, found[1] - block.base)
    return about, "subject_before", "none"


def _borrow(draft: Draft, other: Draft) -> None:
    draft.cue, draft.speaker, draft.head = other.cue, other.speaker, other.head
