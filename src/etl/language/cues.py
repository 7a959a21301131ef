"""The words of one language that the quotation engine asks for: cue verbs with their frames, pronouns, labels."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_DATA = files("etl.language") / "data"
LANGUAGES = ("en", "de")
"""Languages with data; the first is read where an article states none."""
PARSED = frozenset({"en"})
"""Those that the parser reads; the others get `etl.language.shallow`."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A verb that attributes: its base form and the frames it takes as speech and as belief."""

    lemma: str
    speech: frozenset[str]
    belief: frozenset[str]
    phrasal: tuple[tuple[str, str], ...] = ()
    """Frames as speech that the verb takes with a particle only: point out."""

    def before(self, following: str) -> Cue:
        """The cue as it is before a word: with its phrasal frames if the word is their particle."""
        gained = {frame for frame, particle in self.phrasal if particle == following}
        return Cue(self.lemma, self.speech | gained, self.belief) if gained else self

    @property
    def frames(self) -> frozenset[str]:
        """All frames, of either kind."""
        return self.speech | self.belief

    def kind(self, frame: str) -> str | None:
        """`speech` or `belief` when the verb takes the frame, else None."""
        if frame in self.speech:
            return "speech"
        return "belief" if frame in self.belief else None


@dataclass(frozen=True, slots=True)
class Words:
    """Language data: `verbs` by printed form in lower case, `sets` by section and key of the TOML file."""

    verbs: dict[str, Cue]
    sets: dict[str, frozenset[str]]
    lists: dict[str, tuple[str, ...]]
    cue_pattern: re.Pattern[str]

    def has(self, name: str, word: str) -> bool:
        """Is the word, in lower case, in the set of that name?"""
        return word.lower() in self.sets[name]


@lru_cache(maxsize=8)
def load_words(language: str) -> Words:
    """Language data for an ISO 639-1 code that `LANGUAGES` lists.

    Raises:
        FileNotFoundError: there is no data for that language.
    """
    verbs: dict[str, Cue] = {}
    for line in (_DATA / f"cues_{language}.tsv").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        lemma, forms, speech, belief = line.split("\t")
        plain = frozenset(f for f in _frames(speech) if "/" not in f)
        phrasal = tuple((f.split("/")[0], f.split("/")[1]) for f in sorted(_frames(speech)) if "/" in f)
        cue = Cue(lemma, plain, _frames(belief), phrasal)
        for form in (lemma, *forms.split()):
            # "found" is of "find" before "found": the first base form in the file with most frames wins
            if form not in verbs or len(cue.frames) > len(verbs[form].frames):
                verbs[form] = cue
    raw = tomllib.loads((_DATA / f"quotations_{language}.toml").read_text(encoding="utf-8"))
    lists = {
        f"{section}.{key}": tuple(value.split() if isinstance(value, str) else value)
        for section, table in raw.items()
        for key, value in table.items()
    }
    sets = {name: frozenset(word.lower() for word in words) for name, words in lists.items()}
    pattern = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, verbs), key=len, reverse=True)) + r")\b", re.I)
    return Words(verbs, sets, lists, pattern)


def _frames(column: str) -> frozenset[str]:
    return frozenset() if column == "-" else frozenset(column.split())
