"""Quotations of one article and who said them.

In order: marks are paired (`marks`), sentences are folded round them (`skeletons`), only sentences that can hold
an attribution are parsed, each is read for cues, contents and speakers (`attribution`, `indirect`), quotations
without a cue of their own go on with the speaker before, and speakers are resolved in reading order (`speakers`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from etl.language.attribution import Draft, read_sentence
from etl.language.bounds import bound_marks
from etl.language.cues import LANGUAGES, Words, load_words
from etl.language.marks import Marked, find_marked
from etl.language.model import Analysis, Parser
from etl.language.skeletons import Skeleton, make_skeletons
from etl.language.speakers import UNKNOWN, Cast, Speaker
from etl.language.trees import Tree
from etl.records import Article, Mention, Paragraph, Part, Quote, StoryEntity

_MAX_PARSED = 1_500  # characters: beyond that it is a table or a list, not a sentence


@dataclass(slots=True)
class _Block:
    """A paragraph or the headline with all that is read in it; `base` is its offset in `part`."""

    part: Part
    index: int | None
    base: int
    text: str
    marked: tuple[Marked, ...]
    skeletons: tuple[Skeleton, ...]
    drafts: list[Draft]


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
    words = load_words(article.language if article.language in LANGUAGES else LANGUAGES[0])
    blocks = _blocks(article, [p for p, _ in analyses], words)
    _read_sentences(blocks, parser, words, mentions)
    texts: dict[Part, str] = {"text": article.story.text, "headline": article.headline or ""}
    cast = Cast(texts, mentions, entities, words)
    for place, block in enumerate(blocks):
        _add_unclaimed(block, words)
        _carry_on(blocks, place)
    return _emit(blocks, cast)


# --- reading -----------------------------------------------------------------------------------


def _blocks(article: Article, paragraphs: Sequence[Paragraph | None], words: Words) -> list[_Block]:
    body = [p for p in paragraphs if p is not None]
    texts = [article.story.text[p.start : p.end] for p in body]
    found: list[_Block] = []
    if article.headline and None in paragraphs:
        found.append(_block("headline", None, 0, article.headline, find_marked([article.headline])[0], words, False))
    marked = find_marked(texts)
    for number, (paragraph, text) in enumerate(zip(body, texts, strict=True)):
        following = marked[number + 1] if number + 1 < len(texts) else ()
        goes_on = bool(following) and following[0].continues
        found.append(_block("text", paragraph.index, paragraph.start, text, marked[number], words, goes_on))
    return found


def _block(
    part: Part, index: int | None, base: int, text: str, marked: Sequence[Marked], words: Words, goes_on: bool
) -> _Block:
    bounded = bound_marks(text, marked, words, goes_on)
    return _Block(part, index, base, text, bounded, make_skeletons(text, bounded, words), [])


def _read_sentences(blocks: Sequence[_Block], parser: Parser, words: Words, mentions: Sequence[Mention]) -> None:
    wanted = [(b, n) for b in blocks for n, s in enumerate(b.skeletons) if _can_attribute(s, words)]
    names = _names_by_part(mentions)
    texts = [_readable(b, b.skeletons[n], names) for b, n in wanted]
    for (block, number), text, parse in zip(wanted, texts, parser.parse(texts), strict=True):
        tree = Tree(text, parse)
        for draft in read_sentence(block.text, block.skeletons[number], tree, block.marked, words):
            draft.sentence = number
            block.drafts.append(draft)


def _can_attribute(skeleton: Skeleton, words: Words) -> bool:
    if len(skeleton.text) > _MAX_PARSED:
        return False
    if words.cue_pattern.search(skeleton.text):
        return True
    lower = skeleton.text.lower()
    return any(phrase in lower for phrase in words.lists["attribution.according"][:1]) or (
        bool(skeleton.folded) and ":" in skeleton.text
    )


def _names_by_part(mentions: Sequence[Mention]) -> dict[Part, list[tuple[int, int]]]:
    found: dict[Part, list[tuple[int, int]]] = {"text": [], "headline": []}
    for mention in mentions:
        found[mention.part].append((mention.start, mention.end))
    return found


def _readable(block: _Block, skeleton: Skeleton, names: dict[Part, list[tuple[int, int]]]) -> str:
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


# --- quotations without a cue ------------------------------------------------------------------


def _add_unclaimed(block: _Block, words: Words) -> None:
    """Marked stretches that no cue claims: sentences of somebody, or no quotations at all."""
    claimed = {n for d in block.drafts for n in d.numbers}
    for sentence, skeleton in enumerate(block.skeletons):
        for number in skeleton.quotes:
            if number in claimed:
                continue
            claimed.add(number)
            mark = block.marked[number]
            reason = _no_quotation(block.text, mark, number in skeleton.folded, skeleton, words)
            kind, rule = ("not_quotation", reason) if reason else ("speech", "no_cue")
            block.drafts.append(
                Draft(mark.start, mark.end, "direct", kind, "none", rule, 0.6, numbers=(number,), sentence=sentence)
            )
    block.drafts.sort(key=lambda d: (d.start, -d.end))


def _no_quotation(text: str, mark: Marked, folded: bool, skeleton: Skeleton, words: Words) -> str | None:
    inner = text[mark.start : mark.end].strip(" ,.;:")
    tokens = re.findall(r"[\w’'-]+", inner)
    before = re.findall(r"[\w’'-]+", text[skeleton.start : mark.outer_start])
    after = re.match(r"\s*([\w’'-]+)", text[mark.outer_end :])
    if not tokens:
        return "empty"
    named = before and before[-1][:1].isupper() and after is not None and after.group(1)[:1].isupper()
    if named and len(tokens) <= 3 and tokens[0][:1].isupper():
        return "nickname"
    if before and before[-1].lower() in words.sets["attribution.so_called"]:
        return "so_called"
    small = words.sets["attribution.name_small_words"]
    if (
        len(tokens) <= 10
        and all(t[0].isupper() or t[0].isdigit() or t in small for t in tokens)
        and not (folded and text[mark.start : mark.end].rstrip()[-1:] in ".?!" and len(before) == 0)
    ):
        return "title"
    if folded and len(tokens) >= 3 and (not before or text[skeleton.start : mark.outer_start].rstrip()[-1:] in ":,—"):
        return None
    return "scare_quotes" if len(tokens) <= 4 else "quoted_words"


def _carry_on(blocks: Sequence[_Block], place: int) -> None:
    """Give quotations without a speaker that of the quotation they go on with."""
    block = blocks[place]
    for number, draft in enumerate(block.drafts):
        if draft.kind == "not_quotation" or draft.speaker is not None or draft.rule != "no_cue":
            continue
        source = _earlier(block.drafts[:number], draft) or _previous_block(blocks, place, draft)
        later = next(
            (d for d in block.drafts[number + 1 :] if d.sentence == draft.sentence + 1 and _is_spoken(d)), None
        )
        if source is not None:
            draft.rule, draft.confidence = "continued", 0.85
            _borrow(draft, source, block)
        elif later is not None and not block.text[: draft.start].strip("“\"'‘` "):
            draft.rule, draft.confidence = "before_cue", 0.7
            _borrow(draft, (block, later), block)


def _is_spoken(draft: Draft) -> bool:
    return draft.kind == "speech" and draft.speaker is not None


def _earlier(drafts: Sequence[Draft], draft: Draft) -> tuple[_Block | None, Draft] | None:
    for other in reversed(drafts):
        if _is_spoken(other) and other.sentence >= draft.sentence - 2:
            return None, other
    return None


def _previous_block(blocks: Sequence[_Block], place: int, draft: Draft) -> tuple[_Block | None, Draft] | None:
    block = blocks[place]
    if block.text[: draft.start].strip("“\"'‘`« ") or place == 0 or blocks[place - 1].part != block.part:
        return None
    spoken = [d for d in blocks[place - 1].drafts if _is_spoken(d)]
    return (blocks[place - 1], spoken[-1]) if spoken else None


def _borrow(draft: Draft, source: tuple[_Block | None, Draft], block: _Block) -> None:
    home, other = source
    shift = 0 if home is None else home.base - block.base
    draft.cue = None if other.cue is None else (other.cue[0] + shift, other.cue[1] + shift)
    if other.speaker is not None and other.head is not None:
        draft.speaker = (other.speaker[0] + shift, other.speaker[1] + shift)
        draft.head = (other.head[0] + shift, other.head[1] + shift)


# --- out ---------------------------------------------------------------------------------------


def _emit(blocks: Sequence[_Block], cast: Cast) -> tuple[Quote, ...]:
    found: list[Quote] = []
    known: dict[tuple[Part, int], Speaker] = {}
    for block in blocks:
        for draft in block.drafts:
            speaker = UNKNOWN
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
                if draft.kind == "speech":
                    cast.spoke(draft.head[0] + block.base, speaker.cluster)
            found.append(_quote(block, draft, speaker, len(found)))
    return _join(found, blocks)


def _quote(block: _Block, draft: Draft, speaker: Speaker, number: int) -> Quote:
    base = block.base

    def at(span: tuple[int, int] | None, side: int) -> int | None:
        return None if span is None else span[side] + base

    start, end = _trimmed(block.text, draft.start, draft.end)
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
        speaker_start=at(draft.speaker, 0),
        speaker_end=at(draft.speaker, 1),
        speaker_name=speaker.name,
        speaker_cluster=speaker.cluster,
        role=speaker.role,
        affiliation=speaker.affiliation,
        is_anonymous=speaker.is_anonymous,
        rule=draft.rule,
        confidence=round(draft.confidence * (speaker.confidence if draft.speaker else 1.0), 2),
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, max(end, start + 1)


def _join(quotes: Sequence[Quote], blocks: Sequence[_Block]) -> tuple[Quote, ...]:
    """Paragraphs of one continuing quotation become one quotation; pieces round one cue share an utterance."""
    continues = {(b.part, m.start + b.base) for b in blocks for m in b.marked if m.continues}
    found: list[Quote] = []
    for quote in quotes:
        if found and (quote.part, quote.start) in continues and quote.type == "direct" and quote.kind == "speech":
            last = found[-1]
            if last.kind == "speech" and last.type == "direct":
                found[-1] = replace(last, end=quote.end)
                continue
        if found and _same_utterance(found[-1], quote):
            quote = replace(quote, utterance=found[-1].utterance)
        found.append(quote)
    numbers = {u: n for n, u in enumerate(dict.fromkeys(q.utterance for q in found))}
    return tuple(replace(q, utterance=numbers[q.utterance]) for q in found)


def _same_utterance(last: Quote, quote: Quote) -> bool:
    if last.kind != "speech" or quote.kind != "speech" or last.type == "indirect" or quote.type == "indirect":
        return False
    return last.part == quote.part and last.cue_start is not None and last.cue_start == quote.cue_start
