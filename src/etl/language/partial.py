"""Words in marks inside a sentence that hang on a cue without being its content by grammar."""

from __future__ import annotations

from collections.abc import Sequence

from etl.language.cued import trim
from etl.language.cues import Words
from etl.language.drafts import Draft, printed_speaker, span_of
from etl.language.marks import Marked
from etl.language.skeletons import Skeleton
from etl.language.standing import speaker_beside, speaks_at
from etl.language.trees import Tree

_FARTHEST_MARKS = 25


def read_partial(
    skeleton: Skeleton, tree: Tree, marked: Sequence[Marked], words: Words, claimed: set[int]
) -> list[Draft]:
    """Words in marks that hang on a cue of speech without being its content by grammar."""
    found = []
    for number in skeleton.quotes:
        if number in claimed or number in skeleton.folded:
            continue
        mark = marked[number]
        inside = [t for t in range(len(tree)) if mark.start <= skeleton.source(*tree.tokens[t])[0] < mark.end]
        if not inside:
            continue
        before = _cue_before(tree, words, inside[0])
        if before is None:
            continue
        adjacent = before == inside[0] - 1
        who = printed_speaker(skeleton, tree, speaker_beside(tree, before, {}))
        start, end, quote_type = _phrase_of(skeleton, tree, mark, inside)
        if not adjacent:
            first, _ = trim(tree, words, before + 1, inside[0])
            if first < inside[0]:
                start, end, quote_type = span_of(skeleton, tree, first, inside[0])[0], max(end, mark.outer_end), "mixed"
        found.append(
            Draft(
                start, end, quote_type, "speech", "speaker_cue",
                f"partial:{words.verbs[tree.words[before]].lemma}",
                span_of(skeleton, tree, before, before + 1), who and who[0], who and who[1], (number,),
            )
        )  # fmt: skip
    return found


def _cue_before(tree: Tree, words: Words, token: int) -> int | None:
    """The cue of speech that words in marks hang on: right before them, or above them and not far."""
    before = token - 1
    complementizers = words.sets["grammar.complementizer"]
    while before >= 0 and (tree.words[before] in (",", ":") or tree.words[before] in complementizers):
        before -= 1
    if before >= 0 and speaks_at(tree, words, before) is not None:
        return before
    for verb in tree.ancestors(token):
        cue = speaks_at(tree, words, verb)
        if cue is not None and verb < token <= verb + _FARTHEST_MARKS and cue.speech & {"l", "as"}:
            return verb
        if cue is None and tree.pos[verb] == "VERB":
            return None
    return None


def _phrase_of(skeleton: Skeleton, tree: Tree, mark: Marked, inside: Sequence[int]) -> tuple[int, int, str]:
    """The marks and the rest of the phrase they begin: reported “40 shootings” in the city since May."""
    heads = [t for t in inside if tree.heads[t] not in inside or tree.heads[t] == t]
    stop = max(tree.subtree(t)[1] for t in heads)
    last = span_of(skeleton, tree, inside[0], stop)[1]
    if stop <= inside[-1] + 1 or last <= mark.outer_end:
        return mark.start, mark.end, "direct"
    return mark.outer_start, last, "mixed"
