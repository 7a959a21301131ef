"""Open corpora as stories of sentences, in the tokens of the runtime and the labels PER, ORG, LOC, MISC.

Each corpus comes in tokens of its own. Its sentences are first written as running text again, then cut by the
runtime's own tokeniser, so that the network never sees a token in training that it cannot meet in use.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import tarfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from etl.language.tagger.tokens import tokenise, word_list

LABELS = ("PER", "ORG", "LOC", "MISC")
TAGS = ("O", *(f"{part}-{label}" for label in LABELS for part in "BI"))
O_OR_MISC = len(TAGS)
"""Tag of a word that its corpus leaves unmarked but might have marked, had it known MISC."""
UNKNOWN = -1
"""Tag of a word that a gold name covers in part: it takes no part in the loss."""

Sentence = tuple[list[str], list[int]]
Story = list[Sentence]
Cover = tuple[int, int, str]
"""(first, stop, label) over tokens."""


@dataclass(frozen=True, slots=True)
class Corpus:
    name: str
    stories: list[Story]


def load_corpora(folder: Path, lists: dict[str, frozenset[str]]) -> list[Corpus]:
    """Read every corpus in `folder` (the files named in README.md). `lists` come from `read_lists`."""
    gmb_rows = list(_read_gmb(folder / "gmb_ner_dataset.csv.xz"))
    demonyms = _demonyms(gmb_rows, lists["countries"])
    corpora = [
        Corpus("gmb", _gmb_stories(gmb_rows, lists)),
        Corpus("docred", [s for part in ("dev", "test") for s in _docred(folder, part, demonyms)]),
        Corpus("crossner", list(_crossner(folder / "crossner.tar.xz"))),
        Corpus("pud", list(_pud(folder / "uner_en_pud.iob2.xz"))),
    ]
    for corpus in corpora:
        mark_compounds(corpus)
    return corpora


def read_lists(path: Path) -> dict[str, frozenset[str]]:
    """Read `lists.txt`: sections in brackets, an entry a line."""
    sections: dict[str, set[str]] = {}
    current: set[str] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), set())
        elif line and not line.startswith("#"):
            current.update(part.strip() for part in line.split(","))
    return {name: frozenset(words - {""}) for name, words in sections.items()}


# --- running text ----------------------------------------------------------------------------

_TIGHT_LEFT = frozenset((",", ".", ";", ":", "?", "!", "%", ")", "]", "'s", "'S", "’s", "'", "’", "”", "''"))
_CLITICS = frozenset(("n't", "'re", "'ve", "'ll", "'d", "'m", "n’t", "’re", "’ve", "’ll", "’d", "’m"))
_TIGHT_RIGHT = frozenset(("(", "[", "$", "£", "€", "“", "‘", "``"))
_PLAIN = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "``": '"', "''": '"'}


def write_out(tokens: Iterable[str], *, join_hyphens: bool = False) -> tuple[str, list[tuple[int, int]]]:
    """Write tokens as running text; return it and the (start, end) of each token in it."""
    text, places, tight, quote_open = "", [], True, False
    for raw in tokens:
        token = _PLAIN.get(raw, raw)
        glue = tight or token in _TIGHT_LEFT or token in _CLITICS
        tight = token in _TIGHT_RIGHT
        if token == '"':
            glue, tight = glue or quote_open, not quote_open
            quote_open = not quote_open
        elif join_hyphens and token == "-" and text and text[-1].isalnum():
            glue = tight = True
        if text and not glue:
            text += " "
        places.append((len(text), len(text) + len(token)))
        text += token
    return text, places


def to_sentence(tokens: list[str], covers: Iterable[Cover], *, join_hyphens: bool = False) -> Sentence:
    """Cut a sentence into runtime tokens and carry its names over to them."""
    text, places = write_out(tokens, join_hyphens=join_hyphens)
    spans = tokenise(text)
    tags = [0] * len(spans)
    for first, stop, label in covers:
        start, end = places[first][0], places[stop - 1][1]
        inside = [i for i, (a, b) in enumerate(spans) if a < end and start < b]
        exact = spans[inside[0]][0] == start and spans[inside[-1]][1] == end
        for i in inside:
            tags[i] = TAGS.index(f"{'B' if i == inside[0] else 'I'}-{label}") if exact else UNKNOWN
    return [text[a:b] for a, b in spans], tags


def trim(tokens: list[str], cover: Cover, titles: frozenset[str] = frozenset()) -> Cover | None:
    """Cut a leading "the" (of ORG and LOC), leading titles (of PER) and a trailing possessive off a name."""
    first, stop, label = cover
    while first < stop - 1 and label in ("ORG", "LOC") and tokens[first].lower() == "the":
        first += 1
    while first < stop and label == "PER" and tokens[first] in titles:
        first += 1
    while stop > first and tokens[stop - 1] in ("'s", "’s", "'", ",", "."):
        stop -= 1
    return (first, stop, label) if first < stop else None


def spans_of(tags: list[str]) -> list[Cover]:
    """The names of a list of BIO tags."""
    out: list[Cover] = []
    begin = 0
    for i, tag in enumerate([*tags, "O"]):
        previous = tags[i - 1] if i else "O"
        if previous != "O" and (tag == "O" or tag[0] == "B" or tag[2:] != previous[2:]):
            out.append((begin, i, previous[2:]))
        if tag != "O" and (tag[0] == "B" or tag[2:] != previous[2:]):
            begin = i
    return out


def _mark_open(sentence: Sentence) -> Sentence:
    """Make capitalised unmarked words "O or MISC", for corpora that do not know MISC (or seldom use it)."""
    words, tags = sentence
    return words, [
        O_OR_MISC if t == 0 and w[0].isupper() and i else t for i, (w, t) in enumerate(zip(words, tags, strict=True))
    ]


def mark_compounds(corpus: Corpus) -> None:
    """Mark the name in "London-based" or "U.S.-led" as the corpus marks it elsewhere, in place.

    The corpora keep such a compound as one word and mostly leave it unmarked; the runtime cuts it. Where the corpus
    never marks the name itself, its tag is unknown.
    """
    known: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for words, tags in (sentence for story in corpus.stories for sentence in story):
        for first, stop, label in spans_of([TAGS[t] if 0 <= t < len(TAGS) else "O" for t in tags]):
            known[tuple(words[first:stop])][label] += 1
    hanging = frozenset(word_list("hanging"))
    for words, tags in (sentence for story in corpus.stories for sentence in story):
        for i in range(1, len(words) - 1):
            if words[i] == "-" and words[i + 1] in hanging and words[i - 1][0].isupper():
                tags[i] = tags[i + 1] = 0
                sizes = [n for n in (3, 2, 1) if n <= i and known[tuple(words[i - n : i])].total() > 1]
                size = sizes[0] if sizes else 1
                label = known[tuple(words[i - size : i])].most_common(1)[0][0] if sizes else ""
                for k in range(i - size, i):
                    tags[k] = TAGS.index(f"{'I' if k > i - size else 'B'}-{label}") if label else UNKNOWN


# --- the corpora -----------------------------------------------------------------------------

_GMB_LABELS = {"geo": "LOC", "org": "ORG", "per": "PER", "art": "MISC", "eve": "MISC"}
_GMB_STORY = 20  # sentences: the set marks no stories, but runs in their order


def _read_gmb(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    tokens: list[str] = []
    tags: list[str] = []
    with lzma.open(path, "rt", encoding="latin-1", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for number, word, _, tag in rows:
            if number and tokens:
                yield tokens, tags
                tokens, tags = [], []
            if word.strip():
                tokens.append(word.strip())
                tags.append(tag)
    yield tokens, tags


def _demonyms(rows: list[tuple[list[str], list[str]]], countries: frozenset[str]) -> frozenset[str]:
    """Names of peoples: what GMB calls a geo-political entity and is no country."""
    seen = Counter(" ".join(t[a:b]) for t, g in rows for a, b, label in spans_of(g) if label == "gpe")
    return frozenset(name for name, n in seen.items() if n >= 3 and name not in countries and name[0].isupper())


def _gmb_stories(rows: list[tuple[list[str], list[str]]], lists: dict[str, frozenset[str]]) -> list[Story]:
    sentences = []
    for tokens, tags in rows:
        covers = []
        for first, stop, kind in spans_of(tags):
            label = _GMB_LABELS.get(kind)
            if kind == "gpe":
                label = "LOC" if " ".join(tokens[first:stop]) in lists["countries"] else "MISC"
            cover = trim(tokens, (first, stop, label), lists["titles"]) if label else None
            if cover:
                covers.append(cover)
        sentences.append(_mark_open(to_sentence(tokens, covers)))
    return [sentences[i : i + _GMB_STORY] for i in range(0, len(sentences), _GMB_STORY)]


def _docred(folder: Path, part: str, demonyms: frozenset[str]) -> Iterator[Story]:
    with lzma.open(folder / f"redocred_{part}.json.xz") as file:
        documents = json.load(file)
    for document in documents:
        names: dict[int, set[Cover]] = defaultdict(set)
        for entity in document["vertexSet"]:
            for mention in entity:
                if mention["type"] in LABELS:
                    names[mention["sent_id"]].add((*mention["pos"], mention["type"]))
        story = []
        for number, tokens in enumerate(document["sents"]):
            covers = []
            for first, stop, label in sorted(names[number]):
                if label in ("LOC", "ORG") and " ".join(tokens[first:stop]) in demonyms:
                    label = "MISC"  # the set calls "German" a place
                cover = trim(tokens, (first, stop, label))
                if cover and (not covers or covers[-1][1] <= cover[0]):
                    covers.append(cover)
            if tokens:
                story.append(to_sentence(tokens, covers, join_hyphens=True))
        yield story


_CROSSNER_LABELS = {
    **dict.fromkeys(("person", "politician", "scientist", "writer", "musicalartist"), "PER"),
    **dict.fromkeys(("organisation", "politicalparty", "band", "university"), "ORG"),
    **dict.fromkeys(("country", "location", "astronomicalobject"), "LOC"),
    **dict.fromkeys(("academicjournal", "election", "event", "award", "book", "album", "song", "poem"), "MISC"),
    **dict.fromkeys(("magazine", "misc"), "MISC"),
}


def _columns(text: str, word: int, tag: int) -> Iterator[tuple[list[str], list[str]]]:
    """Sentences of a tab-separated file, as tokens and tags; comment lines are skipped."""
    tokens: list[str] = []
    tags: list[str] = []
    for line in [*text.split("\n"), ""]:
        fields = line.split("\t")
        if line.startswith("# "):
            continue
        if not line.strip():
            if tokens:
                yield tokens, tags
            tokens, tags = [], []
        elif fields[word].strip():
            tokens.append(fields[word].strip())
            tags.append(fields[tag].strip())


def _relabelled(text: str, word: int, tag: int, label_of: Callable[[str], str | None]) -> Iterator[Sentence]:
    for tokens, tags in _columns(text, word, tag):
        covers = [(a, b, label_of(kind)) for a, b, kind in spans_of(tags)]
        kept = [trim(tokens, (a, b, label)) for a, b, label in covers if label]
        yield to_sentence(tokens, [cover for cover in kept if cover])


def _crossner(path: Path) -> Iterator[Story]:
    """Sentences stand alone in this set: eight of one file make a story."""
    with tarfile.open(path) as archive:
        for member in sorted(archive.getnames()):
            file = archive.extractfile(member)
            if file is None:
                continue
            text = io.TextIOWrapper(file, encoding="utf-8").read()
            sentences = list(_relabelled(text, 0, 1, _CROSSNER_LABELS.get))
            yield from (sentences[i : i + 8] for i in range(0, len(sentences), 8))


def _pud(path: Path) -> Iterator[Story]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        text = file.read()
    for document in text.split("# newdoc"):
        story = list(_relabelled(document.partition("\n")[2], 1, 2, lambda kind: kind if kind in LABELS else None))
        if story:
            yield [_mark_open(sentence) for sentence in story]
