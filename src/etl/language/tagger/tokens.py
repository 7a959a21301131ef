"""Tokens and sentences of wire text.

Tokens tile a text: every character that is not white space belongs to exactly one token. Names must be able
to begin and end at token borders, so a possessive ("Turkey's"), a compound that hangs on a name ("London-based",
"U.S.-led") and the angle brackets of a ticker ("<GM.N>") are split off; "U.S.", "Gen.", "J.R." and "AT&T" stay whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

_WORD = "[^\\W_][\\w\u0300-\u036f]*"  # with combining accents, which \w leaves out


@cache
def word_list(name: str) -> tuple[str, ...]:
    """The words of one section of `data/tokens.txt`, in file order; KeyError for a section that is not there."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    text = resources.files("etl.language.tagger").joinpath("data/tokens.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current += line.split()
    return tuple(sections[name])


def _choice(name: str) -> str:
    return "|".join(re.escape(word) for word in sorted(word_list(name), key=len, reverse=True))


@cache
def _pattern() -> re.Pattern[str]:
    dotted = f"{_choice('titles')}|{_choice('months')}|{_choice('firms')}|{_choice('places')}|{_choice('other')}"
    hanging = _choice("hanging")
    inner = rf"['’](?![sS]\b)|&|-(?!(?i:{hanging})\b)|\.(?=[a-z0-9])|(?:(?<=[A-Z])|(?<=[A-Z]n))\.(?=[A-Z]{{1,2}}\b)"
    return re.compile(
        rf"(?:[A-Za-z]\.){{2,}}(?![a-z])"  # U.S., a.m., J.R.; not the start of "e.g.whatever"
        rf"|\b(?:{dotted})\."
        rf"|[A-Z]\.(?=\s+[A-Z])"  # the initial in "John F. Kennedy"
        rf"|\d+(?:[.,:/-]\d+)+"
        rf"|{_WORD}(?:(?:{inner}){_WORD})*"
        rf"|['’][sS]\b"
        rf"|--+|\.\.+|``|''|\S"
    )


def tokenise(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each token, in order. Joined, they are the text without its white space."""
    return [match.span() for match in _pattern().finditer(text)]


_STOPS = frozenset(".!?…")
_CLOSERS = frozenset(("'", '"', "''", "”", "’", "»", ")", "]"))
_OPENERS = frozenset(("'", '"', "``", "“", "‘", "«", "(", "["))


def split_sentences(text: str, tokens: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return (first, stop) token numbers of the sentences; they cover all tokens in order.

    A sentence ends at a stop, with the quotes and brackets that close after it, if white space and then
    something that can begin a sentence follow. Abbreviations end one only as far as their kind allows:
    "Gen." and "Feb." never, "U.S." and "Inc." only before a word that rarely goes on with a name.
    A line break of a table (see `hard_breaks`) always ends one.
    """
    words = [text[a:b] for a, b in tokens]
    breaks = _line_ends(text, tokens)
    candidates = [i for i, word in enumerate(words) if word[-1] in _STOPS]
    out: list[tuple[int, int]] = []
    first = 0
    for i in sorted({*candidates, *breaks}) if breaks else candidates:
        if i < first:
            continue  # closed with the sentence before: the second stop of "...'."
        end = _sentence_end(tokens, words, i)
        stop = end if end and _can_end(tokens, words, first, i, end) else i + 1 if i in breaks else 0
        if stop:
            out.append((first, stop))
            first = stop
    if first < len(tokens):
        out.append((first, len(tokens)))
    return out


def hard_breaks(text: str) -> list[int]:
    """Offsets of line breaks that divide, as in tables and verse, and are not just a wrapped line.

    A wrapped line is long; a line of a table is short or has columns ("Leeds    3  1  0").
    """
    if "\n" not in text:
        return []
    out, start = [], 0
    for line in text.split("\n")[:-1]:
        end = start + len(line)
        if len(line) < 50 or "\t" in line.strip() or re.search(r"\S {3,}\S", line):
            out.append(end)
        start = end + 1
    return out


def _line_ends(text: str, tokens: Sequence[tuple[int, int]]) -> set[int]:
    """Numbers of the tokens that end a line at a dividing break."""
    out, at = set(), 0
    for offset in hard_breaks(text):
        while at < len(tokens) and tokens[at][0] < offset:
            at += 1
        if at:
            out.add(at - 1)
    return out


def _sentence_end(tokens: Sequence[tuple[int, int]], words: list[str], i: int) -> int:
    """Token number after the stop at `i` and what closes with it; 0 where there is no stop at `i`."""
    if words[i][-1] not in _STOPS:
        return 0
    end = i + 1
    while end < len(words) and tokens[end][0] == tokens[end - 1][1]:  # a quote after a space opens: 'he left. "I'
        if words[end] not in _CLOSERS and words[end] not in _STOPS:
            break
        end += 1
    return end


@cache
def _kinds() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    never = frozenset(f"{w}." for kind in ("titles", "months", "other") for w in word_list(kind))
    perhaps = frozenset(f"{w}." for kind in ("firms", "places") for w in word_list(kind))
    return never, perhaps, frozenset(word_list("openers"))


def _can_end(tokens: Sequence[tuple[int, int]], words: list[str], first: int, i: int, end: int) -> bool:
    if end >= len(words):
        return True
    if tokens[end - 1][1] == tokens[end][0]:
        return False  # glued: "3.Leeds", "www.example.com"
    follower = words[end]
    if follower in _OPENERS and end + 1 < len(words):
        follower = words[end + 1]
    if follower[0].islower() or follower[0] in ",;:-–—)":
        return False
    word = words[i]
    if len(word) == 1 or word[0] == ".":
        return not (i == first + 1 and words[first].isdigit())  # "1. Leeds" opens a list line
    if word in ("No.", "Nos."):
        return not follower[0].isdigit()  # "No. 10", but '"No. We stay."'
    never, perhaps, openers = _kinds()
    if word in never or (len(word) == 2 and word != "I."):
        return end > i + 1
    if word in perhaps or "." in word[:-1]:
        return follower in openers or end > i + 1
    return True
