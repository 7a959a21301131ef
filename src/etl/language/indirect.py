"""Reported content in one parsed sentence: what hangs on a cue, and who is its subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from etl.language.cues import Cue, Words
from etl.language.trees import SUBJECTS, Tree

_OPENING = frozenset({",", "that", ":", "—", "–", "-", "--", '"', "“", "”", "``", "''", ";", "and", "but", "("})
_CLOSING = frozenset({",", ".", ";", ":", "—", "–", "-", "--", '"', "“", "”", "``", "''", "?", "!"})
_PREPOSITIONS = ("for", "on", "of", "about", "to", "against")


@dataclass(frozen=True, slots=True)
class Report:
    """Content in tokens `first`..`stop-1` of a sentence, its cue's tokens, its speaker's head token.

    `frame` is the frame of `cues_*.tsv` it was found by (`according` for prepositions); `form` and `kind`
    are those of `records.Quote`.
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


def find_reports(tree: Tree, words: Words, folded: frozenset[int]) -> list[Report]:
    """All reports of a sentence; `folded` are the tokens of placeholders, which are no content here."""
    found: list[Report] = []
    for verb in range(len(tree)):
        cue = cue_at(tree, words, verb)
        if cue is not None:
            found.extend(_of_verb(tree, verb, cue, folded))
        elif tree.words[verb] == "according":
            report = _according(tree, verb, folded)
            if report is not None:
                found.append(report)
    return [r for r in found if r.stop > r.first]


def cue_at(tree: Tree, words: Words, token: int) -> Cue | None:
    """The cue verb at a token, if the parser took it for a verb."""
    cue = words.verbs.get(tree.words[token])
    if cue is None or tree.deps[token] in ("amod", "compound", "det", "poss", "aux", "auxpass", "case"):
        return None
    if tree.pos[token] not in ("VERB", "AUX") and not (
        tree.pos[token] in ("NOUN", "PROPN", "ADJ") and tree.child(token, *SUBJECTS) is not None
    ):
        return None
    return cue


def _of_verb(tree: Tree, verb: int, cue: Cue, folded: frozenset[int]) -> Iterator[Report]:
    passive = tree.is_passive(verb)
    speaker = _speaker(tree, verb, passive)
    for first, stop, frame in _contents(tree, verb, cue, folded, passive):
        kind = cue.kind(frame)
        if kind is None:
            continue
        first, stop = trim(tree, first, stop)
        form = "cue_speaker" if speaker is not None and speaker > verb else "speaker_cue"
        yield Report(first, stop, verb, verb + 1, speaker, frame, form, kind, cue.lemma)


def _speaker(tree: Tree, verb: int, passive: bool) -> int | None:
    if passive:
        agent = tree.child(verb, "agent")
        return tree.child(agent, "pobj") if agent is not None else None
    return tree.subject(verb)


def _contents(tree: Tree, verb: int, cue: Cue, folded: frozenset[int], passive: bool) -> list[tuple[int, int, str]]:
    """Candidate contents as (first, stop, frame), at most one each of clause and phrase."""
    clause = _clause(tree, verb, cue, folded)
    if clause is not None:
        return [clause]
    if passive:
        return []
    found = _labelled(tree, verb, cue) or _prepositional(tree, verb, cue) or _noun(tree, verb, cue, folded)
    return [found] if found is not None else []


def _clause(tree: Tree, verb: int, cue: Cue, folded: frozenset[int]) -> tuple[int, int, str] | None:
    for child in tree.children[verb]:
        if child in folded:
            continue
        first, stop = tree.subtree(child)
        dep = tree.deps[child]
        if dep == "ccomp":
            frame = _clause_frame(tree, verb, child, cue)
            if frame is None:
                continue
            if child > verb:
                first = max(first, verb + 1)
                stop = _with_conjoined(tree, verb, stop)
            else:
                stop = min(stop, verb)
            return first, stop, frame
        if dep == "xcomp" and child > verb and tree.child(child, "aux") is not None:
            subject = tree.child(verb, "dobj", "dative")
            if subject is not None and "x" in cue.frames:
                return tree.subtree(subject)[0], stop, "x"
            if "i" in cue.frames:
                return max(first, verb + 1), stop, "i"
    if tree.deps[verb] == "parataxis" and ("c" in cue.frames or "q" in cue.frames):
        return _around(tree, verb)
    return None


