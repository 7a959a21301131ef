"""Repairs of names that need the whole story, or facts that no network of this size can hold.

Each rule takes the story and changes its names. They run in the order of `RULES`; any subset can be run alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from etl.language.model import Analysis, Name
from etl.language.tagger.casing import Kind, line_kind
from etl.language.tagger.tokens import tokenise, word_list


@dataclass(slots=True)
class _Found:
    """A name over tokens [first, stop) of one paragraph."""

    first: int
    stop: int
    label: str
    confidence: float


@dataclass(slots=True)
class _Paragraph:
    words: list[str]
    kind: Kind
    names: list[_Found]

    def words_of(self, name: _Found) -> tuple[str, ...]:
        return tuple(self.words[name.first : name.stop])

    def overlapping(self, first: int, stop: int) -> list[_Found]:
        return [n for n in self.names if n.first < stop and first < n.stop]

    def add(self, first: int, stop: int, label: str, confidence: float) -> None:
        """Put a name in its place; the names it overlaps go."""
        self.names = [n for n in self.names if n.stop <= first or stop <= n.first]
        self.names.append(_Found(first, stop, label, confidence))
        self.names.sort(key=lambda n: n.first)


@dataclass(slots=True)
class _Story:
    paragraphs: list[_Paragraph]
    places: dict[str, list[tuple[_Paragraph, int]]] = field(default_factory=dict)
    """Where each capitalised word stands."""
    usual_case: Callable[[str], str] = lambda _: "?"
    """How English writes a small word, see `casing.forms_of`."""

    def names(self) -> Iterator[tuple[_Paragraph, _Found]]:
        """All names with their paragraphs. A rule may change a name's label while it walks."""
        for paragraph in self.paragraphs:
            for name in list(paragraph.names):
                yield paragraph, name

    def copies(self, words: tuple[str, ...]) -> list[tuple[_Paragraph, int]]:
        """Where a sequence of words stands, whether it is marked or not."""
        n = len(words)
        return [(p, i) for p, i in self.places.get(words[0], ()) if n == 1 or tuple(p.words[i : i + n]) == words]


def repair(
    paragraphs: Sequence[str],
    analyses: Sequence[Analysis],
    rules: Collection[str] | None = None,
    usual_case: Callable[[str], str] | None = None,
) -> list[Analysis]:
    """Return the analyses of one story with its names repaired; tokens and sentences stay.

    `rules` names the rules of `RULES` to run, None for all. `usual_case` says how English writes a word that is given
    in small letters: c(ommon), m(ixed), n(ame) or ? (unknown).
    """
    story = _Story([])
    if usual_case is not None:
        story.usual_case = usual_case
    for text, analysis in zip(paragraphs, analyses, strict=True):
        words = [text[a:b] for a, b in analysis.tokens]
        at = {a: i for i, (a, _) in enumerate(analysis.tokens)} if analysis.names else {}
        ends = {b: i + 1 for i, (_, b) in enumerate(analysis.tokens)} if analysis.names else {}
        names = [_Found(at[n.start], ends[n.end], n.label, n.confidence) for n in analysis.names]
        paragraph = _Paragraph(words, line_kind(words), names)
        story.paragraphs.append(paragraph)
        for i, word in enumerate(words):
            if word[0].isupper():
                story.places.setdefault(word, []).append((paragraph, i))
    for rule, apply in RULES.items():
        if rules is None or rule in rules:
            apply(story)
    return [_rebuilt(a, p) for a, p in zip(analyses, story.paragraphs, strict=True)]


def _rebuilt(analysis: Analysis, paragraph: _Paragraph) -> Analysis:
    names = tuple(
        Name(analysis.tokens[n.first][0], analysis.tokens[n.stop - 1][1], n.label, n.confidence)
        for n in paragraph.names
    )
    return Analysis(analysis.tokens, analysis.sentences, names)


# --- lists -----------------------------------------------------------------------------------


@cache
def _sections() -> dict[str, tuple[str, ...]]:
    text = resources.files("etl.language.tagger").joinpath("data/names.txt").read_text(encoding="utf-8")
    out: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if line.startswith("["):
            current = out.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current.append(line)
    return {name: tuple(lines) for name, lines in out.items()}


