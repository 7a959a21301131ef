"""Other names that a story gives its entities: acronyms in brackets, "also known as", "a shortened version of"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from etl.language.found import Found, View

_BRACKET = re.compile(r"\s+\((?:the\s+|or\s+)?[“\"']?(?P<short>[A-Z][\w.&-]{1,11})[”\"']?\)")
_OR = re.compile(r",\s+or\s+(?:the\s+)?(?P<short>[A-Z][A-Z.&-]{1,8})\b")
_SAME = re.compile(
    r",?\s+(?:(?:is|was|are)\s+|which\s+is\s+|who\s+is\s+)?(?:"
    r"(?:a|the)\s+(?:shortened|short|abbreviated|common|local|old|former|Arabic|Kurdish|\w+\s+language)\s+"
    r"(?:version|form|name|term|word)\s+(?:of|for)|"
    r"(?:also|better|otherwise|popularly|commonly|previously|formerly|once|sometimes|often|widely)\s+"
    r"(?:known|called|referred\s+to)(?:\s+(?:simply|locally|here))?(?:\s+as|\s+by\s+its\s+initials)?|"
    r"known(?:\s+(?:simply|locally|widely))?\s+as|a\.?k\.?a\.?|alias|n[ée]e|formerly"
    r")\s+(?:the\s+)?[“\"‘(]?"
)
_SMALL = frozenset({"of", "the", "for", "and", "in", "on", "to", "a", "de", "la", "des", "du", "et", "y"})


def is_acronym(short: str, name: str) -> bool:
    """True when the letters of `short` begin the words of `name` in order, small words left out or not."""
    letters = re.sub(r"[^A-Z]", "", short)
    words = [word for word in re.split(r"[\s-]+", name) if word and word[0].isalpha()]
    if len(letters) < 2 or len(words) < 2:
        return False
    initials = "".join(word[0].upper() for word in words if word.lower() not in _SMALL)
    return letters in (initials, "".join(word[0].upper() for word in words)) or (
        len(letters) > 2 and initials.startswith(letters)
    )


def bracketed(views: Sequence[View], found: Sequence[Found]) -> Iterator[tuple[Found, Found]]:
    """Yield a name and its short form where the story introduces it: "Acme Wool Board (AWB)", ", or AWB,"."""
    for f in found:
        if f.label not in ("ORG", "EVENT", "LAW", "FAC", "NORP"):
            continue
        text = views[f.piece].text
        match = _BRACKET.match(text, f.end) or _OR.match(text, f.end)
        if match and is_acronym(match["short"], text[f.start : f.end]):
            start, end = match.span("short")
            yield f, Found(f.piece, start, end, f.label, "acronym", 0.95)


def stated(views: Sequence[View], found: Sequence[Found]) -> Iterator[tuple[int, int]]:
    """Yield pairs of numbers in `found` that the story itself says are one: "Urfa is a short form of Sanliurfa"."""
    starts = {(f.piece, f.start): n for n, f in enumerate(found)}
    for n, f in enumerate(found):
        match = _SAME.match(views[f.piece].text, f.end)
        other = starts.get((f.piece, match.end())) if match else None
        if other is not None:
            yield n, other
