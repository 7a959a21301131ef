"""Speech set off by a label and a colon: interviews, transcripts, headlines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from etl.language.continuity import Block
from etl.language.cues import Words
from etl.language.drafts import Draft
from etl.language.speakers import Cast

_NAME_LABEL = re.compile(r"([A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3})\s*:\s+(?=\S)")
_MARKS = "“”\"‘’'`«»„"
_FEWEST_TURNS = 2


def find_turns(blocks: Sequence[Block], cast: Cast, words: Words) -> set[int]:
    """Add a draft for each turn of an interview or transcript; the places of the blocks that are turns.

    Labels are those of the language ("Q:" and "A:", both) or names in capitals or of people in the story: two at
    least, one of them twice, for else it is a list.
    """
    labelled = [(place, *found) for place, b in enumerate(blocks) if (found := _label(b, cast, words)) is not None]
    labelled = _without_lists(labelled, blocks)
    answering = cast.interviewee(words)
    for place, kind, end in labelled:
        block = blocks[place]
        draft = Draft(end, len(block.text), "direct", "speech", "qa", f"turn:{kind}")
        if kind == "name":
            name = block.text[:end].rstrip(" :\u00a0\t")
            draft.speaker = (0, len(name))
            draft.head = (len(name) - len(name.split()[-1]), len(name))
        elif kind == "answer":
            draft.cluster = answering
        else:
            draft.kind = "not_quotation"  # what the interviewer asks is not what the story reports
        block.drafts.append(draft)
    return {place for place, _, _ in labelled}


def _without_lists(labelled: list[tuple[int, str, int]], blocks: Sequence[Block]) -> list[tuple[int, str, int]]:
    kinds = {kind for _, kind, _ in labelled}
    names = Counter(blocks[place].text[:end].strip(" :") for place, kind, end in labelled if kind == "name")
    asked = "question" in kinds
    is_transcript = len(names) + asked >= _FEWEST_TURNS and max(names.values(), default=0) >= _FEWEST_TURNS
    is_interview = asked and ("answer" in kinds or is_transcript)
    return [found for found in labelled if (is_transcript if found[1] == "name" else is_interview)]


def _label(block: Block, cast: Cast, words: Words) -> tuple[str, int] | None:
    """Kind of a paragraph's label and where its words begin."""
    if block.part != "text":
        return None
    for kind in ("question", "answer"):
        for label in words.lists[f"attribution.labels_{kind}"]:
            match = re.match(rf"{label}\s*[:.)]?[:.)—–-]\s*(?=\S)", block.text)
            if match is not None:
                return kind, match.end()
    match = _NAME_LABEL.match(block.text)
    if match is None or block.text[match.end()] in _MARKS:
        return None
    if match.group(1).isupper() or cast.is_person(block.part, block.base, block.base + match.end(1)):
        return "name", match.end()
    return None


def read_headline(block: Block, cast: Cast, words: Words) -> None:
    """Add a draft for "Minister: taxes will rise" and "Taxes will rise: minister"."""
    if block.drafts or block.text.rstrip()[-1:] in ".!" or ":" not in block.text:
        return
    left, right = block.text.split(":", 1)
    start = len(left) + 1 + len(right) - len(right.lstrip())
    if _speaks(block, 0, len(left), cast, words):
        _add(block, (start, len(block.text)), (0, len(left)))
    elif _speaks(block, start, len(block.text), cast, words):
        _add(block, (0, len(left)), (start, len(block.text)))


def _speaks(block: Block, start: int, end: int, cast: Cast, words: Words) -> bool:
    """Is a part of a headline somebody: a name, or a short phrase that ends in one who can speak?"""
    said = block.text[start:end].split()
    if not said or len(said) > 6 or any(c.isdigit() for c in block.text[start:end]):
        return False
    last = said[-1].lower()
    known = any(words.has(f"speakers.{kind}", last) for kind in ("anonymous", "documents", "offices"))
    return known or cast.is_speaker(block.part, start + block.base, end + block.base)


def _add(block: Block, content: tuple[int, int], who: tuple[int, int]) -> None:
    start, end = content
    inside = [n for n, m in enumerate(block.marked) if start <= m.outer_start and m.outer_end <= end]
    outside = len(re.findall(r"\w+", block.text[start:end])) - sum(
        len(re.findall(r"\w+", block.text[block.marked[n].start : block.marked[n].end])) for n in inside
    )
    if len(inside) == 1 and outside == 0:
        start, end = block.marked[inside[0]].start, block.marked[inside[0]].end
    kind = "indirect" if not inside else ("direct" if outside == 0 else "mixed")
    draft = Draft(start, end, kind, "speech", "colon", "headline", numbers=tuple(inside))
    name = block.text[who[0] : who[1]].rstrip()
    draft.speaker = (who[0], who[0] + len(name))
    draft.head = (who[0] + len(name) - len(name.split()[-1]), who[0] + len(name))
    block.drafts.append(draft)
