"""The words by which a story keeps a speaker's name back ("who asked not to be named") or calls it assumed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from etl.language.cues import Words
from etl.records import Mention, Quote

Offsets = tuple[int, int]
Sentence = tuple[int, int, int]
"""Start and end of a sentence, and where its paragraph starts."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """`text[start:end]` says that the speaker at `speaker`, or the entity `cluster`, goes without a name of its own."""

    start: int
    end: int
    speaker: Offsets | None
    cluster: int | None
    is_assumed: bool
    is_beside: bool
    """Nothing but marks stands between the speaker, or its cue, and the words."""


def say_why_unnamed(
    quotes: Sequence[Quote], text: str, sentences: Sequence[Sentence], mentions: Sequence[Mention], words: Words
) -> tuple[Quote, ...]:
    """The quotations with the words that say why their speaker bears no name, or an assumed one.

    These are the words of `speakers.kept_back` and `speakers.assumed` in the speaker's own paragraph, else, for the
    anonymous, the speaker as printed. A named speaker has only words that call the name assumed, wherever they stand
    in `text`. A speaker without a name whom such words follow directly counts as anonymous.
    """
    phrases = list(_phrases(quotes, text, sentences, mentions, words))
    return tuple(_with_words(quote, phrases) for quote in quotes)


def _with_words(quote: Quote, phrases: Sequence[_Phrase]) -> Quote:
    if quote.kind == "not_quotation":
        return quote
    spoken = quote.part == "text"
    phrase = next((p for p in phrases if spoken and _is_of(p, quote)), None)
    if phrase is not None:
        anonymous = quote.is_anonymous or quote.speaker_cluster is None
        return replace(quote, is_anonymous=anonymous, anonymity_start=phrase.start, anonymity_end=phrase.end)
    if quote.is_anonymous:
        return replace(quote, anonymity_start=quote.speaker_start, anonymity_end=quote.speaker_end)
    return quote


def _is_of(phrase: _Phrase, quote: Quote) -> bool:
    if quote.speaker_cluster is not None:
        return phrase.is_assumed and phrase.cluster == quote.speaker_cluster
    is_printed = phrase.speaker is not None and phrase.speaker == _speaker(quote)
    return is_printed and (quote.is_anonymous or phrase.is_beside)


def _phrases(
    quotes: Sequence[Quote], text: str, sentences: Sequence[Sentence], mentions: Sequence[Mention], words: Words
) -> Iterator[_Phrase]:
    spoken = [q for q in quotes if q.part == "text"]
    told = [(q.start, q.end) for q in spoken if q.type == "direct"]
    people = [m for m in mentions if m.part == "text" and m.label == "PERSON"]
    starts = [start for start, _, _ in sentences]
    for is_assumed, key in ((False, "speakers.kept_back"), (True, "speakers.assumed")):
        for match in _pattern(words.lists[key]).finditer(text):
            place = bisect_right(starts, match.start()) - 1
            if place < 0 or any(a <= match.start() < b for a, b in told):
                continue
            owner = _owner(match, text, sentences[place], spoken, people, words)
            if owner is not None:
                yield _Phrase(match.start(), match.end(), *owner[:2], is_assumed, owner[2])


def _owner(
    match: re.Match[str],
    text: str,
    sentence: Sentence,
    quotes: Sequence[Quote],
    people: Sequence[Mention],
    words: Words,
) -> tuple[Offsets | None, int | None, bool] | None:
    """Whom the words are of: the last speaker or person before them, or, where they open a sentence, the first behind.

    Printed speaker, cluster, and whether the words stand right beside; None where nobody of the paragraph fits.
    """
    first, stop, paragraph = sentence
    speakers = {s: q for q in quotes if (s := _speaker(q)) is not None and paragraph <= s[0] < stop}
    others = [m for m in people if paragraph <= m.start and not any(a <= m.start < b for a, b in speakers)]
    before = _last(sorted(s for s in speakers if s[0] < match.start()), text, words)
    person = max((m for m in others if m.start < match.start()), key=lambda m: m.start, default=None)
    if person is not None and (before is None or person.start > before[0]):
        return None, person.cluster, False
    if before is not None:
        quote = speakers[before]
        ends = (e for e in (before[1], quote.cue_end or 0) if e <= match.start())
        gap = text[max(ends, default=match.start()) : match.start()]
        return before, quote.speaker_cluster, not gap.strip(" ,—–-\n")
    behind = min((s for s in speakers if s[0] >= match.end()), default=None)
    if behind is None or text[first : match.start()].strip():
        return None
    return behind, speakers[behind].speaker_cluster, True


def _last(speakers: Sequence[Offsets], text: str, words: Words) -> Offsets | None:
    """The last speaker; of "an aide said. The aide (or: He) asked not to be named" the aide as first printed."""
    if len(speakers) < 2:
        return speakers[-1] if speakers else None
    earlier, last = ([w.lower() for w in text[a:b].split()] for a, b in speakers[-2:])
    is_pronoun = any(words.has(f"speakers.{kind}", last[-1]) for kind in ("masculine", "feminine", "plural"))
    return speakers[-2] if is_pronoun or earlier[-1] == last[-1] else speakers[-1]


def _speaker(quote: Quote) -> Offsets | None:
    if quote.speaker_start is None or quote.speaker_end is None:
        return None
    return quote.speaker_start, quote.speaker_end


@lru_cache(maxsize=16)
def _pattern(expressions: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{e.replace(' ', chr(92) + 's+')})\b" for e in expressions), re.IGNORECASE)
