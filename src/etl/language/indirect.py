"""Reported content in one parsed sentence: what hangs on a cue, and who is its subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from etl.language.cues import Cue, Words
from etl.language.trees import SUBJECTS, Tree

_OPENING = frozenset({",", "that", ":", "—", "–", "-", "--", '"', "“", "”", "``", "''", ";", "and", "but", "("})
_CLOSING = frozenset({",", ".", ";", ":", "—", "–", "-", "--", '"', "“", "”", "``", "''", "?", "!"})
_INSERTION = frozenset({",", "—", "–", "-", "--"})
STATED = frozenset({"c", "q", "a", "according"})
_PREPOSITIONS = ("for", "on", "of", "about", "to", "against")


@dataclass(frozen=True, slots=True)
class Report:
    """Content in tokens `first`..`stop-1` of a sentence, its cue's tokens, its speaker's head token.

    `is_spoken` says that the verb is one of speech in this frame.

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
    is_spoken: bool


def find_reports(tree: Tree, words: Words, folded: frozenset[int]) -> list[Report]:
    """All reports of a sentence; `folded` are the tokens of placeholders, which are no content here."""
    found: list[Report] = []
    for verb in range(len(tree)):
        cue = cue_at(tree, words, verb)
        if cue is not None:
            found.extend(_of_verb(tree, words, verb, cue, folded))
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


def _of_verb(tree: Tree, words: Words, verb: int, cue: Cue, folded: frozenset[int]) -> Iterator[Report]:
    passive = tree.is_passive(verb)
    speaker = speaker_of(tree, verb, passive)
    if cue.lemma in words.sets["attribution.raising"]:
        speaker = None  # it seems, it appears: to nobody in particular
    speaker = _author(tree, words, speaker)
    for first, stop, frame in _contents(tree, words, verb, cue, folded, passive):
        kind = cue.kind(frame)
        if kind is None:
            continue
        first, stop = trim(tree, first, stop)
        form = "cue_speaker" if speaker is not None and speaker > verb else "speaker_cue"
        yield Report(first, stop, verb, verb + 1, speaker, frame, form, _kind(kind, frame), cue.lemma, kind == "speech")


def _author(tree: Tree, words: Words, speaker: int | None) -> int | None:
    """Who issues the document that says something: the council issued a statement calling it a threat."""
    if speaker is None or tree.deps[speaker] != "dobj" or tree.words[speaker] not in words.sets["speakers.documents"]:
        return speaker
    issuer = tree.subject(tree.heads[speaker])
    return speaker if issuer is None else issuer


def _kind(kind: str, frame: str) -> str:
    """Only what somebody is said to have stated is speech: a demand, a promise or a judgement is a stance."""
    return kind if frame in STATED or kind == "belief" else "stance"


def speaker_of(tree: Tree, verb: int, passive: bool) -> int | None:
    """Head of who speaks: the agent of a passive, a subject behind an inserted cue, else the subject."""
    if passive:
        agent = tree.child(verb, "agent")
        return tree.child(agent, "pobj") if agent is not None else None
    for find in (inverted, Tree.subject, _nominal_before):
        found = find(tree, verb)
        if found is not None:
            return found
    return None


def _nominal_before(tree: Tree, verb: int) -> int | None:
    """The noun right before a finite cue whose subject the parser lost."""
    if tree.deps[verb] not in ("ROOT", "ccomp", "conj", "parataxis", "dep"):
        return None
    place = verb - 1
    while place >= 0 and tree.pos[place] in ("AUX", "ADV", "PART"):
        place -= 1
    return place if place >= 0 and tree.pos[place] in ("NOUN", "PROPN", "PRON") else None


def inverted(tree: Tree, verb: int) -> int | None:
    """A subject behind its cue: recipients, said Mauer, are required to show them."""
    if verb < 2 or tree.words[verb - 1] != "," or verb + 1 >= len(tree):
        return None
    own = tree.child(verb, *SUBJECTS)
    if (own is not None and own > verb) or tree.deps[verb] in ("advcl", "acl", "conj"):
        return None
    place = verb + 1
    while place < len(tree) and tree.pos[place] in ("DET", "PROPN", "NOUN", "ADJ", "PRON", "NUM"):
        place += 1
    closed = place >= len(tree) or tree.words[place] in (",", ".", ";", "—", "–", "-")
    return place - 1 if closed and place > verb + 1 and tree.pos[place - 1] in ("PROPN", "NOUN", "PRON") else None