@dataclass(frozen=True, slots=True)
class _Listed:
    words: tuple[str, ...]
    label: str
    may_add: bool
    """May be marked where the network saw no name at all: not so for words that have another use."""


@cache
def _listed() -> dict[str, list[_Listed]]:
    """Listed names by their first word, longest first."""
    out: dict[str, list[_Listed]] = {}
    labels = {"countries": "LOC", "peoples": "MISC"}
    for section in ("armed groups", "parties", "bodies", "news", "firms", "sport", "countries", "peoples"):
        label = labels.get(section, "ORG")
        for line in _sections()[section]:
            words = tuple(line[a:b] for a, b in tokenise(line))
            initials = line.isupper() and len(line) > 2 and line != "WHO"
            may_add = len(words) > 1 or initials or section in ("armed groups", "news", "sport")
            out.setdefault(words[0], []).append(_Listed(words, label, may_add))
    for entries in out.values():
        entries.sort(key=lambda e: -len(e.words))
    return out


# --- the rules -------------------------------------------------------------------------------


_OPENING = frozenset((".", "!", "?", '"', "“", "‘", ":", "("))


def _drop_scraps(story: _Story) -> None:
    """Drop what is no name.

    "I"; a small word in a paragraph that does use capitals ("nom de guerre"); a common word that the network is not
    sure of and that is capitalised because it opens a sentence ("Defectors said"); a month or a day; the first half of
    an address; an exchange code ("( BA.N )").
    """
    for paragraph, name in story.names():
        _trim_marks(paragraph, name)
        words = paragraph.words_of(name)
        after = paragraph.words[name.stop] if name.stop < len(paragraph.words) else ""
        code = len(words) == 1 and after in (")", ">") and _CODE.fullmatch(words[0])
        if after == "@" or code or words == ("I",) or (len(words) == 1 and _is_common(story, paragraph, name)):
            paragraph.names.remove(name)


_CODE = re.compile(r"[A-Z0-9]+n?\.[A-Z]{1,2}")
_MARKS = frozenset(('"', "“", "”", "‘", "/", ",", ";", ":", "-", "–", "—"))


def _trim_marks(paragraph: _Paragraph, name: _Found) -> None:
    """Cut marks off both ends: 'Ada Bello "', "Bello /"."""
    while name.stop - name.first > 1 and paragraph.words[name.stop - 1] in _MARKS:
        name.stop -= 1
    while name.stop - name.first > 1 and paragraph.words[name.first] in _MARKS:
        name.first += 1


@cache
def _months() -> frozenset[str]:
    short = word_list("months")
    return frozenset((*short, *(f"{m}." for m in short), *word_list("long months")))


_DAYS = frozenset(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))


def _is_common(story: _Story, paragraph: _Paragraph, name: _Found) -> bool:
    word = paragraph.words[name.first]
    if name.label != "PERSON" and (word in _months() or word in _DAYS):
        return True
    if word.islower():  # "delaware", typed in haste, may stay: English writes it as a name
        return story.usual_case(word) != "n" and any(w[0].isupper() for w in paragraph.words)
    opens = name.first == 0 or paragraph.words[name.first - 1] in _OPENING
    return opens and name.confidence <= 0.6 and not word.isupper() and story.usual_case(word.lower()) == "c"


_LINKS = frozenset(("for", "of", "on", "the", "and"))


def _join_parts(story: _Story) -> None:
    """Join an institution with what its head governs; a firm's legal form after a comma is no name of its own.

    "International Centre" for the "Study of Conflict" and "Peace" is one name; "Example Media", "LLC" is the first.
    """
    heads, endings = set(_sections()["institutions"]), set(_sections()["firm endings"])
    for paragraph, name in story.names():
        words = paragraph.words
        if name.label != "ORG" or name not in paragraph.names:
            continue
        if name.stop - name.first == 1 and words[name.first] in endings and words[name.first - 1] == ",":
            paragraph.names.remove(name)
            continue
        while name.stop > name.first + 1 and words[name.stop - 1] in _LINKS:
            name.stop -= 1  # "International Centre for the"
        stop = _governed(words, name.stop) if words[name.stop - 1] in heads else name.stop
        if stop > name.stop and all(n.label != "PERSON" for n in paragraph.overlapping(name.stop, stop)):
            paragraph.add(name.first, stop, "ORG", name.confidence)


