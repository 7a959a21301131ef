"""The one interface that language models stand behind.

A names model splits paragraphs into tokens and sentences and marks names; a parser adds the grammar
of single sentences and is asked only where a quotation may hang on it. Both are plain objects made
once per process; nothing else in the language stage knows which model is in use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Name:
    """A name found by a model: `text[start:end]` of its paragraph.

    `label` is PERSON, ORG, GPE, LOC, NORP, FAC, EVENT, PRODUCT, WORK_OF_ART, LAW or MISC; `confidence` is 0 to 1.
    """

    start: int
    end: int
    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Analysis:
    """One paragraph, analysed. All offsets count code points of that paragraph.

    `tokens` are (start, end) pairs in order, without white space; `sentences` are (first, stop) ranges of
    token numbers that cover all tokens; `names` are in order and do not overlap.
    """

    tokens: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int], ...]
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Parse:
    """The grammar of one sentence, token by token (tokens of the parser's own).

    `pos` are universal part-of-speech tags, `lemmas` lower-case base forms (empty where the parser gives none),
    `heads` token numbers (a root is its own head), `deps` dependency labels in the ClearNLP habit (`nsubj`,
    `ccomp`, ...).
    """

    tokens: tuple[tuple[int, int], ...]
    pos: tuple[str, ...]
    lemmas: tuple[str, ...]
    heads: tuple[int, ...]
    deps: tuple[str, ...]


class NamesModel(Protocol):
    """Finds tokens, sentences and names."""

    @property
    def version(self) -> str:
        """Name and version of model and weights; part of the pipeline's fingerprint."""
        ...

    def analyse(self, paragraphs: Sequence[str]) -> list[Analysis]:
        """Analyse the paragraphs of one story, in order; one `Analysis` each."""
        ...


class Parser(Protocol):
    """Finds the grammar of sentences."""

    @property
    def version(self) -> str:
        """Name and version of model and weights; part of the pipeline's fingerprint."""
        ...

    def parse(self, sentences: Sequence[str]) -> list[Parse]:
        """Parse each sentence on its own; one `Parse` each."""
        ...


@dataclass(frozen=True, slots=True)
class Models:
    """The models of one process, handed to the language stage."""

    names: NamesModel
    parser: Parser

    @property
    def version(self) -> str:
        """Versions of both models in one string."""
        return f"{self.names.version} {self.parser.version}"