def _contents(
    tree: Tree, words: Words, verb: int, cue: Cue, folded: frozenset[int], passive: bool
) -> list[tuple[int, int, str]]:
    """Contents as (first, stop, frame): a clause, both sides of an inserted cue, or else a phrase."""
    inserted = _inserted(tree, verb, cue, folded)
    if inserted:
        return inserted
    clause = _clause(tree, words, verb, cue, folded)
    if clause is not None:
        return [clause]
    if passive:
        found = _labelled(tree, verb, cue) or _prepositional(tree, verb, cue) or _passive_subject(tree, verb, cue)
    else:
        found = _labelled(tree, verb, cue) or _prepositional(tree, verb, cue) or _noun(tree, verb, cue, folded)
    return [found] if found is not None else []


def _inserted(tree: Tree, verb: int, cue: Cue, folded: frozenset[int]) -> list[tuple[int, int, str]]:
    """Both sides of a cue between commas: The plan, he said, is dead. As the mayor noted, it is dead."""
    if "c" not in cue.speech:
        return []
    speaker = speaker_of(tree, verb, False)
    is_finite = tree.deps[verb] in ("ROOT", "parataxis", "ccomp", "dep") and speaker is not None
    left, right = _cue_clause(tree, verb, speaker)
    before = left > 0 and tree.words[left - 1] in _INSERTION
    after = right < len(tree) and tree.words[right] in _INSERTION
    opening = left == 0 or (left == 1 and tree.words[0] in _OPENING)
    is_as = tree.words[left] == "as"
    if not after or not ((is_as and (before or opening)) or (is_finite and before)):
        return []
    first, stop = _host(tree, verb)
    sides = []
    for a, b in ((first, left), (right, stop)):
        a, b = trim(tree, a, b)
        if b - a == 1 and tree.pos[a] in ("ADV", "CCONJ", "SCONJ", "PUNCT"):
            continue
        if b > a and not any(t in folded for t in range(a, b)):
            sides.append((a, b, "c"))
    return [max(sides, key=lambda s: s[1] - s[0])] if is_as and sides else sides


def _cue_clause(tree: Tree, verb: int, speaker: int | None) -> tuple[int, int]:
    """Tokens of the cue, its subject and its adverbs, contents left out."""
    left = right = verb
    for child in tree.children[verb]:
        if tree.deps[child] in ("ccomp", "punct", "conj", "cc", "advcl", "dep", "parataxis", "xcomp", "intj"):
            continue
        if tree.deps[child] in SUBJECTS and child != speaker:
            continue
        a, b = tree.subtree(child)
        if (
            b <= verb + 1
            or a <= verb + 1
            or tree.deps[child] in ("nsubj", "advmod", "prep", "npadvmod", "dobj", "mark")
        ):
            left, right = min(left, a), max(right, b - 1)
    for place in range(left - 1, max(-1, left - 3), -1):
        if tree.words[place] == "as":
            left = place
            break
        if tree.words[place] in _INSERTION:
            break
    return left, right + 1


def _host(tree: Tree, verb: int) -> tuple[int, int]:
    """The clause that the cue is inserted in."""
    content = tree.child(verb, "ccomp", "advcl")
    tokens = [verb] if content is None else [content]
    if tree.heads[verb] != verb and tree.deps[verb] in ("parataxis", "advcl", "ccomp", "dep", "relcl"):
        tokens.append(tree.heads[verb])
    first = min(tree.subtree(t)[0] for t in tokens)
    stop = max(tree.subtree(t)[1] for t in tokens)
    return first, stop


def _clause(tree: Tree, words: Words, verb: int, cue: Cue, folded: frozenset[int]) -> tuple[int, int, str] | None:
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
                stop = _with_conjoined(tree, words, verb, stop)
            else:
                stop = min(stop, verb)
            return first, stop, frame
        if dep == "xcomp" and child > verb and tree.child(child, "aux") is not None:
            subject = tree.child(verb, "dobj", "dative")
            if subject is not None and "x" in cue.frames:
                return tree.subtree(subject)[0], stop, "x"
            if "i" in cue.frames or "x" in cue.frames:
                return max(first, verb + 1), stop, "i" if "i" in cue.frames else "x"
    if tree.deps[verb] == "parataxis" and "c" in cue.frames:
        return _around(tree, verb)
    return _that_clause(tree, words, verb, cue)


