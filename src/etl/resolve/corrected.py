"""What a correction changed: quotations, speakers and names of the version before, linked to those of the new one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from etl.chains import fold
from etl.ids import make_id

LEAST_LIKE = 0.5
"""A quotation was replaced by one that is so much like it; SequenceMatcher's ratio over words."""
LEAST_LIKE_NAME = 0.6
"""The same of names, over letters."""


@dataclass(frozen=True, slots=True)
class Said:
    """A quotation of one version: its id, words and speaker (None where nobody is named)."""

    quote_id: str
    text: str
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """A name of one version: entity, type and the name itself."""

    entity_id: str
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a version says, in the order of its text."""

    article_id: str
    quotes: tuple[Said, ...] = ()
    names: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Corrected:
    """One row of `corrected`."""

    correction_id: str
    story_id: str
    article_id: str
    corrected_id: str
    changed: str
    change: str
    old_id: str | None
    new_id: str | None
    old_text: str | None
    new_text: str | None


Change = tuple[str, str | None, str | None, str | None, str | None]
"""What was changed, old and new id, old and new text."""


def corrected(story_id: str, before: Facts, after: Facts) -> list[Corrected]:
    """What `after`, a correction, changed of `before`, quotations first. Things that stayed give no row."""
    rows = []
    for changed, old_id, new_id, old, new in (*_quotes(before, after), *_names(before, after)):
        change = "added" if old_id is None else "removed" if new_id is None else "replaced"
        ident = make_id("cor", before.article_id, after.article_id, changed, old_id or "", new_id or "")
        rows.append(
            Corrected(ident, story_id, after.article_id, before.article_id, changed, change, old_id, new_id, old, new)
        )
    return rows


def _quotes(before: Facts, after: Facts) -> Iterator[Change]:
    old, new = list(before.quotes), list(after.quotes)
    for one in before.quotes:
        same = next((other for other in new if fold(other.text) == fold(one.text)), None)
        if same is not None:
            old.remove(one)
            new.remove(same)
            if fold(one.speaker or "") != fold(same.speaker or ""):
                yield "speaker", one.quote_id, same.quote_id, one.speaker, same.speaker
    pairs = _matched([q.text.split() for q in old], [q.text.split() for q in new], LEAST_LIKE)
    for a, b in pairs:
        yield "quote", old[a].quote_id, new[b].quote_id, old[a].text, new[b].text
    for n, quote in enumerate(old):
        if n not in {a for a, _ in pairs}:
            yield "quote", quote.quote_id, None, quote.text, None
    for n, quote in enumerate(new):
        if n not in {b for _, b in pairs}:
            yield "quote", None, quote.quote_id, None, quote.text


def _names(before: Facts, after: Facts) -> Iterator[Change]:
    kept = {n.entity_id for n in before.names} & {n.entity_id for n in after.names}
    old = [n for n in before.names if n.entity_id not in kept]
    new = [n for n in after.names if n.entity_id not in kept]
    pairs = []
    for label in sorted({n.label for n in (*old, *new)}):
        ours = [n for n in old if n.label == label]
        theirs = [n for n in new if n.label == label]
        found = _matched([fold(n.name) for n in ours], [fold(n.name) for n in theirs], LEAST_LIKE_NAME)
        if not found and len(ours) == len(theirs) == 1:
            found = [(0, 0)]  # the one name that went and the one that came: "Paris" was "Prague"
        pairs += [(ours[a], theirs[b]) for a, b in found]
    for one, other in pairs:
        yield "name", one.entity_id, other.entity_id, one.name, other.name
    for name in old:
        if name not in {a for a, _ in pairs}:
            yield "name", name.entity_id, None, name.name, None
    for name in new:
        if name not in {b for _, b in pairs}:
            yield "name", None, name.entity_id, None, name.name


def _matched(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]], least: float) -> list[tuple[int, int]]:
    """Positions of old and new things that are most alike, each in one pair at most."""
    likes = sorted(
        (-SequenceMatcher(None, one, other, autojunk=False).ratio(), a, b)
        for a, one in enumerate(old)
        for b, other in enumerate(new)
    )
    pairs: list[tuple[int, int]] = []
    for like, a, b in likes:
        if -like >= least and a not in {x for x, _ in pairs} and b not in {y for _, y in pairs}:
            pairs.append((a, b))
    return sorted(pairs)
