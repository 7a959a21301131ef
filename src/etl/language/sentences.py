"""Sentence borders by punctuation, for models that give none of their own.

A full stop ends a sentence when it stands as a token (abbreviations keep theirs), closing marks behind it belong to
the sentence it ends, and the next token does not start in lower case.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

_ENDS = frozenset({".", "!", "?", "...", "…", "?!", "!!", "??", ".."})
_CLOSERS = frozenset({'"', "”", "’", "'", "''", ")", "]", "»"})
_OPENERS = frozenset({"“", "‘", "``", "(", "[", "«", '"', "'"})
_ABBREVIATIONS = frozenset(
    [
        "Mr",
        "Mrs",
        "Ms",
        "Dr",
        "Prof",
        "Gen",
        "Lt",
        "Col",
        "Maj",
        "Capt",
        "Cpl",
        "Sgt",
        "Cmdr",
        "Adm",
        "Rep",
        "Sen",
        "Gov",
        "Rev",
        "Hon",
        "Pres",
        "Supt",
        "Det",
        "Insp",
        "Messrs",
        "Mme",
        "Mlle",
        "St",
        "Ste",
        "Mt",
        "Ft",
        "vs",
        "v",
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "Jun",
        "Jul",
        "Aug",
        "Sept",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
        "Fr",
        "Sr",
        "Br",
        "al",
    ]
)


def split_sentences(text: str, tokens: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return (first, stop) ranges of token numbers that cover all tokens, in order."""
    words = [text[start:end] for start, end in tokens]
    borders = [0]
    at = 0
    while at < len(words):
        at += 1
        if not _ends_here(words, at - 1):
            continue
        stop = _with_closers(words, tokens, at)
        if stop < len(words) and not _goes_on(words, stop):
            borders.append(stop)
        at = stop
    if words:
        borders.append(len(words))
    return tuple(itertools.pairwise(borders))


def _ends_here(words: Sequence[str], at: int) -> bool:
    word = words[at]
    if word not in _ENDS:
        # Tokenisers keep the stop on "Inc." and "U.S."; such a word ends a sentence only before a clear start.
        return word.endswith(".") and len(word) > 2 and at + 1 < len(words) and words[at + 1] in _SURE_STARTS
    if word != "." or at == 0:
        return True
    # Example: "No. 3 seed"; but "No." is also a whole answer.
    is_number_sign = words[at - 1] in ("No", "Nos") and at + 1 < len(words) and words[at + 1][0].isdigit()
    return words[at - 1] not in _ABBREVIATIONS and not is_number_sign


_SURE_STARTS = frozenset(
    [
        "The",
        "It",
        "He",
        "She",
        "They",
        "But",
        "In",
        "This",
        "That",
        "There",
        "These",
        "Those",
        "His",
        "Her",
        "Its",
        "And",
        "We",
        "If",
        "When",
    ]
)


def _with_closers(words: Sequence[str], tokens: Sequence[tuple[int, int]], at: int) -> int:
    """Move past closing marks that touch the end mark: the marks in 'he said.”' are of that sentence."""
    while at < len(words) and (words[at] in _ENDS or (words[at] in _CLOSERS and tokens[at][0] == tokens[at - 1][1])):
        at += 1
    return at


def _goes_on(words: Sequence[str], at: int) -> bool:
    """True when what follows reads on: a lower-case word, or marks before one ('Really?' he asked)."""
    while at < len(words) and words[at] in _OPENERS:
        at += 1
    return at < len(words) and words[at][0].islower()
