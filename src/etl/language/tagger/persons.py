"""Repairs by what a story shows of its people."""

from __future__ import annotations

import re
from collections import Counter

from etl.language.tagger.listed import sections
from etl.language.tagger.story import NamedStory, Paragraph

_HONORIFICS = frozenset(
    ("Mr", "Mr.", "Mrs", "Mrs.", "Ms", "Ms.", "Dr", "Dr.", "Prof", "Prof.", "MR", "MR.", "MRS", "MRS.")
)
_INITIALS = re.compile(r"(?:[A-Z]\.){1,3}")
_NO_PERSON = frozenset(("U.S.", "U.K.", "U.N.", "E.U.", "D.C.", "N.Y.", "L.A.", "A.D.", "B.C."))


def follow_honorifics(story: NamedStory) -> None:
    """What follows "Mrs." is a person; so is a word after initials ("O.J. Simpson"), unless it is a firm's."""
    for paragraph in story.paragraphs:
        words = paragraph.words
        for i, word in enumerate(words[:-1]):
            if word in _HONORIFICS:
                _be_named(paragraph, i, i + 1)
            elif word[-1] == "." and _INITIALS.fullmatch(word) and word not in _NO_PERSON:
                _be_named(paragraph, i, i)


def _be_named(paragraph: Paragraph, title: int, first: int) -> None:
    """Mark the name PERSON that stands from token `first` on; `title` is the token of the honorific or initials."""
    words = paragraph.words
    over = paragraph.overlapping(title, title + 2)
    stop = max([title + 2, *(n.stop for n in over)])
    last = words[stop - 1]
    is_part = any(n.first < title or n.label == "ORG" for n in over)  # "Ada J. Bello", "Oh, Mr Okafor!"
    if is_part or not last[0].isupper() or len(last) < 2:
        return
    if [(n.first, n.stop, n.label) for n in over] != [(first, stop, "PERSON")]:
        paragraph.add(first, stop, "PERSON", max([0.85, *(n.confidence for n in over)]))


_AFTER_NAMES = frozenset(("Jr.", "Sr.", "Jr", "Sr", "II", "III", "IV"))
_AT = frozenset(("in", "In", "at", "near", "to"))


def know_surnames(story: NamedStory) -> None:
    """Once a person was named in full, the bare last name is that person, whatever the network took it for."""
    countries = set(sections()["countries"])
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


def doubt_single_persons(story: NamedStory) -> None:
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


def _be_person(paragraph: Paragraph, i: int) -> None:
    over = paragraph.overlapping(i, i + 1)
    if over:
        name = over[0]
        placed = name.label == "LOC" and i > 0 and paragraph.words[i - 1] in _AT
        if name.stop - name.first == 1 and name.label != "PERSON" and not placed:
            name.label, name.confidence = "PERSON", max(name.confidence, 0.85)
        return
    if paragraph.kind == "plain" and not (i + 1 < len(paragraph.words) and paragraph.words[i + 1][0].isupper()):
        paragraph.add(i, i + 1, "PERSON", 0.85)
