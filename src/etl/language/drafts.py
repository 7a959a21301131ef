"""A quotation on its way, and the words beside it as the story prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from etl.language.skeletons import PLACEHOLDER, Skeleton
from etl.language.trees import SUBJECTS, Tree

NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM"})
BORDERS = frozenset({",", '"', "“", "”", "``", "''", ";", ":", "—", "–", "-", "--", "."})


@dataclass(slots=True)
class Draft:
    """A quotation on its way: offsets count in the paragraph, `numbers` are its marked stretches.

    `speaker` is the phrase as printed, `head` its head word; both None while nobody is known. `cluster` is the
    entity that speaks where no phrase beside the quotation says so. `relative` is the "who" of "Lang, who said".
    """

    start: int
    end: int
    type: str
    kind: str
    form: str
    rule: str
    cue: tuple[int, int] | None = None
    speaker: tuple[int, int] | None = None
    head: tuple[int, int] | None = None
    numbers: tuple[int, ...] = field(default=())
    cluster: int | None = None
    sentence: int = 0
    relative: tuple[int, int] | None = None


def placeholder_at(skeleton: Skeleton, tree: Tree, token: int) -> int | None:
    """Number of the quotation that a token stands for."""
    if tree.words[token] != PLACEHOLDER.lower():
        return None
    return skeleton.quote_at(*tree.tokens[token])


def span_of(skeleton: Skeleton, tree: Tree, first: int, stop: int) -> tuple[int, int]:
    """Where tokens first..stop-1 stand in the paragraph."""
    return skeleton.source(*tree.offsets(first, stop))


def printed_speaker(skeleton: Skeleton, tree: Tree, head: int | None) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Phrase and head word of a speaker as the paragraph prints them."""
    if head is None:
        return None
    first, stop = tree.phrase(head)
    masks = [t for t in range(first, stop) if placeholder_at(skeleton, tree, t) is not None]
    if any(t < head for t in masks):  # the parser took “Yes,” for a part of the name behind it
        first = max(t for t in masks if t < head) + 1
        while first < head and (tree.words[first] in BORDERS or tree.words[first] in tree.lexicon.verbs):
            first += 1
    while stop < len(tree) and tree.pos[stop] == "PROPN" and tree.pos[stop - 1] in NOMINAL:
        stop += 1  # said nurse Bao Tran: a title and its name, torn apart
    stop = min([stop, *[t for t in masks if t > head]])
    return span_of(skeleton, tree, first, stop), skeleton.source(*tree.tokens[head])


def mark_nested(drafts: Sequence[Draft]) -> None:
    """What a statement says that somebody said is told by its speaker: Obi said that Lang had called it “a sham”.

    Such a draft gets the kind `nested`, but for one all in marks, which the story quotes itself: said it was a rabble
    that he called “the tough ones”. `drafts` are in order of their start, the longer first.
    """
    outer: Draft | None = None
    for draft in drafts:
        if draft.kind != "speech":
            continue
        inside = outer is not None and draft.end <= outer.end
        if outer is not None and inside and (draft.start, draft.end) != (outer.start, outer.end):
            draft.kind = draft.kind if draft.type == "direct" else "nested"
        elif outer is None or draft.end > outer.end:
            outer = draft


def relative_of(skeleton: Skeleton, tree: Tree, verb: int) -> tuple[int, int] | None:
    """The "who" of a cue in a relative clause, as the paragraph prints it: Lang, who said ..."""
    subject = tree.child(verb, *SUBJECTS)
    if subject is None or not tree.lexicon.has("speakers.relative", tree.words[subject]):
        return None
    return skeleton.source(*tree.tokens[subject])
