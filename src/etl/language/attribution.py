"""One sentence at a time: which quotation or content belongs to which cue and speaker."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etl.language.cues import Words
from etl.language.drafts import Draft, mark_nested, placeholder_at, printed_speaker, relative_of, span_of
from etl.language.indirect import Report, find_reports
from etl.language.marks import Marked
from etl.language.partial import read_partial
from etl.language.skeletons import Skeleton
from etl.language.standing import read_standing
from etl.language.trees import Tree

_DASH = re.compile(r"\s(?:[—–]|-{1,2})\s")
_TAIL = re.compile(r"(\s*,?\s*(?:[—–]|-{1,2})?\s+)([\w’']+)\W*([\w’']*)")


def read_sentence(
    paragraph: str, skeleton: Skeleton, tree: Tree | None, marked: Sequence[Marked], words: Words
) -> list[Draft]:
    """Drafts of one sentence in order of their start; stretches in marks that nobody claims are left out."""
    found: list[Draft] = []
    if tree is not None:
        tokens = {t: n for t in range(len(tree)) if (n := placeholder_at(skeleton, tree, t)) is not None}
        for report in find_reports(tree, words, frozenset(tokens)):
            if _in_marks(skeleton, tree, report.cue_first, marked):
                continue  # “I say we wait”: what a quotation says somebody said is not told by the story
            draft = _from_report(paragraph, skeleton, tree, report, marked, words)
            if draft is not None:
                found.append(draft)
        found = _drop_repeats(found)
        found.extend(read_standing(skeleton, tree, tokens, marked, words))
        claimed = {n for d in found for n in d.numbers}
        claimed |= {n for n in skeleton.quotes if is_so_called(paragraph, marked[n], words)}
        found.extend(read_partial(skeleton, tree, marked, words, claimed))
    found.sort(key=lambda d: (d.start, -d.end))
    mark_nested(found)
    return found


def _in_marks(skeleton: Skeleton, tree: Tree, token: int, marked: Sequence[Marked]) -> bool:
    place = skeleton.source(*tree.tokens[token])[0]
    return any(marked[n].start <= place < marked[n].end for n in skeleton.quotes)


def _from_report(
    paragraph: str, skeleton: Skeleton, tree: Tree, report: Report, marked: Sequence[Marked], words: Words
) -> Draft | None:
    start, end = span_of(skeleton, tree, report.first, report.stop)
    inline = [n for n in skeleton.quotes if n not in skeleton.folded and not is_so_called(paragraph, marked[n], words)]
    inside = [n for n in inline if marked[n].start < end and start < marked[n].end]
    for number in inside:  # never cut through a pair of marks
        start, end = min(start, marked[number].outer_start), max(end, marked[number].outer_end)
    if any(marked[n].start < end and start < marked[n].end for n in skeleton.folded):
        start, end = _beside_folded(skeleton, marked, start, end)
        if start >= end:
            return None
    quote_type = "indirect"
    end = _without_tail(paragraph, marked, inside, (start, end), words)
    if inside:
        quote_type, start, end = _marked_type(paragraph, marked, inside, start, end)
    kind = report.kind
    if quote_type != "indirect" and report.is_spoken and report.speaker is not None:
        kind = "speech"
    who = printed_speaker(skeleton, tree, report.speaker)
    cue = span_of(skeleton, tree, report.cue_first, report.cue_stop)
    return Draft(
        start, end, quote_type, kind, report.form, f"{report.frame}:{report.lemma}",
        cue, who and who[0], who and who[1], tuple(inside), relative=relative_of(skeleton, tree, report.cue_first),
    )  # fmt: skip


def _without_tail(
    paragraph: str, marked: Sequence[Marked], inside: Sequence[int], span: tuple[int, int], words: Words
) -> int:
    """Cut what the reporter adds behind the last words in marks: “a sham,” which ... or “a sham” -- a claim that ..."""
    start, end = span
    if not inside:
        return end
    last = max(marked[n].outer_end for n in inside)
    if len(_DASH.findall(paragraph[start:last])) % 2:
        return end  # the tone -- “an outrage” -- that he hears: the dash behind the marks closes an aside
    tail = _TAIL.match(paragraph[last:end])
    if tail is None:
        return end
    pause, word, following = tail.group(1).strip(), tail.group(2).lower(), tail.group(3).lower()
    pause = pause or paragraph[:last].rstrip("”’'\"»`")[-1:].strip("abcdefghijklmnopqrstuvwxyz")
    if word in words.sets["attribution.tails"]:
        return last if pause or following in words.sets["attribution.tail_subjects"] else end
    return last if pause and (pause not in ",.?!" or word in words.sets["attribution.articles"]) else end


def is_so_called(paragraph: str, mark: Marked, words: Words) -> bool:
    """Are the words in marks a name that the story explains: asked to be called only “Lucky”?"""
    inner = paragraph[mark.start : mark.end].split()
    before = re.findall(r"[\w’'-]+", paragraph[max(0, mark.outer_start - 40) : mark.outer_start])
    named = bool(before) and before[-1].lower() in words.sets["attribution.so_called"]
    return named and len(inner) <= 3 and all(word[0].isupper() for word in inner)


def _beside_folded(skeleton: Skeleton, marked: Sequence[Marked], start: int, end: int) -> tuple[int, int]:
    for number in sorted(skeleton.folded):
        mark = marked[number]
        if mark.outer_start <= start < mark.outer_end:
            start = mark.outer_end
        elif start < mark.outer_start < end:
            end = mark.outer_start
    return start, end


def _marked_type(
    paragraph: str, marked: Sequence[Marked], inside: Sequence[int], start: int, end: int
) -> tuple[str, int, int]:
    """`direct` when every word of the content is in marks, else `mixed`."""
    outside = paragraph[start:end]
    for number in inside:
        mark = marked[number]
        outside = outside.replace(paragraph[mark.outer_start : mark.outer_end], " ")
    if len(inside) == 1 and not re.search(r"\w", outside):
        return "direct", marked[inside[0]].start, marked[inside[0]].end
    return "mixed", start, end


def _drop_repeats(drafts: list[Draft]) -> list[Draft]:
    """One draft for each content: the first found, unless a later one knows its speaker."""
    best: dict[tuple[int, int], Draft] = {}
    for draft in drafts:
        held = best.get((draft.start, draft.end))
        if held is None or (held.speaker is None and draft.speaker is not None):
            best[draft.start, draft.end] = draft
    return list(best.values())
