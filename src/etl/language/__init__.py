"""Names, people and quotations of one article."""

from functools import lru_cache

from etl.language.model import Models
from etl.language.reading import read_article, read_names

__all__ = ["Models", "load_models", "read_article", "read_names"]


@lru_cache(maxsize=1)
def load_models() -> Models:
    """Return the models of this process, loaded at the first call: our names tagger, spaCy's parser."""
    # Imported here so that what only looks at records need not wait for spaCy.
    from etl.language import tagger
    from etl.language.spacy_model import load_spacy

    return Models(names=tagger.load(), parser=load_spacy().parser)
