"""Reported content in one parsed sentence: what hangs on a cue, and who is its subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from etl.language.contents import find_contents
from etl.language.cued import CLOSING, Cued, author_of, cue_at, speaker_of, trim
from etl.language.cues import Words
from etl.language.trees import Tree

STATED = frozenset({"c", "q", "a", "according"})
"""Frames whose content is what somebody stated."""


@dataclass(frozen=True, slots=True)
class Report:
    """Content in tokens `first`..`stop-1` of a sentence, its cue's tokens, its speaker's head token.

    `frame` is the frame of `cues_*.tsv` it was found by (`according` for "according to"); `form` and `kind` are
    those of `records.Quote`; `is_spoken` says that the verb is one of speech in this frame.
    """

    first: int
    stop: int
    cue_first: int
    cue_stop: int
    speaker: int | None
    frame: str
    form: str
    kind: str
    lemma: str
    is_spoken: bool


def find_reports(tree: Tree, words: Words, folded: frozenset[int]) -> list[Report]:
    """All reports of a sentence; `folded` are the tokens of placeholders, which are no content here."""
    found: list[Report] = []
    according = list(words.lists["grammar.according"])
    for token in range(len(tree)):
        cue = cue_at(tree, words, token)
        if tree.words[token : token + len(according)] == according:
            report = _according(tree, words, token, folded)
            if report is not None:
                found.append(report)
        elif tree.pos[token] == "NOUN" and tree.words[token] in words.sets["nouns.stating"]:
            report = _of_noun(tree, words, token)
            if report is not None:
                found.append(report)
        elif cue is not None:
            found.extend(_of_verb(Cued(tree, words, token, cue, folded)))
    return [r for r in found if r.stop > r.first]


def _of_verb(at: Cued) -> Iterator[Report]:
    tree, words, verb = at.tree, at.words, at.verb
    passive = tree.is_passive(verb)
    speaker = author_of(tree, words, speaker_of(tree, verb, passive))
    if at.cue.lemma in words.sets["attribution.raising"]:
        speaker = None  # it seems, it appears: to nobody in particular
    form = "cue_speaker" if speaker is not None and speaker > verb else "speaker_cue"
    for content_first, content_stop, frame in find_contents(at, passive):
        kind = at.cue.kind(frame)
        if kind is None:
            continue
        if frame == "c" and speaker is not None and tree.words[speaker] in words.sets["speakers.finding"]:
            kind = "speech"  # what a report finds or shows, it states
        first, stop = trim(tree, words, content_first, content_stop)
        if frame == "c" and first > verb:
            first, stop = trim(tree, words, first, _aside(tree, words, first, stop))
        lemma, is_spoken = at.cue.lemma, kind == "speech"
        yield Report(first, stop, verb, verb + 1, speaker, frame, form, _kind(kind, frame), lemma, is_spoken)


def _of_noun(tree: Tree, words: Words, noun: int) -> Report | None:
    """The mayor's claim that CONTENT: a noun with a clause, and whose it is."""
    marks = words.sets["grammar.complementizer"]
    for child in tree.children[noun]:
        mark = tree.child(child, "mark")
        if child < noun or tree.deps[child] not in ("acl", "ccomp", "relcl") or mark is None:
            continue
        speaker = _whose(tree, words, noun)
        if tree.words[mark] not in marks or speaker is None:
            continue
        first, stop = trim(tree, words, mark, tree.subtree(child)[1])
        return Report(first, stop, noun, noun + 1, speaker, "noun", "speaker_cue", "stance", tree.words[noun], True)
    return None


def _whose(tree: Tree, words: Words, noun: int) -> int | None:
    """Who makes a claim: its possessor, its "by" or "of", or the subject of "made the claim that"."""
    owner = tree.child(noun, "poss")
    if owner is not None:
        return owner
    for child in tree.children[noun]:
        if tree.deps[child] == "prep" and tree.words[child] in words.sets["nouns.of_whom"]:
            return tree.child(child, "pobj")
    return tree.subject(tree.heads[noun]) if tree.deps[noun] == "dobj" else None


def _aside(tree: Tree, words: Words, first: int, stop: int) -> int:
    """Where the reporter goes on behind a comma: said he liked the plan, which will cost millions."""
    for place in range(stop - 2, first + 2, -1):
        relative = tree.words[place] == "," and tree.words[place + 1] in words.sets["attribution.asides"]
        if relative and _reaches(tree, place + 1, "relcl", stop):
            return place
    return stop


def _reaches(tree: Tree, token: int, dep: str, stop: int) -> bool:
    """Does a clause of that label begin at the token and reach the end?"""
    for above in (token, *tree.ancestors(token)):
        if tree.deps[above] == dep and tree.subtree(above)[0] == token:
            return tree.subtree(above)[1] >= stop
    return False


def _kind(kind: str, frame: str) -> str:
    """Only what somebody is said to have stated is speech: a demand, a promise or a judgement is a stance."""
    return kind if frame in STATED or kind == "belief" else "stance"


# --- according to ------------------------------------------------------------------------------


def _according(tree: Tree, words: Words, token: int, folded: frozenset[int]) -> Report | None:
    """According to the mayor, CONTENT. -- CONTENT, according to the mayor."""
    preposition = token + len(words.lists["grammar.according"]) - 1
    if preposition >= len(tree) - 1:
        return None
    speaker, stop = source_of(tree, preposition)
    left = _clause_left(tree, token)
    verbless = not any(tree.pos[t] in ("VERB", "AUX") for t in range(left, token))
    # Mr. Okoye, according to his brother, had planned to leave: what is said of him stands behind
    first, last = (stop, len(tree)) if verbless or _is_leading(tree, words, left, token) else (left, token)
    first, last = trim(tree, words, first, last)
    if any(t in folded for t in range(first, last)) and last - first <= 6:
        return None
    return Report(
        first, last, token, preposition + 1, speaker, "according", "according_to", "speech", "according", True
    )


def _is_leading(tree: Tree, words: Words, left: int, token: int) -> bool:
    """Does the phrase stand before its content? True too after "Wikinews has learned that" and "But"."""
    before = [t for t in range(left, token) if tree.pos[t] not in ("PUNCT", "CCONJ", "ADV", "SCONJ")]
    return not before or (tree.words[token - 1] in words.sets["grammar.openers"] and token - left <= 6)


def source_of(tree: Tree, preposition: int) -> tuple[int | None, int]:
    """Head of the noun phrase after "according to", and one past the last token of the phrase."""
    objects = [c for c in tree.children[preposition] if tree.deps[c] == "pobj"]
    if objects:
        speaker, stop = objects[-1], tree.subtree(objects[-1])[1]
    else:
        speaker, stop = _chunk(tree, preposition + 1)
    if stop < len(tree) and tree.words[stop] == ",":
        stop += 1
    return speaker, stop


def _chunk(tree: Tree, first: int) -> tuple[int, int]:
    """A noun phrase that the parser took for something else: "According to Obi the road is shut"."""
    place = first
    while place < len(tree) and tree.words[place] not in CLOSING and tree.pos[place] not in ("AUX", "SCONJ"):
        new_phrase = tree.pos[place] in ("DET", "PRON") and place > first
        if new_phrase and tree.pos[place - 1] not in ("ADP", "CCONJ", "DET"):
            break
        place += 1
    return max(first, place - 1), max(first + 1, place)


def _clause_left(tree: Tree, token: int) -> int:
    left = token
    while left > 0 and tree.words[left - 1] not in (";", '"'):
        left -= 1
    return left