def _clause_frame(tree: Tree, verb: int, child: int, cue: Cue) -> str | None:
    infinitive = any(tree.deps[c] == "aux" and tree.words[c] == "to" for c in tree.children[child])
    if infinitive and "x" in cue.frames and child > verb:
        return "x"
    if "c" in cue.frames and not infinitive:
        return "c"
    if "a" in cue.frames and tree.child(verb, "dobj", "dative") is not None:
        return "a"
    if "l" in cue.frames and tree.child(child, "nsubj") is not None and child > verb:
        return "l"
    if "q" in cue.frames and child < verb:
        return "q"
    return "c" if "c" in cue.frames else ("i" if "i" in cue.frames and infinitive else None)


def _with_conjoined(tree: Tree, verb: int, stop: int) -> int:
    """A second clause that the parser hung on the cue is content too: said A, and B is still rising."""
    for other in tree.children[verb]:
        if tree.deps[other] != "conj" or other < stop or tree.child(other, *SUBJECTS) is None:
            continue
        first, last = tree.subtree(other)
        own = tree.child(verb, *SUBJECTS)
        if own is not None and own < verb and first - stop <= 2:
            stop = last
    return stop


def _around(tree: Tree, verb: int) -> tuple[int, int, str] | None:
    """An inserted cue: the clause it interrupts, the longer side of it."""
    head = tree.heads[verb]
    first, stop = tree.subtree(head)
    left, right = tree.subtree(verb)
    if left - first >= stop - right:
        return first, left, "c"
    return right, stop, "c"


def _labelled(tree: Tree, verb: int, cue: Cue) -> tuple[int, int, str] | None:
    obj = tree.child(verb, "dobj")
    if "l" in cue.frames:
        label = tree.child(verb, "oprd")
        if label is not None and label > verb:
            first = tree.subtree(obj)[0] if obj is not None and obj > verb else tree.subtree(label)[0]
            return first, tree.subtree(label)[1], "l"
    if "as" in cue.frames and obj is not None and obj > verb:
        phrase = next((c for c in tree.children[verb] if tree.words[c] == "as" and c > obj), None)
        if phrase is not None:
            return tree.subtree(obj)[0], tree.subtree(phrase)[1], "as"
    return None


def _prepositional(tree: Tree, verb: int, cue: Cue) -> tuple[int, int, str] | None:
    for child in tree.children[verb]:
        word = tree.words[child]
        if child < verb or word not in _PREPOSITIONS or word not in cue.frames:
            continue
        if tree.deps[child] in ("prep", "prt"):
            return child + 1, tree.subtree(child)[1], word
    if "for" in cue.frames:
        for child in tree.children[verb]:
            if tree.deps[child] in ("advcl", "ccomp", "xcomp") and child > verb:
                mark = tree.child(child, "mark")
                if mark is not None and tree.words[mark] == "for":
                    return mark + 1, tree.subtree(child)[1], "for"
    return None


def _noun(tree: Tree, verb: int, cue: Cue, folded: frozenset[int]) -> tuple[int, int, str] | None:
    obj = tree.child(verb, "dobj")
    if "n" not in cue.frames or obj is None or obj < verb or obj in folded:
        return None
    return *tree.subtree(obj), "n"


def _according(tree: Tree, token: int, folded: frozenset[int]) -> Report | None:
    preposition = next((c for c in tree.children[token] if tree.words[c] == "to"), None)
    if preposition is None and token + 1 < len(tree) and tree.words[token + 1] == "to":
        preposition = token + 1
    if preposition is None:
        return None
    speaker = tree.child(preposition, "pobj")
    if speaker is None:
        speaker = tree.child(token, "pobj")
    stop = _source_end(tree, token)
    left = _clause_left(tree, token)
    if token - left <= 1:
        first, last = stop, len(tree)
    else:
        first, last = left, token
    first, last = trim(tree, first, last)
    if any(t in folded for t in range(first, last)) and last - first <= 6:
        return None
    return Report(first, last, token, preposition + 1, speaker, "according", "according_to", "speech", "according")


def _source_end(tree: Tree, token: int) -> int:
    """Where the phrase "according to ..." ends: at the comma after its noun phrase and asides."""
    stop = tree.subtree(token)[1]
    comma = next((t for t in range(token, len(tree)) if tree.words[t] == "," and t + 1 >= stop), None)
    return comma + 1 if comma is not None else stop


def _clause_left(tree: Tree, token: int) -> int:
    left = token
    while left > 0 and tree.words[left - 1] not in (";", '"'):
        left -= 1
    return left


def trim(tree: Tree, first: int, stop: int) -> tuple[int, int]:
    """Cut marks, commas and the complementizer off both ends."""
    while first < stop and tree.words[first] in _OPENING:
        first += 1
    while stop > first and tree.words[stop - 1] in _CLOSING:
        stop -= 1
    return first, stop
