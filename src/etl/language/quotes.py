"""Quotations of one article and who said them.

In order: marks are paired (`marks`), sentences are folded round them (`skeletons`), only sentences that can hold
an attribution are parsed, each is read for cues, contents and speakers (`attribution`, `indirect`), quotations
without a cue of their own go on with the speaker before, and speakers are resolved in reading order (`speakers`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from etl.language.anonymity import Sentence, say_why_unnamed
from etl.language.attribution import read_sentence
from etl.language.bounds import bound_marks, ends_attributed
from etl.language.confidence import confidence_of
from etl.language.continuity import BORROWED, Block, add_unclaimed, carry_on
from etl.language.cues import LANGUAGES, PARSED, Words, load_words
from etl.language.drafts import Draft
from etl.language.marks import Marked, find_marked
from etl.language.model import Analysis, Parse, Parser
from etl.language.repairs import mend
from etl.language.shallow import ShallowParser
from etl.language.skeletons import Skeleton, make_skeletons
from etl.language.speakers import UNKNOWN, Cast, Speaker
from etl.language.standing import introduction
from etl.language.trees import Tree
from etl.language.turns import find_turns, read_headline
from etl.records import Article, Mention, Paragraph, Part, Quote, StoryEntity

_WORD = re.compile(r"[\w’'-]+")
_MAX_PARSED = 1_500  # characters: beyond that it is a table or a list, not a sentence


def find_quotes(
    article: Article,
    analyses: Sequence[tuple[Paragraph | None, Analysis]],
    mentions: Sequence[Mention],
    entities: Sequence[StoryEntity],
    parser: Parser,
) -> tuple[Quote, ...]:
    """Every quotation of the article in order, with its speaker; offsets count in the text or the headline.

    `analyses` pairs each paragraph (None for the headline) with its analysis. Words in marks that are no
    quotation come back too, as kind `not_quotation` with the reason in `rule`.
    """
    stated = (article.language or "").partition("-")[0].lower()
    language = stated if stated in LANGUAGES else LANGUAGES[0]
    words = load_words(language)
    grammar = parser if language in PARSED else ShallowParser(words)
    blocks = _blocks(article, [p for p, _ in analyses], words)
    texts: dict[Part, str] = {"text": article.story.text, "headline": article.headline or ""}
    quoted = [(m.start + b.base, m.end + b.base) for b in blocks if b.part == "text" for m in b.marked]
    cast = Cast(texts, mentions, entities, words, quoted)
    turns = find_turns(blocks, cast, words)
    _read_sentences([b for n, b in enumerate(blocks) if n not in turns], grammar, words, mentions)
    for place, block in enumerate(blocks):
        if place in turns:
            continue
        if block.part == "headline" or place == 0:
            read_headline(block, cast, words)
        add_unclaimed(block, words)
        carry_on(blocks, place, cast)
    return say_why_unnamed(_emit(blocks, cast), texts["text"], _sentences(blocks), mentions, words)


def _sentences(blocks: Sequence[Block]) -> list[Sentence]:
    return [(s.start + b.base, s.end + b.base, b.base) for b in blocks if b.part == "text" for s in b.skeletons]


# --- reading -----------------------------------------------------------------------------------


def _blocks(article: Article, paragraphs: Sequence[Paragraph | None], words: Words) -> list[Block]:
    body = [p for p in paragraphs if p is not None]
    texts = [article.story.text[p.start : p.end] for p in body]
    found: list[Block] = []
    if article.headline and None in paragraphs and not _is_repeated(article.headline, texts):
        found.append(_block("headline", None, 0, article.headline, find_marked([article.headline])[0], words, False))
    marked = [list(m) for m in find_marked(texts)]
    for number, (paragraph, text) in enumerate(zip(body, texts, strict=True)):
        following = marked[number + 1] if number + 1 < len(texts) else []
        goes_on = bool(following) and following[0].continues
        if goes_on and ends_attributed(text, marked[number][-1], words):
            goes_on, following[0] = False, replace(following[0], continues=False)
        found.append(_block("text", paragraph.index, paragraph.start, text, marked[number], words, goes_on))
    return found


def _is_repeated(headline: str, texts: Sequence[str]) -> bool:
    """Is the headline the body's own beginning, for want of another? Its quotations are read there."""
    plain = " ".join(headline.split())
    return any(" ".join(text[: 2 * len(headline) + 20].split()).startswith(plain) for text in texts[:2])


