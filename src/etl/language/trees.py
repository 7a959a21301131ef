"""Reading one parsed sentence: subjects, noun phrases, clauses. Token numbers throughout."""

from __future__ import annotations

from functools import cached_property

from etl.language.cues import Words
from etl.language.model import Parse

_BORDERS = frozenset({",", "—", "–", "-", '"', "“", "”", ";", ":"})
SUBJECTS = frozenset({"nsubj", "csubj"})
PASSIVE_SUBJECTS = frozenset({"nsubjpass", "csubjpass"})


class Tree:
    """A `Parse` and the sentence it is of, with what is asked of it often computed once."""

    def __init__(self, text: str, parse: Parse, lexicon: Words) -> None:
        """Hold the parse of `text`, and the words of its language."""
        self.lexicon = lexicon
        self._grammar = lexicon.sets
        self.text = text
        self.parse = parse
        self.tokens = parse.tokens
        self.heads = parse.heads
        self.deps = parse.deps
        self.pos = parse.pos

    def __len__(self) -> int:
        """Number of tokens."""
        return len(self.tokens)

    @cached_property
    def words(self) -> list[str]:
        """Tokens in lower case."""
        return [self.text[a:b].lower() for a, b in self.tokens]

    @cached_property
    def children(self) -> list[list[int]]:
        """Children of each token, in order."""
        found: list[list[int]] = [[] for _ in self.tokens]
        for token, head in enumerate(self.heads):
            if head != token:
                found[head].append(token)
        return found

    @cached_property
    def _edges(self) -> list[tuple[int, int]]:
        left = list(range(len(self.tokens)))
        right = list(range(len(self.tokens)))
        for _ in range(60):  # a projective tree settles in as many rounds as it is deep
            changed = False
            for token, head in enumerate(self.heads):
                if left[token] < left[head]:
                    left[head], changed = left[token], True
                if right[token] > right[head]:
                    right[head], changed = right[token], True
            if not changed:
                break
        return list(zip(left, right, strict=True))

    def subtree(self, token: int) -> tuple[int, int]:
        """First token and one past the last of everything under the token."""
        left, right = self._edges[token]
        return left, right + 1

    def child(self, token: int, *deps: str) -> int | None:
        """The first child with one of the labels."""
        return next((c for c in self.children[token] if self.deps[c] in deps), None)

    def offsets(self, first: int, stop: int) -> tuple[int, int]:
        """Characters of tokens first..stop-1."""
        return self.tokens[first][0], self.tokens[stop - 1][1]

    def ancestors(self, token: int) -> list[int]:
        """Heads from the token up to the root, the token itself left out."""
        found = []
        for _ in self.tokens:
            if self.heads[token] == token:
                break
            token = self.heads[token]
            found.append(token)
        return found

    def is_passive(self, verb: int) -> bool:
        """Has the verb a passive subject or auxiliary, or is it a past participle behind its noun?"""
        if self.deps[verb] == "acl" and not self._is_present(verb) and self.heads[verb] == verb - 1:
            return True
        return any(self.deps[c] in PASSIVE_SUBJECTS or self.deps[c] == "auxpass" for c in self.children[verb])

    def _is_present(self, verb: int) -> bool:
        return self.words[verb].endswith(tuple(self._grammar["grammar.participle_ending"]))

    def subject(self, verb: int) -> int | None:
        """Head of who does it, looked for along conjunctions, infinitives and participles up the sentence."""
        seen = 0
        while seen < 12:
            seen += 1
            subjects = [c for c in self.children[verb] if self.deps[c] in SUBJECTS or self.deps[c] in PASSIVE_SUBJECTS]
            own = subjects[-1] if subjects else None
            if own is not None:
                return self._antecedent(own, verb)
            head, dep = self.heads[verb], self.deps[verb]
            if head == verb:
                return None
            if dep in ("acl", "relcl") and self.pos[head] in ("NOUN", "PROPN", "PRON", "NUM"):
                return head
            if dep in ("appos", "pobj", "dobj", "nsubj"):
                return None
            if dep == "pcomp" and self.deps[head] == "prep":
                quoted = self._quoted_by(head)  # the agency quoted the minister as saying
                if quoted is not None:
                    return quoted
            verb = head
        return None

    def _quoted_by(self, preposition: int) -> int | None:
        if self.words[preposition] not in self._grammar["grammar.as"]:
            return None
        return self.child(self.heads[preposition], "dobj", "nsubjpass")

    def _antecedent(self, subject: int, verb: int) -> int:
        """Who "who" is: the noun that the relative clause hangs on."""
        clause = verb
        if self.words[subject] in self._grammar["grammar.quoted_pronouns"]:
            for _ in range(4):
                if self.deps[clause] in ("relcl", "acl"):
                    return self.heads[clause]
                if self.heads[clause] == clause:
                    break
                clause = self.heads[clause]
        return subject

    def phrase(self, head: int) -> tuple[int, int]:
        """The noun phrase of a head as a newspaper prints a speaker: relative clauses and asides are cut off."""
        first, stop = self.subtree(head)
        for child in self.children[head]:
            cuts = self.deps[child] in ("relcl", "advcl", "parataxis", "ccomp") or (
                self.deps[child] == "acl" and self.words[child - 1 if child else 0] == ","
            )
            if cuts and child > head:
                stop = min(stop, self.subtree(child)[0])
            if self.deps[child] == "appos" and child > head and self._is_aside(head, child):
                stop = min(stop, self.subtree(child)[0])
            if (
                self.deps[child] in ("punct", "prep")
                and child > head + 0
                and self.words[child] in (",", "—", "–", "-", ":", "(")
            ):
                later = [c for c in self.children[head] if c > child and self.deps[c] in ("appos", "conj", "cc")]
                if not later:
                    stop = min(stop, child)
        while stop > head + 1 and self.words[stop - 1] in (",", "—", "–", "-", ":", ";", "(", '"', "“", "”", "."):
            if self.words[stop - 1] == "." and stop - 1 == head:
                break
            stop -= 1
        while first < head and (
            self.words[first] in _BORDERS or self.words[first] in self._grammar["grammar.conjunctions"]
        ):
            first += 1
        return first, max(stop, head + 1)

    def _is_aside(self, head: int, appos: int) -> bool:
        """ "Shiraz Maher, an analyst": the aside is cut; "the team's coach, Alireza Mehraban": the name stays."""
        return self.pos[head] == "PROPN" or self.pos[appos] != "PROPN"
