"""What hangs on a cue as a clause: reported, inserted, or put down as "that ..." further on."""

from __future__ import annotations

from etl.language.cued import OPENING, Cued, cue_at, speaker_of, states_at, trim
from etl.language.phrases import find_phrase
from etl.language.trees import PASSIVE_SUBJECTS, SUBJECTS, Tree

_INSERTION = frozenset({",", "—", "–", "-", "--"})
_INSERTED_DEPS = frozenset({"ROOT", "parataxis", "ccomp", "dep"})
_CONTENT_DEPS = frozenset({"ccomp", "punct", "conj", "cc", "advcl", "dep", "parataxis", "xcomp", "intj"})
_ADVERBIAL_DEPS = frozenset({"nsubj", "advmod", "prep", "npadvmod", "dobj", "mark"})
_FARTHEST_CLAUSE = 14

Content = tuple[int, int, str]
"""First token, one past the last, frame."""


def find_contents(at: Cued, passive: bool) -> list[Content]:
    """Contents of a cue: both sides of an inserted one, a clause, or else a phrase."""
    inserted = _inserted(at)
    if inserted:
        return inserted
    found = _clause(at) or find_phrase(at, passive)
    return [found] if found is not None else []


# --- inserted cues -----------------------------------------------------------------------------


def _inserted(at: Cued) -> list[Content]:
    """Both sides of a cue between commas: The plan, he said, is dead. As the mayor noted, it is dead."""
    tree = at.tree
    if "c" not in at.cue.speech:
        return []
    speaker = speaker_of(tree, at.verb, False)
    left, right = _cue_clause(at, speaker)
    is_as = tree.words[left] in at.words.sets["grammar.as"]
    before = left > 0 and tree.words[left - 1] in _INSERTION
    opening = left == 0 or (
        left == 1 and (tree.words[0] in OPENING or tree.words[0] in at.words.sets["grammar.openers"])
    )
    is_finite = tree.deps[at.verb] in _INSERTED_DEPS and speaker is not None
    fits = (is_as and (before or opening)) or (is_finite and before)
    if not fits or right >= len(tree) or tree.words[right] not in _INSERTION:
        return []
    sides = _sides(at, left, right)
    return [max(sides, key=lambda s: s[1] - s[0])] if is_as and sides else sides


def _sides(at: Cued, left: int, right: int) -> list[Content]:
    first, stop = _host(at.tree, at.verb)
    found: list[Content] = []
    for side in ((first, left), (right, stop)):
        a, b = trim(at.tree, at.words, *side)
        lone_adverb = b - a == 1 and at.tree.pos[a] in ("ADV", "CCONJ", "SCONJ", "PUNCT")
        if b > a and not lone_adverb and not any(t in at.folded for t in range(a, b)):
            found.append((a, b, "c"))
    return found


def _cue_clause(at: Cued, speaker: int | None) -> tuple[int, int]:
    """Tokens of the cue, its subject and its adverbs, contents left out."""
    tree, verb = at.tree, at.verb
    left = right = verb
    for child in tree.children[verb]:
        if tree.deps[child] in _CONTENT_DEPS or (tree.deps[child] in SUBJECTS and child != speaker):
            continue
        a, b = tree.subtree(child)
        if a <= verb + 1 or tree.deps[child] in _ADVERBIAL_DEPS:
            left, right = min(left, a), max(right, b - 1)
    for place in range(left - 1, max(-1, left - 3), -1):
        if tree.words[place] in at.words.sets["grammar.as"]:
            return place, right + 1
        if tree.words[place] in _INSERTION:
            break
    return left, right + 1


def _host(tree: Tree, verb: int) -> tuple[int, int]:
    """The clause that the cue is inserted in."""
    content = tree.child(verb, "ccomp", "advcl")
    tokens = [verb if content is None else content]
    if tree.heads[verb] != verb and tree.deps[verb] in ("parataxis", "advcl", "ccomp", "dep", "relcl"):
        tokens.append(tree.heads[verb])
    spans = [tree.subtree(t) for t in tokens]
    return min(first for first, _ in spans), max(stop for _, stop in spans)


# --- clauses -----------------------------------------------------------------------------------


def _clause(at: Cued) -> Content | None:
    tree, verb = at.tree, at.verb
    for child in sorted(tree.children[verb], key=lambda c: c < verb):  # what follows the cue comes first
        found = None
        if child in at.folded:
            continue
        if tree.deps[child] == "ccomp":
            found = _complement(at, child)
        elif tree.deps[child] == "xcomp" and child > verb and tree.child(child, "aux") is not None:
            found = _infinitive(at, child)
        if found is not None:
            return found
    if tree.deps[verb] == "parataxis" and "c" in at.cue.frames:
        return _around(tree, verb)
    return _that_clause(at)


