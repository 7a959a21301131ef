"""What a story says its people are: role and affiliation printed beside the name, and pseudonyms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from etl.language.found import Found, Text
from etl.language.lexicon import titles


@dataclass(frozen=True, slots=True)
class Role:
    """Role and affiliation of a person as printed, with spans that count in the story's text.

    Roles are read in paragraphs only, so that all spans count in `Story.text`.
    """

    text: str | None = None
    start: int | None = None
    end: int | None = None
    affiliation: str | None = None
    affiliation_start: int | None = None
    affiliation_end: int | None = None
    is_pseudonym: bool = False

    def fields(self) -> tuple[str | None, int | None, int | None, str | None, int | None, int | None]:
        """Return the values in the order of `StoryEntity`."""
        return self.text, self.start, self.end, self.affiliation, self.affiliation_start, self.affiliation_end


def find_roles(texts: Sequence[Text], found: Sequence[Found], clusters: Sequence[int]) -> dict[int, Role]:
    """Return the role of each person (by cluster) that has one: the first printed role, the first affiliation."""
    roles: dict[int, Role] = {}
    for at, f in enumerate(found):
        piece = texts[f.piece][0]
        if f.label != "PERSON" or piece.part != "text":
            continue
        known = roles.get(clusters[at], Role())
        near = [other for other in found[max(0, at - 3) : at + 6] if other.piece == f.piece and other is not f]
        seen = _read_around(piece.text, f, near, piece.start)
        merged = _merge(known, seen)
        if merged != Role():
            roles[clusters[at]] = merged
    return roles


def _merge(known: Role, seen: Role) -> Role:
    """Keep what is known; fill what is not. An affiliation is taken only with its own role or where none is known."""
    role = known if known.text else seen
    group = known if known.affiliation else seen
    return Role(
        role.text,
        role.start,
        role.end,
        group.affiliation,
        group.affiliation_start,
        group.affiliation_end,
        known.is_pseudonym or seen.is_pseudonym,
    )


def _read_around(text: str, f: Found, near: Sequence[Found], offset: int) -> Role:
    after = _apposition_after(text, f, near, offset)
    before = _title_before(text, f, near, offset)
    return _merge(_merge(after, before), Role(is_pseudonym=_is_pseudonym(text, f, near)))


# --- ", an analyst for the Middle East Forum," ------------------------------------------------

_OPEN = re.compile(
    r"\s*,\s+(?:who\s+(?:is|was|serves\s+as|served\s+as)\s+)?(?:(?:also|now|then|currently|previously|formerly|both)\s+)?"
    r"(?:(?:an?|the|its|their|his|her)\s+)?"
)
_CLOSE = re.compile(r"[,.;:()\"“”—–]|\s--?\s|\swho\s|\swhich\s|\sthat\s|\ssaid\b|\stold\b")
_LINK = re.compile(r"\s+(?:for|of|at|with|from|in|to|on)\s+(?:the\s+)?$")
_LONG_LINK = re.compile(r"\s+(?:for|of|at|with)\s+(?:[\w’'-]+\s+){1,4}$")
"""Example: "a spokesman for the Swedish telecoms firm Ostrel"."""
_MAX_ROLE = 90


def _apposition_after(text: str, f: Found, near: Sequence[Found], offset: int) -> Role:
    opening = _OPEN.match(text, f.end)
    if opening is None:
        return Role()
    start = opening.end()
    stop = _close_at(text, start, near)
    groups = [n for n in near if n.label == "ORG" and start <= n.start and n.end <= stop]
    for group in groups:
        link = _link_before(text, start, group.start)
        if link and _names_role(text[start : link.start()]):
            return _made(text, (start, link.start()), (group.start, group.end), offset)
    if not _names_role(text[start:stop]) or stop - start > _MAX_ROLE:
        return Role()
    if groups and groups[0].start - start < 3:
        # Example: ", Acme's chief economist,"
        return _made(text, _without_owner(text, groups[0].end, stop), (groups[0].start, groups[0].end), offset)
    return _made(text, (start, stop), None, offset)


def _link_before(text: str, start: int, stop: int) -> re.Match[str] | None:
    return _LINK.search(text, start, stop) or _LONG_LINK.search(text, start, stop)


def _close_at(text: str, start: int, near: Sequence[Found]) -> int:
    """Return where the apposition ends: at a mark or clause that stands outside every name."""
    for closing in _CLOSE.finditer(text, start):
        if not any(n.start <= closing.start() < n.end for n in near):
            return closing.start()
    return len(text)


_NO_ROLE = re.compile(r"(?:as well|including|and|or|with|who|which|both|\w+ed)\b", re.IGNORECASE)


def _names_role(phrase: str) -> bool:
    """True when a role word, singular, stands in the phrase before its first preposition."""
    head = re.split(r"\s(?:for|of|at|with|from|in|to|on|who)\s", phrase, maxsplit=1)[0]
    words = re.findall(r"[\w’'-]+", head.lower())
    if not words or len(words) > 8 or words[-1] not in titles("role"):
        return False
    return len(words) == 1 or _NO_ROLE.match(head) is None or words[0] in ("retired", "wanted", "unidentified", "armed")


def _without_owner(text: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and not text[start].isalpha():
        start += 1
    if text.startswith("s ", start):
        start += 2
    return start, stop


# --- "Syrian President Bashar Assad" -----------------------------------------------------------


@lru_cache(maxsize=1)
def _title_before_pattern() -> re.Pattern[str]:
    offices = sorted(titles("office"), key=lambda word: (-len(word), word))
    capital = "|".join(re.escape(word) + r"\.?" for word in offices)
    plain = "|".join(sorted(map(re.escape, titles("role")), key=lambda word: (-len(word), word)))
    return re.compile(
        rf"(?<![\w-])(?P<role>(?:[Ff]ormer\s+)?(?:(?:{capital})|(?:(?:[a-z-]+\s+){{0,2}}(?:{plain}))))\s+$"
    )


def _title_before(text: str, f: Found, near: Sequence[Found], offset: int) -> Role:
    left = max(0, f.start - 60)
    match = _title_before_pattern().search(text[left : f.start])
    if match is None:
        return Role()
    start = left + match.start("role") + _words_that_join(match["role"])
    owners = [n for n in near if n.label == "ORG" and n.end <= start and start - n.end <= 3]
    group = owners[-1] if owners else None
    return _made(text, (start, left + match.end("role")), (group.start, group.end) if group else None, offset)


_JOINING = frozenset(
    {"and", "or", "to", "as", "by", "with", "of", "for", "from", "in", "on", "at", "the", "a", "an", "s", "his", "her"}
    | {"its", "their", "that", "said", "says", "first", "second", "one", "another", "film", "song", "between", "two"}
    | {
        "under",
        "over",
        "after",
        "before",
        "during",
        "when",
        "while",
        "against",
        "about",
        "then",
        "than",
        "like",
        "told",
    }
)


def _words_that_join(role: str) -> int:
    """Return how many characters at the start only join: "to talent agent Ada Kos", "and author Ada Kos"."""
    skip = 0
    words = role.split(" ")
    for at, word in enumerate(words[:-1]):
        joins_roles = word in ("and", "or") and at > 0 and words[at - 1] in titles("role")
        if word.lower() in _JOINING and not joins_roles and not role[0].isupper():
            skip = len(" ".join(words[: at + 1])) + 1
    return skip


def _made(text: str, role: tuple[int, int], group: tuple[int, int] | None, offset: int) -> Role:
    start, end = role
    words = text[start:end].rstrip()
    if not words:
        return Role()
    named = text[group[0] : group[1]] if group else None
    return Role(
        words,
        offset + start,
        offset + start + len(words),
        named,
        offset + group[0] if group else None,
        offset + group[1] if group else None,
    )


# --- pseudonyms --------------------------------------------------------------------------------

_PSEUDONYM = re.compile(
    r"\b(?:nom de guerre|pseudonym|not (?:his|her|their) real name|real name (?:was|is|be) (?:withheld|not)|"
    r"assumed name|asked that (?:his|her) real name|went by the alias|goes by the alias)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?][”\"’)]*\s+(?=[“\"A-Z])")


_NEARBY = 160


def _is_pseudonym(text: str, f: Found, near: Sequence[Found]) -> bool:
    """True when the sentence says so after this name and no other person stands between."""
    match = _PSEUDONYM.search(text, f.end, f.end + _NEARBY)
    if match is None or _SENTENCE_END.search(text, f.end, match.start()):
        return False
    return not any(n.label == "PERSON" and f.end <= n.start < match.start() for n in near)