def _governed(words: list[str], at: int) -> int:
    """End of "for the Study of Conflict and Peace" that begins at `at`; `at` itself where nothing is governed."""
    stop = at
    governed = False
    while at < len(words):
        link = at
        while link < len(words) and words[link] in _LINKS and link - at < 2:
            link += 1
        if link == at or link >= len(words) or not words[link][0].isupper():
            break
        if words[at] == "and" and not governed:
            break
        governed = True
        while link < len(words) and words[link][0].isupper() and words[link][-1] != ".":
            link += 1
        stop = at = link
    return stop


def _use_lists(story: _Story) -> None:
    """Name groups, parties, bodies, newspapers and teams ORG, and countries LOC, where they stand as listed."""
    listed = _listed()
    for first in listed.keys() & story.places.keys():
        for paragraph, i in story.places[first]:
            if paragraph.kind == "capitals":
                continue
            for entry in listed[first]:
                stop = i + len(entry.words)
                if tuple(paragraph.words[i:stop]) == entry.words:
                    _use_entry(paragraph, i, stop, entry)
                    break


def _use_entry(paragraph: _Paragraph, first: int, stop: int, entry: _Listed) -> None:
    over = paragraph.overlapping(first, stop)
    if not over:
        if entry.may_add and entry.label != "LOC":
            paragraph.add(first, stop, entry.label, 0.9)
    elif all(first <= n.first and n.stop <= stop for n in over):
        exact = len(over) == 1 and (over[0].first, over[0].stop) == (first, stop)
        if entry.label != "LOC" or (exact and over[0].label != "PERSON"):
            paragraph.add(first, stop, entry.label, max(0.9, *(n.confidence for n in over)))


_DASHES = frozenset(("-", "--", "_", "–", "—"))


def _mark_datelines(story: _Story) -> None:
    """Mark the places of a dateline LOC: "GAZIANTEP, Turkey (AP) _", "LIMA, Jan. 21 -"."""
    for paragraph in story.paragraphs:
        words = paragraph.words
        if paragraph.kind != "plain" or len(words) < 6 or not words[0].isupper() or len(words[0]) < 3:
            continue
        end = next((i for i, w in enumerate(words[:14]) if w in _DASHES), 0)
        close = next((i for i, w in enumerate(words[:end]) if w == "(" or w in _months() or w[0].isdigit()), end)
        if not 0 < close <= 7:
            continue
        _mark_dateline_places(paragraph, words, close)


def _mark_dateline_places(paragraph: _Paragraph, words: list[str], close: int) -> None:
    first = 0
    for i in range(close + 1):
        if i == close or words[i] in (",", "/"):
            part = words[first:i]
            if 0 < len(part) <= 3 and all(w[0].isupper() for w in part):
                paragraph.add(first, i, "LOC", 0.95)
            first = i + 1


_AFTER_NAMES = frozenset(("Jr.", "Sr.", "Jr", "Sr", "II", "III", "IV"))
_AT = frozenset(("in", "In", "at", "near", "to"))


def _know_surnames(story: _Story) -> None:
    """Once a person was named in full, the bare last name is that person, whatever the network took it for."""
    countries = set(_sections()["countries"])
    full: Counter[str] = Counter()
    for paragraph, name in story.names():
        words = [w for w in paragraph.words_of(name) if w not in _AFTER_NAMES]
        if name.label == "PERSON" and len(words) >= 2 and paragraph.kind == "plain":
            last = words[-1]
            if len(last) > 2 and last[0].isupper() and last.replace("-", "").replace("'", "").isalpha():
                full[last] += 1
    for surname in full.keys() - countries:
        for paragraph, i in story.copies((surname,)):
            _be_person(paragraph, i)