def _block(
    part: Part, index: int | None, base: int, text: str, marked: Sequence[Marked], words: Words, goes_on: bool
) -> Block:
    bounded = bound_marks(text, marked, words, goes_on)
    return Block(part, index, base, text, bounded, make_skeletons(text, bounded, words))


def _read_sentences(blocks: Sequence[Block], parser: Parser, words: Words, mentions: Sequence[Mention]) -> None:
    wanted = [(b, n) for b in blocks for n, s in enumerate(b.skeletons) if _can_attribute(s, words)]
    names = _names_by_part(mentions)
    texts = [_readable(b, b.skeletons[n], names) for b, n in wanted]
    for (block, number), text, parse in zip(wanted, texts, parser.parse(texts), strict=True):
        tree = Tree(text, mend(text, parse, words, _held(block, block.skeletons[number], parse)), words)
        for draft in read_sentence(block.text, block.skeletons[number], tree, block.marked, words):
            draft.sentence = number
            block.drafts.append(draft)
        opening = introduction(block.skeletons[number], tree, words)
        if opening is not None:
            block.introductions[number] = opening


def _held(block: Block, skeleton: Skeleton, parse: Parse) -> frozenset[int]:
    """Tokens of the parse that stand inside quotation marks."""
    spans = [(block.marked[n].start, block.marked[n].end) for n in skeleton.quotes if n not in skeleton.folded]
    if not spans:
        return frozenset()
    places = [skeleton.source(a, b)[0] for a, b in parse.tokens]
    return frozenset(t for t, place in enumerate(places) if any(a <= place < b for a, b in spans))


def _can_attribute(skeleton: Skeleton, words: Words) -> bool:
    """Is the sentence worth a parse: does it hold a cue that is no plain noun, or a quotation with a colon?"""
    text = skeleton.text
    if len(text) > _MAX_PARSED:
        return False
    if ":" in text and (skeleton.folded or text.rstrip().endswith(":")):
        return True
    before = ""
    for word in _WORD.findall(text.lower()):
        cue = words.verbs.get(word)
        if cue is not None and before not in words.sets["grammar.before_noun"]:
            return True
        if word == words.lists["grammar.according"][0]:
            return True
        before = word
    return False


def _names_by_part(mentions: Sequence[Mention]) -> dict[Part, list[tuple[int, int]]]:
    found: dict[Part, list[tuple[int, int]]] = {"text": [], "headline": []}
    for mention in mentions:
        found[mention.part].append((mention.start, mention.end))
    return found


def _readable(block: Block, skeleton: Skeleton, names: dict[Part, list[tuple[int, int]]]) -> str:
    """The sentence for the parser: one in capitals is put in lower case, names keeping their initials."""
    text = skeleton.text.replace("\n", " ")
    letters = [c for c in block.text[skeleton.start : skeleton.end] if c.isalpha()]
    if len(letters) < 12 or sum(c.isupper() for c in letters) < 0.8 * len(letters):
        return text
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    lowered = re.sub(r'"yes', '"Yes', lowered)
    chars = list(lowered)
    for start, end in names[block.part]:
        left, right = start - block.base, end - block.base
        for piece in skeleton.pieces:
            if piece.quote is None and piece.source_start <= left < piece.source_end:
                shift = piece.start - piece.source_start
                for match in re.finditer(r"\b\w", lowered[left + shift : right + shift]):
                    chars[left + shift + match.start()] = chars[left + shift + match.start()].upper()
    return "".join(chars)


