"""What hangs on a cue as a phrase: an object, an object with a label, a phrase with a preposition."""

from __future__ import annotations

from etl.language.cued import Cued

Phrase = tuple[int, int, str]


def find_phrase(at: Cued, passive: bool) -> Phrase | None:
    """First token, one past the last, and frame of the phrase, or None."""
    last = _passive_subject(at) if passive else None
    return _labelled(at) or _prepositional(at) or (last if passive else _noun(at))


def _labelled(at: Cued) -> Phrase | None:
    """called it a sham, described it as a sham"""
    tree, verb = at.tree, at.verb
    obj = tree.child(verb, "dobj")
    has_object = obj is not None and obj > verb
    label = tree.child(verb, "oprd") if "l" in at.cue.frames else None
    if label is not None and label > verb:
        first = obj if obj is not None and has_object else label
        return tree.subtree(first)[0], tree.subtree(label)[1], "l"
    if "as" in at.cue.frames and obj is not None and has_object:
        near = [*tree.children[verb], *tree.children[obj]]
        phrase = next((c for c in near if tree.words[c] in at.words.sets["grammar.as"] and c > obj), None)
        if phrase is not None:
            return tree.subtree(obj)[0], tree.subtree(phrase)[1], "as"
    return None


def _prepositional(at: Cued) -> Phrase | None:
    """called for calm, accused him of lying, called for the army to leave"""
    tree, verb = at.tree, at.verb
    obj = tree.child(verb, "dobj")
    behind = tree.children[obj] if obj is not None and obj > verb and "n" not in at.cue.frames else []
    for child in [*tree.children[verb], *behind]:
        word = tree.words[child]
        if child > verb and word in at.cue.frames and tree.deps[child] in ("prep", "prt"):
            return child + 1, _to_the_end(at, child, tree.subtree(child)[1]), word
    for child in tree.children[verb]:
        if tree.deps[child] in ("advcl", "ccomp", "xcomp") and child > verb:
            mark = tree.child(child, "mark")
            if mark is not None and tree.words[mark] in at.cue.frames:
                return mark + 1, tree.subtree(child)[1], tree.words[mark]
    return None


def _noun(at: Cued) -> Phrase | None:
    """announced a truce"""
    tree, verb = at.tree, at.verb
    obj = tree.child(verb, "dobj")
    if "n" not in at.cue.frames or obj is None or obj < verb or obj in at.folded:
        return None
    likes = [c for c in tree.children[verb] if tree.words[c] in at.words.sets["grammar.as"]]
    if any(tree.child(c, "pcomp") is not None for c in likes):
        return None  # quoted the minister as saying ...: the content is that of "saying"
    first, stop = tree.subtree(obj)
    return first, _to_the_end(at, obj, stop), "n"


def _to_the_end(at: Cued, obj: int, stop: int) -> int:
    """Phrases behind an object that belong to it: blasted the mayor for lying, called on them to resign."""
    tree = at.tree
    for child in tree.children[at.verb]:
        if child > obj and tree.deps[child] in ("prep", "xcomp", "acl", "relcl") and tree.subtree(child)[0] == stop:
            if tree.deps[child] == "prep" and tree.words[child] not in at.words.sets["grammar.object_prepositions"]:
                break
            stop = tree.subtree(child)[1]
    return stop


def _passive_subject(at: Cued) -> Phrase | None:
    """A deal was announced: the subject is the topic."""
    subject = at.tree.child(at.verb, "nsubjpass")
    if "n" not in at.cue.frames or subject is None:
        return None
    return *at.tree.subtree(subject), "n"
