"""A names tagger of our own: numpy at run time, weights in the package. `load()` makes one."""

from etl.language.tagger.tagger import Tagger, load

__all__ = ["Tagger", "load"]