# --- out ---------------------------------------------------------------------------------------


def _emit(blocks: Sequence[Block], cast: Cast) -> tuple[Quote, ...]:
    found: list[Quote] = []
    known: dict[tuple[Part, int], Speaker] = {}
    for block in blocks:
        for draft in block.drafts:
            speaker = UNKNOWN if draft.cluster is None else cast.entity(draft.cluster)
            if draft.speaker is not None and draft.head is not None:
                key = (block.part, draft.head[0] + block.base)
                if key not in known:
                    known[key] = cast.resolve(
                        block.part,
                        draft.speaker[0] + block.base,
                        draft.speaker[1] + block.base,
                        (draft.head[0] + block.base, draft.head[1] + block.base),
                    )
                speaker = known[key]
                if draft.kind == "speech" and block.part == "text":
                    cast.spoke(draft.head[0] + block.base, speaker.cluster)
            found.append(_quote(block, draft, speaker, len(found)))
    return _join(found, blocks)


def _quote(block: Block, draft: Draft, speaker: Speaker, number: int) -> Quote:
    base = block.base

    def at(span: tuple[int, int] | None, side: int) -> int | None:
        return None if span is None else span[side] + base

    start, end = _trimmed(block.text, draft.start, draft.end)
    printed = draft.relative if draft.relative is not None and speaker.name is not None else draft.speaker
    return Quote(
        part=block.part,
        start=start + base,
        end=end + base,
        type=draft.type,  # type: ignore[arg-type]
        kind=draft.kind,
        form=draft.form,
        utterance=number,
        paragraph=block.index,
        cue_start=at(draft.cue, 0),
        cue_end=at(draft.cue, 1),
        speaker_start=at(printed, 0),
        speaker_end=at(printed, 1),
        speaker_name=speaker.name,
        speaker_cluster=speaker.cluster,
        role=speaker.role,
        affiliation=speaker.affiliation,
        is_anonymous=speaker.is_anonymous,
        rule=draft.rule,
        confidence=confidence_of(draft.rule, draft.type, draft.kind, _how(draft, speaker)),
    )


def _how(draft: Draft, speaker: Speaker) -> str | None:
    """How the speaker was resolved; None where nobody is known to speak."""
    return speaker.rule if draft.speaker is not None or draft.cluster is not None else None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, max(end, start + 1)


def _join(quotes: Sequence[Quote], blocks: Sequence[Block]) -> tuple[Quote, ...]:
    """Paragraphs of one continuing quotation become one quotation; pieces round one cue share an utterance."""
    continues = {(b.part, m.start + b.base) for b in blocks for m in b.marked if m.continues}
    found: list[Quote] = []
    for quote in quotes:
        if found and (quote.part, quote.start) in continues and _may_join(found[-1], quote):
            found[-1] = _joined(found[-1], quote)
            continue
        if found and _same_utterance(found[-1], quote):
            quote = replace(quote, utterance=found[-1].utterance)
        found.append(quote)
    numbers = {u: n for n, u in enumerate(dict.fromkeys(q.utterance for q in found))}
    return tuple(replace(q, utterance=numbers[q.utterance]) for q in found)


def _may_join(last: Quote, quote: Quote) -> bool:
    return {last.type, quote.type} == {"direct"} and {last.kind, quote.kind} == {"speech"} and last.part == quote.part


def _joined(last: Quote, quote: Quote) -> Quote:
    """One quotation over two paragraphs; the one with a cue of its own says whose it is."""
    if last.rule in BORROWED and quote.rule not in BORROWED:
        return replace(quote, start=last.start, paragraph=last.paragraph, utterance=last.utterance)
    return replace(last, end=quote.end)


def _same_utterance(last: Quote, quote: Quote) -> bool:
    if last.kind != "speech" or quote.kind != "speech":
        return False
    return last.part == quote.part and last.cue_start is not None and last.cue_start == quote.cue_start