def _doubt_single_persons(story: _Story) -> None:
    """A single word taken for a person whom nothing in the story names in full is what its other copies are."""
    full: set[str] = set()
    others: dict[str, Counter[str]] = {}
    for paragraph, name in story.names():
        words = paragraph.words_of(name)
        if len(words) == 1:
            others.setdefault(words[0], Counter())[name.label] += 1
        elif name.label == "PERSON":
            full.update(words)
    for paragraph, name in story.names():
        word = paragraph.words[name.first]
        if name.label == "PERSON" and name.stop - name.first == 1 and word not in full:
            label, count = others[word].most_common(1)[0]
            if label != "PERSON" and count >= others[word]["PERSON"]:
                name.label = label


def _be_person(paragraph: _Paragraph, i: int) -> None:
    over = paragraph.overlapping(i, i + 1)
    if over:
        name = over[0]
        placed = name.label == "LOC" and i > 0 and paragraph.words[i - 1] in _AT
        if name.stop - name.first == 1 and name.label != "PERSON" and not placed:
            name.label, name.confidence = "PERSON", max(name.confidence, 0.85)
        return
    if paragraph.kind == "plain" and not (i + 1 < len(paragraph.words) and paragraph.words[i + 1][0].isupper()):
        paragraph.add(i, i + 1, "PERSON", 0.85)


def _read_initials(story: _Story) -> None:
    """Initials in brackets after an organisation are an organisation: "Movement for Change (MFC)"."""
    for paragraph, name in story.names():
        after = paragraph.words[name.stop : name.stop + 3]
        if name.label == "ORG" and len(after) == 3 and after[0] == "(" and after[2] == ")":
            initials = after[1]
            if initials.isupper() and 2 <= len(initials) <= 7 and initials[0] == paragraph.words[name.first][0].upper():
                paragraph.add(name.stop + 1, name.stop + 2, "ORG", name.confidence)


def _spread_labels(story: _Story) -> None:
    """Mark the unmarked copies of a name, if at least half of its copies are marked or it has several words."""
    labels: dict[tuple[str, ...], Counter[str]] = {}
    for paragraph, name in story.names():
        if paragraph.kind == "plain":
            labels.setdefault(paragraph.words_of(name), Counter())[name.label] += 1
    for words, seen in labels.items():
        if len(words[0]) < 3 or not words[0][0].isupper():
            continue
        copies = story.copies(words)
        if len(copies) < 2 or (len(words) == 1 and 2 * seen.total() < len(copies)):
            continue
        label = seen.most_common(1)[0][0]
        for paragraph, i in copies:
            if not paragraph.overlapping(i, i + len(words)) and paragraph.kind == "plain":
                paragraph.add(i, i + len(words), label, 0.7)


def _read_headlines(story: _Story) -> None:
    """Give a name in a line of capitals the label that the body gives the same letters."""
    heads = [p for p in story.paragraphs if p.kind != "plain"]
    if not heads:
        return
    labels: dict[tuple[str, ...], Counter[str]] = {}
    for paragraph, name in story.names():
        if paragraph.kind == "plain":
            words = tuple(w.lower() for w in paragraph.words_of(name))
            labels.setdefault(words, Counter())[name.label] += 1
    longest = max((len(words) for words in labels), default=0)
    for head in heads:
        low = [w.lower() for w in head.words]
        for i in range(len(low)):
            for n in range(min(longest, len(low) - i), 0, -1):
                seen = labels.get(tuple(low[i : i + n]))
                if seen:
                    _use_label(head, i, i + n, seen.most_common(1)[0][0])
                    break


def _use_label(head: _Paragraph, first: int, stop: int, label: str) -> None:
    over = head.overlapping(first, stop)
    if len(over) == 1 and (over[0].first, over[0].stop) == (first, stop):
        over[0].label = label
    elif not over and (stop - first > 1 or label == "PERSON"):
        head.add(first, stop, label, 0.7)


RULES: dict[str, Callable[[_Story], None]] = {
    "scraps": _drop_scraps,
    "parts": _join_parts,
    "lists": _use_lists,
    "datelines": _mark_datelines,
    "surnames": _know_surnames,
    "single persons": _doubt_single_persons,
    "initials": _read_initials,
    "spread": _spread_labels,
    "headlines": _read_headlines,
}
