"""Names, people and quotations of one article."""

from etl.language.model import Models
from etl.language.reading import read_article

__all__ = ["Models", "load_models", "read_article"]


def load_models() -> Models:
    """Return the models of this process, loaded at the first call."""
    from etl.language.spacy_model import load_spacy

    return load_spacy()