def _that_clause(tree: Tree, words: Words, verb: int, cue: Cue) -> tuple[int, int, str] | None:
    """A clause with its complementizer that the parser hung elsewhere: told a paper in a statement that A."""
    if not cue.frames & {"c", "a"}:
        return None
    for place in range(verb + 1, min(len(tree), verb + 14)):
        if tree.words[place] in (";", ":", ".") or cue_at(tree, words, place) is not None:
            return None
        if tree.words[place] == "that" and tree.deps[place] == "mark" and verb in tree.ancestors(tree.heads[place]):
            return place + 1, max(tree.subtree(tree.heads[place])[1], place + 1), "c" if "c" in cue.frames else "a"
    if verb + 1 < len(tree) and tree.words[verb + 1] == "that" and tree.pos[verb + 1] == "SCONJ":
        return verb + 2, len(tree), "c"
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
    return "c" if "c" in cue.frames else ("i" if "i" in cue.frames and infinitive else None)


def _with_conjoined(tree: Tree, words: Words, verb: int, stop: int) -> int:
    """A second clause that the parser hung on the cue is content too: said A, and B is still rising."""
    for other in tree.children[verb]:
        if tree.deps[other] != "conj" or other < stop or tree.child(other, *SUBJECTS) is None:
            continue
        if cue_at(tree, words, other) is not None:
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
        near = [*tree.children[verb], *tree.children[obj]]
        phrase = next((c for c in near if tree.words[c] == "as" and c > obj), None)
        if phrase is not None:
            return tree.subtree(obj)[0], tree.subtree(phrase)[1], "as"
    return None


def _prepositional(tree: Tree, verb: int, cue: Cue) -> tuple[int, int, str] | None:
    obj = tree.child(verb, "dobj")
    behind = tree.children[obj] if obj is not None and obj > verb and "n" not in cue.frames else []
    for child in [*tree.children[verb], *behind]:
        word = tree.words[child]
        if child < verb or word not in _PREPOSITIONS or word not in cue.frames:
            continue
        if tree.deps[child] in ("prep", "prt"):
            return child + 1, _to_the_end(tree, verb, child, tree.subtree(child)[1]), word
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
    if any(tree.words[c] == "as" and tree.child(c, "pcomp") is not None for c in tree.children[verb]):
        return None  # quoted the minister as saying ...: the content is that of "saying"
    first, stop = tree.subtree(obj)
    return first, _to_the_end(tree, verb, obj, stop), "n"


def _to_the_end(tree: Tree, verb: int, obj: int, stop: int) -> int:
    """Phrases behind an object that belong to it: blasted the mayor for lying, called on them to resign."""
    for child in tree.children[verb]:
        if child > obj and tree.deps[child] in ("prep", "xcomp", "acl", "relcl") and tree.subtree(child)[0] == stop:
            if tree.deps[child] == "prep" and tree.words[child] not in ("for", "as", "of", "over", "about", "to"):
                break
            stop = tree.subtree(child)[1]
    return stop


def _passive_subject(tree: Tree, verb: int, cue: Cue) -> tuple[int, int, str] | None:
    """A deal was announced: the subject is the topic."""
    subject = tree.child(verb, "nsubjpass")
    if "n" not in cue.frames or subject is None:
        return None
    return *tree.subtree(subject), "n"


def _according(tree: Tree, token: int, folded: frozenset[int]) -> Report | None:
    """According to the mayor, CONTENT. -- CONTENT, according to the mayor."""
    preposition = token + 1
    if preposition >= len(tree) - 1 or tree.words[preposition] != "to":
        return None
    speaker, stop = source_of(tree, preposition)
    left = _clause_left(tree, token)
    first, last = (stop, len(tree)) if _is_leading(tree, left, token) else (left, token)
    first, last = trim(tree, first, last)
    if any(t in folded for t in range(first, last)) and last - first <= 6:
        return None
    return Report(
        first, last, token, preposition + 1, speaker, "according", "according_to", "speech", "according", True
    )


def _is_leading(tree: Tree, left: int, token: int) -> bool:
    """Does the phrase stand before its content? True too after "Wikinews has learned that" and "But"."""
    before = [t for t in range(left, token) if tree.pos[t] not in ("PUNCT", "CCONJ", "ADV", "SCONJ")]
    return not before or (tree.words[token - 1] in ("that", "but", "and") and token - left <= 6)


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
    while place < len(tree) and tree.words[place] not in _CLOSING and tree.pos[place] not in ("AUX", "SCONJ"):
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


def trim(tree: Tree, first: int, stop: int) -> tuple[int, int]:
    """Cut marks, commas and the complementizer off both ends."""
    while first < stop and tree.words[first] in _OPENING:
        first += 1
    while stop > first and tree.words[stop - 1] in _CLOSING:
        stop -= 1
    return first, stop
