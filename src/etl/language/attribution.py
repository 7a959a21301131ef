"""One sentence at a time: which quotation or content belongs to which cue and speaker."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from etl.language.cued import cue_at, trim
from etl.language.cues import Cue, Words
from etl.language.indirect import Report, find_reports, source_of
from etl.language.marks import Marked
from etl.language.skeletons import PLACEHOLDER, Skeleton
from etl.language.trees import SUBJECTS, Tree

_FARTHEST_MARKS = 25
_DIRECT_FRAMES = frozenset({"c", "q", "a", "i", "x", "n", "l", "as"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM"})
_DASH = re.compile(r"\s(?:[—–]|-{1,2})\s")
_TAIL = re.compile(r"(\s*,?\s*(?:[—–]|-{1,2})?\s+)([\w’']+)\W*([\w’']*)")
_BORDERS = frozenset({",", '"', "“", "”", "``", "''", ";", ":", "—", "–", "-", "--", "."})


@dataclass(slots=True)
class Draft:
    """A quotation on its way: offsets count in the paragraph, `numbers` are its marked stretches.

    `speaker` is the phrase as printed, `head` its head word; both None while nobody is known. `cluster` is the
    entity that speaks where no phrase beside the quotation says so.
    """

    start: int
    end: int
    type: str
    kind: str
    form: str
    rule: str
    cue: tuple[int, int] | None = None
    speaker: tuple[int, int] | None = None
    head: tuple[int, int] | None = None
    numbers: tuple[int, ...] = field(default=())
    cluster: int | None = None
    sentence: int = 0


def read_sentence(
    paragraph: str, skeleton: Skeleton, tree: Tree | None, marked: Sequence[Marked], words: Words
) -> list[Draft]:
    """Drafts of one sentence in order of their start; stretches in marks that nobody claims are left out."""
    found: list[Draft] = []
    if tree is not None:
        tokens = {t: n for t in range(len(tree)) if (n := _placeholder(skeleton, tree, t)) is not None}
        for report in find_reports(tree, words, frozenset(tokens)):
            if _in_marks(skeleton, tree, report.cue_first, marked):
                continue  # “I say we wait”: what a quotation says somebody said is not told by the story
            draft = _from_report(paragraph, skeleton, tree, report, marked, words)
            if draft is not None:
                found.append(draft)
        found = _drop_repeats(found)
        found.extend(_direct(skeleton, tree, tokens, marked, words))
        claimed = {n for d in found for n in d.numbers}
        claimed |= {n for n in skeleton.quotes if is_so_called(paragraph, marked[n], words)}
        found.extend(_partial(skeleton, tree, marked, words, claimed))
    return sorted(found, key=lambda d: (d.start, -d.end))


def _placeholder(skeleton: Skeleton, tree: Tree, token: int) -> int | None:
    if tree.words[token] != PLACEHOLDER.lower():
        return None
    return skeleton.quote_at(*tree.tokens[token])


def _in_marks(skeleton: Skeleton, tree: Tree, token: int, marked: Sequence[Marked]) -> bool:
    place = skeleton.source(*tree.tokens[token])[0]
    return any(marked[n].start <= place < marked[n].end for n in skeleton.quotes)


def _span(skeleton: Skeleton, tree: Tree, first: int, stop: int) -> tuple[int, int]:
    return skeleton.source(*tree.offsets(first, stop))


def _speaker(skeleton: Skeleton, tree: Tree, head: int | None) -> tuple[tuple[int, int], tuple[int, int]] | None:
    if head is None:
        return None
    first, stop = tree.phrase(head)
    masks = [t for t in range(first, stop) if _placeholder(skeleton, tree, t) is not None]
    if any(t < head for t in masks):  # the parser took “Yes,” for a part of the name behind it
        first = max(t for t in masks if t < head) + 1
        while first < head and (tree.words[first] in _BORDERS or tree.words[first] in tree.lexicon.verbs):
            first += 1
    while stop < len(tree) and tree.pos[stop] == "PROPN" and tree.pos[stop - 1] in _NOMINAL:
        stop += 1  # said nurse Bao Tran: a title and its name, torn apart
    stop = min([stop, *[t for t in masks if t > head]])
    return _span(skeleton, tree, first, stop), skeleton.source(*tree.tokens[head])


# --- content found by grammar ------------------------------------------------------------------


def _from_report(
    paragraph: str, skeleton: Skeleton, tree: Tree, report: Report, marked: Sequence[Marked], words: Words
) -> Draft | None:
    start, end = _span(skeleton, tree, report.first, report.stop)
    inline = [n for n in skeleton.quotes if n not in skeleton.folded and not is_so_called(paragraph, marked[n], words)]
    inside = [n for n in inline if marked[n].start < end and start < marked[n].end]
    for number in inside:  # never cut through a pair of marks
        start, end = min(start, marked[number].outer_start), max(end, marked[number].outer_end)
    if any(marked[n].start < end and start < marked[n].end for n in skeleton.folded):
        start, end = _beside_folded(skeleton, marked, start, end)
        if start >= end:
            return None
    quote_type = "indirect"
    end = _without_tail(paragraph, marked, inside, (start, end), words)
    if inside:
        quote_type, start, end = _marked_type(paragraph, marked, inside, start, end)
    kind = report.kind
    if quote_type != "indirect" and report.is_spoken and report.speaker is not None:
        kind = "speech"
    who = _speaker(skeleton, tree, report.speaker)
    cue = _span(skeleton, tree, report.cue_first, report.cue_stop)
    return Draft(
        start, end, quote_type, kind, report.form, f"{report.frame}:{report.lemma}",
        cue, who and who[0], who and who[1], tuple(inside),
    )  # fmt: skip


def _without_tail(
    paragraph: str, marked: Sequence[Marked], inside: Sequence[int], span: tuple[int, int], words: Words
) -> int:
    """Cut what the reporter adds behind the last words in marks: “a sham,” which ... or “a sham” -- a claim that ..."""
    start, end = span
    if not inside:
        return end
    last = max(marked[n].outer_end for n in inside)
    if len(_DASH.findall(paragraph[start:last])) % 2:
        return end  # the tone -- “an outrage” -- that he hears: the dash behind the marks closes an aside
    tail = _TAIL.match(paragraph[last:end])
    if tail is None:
        return end
    pause, word, following = tail.group(1).strip(), tail.group(2).lower(), tail.group(3).lower()
    pause = pause or paragraph[:last].rstrip("”’'\"»`")[-1:].strip("abcdefghijklmnopqrstuvwxyz")
    if word in words.sets["attribution.tails"]:
        return last if pause or following in words.sets["attribution.tail_subjects"] else end
    return last if pause and (pause not in ",.?!" or word in words.sets["attribution.articles"]) else end


def is_so_called(paragraph: str, mark: Marked, words: Words) -> bool:
    """Are the words in marks a name that the story explains: asked to be called only “Lucky”?"""
    inner = paragraph[mark.start : mark.end].split()
    before = re.findall(r"[\w’'-]+", paragraph[max(0, mark.outer_start - 40) : mark.outer_start])
    named = bool(before) and before[-1].lower() in words.sets["attribution.so_called"]
    return named and len(inner) <= 3 and all(word[0].isupper() for word in inner)


def _beside_folded(skeleton: Skeleton, marked: Sequence[Marked], start: int, end: int) -> tuple[int, int]:
    for number in sorted(skeleton.folded):
        mark = marked[number]
        if mark.outer_start <= start < mark.outer_end:
            start = mark.outer_end
        elif start < mark.outer_start < end:
            end = mark.outer_start
    return start, end


def _marked_type(
    paragraph: str, marked: Sequence[Marked], inside: Sequence[int], start: int, end: int
) -> tuple[str, int, int]:
    """`direct` when every word of the content is in marks, else `mixed`."""
    outside = paragraph[start:end]
    for number in inside:
        mark = marked[number]
        outside = outside.replace(paragraph[mark.outer_start : mark.outer_end], " ")
    if len(inside) == 1 and not re.search(r"\w", outside):
        return "direct", marked[inside[0]].start, marked[inside[0]].end
    return "mixed", start, end


def _drop_repeats(drafts: list[Draft]) -> list[Draft]:
    """One draft for each content: the first found, unless a later one knows its speaker."""
    best: dict[tuple[int, int], Draft] = {}
    for draft in drafts:
        held = best.get((draft.start, draft.end))
        if held is None or (held.speaker is None and draft.speaker is not None):
            best[draft.start, draft.end] = draft
    return list(best.values())


# --- quotations that stand alone ---------------------------------------------------------------


def _direct(
    skeleton: Skeleton, tree: Tree, tokens: dict[int, int], marked: Sequence[Marked], words: Words
) -> list[Draft]:
    found = []
    for token, number in tokens.items():
        cue = _cue_of(tree, token, words)
        mark = marked[number]
        draft = Draft(mark.start, mark.end, "direct", "speech", "none", "no_cue", numbers=(number,))
        if cue is not None:
            head = _who(tree, cue, tokens)
            who = _speaker(skeleton, tree, head)
            draft.cue = _span(skeleton, tree, cue, cue + 1)
            draft.rule = f"marks:{words.verbs[tree.words[cue]].lemma}"
            draft.form = "cue_speaker" if head is not None and head > cue else "speaker_cue"
            if who:
                draft.speaker, draft.head = who
        else:
            _by_preposition(skeleton, tree, token, draft, words)
        if draft.rule != "no_cue":
            found.append(draft)
    return found


def _cue_of(tree: Tree, token: int, words: Words) -> int | None:
    """The cue of a placeholder: the nearest one above it, else the nearest that speaks without content."""
    for verb in tree.ancestors(token):
        if _speaks(tree, words, verb) is not None:
            return verb
    beside = _cue_behind(tree, token, words)
    if beside is not None:
        return beside
    verbs = [v for v in range(len(tree)) if (c := _speaks(tree, words, v)) is not None and c.speech & {"c", "q"}]
    return min(verbs, key=lambda v: abs(v - token), default=None)


def _cue_behind(tree: Tree, token: int, words: Words) -> int | None:
    """A cue behind the marks, whatever the parser took it for: "Yes," the email read."""
    place = token + 1
    while place < len(tree) and tree.words[place] in ('"', ",", "?", "!"):
        place += 1
    start = place
    while place < min(len(tree), start + 12) and tree.words[place] not in _BORDERS:
        cue = words.verbs.get(tree.words[place])
        following = tree.words[place + 1] if place + 1 < len(tree) else "."
        ends = following in _BORDERS or following in words.sets["sentences.after_tag"]
        if cue is not None and cue.speech & {"c", "q"} and (place == start or ends):
            return place
        place += 1
    return None


def _speaks(tree: Tree, words: Words, verb: int) -> Cue | None:
    cue = cue_at(tree, words, verb)
    return cue if cue is not None and cue.speech & _DIRECT_FRAMES else None


def _who(tree: Tree, verb: int, tokens: dict[int, int]) -> int | None:
    """Head of the speaker of a cue that marks hang on; the parser is not always right about these."""
    if tree.is_passive(verb):
        agent = tree.child(verb, "agent")
        return tree.child(agent, "pobj") if agent is not None else None
    own = tree.child(verb, *SUBJECTS)
    if own is None or own in tokens:
        inverted = _inverted(tree, verb, tokens)
        if inverted is not None:
            return inverted
    head = tree.subject(verb)
    if head is not None and head not in tokens:
        return head
    return _beside(tree, verb, tokens)


def _inverted(tree: Tree, verb: int, tokens: dict[int, int]) -> int | None:
    """A subject behind its cue that the parser took for an object: "Yes," said Mr. Obi."""
    if verb == 0 or tree.words[verb - 1] not in _BORDERS:
        return None
    after = [
        c for c in tree.children[verb] if c > verb and tree.deps[c] in ("dobj", "attr", "oprd", "appos", "nsubjpass")
    ]
    after = [c for c in after if tree.pos[c] in _NOMINAL and c not in tokens]
    return after[0] if after and tree.subtree(after[0])[0] - verb <= 1 else None


def _beside(tree: Tree, verb: int, tokens: dict[int, int]) -> int | None:
    """The last noun between the border before the cue and the cue, else the first noun behind it."""
    for place in range(verb - 1, -1, -1):
        if tree.words[place] in _BORDERS or place in tokens:
            break
        if tree.pos[place] in _NOMINAL:
            return place
    for place in range(verb + 1, min(len(tree), verb + 9)):
        if tree.words[place] in _BORDERS or place in tokens:
            break
        if tree.pos[place] in _NOMINAL or tree.text[tree.tokens[place][0]].isupper():
            return place
    return None


def _by_preposition(skeleton: Skeleton, tree: Tree, token: int, draft: Draft, words: Words) -> None:
    according = list(words.lists["grammar.according"])
    for place in range(len(tree) - len(according)):
        if tree.words[place : place + len(according)] != according:
            continue
        head, _ = source_of(tree, place + len(according) - 1)
        who = _speaker(skeleton, tree, head)
        if who:
            draft.speaker, draft.head = who
            draft.cue = _span(skeleton, tree, place, place + len(according))
            draft.form, draft.rule = "according_to", "marks:according"
        return
    colon = next((t for t in range(token) if tree.words[t] == ":" and token - t <= 3), None)
    if colon is None or colon == 0:
        return
    head = next(
        (t for t in range(colon) if tree.deps[t] in ("nsubj", "nsubjpass", "ROOT") and tree.pos[t] in _NOMINAL), None
    )
    who = _speaker(skeleton, tree, head)
    if who:
        draft.speaker, draft.head = who
        draft.form, draft.rule = "colon", "marks:colon"


def _partial(skeleton: Skeleton, tree: Tree, marked: Sequence[Marked], words: Words, claimed: set[int]) -> list[Draft]:
    """Words in marks that hang on a cue of speech without being its content by grammar."""
    found = []
    for number in skeleton.quotes:
        if number in claimed or number in skeleton.folded:
            continue
        mark = marked[number]
        inside = [t for t in range(len(tree)) if mark.start <= skeleton.source(*tree.tokens[t])[0] < mark.end]
        if not inside:
            continue
        before = _cue_before(tree, words, inside[0])
        if before is None:
            continue
        adjacent = before == inside[0] - 1
        who = _speaker(skeleton, tree, _who(tree, before, {}))
        start, end, quote_type = _phrase_of(skeleton, tree, mark, inside)
        if not adjacent:
            first, _ = trim(tree, words, before + 1, inside[0])
            if first < inside[0]:
                start, end, quote_type = _span(skeleton, tree, first, inside[0])[0], max(end, mark.outer_end), "mixed"
        found.append(
            Draft(
                start, end, quote_type, "speech", "speaker_cue",
                f"partial:{words.verbs[tree.words[before]].lemma}",
                _span(skeleton, tree, before, before + 1), who and who[0], who and who[1], (number,),
            )
        )  # fmt: skip
    return found


def _cue_before(tree: Tree, words: Words, token: int) -> int | None:
    """The cue of speech that words in marks hang on: right before them, or above them and not far."""
    before = token - 1
    complementizers = words.sets["grammar.complementizer"]
    while before >= 0 and (tree.words[before] in (",", ":") or tree.words[before] in complementizers):
        before -= 1
    if before >= 0 and _speaks(tree, words, before) is not None:
        return before
    for verb in tree.ancestors(token):
        cue = _speaks(tree, words, verb)
        if cue is not None and verb < token <= verb + _FARTHEST_MARKS and cue.speech & {"l", "as"}:
            return verb
        if cue is None and tree.pos[verb] == "VERB":
            return None
    return None


def _phrase_of(skeleton: Skeleton, tree: Tree, mark: Marked, inside: Sequence[int]) -> tuple[int, int, str]:
    """The marks and the rest of the phrase they begin: reported “40 shootings” in the city since May."""
    heads = [t for t in inside if tree.heads[t] not in inside or tree.heads[t] == t]
    stop = max(tree.subtree(t)[1] for t in heads)
    last = _span(skeleton, tree, inside[0], stop)[1]
    if stop <= inside[-1] + 1 or last <= mark.outer_end:
        return mark.start, mark.end, "direct"
    return mark.outer_start, last, "mixed"


def introduction(skeleton: Skeleton, tree: Tree, words: Words) -> Draft | None:
    """Who speaks after a sentence that ends in a colon, by its last cue or else its subject."""
    if not skeleton.text.rstrip().endswith(":"):
        return None
    cues = [v for v in range(len(tree)) if _speaks(tree, words, v) is not None]
    root = next((t for t in range(len(tree)) if tree.heads[t] == t), None)
    for verb in [*reversed(cues), *([] if root is None else [root])]:
        head = _who(tree, verb, {})
        who = _speaker(skeleton, tree, head)
        if who is not None:
            draft = Draft(skeleton.start, skeleton.end, "direct", "speech", "colon", "introduced")
            draft.speaker, draft.head = who
            draft.cue = _span(skeleton, tree, verb, verb + 1) if verb in cues else None
            return draft
    return None
