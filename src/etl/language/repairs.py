"""Common slips of a parser at reported speech, mended before the sentence is read.

A parser trained on general text hangs "said A and warned B" and "said A, adding B" on the verb of A. Who knows
that "warned" and "adding" are cues hangs them on "said".
"""

from __future__ import annotations

from dataclasses import replace

from etl.language.cues import Words
from etl.language.model import Parse

_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "expl"})


def mend(text: str, parse: Parse, words: Words, held: frozenset[int]) -> Parse:
    """Return the parse with conjoined and participle cues hung on the cue that the sentence reports with.

    `held` are tokens inside quotation marks: they stay where they are.
    """
    forms = [text[a:b].lower() for a, b in parse.tokens]
    heads = list(parse.heads)
    deps = parse.deps
    children: list[list[int]] = [[] for _ in heads]
    for token, head in enumerate(heads):
        if token != head:
            children[head].append(token)
    reporting = [v for v in range(len(forms)) if _states(v, forms, parse, words)]
    contents = [(v, c) for v in reporting for c in children[v] if deps[c] == "ccomp" and c > v]
    for verb, content in contents:
        for token in _strays(content, children, deps, forms, parse.pos, words):
            if token in held:
                continue
            heads[token] = verb
            if deps[token] == "conj":
                _move_conjunction(token, content, verb, heads, forms, words)
            elif deps[token] == "prep":
                _give_content(token, verb, children, heads, deps)
    return replace(parse, heads=tuple(heads))


def _states(verb: int, forms: list[str], parse: Parse, words: Words) -> bool:
    """Is the token a verb that reports a clause, as speech or belief?"""
    cue = words.verbs.get(forms[verb])
    if cue is None or parse.pos[verb] not in ("VERB", "AUX"):
        return False
    return bool(cue.before("".join(forms[verb + 1 : verb + 2])).frames & {"c", "a"})


def _strays(
    content: int,
    children: list[list[int]],
    deps: tuple[str, ...],
    forms: list[str],
    pos: tuple[str, ...],
    words: Words,
) -> list[int]:
    """Tokens under a content that belong to the cue above it, each with all that hangs on it."""
    found = []
    queue = [content]
    while queue:
        for token in children[queue.pop()]:
            if token > content and _is_absolute(token, children, deps, forms, words):
                found.append(token)
            if token < content or pos[token] not in ("VERB", "AUX") or deps[token] not in ("conj", "advcl"):
                continue
            has_subject = any(deps[c] in _SUBJECTS for c in children[token])
            if _is_stray(token, has_subject, children, deps, forms, words):
                found.append(token)
            elif deps[token] == "conj":
                queue.append(token)
    return found


def _is_absolute(token: int, children: list[list[int]], deps: tuple[str, ...], forms: list[str], words: Words) -> bool:
    """Does another speaker begin here: ..., with the Herald reporting that A?"""
    if forms[token] not in words.sets["grammar.absolute"] or forms[token - 1] != ",":
        return False
    verbs = [c for c in children[token] if deps[c] in ("pcomp", "pobj") and children[c]]
    verbs = [
        v for v in verbs if deps[v] == "pcomp" or forms[v].endswith(tuple(words.sets["grammar.participle_ending"]))
    ]
    return any((cue := words.verbs.get(forms[v])) is not None and "c" in cue.speech for v in verbs)


def _give_content(token: int, verb: int, children: list[list[int]], heads: list[int], deps: tuple[str, ...]) -> None:
    """A clause right behind the other speaker's cue is that cue's, though the parser gave it to the first."""
    cue = next((c for c in children[token] if deps[c] == "pcomp"), None)
    if cue is None or any(deps[c] == "ccomp" for c in children[cue]):
        return
    later = [c for c in children[verb] if c > cue and deps[c] == "ccomp"]
    if later:
        heads[later[0]] = cue


def _is_stray(
    token: int,
    has_subject: bool,
    children: list[list[int]],
    deps: tuple[str, ...],
    forms: list[str],
    words: Words,
) -> bool:
    cue = words.verbs.get(forms[token])
    speech = cue.speech if cue is not None else frozenset()
    before = forms[token - 1] if token else ""
    states = bool(speech & {"c", "a", "l", "as"})
    if deps[token] == "advcl":
        return states and not has_subject and before == ","
    joined = before in words.sets["sentences.conjunctions"]
    return (states and (has_subject or joined)) or (
        not has_subject and (_after_comma(token, children, forms, words) or (bool(speech - {"q"}) and joined))
    )


def _after_comma(token: int, children: list[list[int]], forms: list[str], words: Words) -> bool:
    """Is the conjoined verb phrase set off by a comma: says A, and has done B?"""
    first = min([token, *[c for c in children[token] if c < token]])
    return first >= 2 and forms[first - 1] in words.sets["grammar.conjunctions"] and forms[first - 2] == ","


def _move_conjunction(token: int, content: int, verb: int, heads: list[int], forms: list[str], words: Words) -> None:
    """The conjunction and the comma before a moved verb go with it."""
    joints = words.sets["grammar.conjunctions"] | {","}
    for place in range(token - 1, max(content, token - 8), -1):
        if forms[place] in joints and heads[place] != token:
            heads[place] = verb
        elif heads[place] != token:
            break
