"""Names of a story: what the model saw, corrected by what the lists, the gazetteer and the story itself know.

The model is one witness among several. The others, in the order in which they overrule it: listed organisations, the
gazetteer, words that tell the kind of a thing ("River", "Ministry"), titles and given names, and the story's own use of
a name elsewhere (a full name fixes the surname that stands alone later; one spelling has one label).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace

from etl.language.aliases import bracketed
from etl.language.corrections import SURE, correct, is_no_name, refine, title_end
from etl.language.desk_facts import DeskFacts
from etl.language.found import Found, Text, View, make_views, overrule, put_between
from etl.language.personnames import strip_accents
from etl.language.phrase_index import PhraseIndex
from etl.language.witnesses import (
    find_demonyms,
    find_full_names,
    find_listed,
    find_places,
    find_settlements,
    find_titled,
    is_given,
    is_place_or_word,
    is_placed,
    is_surname,
)

__all__ = ["Found", "Text", "find_names", "trim_name"]


def find_names(texts: Sequence[Text], facts: DeskFacts) -> list[Found]:
    """Return the names of all pieces, in order, none overlapping; `texts` includes the desk lines of `facts`."""
    views = make_views(texts)
    found = [correct(views[f.piece], f) for f in _model_names(views)]
    found = [f for f in found if not is_no_name(views[f.piece], f)]
    found = overrule(found, (f for view in views for f in (*find_listed(view), *find_settlements(view))))
    found = put_between(found, (f for view in views for f in (*find_places(view), *find_demonyms(view))))
    found = put_between(found, (f for view in views for f in (*find_titled(view), *find_full_names(view))))
    found = [refine(views[f.piece], f) for f in found]
    found = _settle_labels(views, [*found, *facts.found], facts.labels)
    found = overrule(found, _companies(views, found))
    found = overrule(found, _surnames(views, found))
    short = [short for _, short in bracketed(views, found)]
    found = overrule(found, short)
    found = put_between(found, _copies(views, [*found, *short], facts.labels))
    # On its own lines the desk alone says what is a name.
    lines = len(texts) - len(facts.texts)
    found = [*(f for f in found if f.piece < lines), *facts.found]
    return sorted(found, key=lambda f: (f.piece, f.start))


def _model_names(views: Sequence[View]) -> Iterator[Found]:
    for view in views:
        for name in view.names:
            for start, end in _split_lists(view.text, name.start, name.end, name.label):
                left, right = trim_name(view.text, start, end, name.label, has_case=not view.is_recased)
                # Example: the model marks "stan" in "stan countries"; a name has a capital or a figure in it.
                inside = view.text[left:right]
                if any(c.isupper() or c.isdigit() or (view.is_recased and c.isalpha()) for c in inside):
                    yield Found(view.number, left, right, name.label, "model", name.confidence)


_LEADING = re.compile(r"(?:[\s\"'“”‘’`«(\[—–-]+|(?:the|an?|another)\s+(?=\S)|(?:1[89]|20)\d\d\s+(?=[A-Z]))+")
_TRAILING = re.compile(
    r"(?:['’][sS]?|[\s\"'“”‘’`»,;:!?(\[\])—–-]|\s(?:and|or|of|the|in|for|to)|(?<=[a-z]{3})\.(?<!Corp\.)(?<!Bros\.))+$"
)
_LIST = re.compile(r",\s+(?:and\s+)?|\s+and\s+(?=[A-Z])")

_SMALL_TAIL = re.compile(r"\s[a-z][a-z-]*$")
_COMPANY_COMMA = re.compile(r",\s+(?:Inc|Ltd|LLC|Jr|Sr)\b")


def _split_lists(text: str, start: int, end: int, label: str) -> Iterator[tuple[int, int]]:
    """Cut a span that holds a list: the model marks "Acme, Zeta and Omega" as one organisation."""
    inside = text[start:end]
    if (
        ", " not in inside
        or label in ("WORK_OF_ART", "LAW", "EVENT")
        or re.search(r",\s+(?:Inc|Ltd|LLC|Jr|Sr)\b", inside)
    ):
        yield start, end
        return
    done = start
    for between in _LIST.finditer(text, start, end):
        yield done, between.start()
        done = between.end()
    yield done, end


def trim_name(text: str, start: int, end: int, label: str, *, has_case: bool = True) -> tuple[int, int]:
    """Return the span without marks around it, a leading article, a trailing 's and, for people, their titles."""
    if opening := _LEADING.match(text, start, end):
        start = opening.end()
    if closing := _TRAILING.search(text[start:end]):
        # Example: "U.S." keeps its stop, "Obama’s" loses its ending.
        end = start + closing.start()
    if label == "PERSON":
        start = title_end(text, start, end)
    elif has_case and label in ("ORG", "GPE", "LOC", "FAC"):
        # Example: the agency in "Xinhua news agency" is called Xinhua.
        while (tail := _SMALL_TAIL.search(text, start, end)) and tail.start() > start:
            end = tail.start()
    return start, end


