"""Lines whose letters do not say what is a name: headlines in capitals, and in Capitals At Every Word.

In such a line a word's own case is replaced by evidence: how the body of the same story writes the word, or
else how English usually writes it. The evidence becomes part of the *form* of the word that the network sees, so
the network has learned how far to trust each kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

Kind = Literal["plain", "capitals", "title"]

MARK = "\ue000"
"""First character of a form that carries evidence: MARK, one letter of evidence, the word in lower case."""

# fmt: off
SMALL_WORDS = frozenset((
    "a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "is", "nor", "of",
    "off", "on", "onto", "or", "out", "over", "per", "so", "the", "to", "up", "via", "vs", "with",
))
# fmt: on
_PLAIN_START = frozenset('.!?"“‘(:-–—`*')


def line_kind(words: Sequence[str]) -> Kind:
    """Say whether the case of a line's words carries meaning (`plain`) or not.

    `capitals`: at least two words of two letters or more, and eight in ten of them without a small letter.
    `title`: at least four words, all capitalised but for the small words, and no full stop at the end.
    """
    small = sum(map(str.islower, words))
    if 2 * small > len(words):
        return "plain"  # most lines end here
    letters = [word for word in words if len(word) > 1 and word[0].isalpha()]
    if len(letters) < 2:
        return "plain"
    upper = sum(word.isupper() or (len(word) > 4 and word[2:].isupper()) for word in letters)  # McDONALD
    if upper >= 0.8 * len(letters) and any(len(word) > 3 for word in letters):
        return "capitals"
    if len(letters) < 4 or words[-1] in {".", ",", ";", ":"}:
        return "plain"
    capital = sum(word[0].isupper() for word in letters)
    linking = sum(word in SMALL_WORDS for word in letters)
    return "title" if capital >= 3 and capital + linking == len(letters) else "plain"


def body_case(lines: Sequence[Sequence[str]], kinds: Sequence[Kind]) -> dict[str, str]:
    """Map each lower-case word of the plain lines to how they write it: l(ower), t(itle) or u(pper).

    Words that begin a line or sentence are counted only where they are not capitalised by their place.
    """
    counts: dict[str, list[int]] = {}
    for words, kind in zip(lines, kinds, strict=True):
        if kind != "plain":
            continue
        before = "."
        for word in words:
            if word[0].isalpha() and before[-1] not in _PLAIN_START:
                seen = counts.setdefault(word.lower(), [0, 0, 0])
                seen[0 if not word[0].isupper() else 2 if len(word) > 1 and word.isupper() else 1] += 1
            before = word
    return {word: "ltu"[seen.index(max(seen))] for word, seen in counts.items()}


def forms_of(
    lines: Sequence[Sequence[str]], kinds: Sequence[Kind], usual_case: Callable[[str], str]
) -> list[list[str]]:
    """Return the form of each word of a story's lines.

    In plain lines that is the word itself. `usual_case` says for a lower-case word how English writes it: one of
    the letters c(ommon), m(ixed), n(ame) or ? (unknown).
    """
    if all(kind == "plain" for kind in kinds):
        return [list(words) for words in lines]
    body = body_case(lines, kinds)
    out = []
    for words, kind in zip(lines, kinds, strict=True):
        if kind == "plain":
            out.append(list(words))
            continue
        forms = []
        for word in words:
            if word[0].isalpha():
                low = word.lower()
                evidence = body.get(low) or usual_case(low)
                word = f"{MARK}{evidence if kind == 'capitals' else evidence.upper()}{low}"
            forms.append(word)
        out.append(forms)
    return out
