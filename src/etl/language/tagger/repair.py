"""Repairs of names that need the whole story, or facts that no network of this size can hold.

Each rule takes the story and changes its names. They run in the order of `RULES`; any subset can be run alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from etl.language.model import Analysis, Name
from etl.language.tagger.borders import drop_scraps, join_parts, mark_datelines, place_compounds
from etl.language.tagger.casing import line_kind
from etl.language.tagger.listed import use_lists
from etl.language.tagger.persons import doubt_single_persons, follow_honorifics, know_surnames
from etl.language.tagger.story import Found, NamedStory, Paragraph


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
    story = NamedStory([])
    if usual_case is not None:
        story.usual_case = usual_case
    for text, analysis in zip(paragraphs, analyses, strict=True):
        words = [text[a:b] for a, b in analysis.tokens]
        at = {a: i for i, (a, _) in enumerate(analysis.tokens)} if analysis.names else {}
        ends = {b: i + 1 for i, (_, b) in enumerate(analysis.tokens)} if analysis.names else {}
        names = [Found(at[n.start], ends[n.end], n.label, n.confidence) for n in analysis.names]
        paragraph = Paragraph(words, line_kind(words), names)
        story.paragraphs.append(paragraph)
        for i, word in enumerate(words):
            if word[0].isupper():
                story.places.setdefault(word, []).append((paragraph, i))
    for rule, apply in RULES.items():
        if rules is None or rule in rules:
            apply(story)
    return [_rebuilt(a, p) for a, p in zip(analyses, story.paragraphs, strict=True)]


def _rebuilt(analysis: Analysis, paragraph: Paragraph) -> Analysis:
    names = tuple(
        Name(analysis.tokens[n.first][0], analysis.tokens[n.stop - 1][1], n.label, n.confidence)
        for n in paragraph.names
    )
    return Analysis(analysis.tokens, analysis.sentences, names)


def _read_initials(story: NamedStory) -> None:
    """Initials in brackets after an organisation are an organisation: "Movement for Change (MFC)"."""
    for paragraph, name in story.names():
        after = paragraph.words[name.stop : name.stop + 3]
        if name.label == "ORG" and len(after) == 3 and after[0] == "(" and after[2] == ")":
            initials = after[1]
            if initials.isupper() and 2 <= len(initials) <= 7 and initials[0] == paragraph.words[name.first][0].upper():
                paragraph.add(name.stop + 1, name.stop + 2, "ORG", name.confidence)


def _spread_labels(story: NamedStory) -> None:
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


def _read_headlines(story: NamedStory) -> None:
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


def _use_label(head: Paragraph, first: int, stop: int, label: str) -> None:
    over = head.overlapping(first, stop)
    if len(over) == 1 and (over[0].first, over[0].stop) == (first, stop):
        over[0].label = label
    elif not over and (stop - first > 1 or label == "PERSON"):
        head.add(first, stop, label, 0.7)


RULES: dict[str, Callable[[NamedStory], None]] = {
    "scraps": drop_scraps,
    "parts": join_parts,
    "lists": use_lists,
    "datelines": mark_datelines,
    "compounds": place_compounds,
    "honorifics": follow_honorifics,
    "surnames": know_surnames,
    "single persons": doubt_single_persons,
    "initials": _read_initials,
    "spread": _spread_labels,
    "headlines": _read_headlines,
}