# --- the story as witness --------------------------------------------------------------------


def _settle_labels(views: Sequence[View], found: Sequence[Found], labels: Mapping[str, str]) -> list[Found]:
    """Give every spelling whose label is in doubt the label that most of its mentions have.

    Mentions that a rule found or corrected count ten times.

    What the desk's fields say (`labels`) outweighs all.
    """
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for spelling, label in labels.items():
        votes[spelling][label] += 1000
    for f in found:
        votes[views[f.piece].text[f.start : f.end]][f.label] += 1 if f.rule == "model" else 10
    settled = []
    for f in found:
        label, _ = votes[views[f.piece].text[f.start : f.end]].most_common(1)[0]
        keeps = label == f.label or (f.rule == "model" and f.confidence >= SURE and label not in labels.values())
        settled.append(f if keeps else replace(f, label=label, rule="story_label"))
    return settled


def _surnames(views: Sequence[View], found: Sequence[Found]) -> Iterator[Found]:
    """Later uses of a surname whose bearer the story names in full."""
    taken = {views[f.piece].text[f.start : f.end] for f in found if f.rule == "listed_organisation"}
    surnames: dict[str, set[str]] = defaultdict(set)
    for f in found:
        words = views[f.piece].text[f.start : f.end].split()
        if f.label == "PERSON" and len(words) > 1 and words[-1] not in taken and is_surname(words):
            surnames[words[-1]].update(words[:-1])
            surnames[strip_accents(words[-1])].update(words[:-1])
    index = PhraseIndex(surnames)
    for view in views:
        for start, end, given in index.find(view.text, view.tokens):
            if view.before(start) not in ("the", "The") and not is_placed(view, start, end):
                yield Found(view.number, _with_given(view, start, given), end, "PERSON", "surname", 0.9)


def _with_given(view: View, start: int, given: Set[str]) -> int:
    """Return where a name begins whose surname begins at `start`: other bearers of it have given names too."""
    place = view.at[start]
    while (
        place
        and (view.words[place - 1] in given or is_given(view.words[place - 1]))
        and view.text[view.tokens[place - 1][1] : start] == " "
    ):
        place -= 1
        start = view.tokens[place][0]
    return start


_SUFFIX = re.compile(
    r",?\s+(?:(?:and|&)\s+)?(?:Inc|Corp|Corporation|Co|Company|Cos|Ltd|Limited|LLC|LP|PLC|plc|AG|GmbH|SA|NV|SpA|AB|ASA|Group|Holdings)\b\.?"
)


def _companies(views: Sequence[View], found: Sequence[Found]) -> Iterator[Found]:
    """Uses of a company's name without the words that tell it is one: "Excelan" after "Excelan Inc"."""
    short: dict[str, bool] = {}
    for f in found:
        name = views[f.piece].text[f.start : f.end]
        suffix = _SUFFIX.search(name) if f.label == "ORG" else None
        if suffix and suffix.start() > 2 and not is_place_or_word(name[: suffix.start()]):
            short[name[: suffix.start()]] = True
    index = PhraseIndex(short)
    for view in views:
        for start, end, _ in index.find(view.text, view.tokens):
            yield Found(view.number, start, end, "ORG", "company", 0.9)


def _copies(views: Sequence[View], found: Sequence[Found], labels: Mapping[str, str]) -> Iterator[Found]:
    """Uses that the model did not mark: of a name of several words, an acronym, or a name from the desk's fields."""
    names: dict[str, str] = {spelling: label for spelling, label in labels.items() if not spelling.isupper()}
    for f in found:
        spelling = views[f.piece].text[f.start : f.end]
        if (" " in spelling or f.rule == "acronym") and spelling[0].isupper():
            names.setdefault(spelling, f.label)
    index = PhraseIndex(names)
    for view in views:
        for start, end, label in index.find(view.text, view.tokens):
            yield Found(view.number, start, end, label, "story_copy", 0.8)
