"""Which language a story is in: declared by the file, else told from its text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from etl.desk.lexicon import load

_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 600
_WORDS_SAMPLE = 360
_ENOUGH_WORDS = 6
_ENOUGH_SHARE = 0.2
_LEAD = 2.0
_FEWEST_LETTERS = 24
_SUREST = 0.5


def declared_language(value: str | None) -> str | None:
    """A declared language ("en-US", "ENG", "German", "de_DE") as ISO 639-1, None when it is none."""
    if value is None:
        return None
    head = re.split(r"[-_.\s;,]", value.strip().casefold(), maxsplit=1)[0]
    if len(head) == 2 and head.isalpha():
        return head
    code: str | None = load("languages.toml")["codes"].get(head)
    return code


def detected_language(sample: str) -> str | None:
    """The language of running text, None when there is too little to tell by.

    Common words settle most wire copy; the language identification library is asked for the rest, among
    the languages that agencies file in.
    """
    sample = sample[:_SAMPLE]
    by_words = _by_common_words(sample)
    if by_words is not None:
        return by_words
    if sum(ch.isalpha() for ch in sample) < _FEWEST_LETTERS:
        return None
    language, sure = _identifier().classify(sample)
    return str(language) if sure >= _SUREST else None


@cache
def _common() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for language, words in load("languages.toml")["common"].items():
        for word in words:
            table[word] = (*table.get(word, ()), language)
    return table


def _by_common_words(sample: str) -> str | None:
    words = _WORD.findall(sample[:_WORDS_SAMPLE].casefold())
    counts: dict[str, int] = {}
    common = _common()
    for word in words:
        if word in common:
            for language in common[word]:
                counts[language] = counts.get(language, 0) + 1
    if not counts:
        return None
    best, *others = sorted(counts.items(), key=lambda item: -item[1])
    if best[1] < _ENOUGH_WORDS or best[1] < _ENOUGH_SHARE * len(words):
        return None
    return best[0] if not others or best[1] >= _LEAD * others[0][1] else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = set(identifier.labels)
    identifier.set_languages([code for code in load("languages.toml")["plausible"] if code in known])
    return identifier
