"""The names model: paragraphs of one story in, tokens, sentences and names out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from etl.language.model import Analysis, Name
from etl.language.tagger.casing import forms_of, line_kind
from etl.language.tagger.decode import LABELS, decode
from etl.language.tagger.forms import BREAK
from etl.language.tagger.network import Network
from etl.language.tagger.repair import repair
from etl.language.tagger.tokens import hard_breaks, split_sentences, tokenise
from etl.language.tagger.weights import Weights, read_weights

LONGEST = 6000
"""Tokens read in one pass, give or take a line: a longer text is cut between lines, and a line of more than a quarter
of this is cut too, so that memory stays bounded whatever arrives."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a story: which paragraph it belongs to and which of its tokens it holds."""

    paragraph: int
    first: int
    words: list[str]


class Tagger:
    """A `NamesModel` with weights of its own. One instance serves one thread; a story never changes the next."""

    def __init__(self, weights: Weights, *, repairs: bool = True) -> None:
        """`repairs` off leaves the network's names as they are, for measuring."""
        self._header = weights.header
        self._lexicon = weights.lexicon
        self._network = Network(weights)
        self._repairs = repairs

    @property
    def version(self) -> str:
        """Name and version of the weights, and whether repairs are on."""
        return f"{self._header['version']}{'' if self._repairs else '-bare'}"

    def analyse(self, paragraphs: Sequence[str]) -> list[Analysis]:
        """Analyse the paragraphs of one story, in order; one `Analysis` each.

        Labels are PERSON, ORG, LOC and MISC. A line break in a paragraph counts as a space if the line before it is
        long, as in wrapped text, and divides if it is short or has columns, as in a table.
        """
        tokens = [tokenise(text) for text in paragraphs]
        lines = [line for i, text in enumerate(paragraphs) for line in _lines(i, text, tokens[i])]
        names = self._names(lines, tokens)
        analyses = [
            Analysis(tuple(spans), tuple(split_sentences(text, spans)), tuple(found))
            for text, spans, found in zip(paragraphs, tokens, names, strict=True)
        ]
        if not self._repairs:
            return analyses
        return repair(paragraphs, analyses, usual_case=self._lexicon.usual_case)

    def _names(self, lines: list[_Line], tokens: list[list[tuple[int, int]]]) -> list[list[Name]]:
        """Names of each paragraph, as the network sees them."""
        words = [line.words for line in lines]
        forms = forms_of(words, [line_kind(w) for w in words], self._lexicon.usual_case)
        out: list[list[Name]] = [[] for _ in tokens]
        begin = size = 0
        for end, line_forms in enumerate(forms, 1):
            size += len(line_forms)
            if size > LONGEST or end == len(forms):
                self._read(lines[begin:end], forms[begin:end], tokens, out)
                begin, size = end, 0
        return out

    def _read(
        self,
        lines: list[_Line],
        forms: list[list[str]],
        tokens: list[list[tuple[int, int]]],
        out: list[list[Name]],
    ) -> None:
        """Find the names of some lines in one pass of the network and put them with their paragraphs."""
        sequence = [form for line_forms in forms for form in (*line_forms, BREAK)]
        begins = list(accumulate((len(line_forms) + 1 for line_forms in forms), initial=0))
        at = 0
        for first, stop, label, odds in decode(self._network.scores(sequence)):
            while begins[at + 1] <= first:
                at += 1
            line = lines[at]
            spans = tokens[line.paragraph][line.first : line.first + len(line.words)]
            inside = spans[first - begins[at] : stop - begins[at]]  # a break that was marked by mistake falls off
            if inside:
                name = Name(inside[0][0], inside[-1][1], LABELS[label], self._confidence(odds))
                out[line.paragraph].append(name)

    def _confidence(self, log_odds: float) -> float:
        """Probability that span and label are right, by the line fitted on held-out stories."""
        slope, offset = self._header["calibration"]
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, slope * log_odds + offset)))), 4)


def _lines(paragraph: int, text: str, tokens: list[tuple[int, int]]) -> list[_Line]:
    """Cut a paragraph's tokens at its dividing line breaks and where lines are overlong; empty lines are left out."""
    cuts = [*hard_breaks(text), len(text)]
    out, first = [], 0
    for cut in cuts:
        stop = first
        while stop < len(tokens) and tokens[stop][0] < cut:
            stop += 1
        for begin in range(first, stop, LONGEST // 4):
            end = min(stop, begin + LONGEST // 4)
            out.append(_Line(paragraph, begin, [text[a:b] for a, b in tokens[begin:end]]))
        first = stop
    return out


def load(*, repairs: bool = True) -> Tagger:
    """Load the tagger with the weights that ship with the package (about 0.2 s).

    Raises:
        ValueError: the weights file is damaged.
    """
    return Tagger(read_weights(), repairs=repairs)
