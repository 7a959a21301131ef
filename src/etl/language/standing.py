"""Quotations that stand as clauses of their own: their cue and speaker in the sentence round them."""

from __future__ import annotations

from collections.abc import Sequence

from etl.language.cued import cue_at
from etl.language.cues import Cue, Words
from etl.language.drafts import BORDERS, NOMINAL, Draft, printed_speaker, relative_of, span_of
from etl.language.indirect import source_of
from etl.language.marks import Marked
from etl.language.skeletons import Skeleton
from etl.language.trees import SUBJECTS, Tree

_DIRECT_FRAMES = frozenset({"c", "q", "a", "i", "x", "n", "l", "as"})


def read_standing(
    skeleton: Skeleton, tree: Tree, tokens: dict[int, int], marked: Sequence[Marked], words: Words
) -> list[Draft]:
    """A draft for each placeholder whose cue, source or colon is found."""
    found = []
    for token, number in tokens.items():
        cue = _cue_of(tree, token, words)
        mark = marked[number]
        draft = Draft(mark.start, mark.end, "direct", "speech", "none", "no_cue", numbers=(number,))
        if cue is not None:
            head = speaker_beside(tree, cue, tokens)
            who = printed_speaker(skeleton, tree, head)
            draft.cue = span_of(skeleton, tree, cue, cue + 1)
            draft.rule = f"marks:{words.verbs[tree.words[cue]].lemma}"
            draft.form = "cue_speaker" if head is not None and head > cue else "speaker_cue"
            if who:
                draft.speaker, draft.head = who
                draft.relative = relative_of(skeleton, tree, cue)
        else:
            _by_preposition(skeleton, tree, token, draft, words)
        if draft.rule != "no_cue":
            found.append(draft)
    return found


def _cue_of(tree: Tree, token: int, words: Words) -> int | None:
    """The cue of a placeholder: the nearest one above it, else the nearest that speaks without content."""
    for verb in tree.ancestors(token):
        if speaks_at(tree, words, verb) is not None:
            return verb
    beside = _cue_behind(tree, token, words)
    if beside is not None:
        return beside
    verbs = [v for v in range(len(tree)) if (c := speaks_at(tree, words, v)) is not None and c.speech & {"c", "q"}]
    return min(verbs, key=lambda v: abs(v - token), default=None)


def _cue_behind(tree: Tree, token: int, words: Words) -> int | None:
    """A cue behind the marks, whatever the parser took it for: "Yes," the email read."""
    place = token + 1
    while place < len(tree) and tree.words[place] in ('"', ",", "?", "!"):
        place += 1
    start = place
    while place < min(len(tree), start + 12) and tree.words[place] not in BORDERS:
        cue = words.verbs.get(tree.words[place])
        following = tree.words[place + 1] if place + 1 < len(tree) else "."
        ends = following in BORDERS or following in words.sets["sentences.after_tag"]
        if cue is not None and cue.speech & {"c", "q"} and (place == start or ends):
            return place
        place += 1
    return None


def speaks_at(tree: Tree, words: Words, verb: int) -> Cue | None:
    """The cue at a token if words in marks can hang on it."""
    cue = cue_at(tree, words, verb)
    return cue if cue is not None and cue.speech & _DIRECT_FRAMES else None


def speaker_beside(tree: Tree, verb: int, tokens: dict[int, int]) -> int | None:
    """Head of the speaker of a cue that marks hang on; the parser is not always right about these."""
    if tree.is_passive(verb):
        agent = tree.child(verb, "agent")
        return tree.child(agent, "pobj") if agent is not None else None
    own = tree.child(verb, *SUBJECTS)
    if own is None or own in tokens:
        inverted = _inverted(tree, verb, tokens)
        if inverted is not None:
            return inverted
    head = tree.subject(verb)
    if head is not None and head not in tokens:
        return head
    return _beside(tree, verb, tokens)


def _inverted(tree: Tree, verb: int, tokens: dict[int, int]) -> int | None:
    """A subject behind its cue that the parser took for an object: "Yes," said Mr. Obi."""
    if verb == 0 or tree.words[verb - 1] not in BORDERS:
        return None
    after = [
        c for c in tree.children[verb] if c > verb and tree.deps[c] in ("dobj", "attr", "oprd", "appos", "nsubjpass")
    ]
    after = [c for c in after if tree.pos[c] in NOMINAL and c not in tokens]
    return after[0] if after and tree.subtree(after[0])[0] - verb <= 1 else None


def _beside(tree: Tree, verb: int, tokens: dict[int, int]) -> int | None:
    """The last noun between the border before the cue and the cue, else the first noun behind it."""
    for place in range(verb - 1, -1, -1):
        if tree.words[place] in BORDERS or place in tokens:
            break
        if tree.pos[place] in NOMINAL:
            return place
    for place in range(verb + 1, min(len(tree), verb + 9)):
        if tree.words[place] in BORDERS or place in tokens:
            break
        if tree.pos[place] in NOMINAL or tree.text[tree.tokens[place][0]].isupper():
            return place
    return None


def _by_preposition(skeleton: Skeleton, tree: Tree, token: int, draft: Draft, words: Words) -> None:
    according = list(words.lists["grammar.according"])
    for place in range(len(tree) - len(according)):
        if tree.words[place : place + len(according)] != according:
            continue
        head, _ = source_of(tree, place + len(according) - 1)
        who = printed_speaker(skeleton, tree, head)
        if who:
            draft.speaker, draft.head = who
            draft.cue = span_of(skeleton, tree, place, place + len(according))
            draft.form, draft.rule = "according_to", "marks:according"
        return
    colon = next((t for t in range(token) if tree.words[t] == ":" and token - t <= 3), None)
    if colon is None or colon == 0:
        return
    head = next(
        (t for t in range(colon) if tree.deps[t] in ("nsubj", "nsubjpass", "ROOT") and tree.pos[t] in NOMINAL), None
    )
    who = printed_speaker(skeleton, tree, head)
    if who:
        draft.speaker, draft.head = who
        draft.form, draft.rule = "colon", "marks:colon"


def introduction(skeleton: Skeleton, tree: Tree, words: Words) -> Draft | None:
    """Who speaks after a sentence that ends in a colon, by its last cue or else its subject."""
    if not skeleton.text.rstrip().endswith(":"):
        return None
    cues = [v for v in range(len(tree)) if speaks_at(tree, words, v) is not None]
    root = next((t for t in range(len(tree)) if tree.heads[t] == t), None)
    for verb in [*reversed(cues), *([] if root is None else [root])]:
        head = speaker_beside(tree, verb, {})
        who = printed_speaker(skeleton, tree, head)
        if who is not None:
            draft = Draft(skeleton.start, skeleton.end, "direct", "speech", "colon", "introduced")
            draft.speaker, draft.head = who
            draft.cue = span_of(skeleton, tree, verb, verb + 1) if verb in cues else None
            return draft
    return None