def _complement(at: Cued, child: int) -> Content | None:
    frame = _clause_frame(at, child)
    if frame is None:
        return None
    first, stop = at.tree.subtree(child)
    if child < at.verb:
        if at.tree.child(child, *SUBJECTS, *PASSIVE_SUBJECTS, "expl") is None:
            return None  # "In a statement released Monday, he said" states nothing by its beginning
        return first, min(stop, at.verb), frame
    return max(first, at.verb + 1), _with_that(at, _with_second(at, child, stop)), frame


def _clause_frame(at: Cued, child: int) -> str | None:
    tree, frames = at.tree, at.cue.frames
    if any(
        tree.deps[c] == "aux" and tree.words[c] in at.words.sets["grammar.infinitive"] for c in tree.children[child]
    ):
        wanted = ("x", "a", "c", "i") if child > at.verb else ("a", "c", "i")
    else:
        wanted = ("c", "a", "l")
    for frame in wanted:
        addressed = frame != "a" or tree.child(at.verb, "dobj", "dative") is not None
        labelled = frame != "l" or (tree.child(child, "nsubj") is not None and child > at.verb)
        if frame in frames and addressed and labelled:
            return frame
    return None


def _infinitive(at: Cued, child: int) -> Content | None:
    first, stop = at.tree.subtree(child)
    obj = at.tree.child(at.verb, "dobj", "dative")
    if obj is not None and "x" in at.cue.frames:
        return at.tree.subtree(obj)[0], stop, "x"
    frame = "i" if "i" in at.cue.frames else "x"
    return (max(first, at.verb + 1), stop, frame) if frame in at.cue.frames else None


def _with_second(at: Cued, child: int, stop: int) -> int:
    """A second clause that the parser hung on the cue is content too: said A, and B is still rising."""
    tree, verb = at.tree, at.verb
    own = tree.child(verb, *SUBJECTS)
    for other in tree.children[verb]:
        first, last = tree.subtree(other)
        if tree.deps[other] == "ccomp" and other > child and first <= stop + 2:
            if not any(cue_at(tree, at.words, t) for t in range(first, other)):
                stop = max(stop, last)
        elif tree.deps[other] == "conj" and other >= stop and first - stop <= 2:
            has_subject = tree.child(other, *SUBJECTS) is not None and own is not None and own < verb
            if has_subject and not states_at(tree, at.words, other):
                stop = last
    return stop


def _with_that(at: Cued, stop: int) -> int:
    """Further clauses with a complementizer of their own: told him that A and that B, but that C."""
    tree, sets = at.tree, at.words.sets
    while True:
        place = stop
        while place < len(tree) and (tree.words[place] == "," or tree.words[place] in sets["grammar.conjunctions"]):
            place += 1
        if place in (stop, len(tree)) or tree.words[place] not in sets["grammar.complementizer"]:
            return stop
        if tree.deps[place] != "mark":
            return stop
        stop = max(tree.subtree(tree.heads[place])[1], place + 1)


def _around(tree: Tree, verb: int) -> Content:
    """An inserted cue: the longer side of the clause it interrupts."""
    first, stop = tree.subtree(tree.heads[verb])
    left, right = tree.subtree(verb)
    return (first, left, "c") if left - first >= stop - right else (right, stop, "c")


def _that_clause(at: Cued) -> Content | None:
    """A clause with its complementizer that the parser hung elsewhere: told a paper in a statement that A."""
    tree, verb = at.tree, at.verb
    if not at.cue.frames & {"c", "a"}:
        return None
    frame = "c" if "c" in at.cue.frames else "a"
    complementizers = at.words.sets["grammar.complementizer"]
    for place in range(verb + 1, min(len(tree), verb + _FARTHEST_CLAUSE)):
        if tree.words[place] in (";", ":", ".") or states_at(tree, at.words, place):
            return None
        is_mark = tree.words[place] in complementizers and tree.deps[place] in ("mark", "advmod")
        if is_mark and verb in tree.ancestors(tree.heads[place]):
            return place + 1, _with_that(at, max(tree.subtree(tree.heads[place])[1], place + 1)), frame
        if is_mark and place == verb + 1:
            return place + 1, len(tree), frame
    return None
