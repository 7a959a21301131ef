"""One cue in one parsed sentence: is it one, and who speaks."""

from __future__ import annotations

from dataclasses import dataclass

from etl.language.cues import Cue, Words
from etl.language.trees import PASSIVE_SUBJECTS, SUBJECTS, Tree

OPENING = frozenset({",", ":", "—", "–", "-", "--", '"', "“", "”", "``", "''", ";", "("})
CLOSING = frozenset({",", ".", ";", ":", "—", "–", "-", "--", '"', "“", "”", "``", "''", "?", "!"})
_NOT_VERBS = frozenset({"amod", "compound", "det", "poss", "aux", "auxpass", "case"})
_FINITE = frozenset({"ROOT", "ccomp", "conj", "parataxis", "dep", "pobj", "pcomp"})
_PHRASE = frozenset({"DET", "PROPN", "NOUN", "ADJ", "PRON", "NUM"})
_NOUNS = frozenset({"NOUN", "PROPN", "PRON"})


@dataclass(frozen=True, slots=True)
class Cued:
    """A cue verb at token `verb`; `folded` are the tokens of placeholders, which are no content."""

    tree: Tree
    words: Words
    verb: int
    cue: Cue
    folded: frozenset[int]


def cue_at(tree: Tree, words: Words, token: int) -> Cue | None:
    """The cue verb at a token, if the parser took it for a verb."""
    cue = words.verbs.get(tree.words[token])
    if cue is None or tree.deps[token] in _NOT_VERBS:
        return None
    if cue.phrasal and token + 1 < len(tree):
        cue = cue.before(tree.words[token + 1])
    if tree.pos[token] in ("VERB", "AUX"):
        return cue
    if tree.pos[token] not in ("NOUN", "PROPN", "ADJ"):
        return None
    following = tree.words[token + 1] if token + 1 < len(tree) else ""
    heads_sentence = tree.deps[token] in ("ROOT", "pobj") and following in words.sets["grammar.complementizer"]
    return cue if heads_sentence or tree.child(token, *SUBJECTS) is not None else None


def states_at(tree: Tree, words: Words, token: int) -> bool:
    """Is there a cue at the token that takes a clause as speech?"""
    cue = cue_at(tree, words, token)
    return cue is not None and bool(cue.speech & {"c", "a"})


def speaker_of(tree: Tree, verb: int, passive: bool) -> int | None:
    """Head of who speaks: the agent of a passive, a subject behind an inserted cue, else the subject."""
    if passive:
        agent = tree.child(verb, "agent")
        return tree.child(agent, "pobj") if agent is not None else None
    for find in (_inverted, Tree.subject, _nominal_before):
        found = find(tree, verb)
        if found is not None:
            return found
    return None


def author_of(tree: Tree, words: Words, speaker: int | None) -> int | None:
    """Who issues the document that says something: the council issued a statement calling it a threat."""
    if speaker is None or tree.deps[speaker] != "dobj" or tree.words[speaker] not in words.sets["speakers.documents"]:
        return speaker
    issuer = tree.subject(tree.heads[speaker])
    return speaker if issuer is None else issuer


def _nominal_before(tree: Tree, verb: int) -> int | None:
    """The noun right before a finite cue whose subject the parser lost."""
    if tree.deps[verb] not in _FINITE:
        return None
    place = verb - 1
    while place >= 0 and tree.pos[place] in ("AUX", "ADV", "PART"):
        place -= 1
    if place >= 0 and tree.words[place] == ")":  # Sen. Elizabeth Warren (D-MA) said
        place = max((n for n in range(place) if tree.words[n] == "("), default=place) - 1
    return place if place >= 0 and tree.pos[place] in _NOUNS else None


def _inverted(tree: Tree, verb: int) -> int | None:
    """A subject behind its cue: recipients, said Mauer, are required to show them."""
    if verb < 2 or tree.words[verb - 1] != "," or verb + 1 >= len(tree):
        return None
    own = tree.child(verb, *SUBJECTS)
    if (own is not None and own > verb) or tree.deps[verb] in ("advcl", "acl", "conj"):
        return None
    if own is not None and tree.child(verb, "dobj", "oprd", "ccomp", "xcomp") is not None:
        return None  # its star, Ken Abe, calls it his best work
    place = verb + 1
    while place < len(tree) and tree.pos[place] in _PHRASE:
        place += 1
    closed = place >= len(tree) or tree.words[place] in CLOSING
    return place - 1 if closed and place > verb + 1 and tree.pos[place - 1] in _NOUNS else None


def trim(tree: Tree, words: Words, first: int, stop: int) -> tuple[int, int]:
    """Cut marks, commas, conjunctions and the complementizer off both ends."""
    opening = words.sets["grammar.openers"]
    while first < stop and (tree.words[first] in OPENING or tree.words[first] in opening):
        if tree.deps[first] in SUBJECTS or tree.deps[first] in PASSIVE_SUBJECTS:
            break  # said that was enough: "that" is what was enough
        first += 1
    while stop > first and tree.words[stop - 1] in CLOSING:
        stop -= 1
    return first, stop
