"""Training samples: stories with headlines, datelines, tables and lost case, as the forms that the runtime makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from etl.language.tagger.casing import forms_of, line_kind
from etl.language.tagger.forms import BREAK, Lexicon
from training.corpora import Corpus, Sentence, Story
from training.furniture import Furniture

PAD = 7
"""Breaks before each story: as far as the network sees."""


_UNDOTTED = {"U.S.": "US", "U.K.": "UK", "U.N.": "UN", "E.U.": "EU", "U.S": "US"}
"""The corpora print these with full stops, half of the agencies without; "US" must not be read as "us"."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How often each kind of damage and furniture is laid on a story or sentence (0 to 1)."""

    capitals_story: float = 0.05
    small_story: float = 0.02
    capitals_sentence: float = 0.03
    title_sentence: float = 0.02
    headline: float = 0.4
    dateline: float = 0.25
    byline: float = 0.12
    table: float = 0.10
    brief: float = 0.10
    no_style: float = 0.3


@dataclass(frozen=True, slots=True)
class Sample:
    """One story, ready for the network: forms, tags (see `corpora`), and the style of its corpus (0 is none)."""

    forms: list[str]
    tags: list[int]
    style: int


def upper(sentence: Sentence) -> Sentence:
    return [w.upper() for w in sentence[0]], sentence[1]


def titled(sentence: Sentence) -> Sentence:
    return [w[:1].upper() + w[1:] if len(w) > 3 or w[0].isupper() else w for w in sentence[0]], sentence[1]


def as_headline(sentence: Sentence, rng: Random) -> Sentence:
    """Cut a sentence down to what a headline keeps: few words, no articles, no stop."""
    keep = rng.randint(5, 13)
    pairs = [
        (w, t) for w, t in zip(*sentence, strict=True) if w.lower() not in ("a", "an", "the") or rng.random() < 0.2
    ][:keep]
    while pairs and pairs[-1][0] in (".", ",", '"', "(", "-"):
        pairs.pop()
    return [w for w, _ in pairs], [t for _, t in pairs]


class Sampler:
    """Makes samples without end, each story of each corpus `copies[corpus]` times a round."""

    def __init__(
        self,
        corpora: list[Corpus],
        copies: dict[str, int],
        lexicon: Lexicon,
        furniture: Furniture,
        shares: Shares,
        rng: Random,
    ) -> None:
        """Hold on to the parts; nothing is drawn yet."""
        self.stories = [
            (k + 1, s) for k, c in enumerate(corpora) for s in c.stories for _ in range(copies.get(c.name, 1))
        ]
        self.lexicon, self.furniture, self.shares, self.rng = lexicon, furniture, shares, rng

    def __iter__(self) -> Iterator[Sample]:
        """Yield samples, reshuffled every round."""
        while True:
            self.rng.shuffle(self.stories)
            for style, story in self.stories:
                yield self.sample(style, story)

    def sample(self, style: int, story: Story) -> Sample:
        rng, shares = self.rng, self.shares
        lines = self._lines(story)
        lot = rng.random()
        if lot < shares.capitals_story:
            lines = [upper(line) for line in lines]
        elif lot < shares.capitals_story + shares.small_story:
            lines = [([w.lower() for w in words], tags) for words, tags in lines]
        if rng.random() < 0.4:
            lines = [([w.replace("'", "’") for w in words], tags) for words, tags in lines]
        if rng.random() < 0.25:  # after letters were made small, so that "us" is never made a place
            lines = [([_UNDOTTED.get(w, w) for w in words], tags) for words, tags in lines]
        lines = [line for line in lines if line[0]]
        return encode(lines, self.lexicon, 0 if rng.random() < shares.no_style else style)

    def _lines(self, story: Story) -> list[Sentence]:
        """Paragraphs of the story with furniture round them."""
        rng, shares = self.rng, self.shares
        body = list(story)
        if len(body) > 6 and rng.random() < 0.5:  # short stories lean less on memory
            start = rng.randrange(len(body) - 5)
            body = body[start : start + rng.randint(5, len(body))]
        head = self._head(body)
        if body and rng.random() < shares.dateline:
            words, tags = self.furniture.dateline()
            body[0] = (words + body[0][0], tags + body[0][1])
        lines = head + self._paragraphs(body)
        if rng.random() < shares.table:
            at = rng.randint(len(head), len(lines))
            lines[at:at] = self.furniture.table()
        if rng.random() < shares.brief:
            at = rng.randint(len(head), len(lines))
            lines[at:at] = self.furniture.brief()
        return lines

    def _head(self, body: Story) -> list[Sentence]:
        rng, shares = self.rng, self.shares
        head = []
        if rng.random() < shares.headline and len(body) > 2:
            if rng.random() < 0.3:
                line = self.furniture.headline()
            else:
                at = rng.randrange(len(body))
                line = as_headline(body[at], rng)
                if rng.random() < 0.6:
                    del body[at]  # else the body would always hold the very words of its headline
            lot = rng.random()
            head.append(upper(line) if lot < 0.6 else titled(line) if lot < 0.85 else line)
        if rng.random() < shares.byline:
            head.append(self.furniture.byline())
        return head

    def _paragraphs(self, body: Story) -> list[Sentence]:
        rng, shares = self.rng, self.shares
        joined = rng.random() < 0.6
        lines: list[Sentence] = []
        fresh = True
        for sentence in body:
            lot = rng.random()
            if lot < shares.capitals_sentence + shares.title_sentence:
                lines.append(upper(sentence) if lot < shares.capitals_sentence else titled(sentence))
                fresh = True
            elif fresh or not joined or rng.random() < 0.4:
                lines.append(sentence)
                fresh = False
            else:
                lines[-1] = (lines[-1][0] + sentence[0], lines[-1][1] + sentence[1])
        return lines


def encode(lines: list[Sentence], lexicon: Lexicon, style: int) -> Sample:
    """Turn lines into one sequence of forms as `Tagger` does: breaks first, one break between paragraphs."""
    words = [line[0] for line in lines]
    forms = forms_of(words, [line_kind(w) for w in words], lexicon.usual_case)
    out = [BREAK] * PAD
    tags = [0] * PAD
    for line_forms, (_, line_tags) in zip(forms, lines, strict=True):
        out += [*line_forms, BREAK]
        tags += [*line_tags, 0]
    return Sample(out, tags, style)
