"""Grammar of a sentence by its cue and its capitals alone, for languages that no parser here reads.

It finds the cue, the noun phrase beside it and a clause behind a complementizer: enough for quotations in marks
and for "said that ...". All it knows of the language is in the language's data files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.language.cues import Words
from etl.language.model import Parse

_TOKEN = re.compile(r"\w+(?:[-'’.]\w+)*|[^\w\s]")
_PRONOUNS = ("masculine", "feminine", "neutral", "plural", "first_second")


@dataclass(frozen=True, slots=True)
class ShallowParser:
    """A `Parser` made of language data."""

    words: Words

    @property
    def version(self) -> str:
        """It has no weights: the rules are versioned with the code."""
        return "shallow"

    def parse(self, sentences: Sequence[str]) -> list[Parse]:
        """Parse each sentence on its own; one `Parse` each."""
        return [self._parse(sentence) for sentence in sentences]

    def _parse(self, sentence: str) -> Parse:
        spans = tuple(match.span() for match in _TOKEN.finditer(sentence))
        tokens = [sentence[a:b] for a, b in spans]
        pos = [self._tag(token) for token in tokens]
        root = next((n for n, p in enumerate(pos) if p == "VERB"), 0)
        heads, deps = [root] * len(tokens), ["punct" if p == "PUNCT" else "dep" for p in pos]
        if tokens:
            deps[root] = "ROOT"
            self._hang_subject(root, tokens, pos, heads, deps)
            self._hang_clause(root, tokens, heads, deps)
            self._hang_source(tokens, pos, heads, deps)
        return Parse(spans, tuple(pos), ("",) * len(tokens), tuple(heads), tuple(deps))

    def _tag(self, token: str) -> str:
        lower = token.lower()
        if not token[0].isalnum():
            return "PUNCT"
        if any(lower in self.words.sets[f"speakers.{kind}"] for kind in _PRONOUNS):
            return "PRON"
        if lower in self.words.verbs and token[0].islower():
            return "VERB"
        if lower in self.words.sets["grammar.before_noun"]:
            return "DET"
        return "PROPN" if token[0].isupper() or token[0].isdigit() else "X"

    def _hang_subject(
        self, root: int, tokens: Sequence[str], pos: Sequence[str], heads: list[int], deps: list[str]
    ) -> None:
        """The noun phrase before the cue, or behind it where the cue follows marks or a comma."""
        is_inverted = root == 0 or pos[root - 1] == "PUNCT"
        first = root + 1 if is_inverted else self._phrase_start(root, pos)
        stop = first
        while stop < (len(tokens) if is_inverted else root) and pos[stop] in ("DET", "PROPN", "PRON", "X"):
            begun = any(p in ("PROPN", "PRON") for p in pos[first:stop])
            if begun and pos[stop] in ("X", "DET"):
                break
            stop += 1
        head = next((n for n in range(stop - 1, first - 1, -1) if pos[n] in ("PROPN", "PRON")), None)
        if head is None:
            return
        deps[head] = "nsubj"
        for token in range(first, head):
            heads[token], deps[token] = head, "det" if pos[token] == "DET" else "compound"

    @staticmethod
    def _phrase_start(root: int, pos: Sequence[str]) -> int:
        start = root
        while start > 0 and pos[start - 1] not in ("PUNCT", "VERB"):
            start -= 1
        return start

    def _hang_clause(self, root: int, tokens: Sequence[str], heads: list[int], deps: list[str]) -> None:
        """What follows a complementizer behind the cue, to the end of the sentence."""
        marks = self.words.sets["grammar.complementizer"]
        mark = next((n for n in range(root + 1, len(tokens)) if tokens[n].lower() in marks), None)
        last = len(tokens) - 1
        while last > root and not tokens[last][0].isalnum():
            last -= 1
        if mark is None or last <= mark:
            return
        for token in range(mark, last):
            heads[token] = last
        deps[mark], deps[last] = "mark", "ccomp"

    def _hang_source(self, tokens: Sequence[str], pos: Sequence[str], heads: list[int], deps: list[str]) -> None:
        """The phrase behind "according to", with its genitives: laut einem Bericht der Hafenbehörde liegen ..."""
        according = self.words.lists["grammar.according"]
        first = next((n + 1 for n, token in enumerate(tokens) if token.lower() == according[-1]), len(tokens))
        stop = first
        while stop < len(tokens) and pos[stop] in ("DET", "PROPN", "PRON", "X"):
            if pos[stop] == "X" and any(p in ("PROPN", "PRON") for p in pos[first:stop]):
                break
            stop += 1
        nouns = [n for n in range(first, stop) if pos[n] in ("PROPN", "PRON")]
        if not nouns:
            return
        head = nouns[0]
        while head + 1 in nouns:
            head += 1
        for token in range(first, stop):
            heads[token], deps[token] = head, "det" if pos[token] == "DET" else "compound"
        heads[head], deps[head] = first - 1, "pobj"
