"""Score a weights file on documents with gold names, or on the held-out stories of the training corpora.

    python -m training.evaluate GOLD.jsonl [--weights FILE] [--bare] [--types PER,ORG,LOC] [--predictions OUT.jsonl]

GOLD holds one JSON document a line: `doc_id`, `text` and `entities` ({start, end, label}, labels PER, ORG, LOC, MISC).
Names count as right if span and label are exact. Without --weights the package's own are scored.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import Counter
from pathlib import Path

from etl.language.tagger import Tagger
from etl.language.tagger.weights import parse_weights, read_weights
from training.corpora import LABELS

SHORT = {"PERSON": "PER"}
Found = set[tuple[int, int, str]]


def names_of(tagger: Tagger, text: str) -> Found:
    """Names of a document whose lines are its paragraphs, at offsets of the document."""
    lines = text.split("\n")
    out: Found = set()
    at = 0
    for line, analysis in zip(lines, tagger.analyse(lines), strict=True):
        out |= {(at + n.start, at + n.end, SHORT.get(n.label, n.label)) for n in analysis.names}
        at += len(line) + 1
    return out


def figures(gold: list[Found], found: list[Found], types: list[str]) -> dict[str, tuple[float, float, float]]:
    """Precision, recall, F1 in per cent for each type, for all of them, and for spans whatever their type."""
    hit: Counter[str] = Counter()
    said: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for g, f in zip(gold, found, strict=True):
        for a, b, label in (s for s in f if s[2] in types):
            said[label] += 1
            hit[label] += (a, b, label) in g
        true.update(label for _, _, label in g if label in types)
        spans = {s[:2] for s in g if s[2] in types}
        hit["span"] += len(spans & {s[:2] for s in f if s[2] in types})
    hit["all"], said["all"], true["all"] = (sum(c[t] for t in types) for c in (hit, said, true))
    said["span"], true["span"] = said["all"], true["all"]
    out = {}
    for key in ("all", *types, "span"):
        p, r = hit[key] / max(1, said[key]), hit[key] / max(1, true[key])
        out[key] = (100 * p, 100 * r, 200 * p * r / (p + r) if p + r else 0.0)
    return out


def load_tagger(path: Path | None, *, repairs: bool) -> Tagger:
    """A tagger with the weights of a file, or with the package's own."""
    if path is None:
        return Tagger(read_weights(), repairs=repairs)
    data = path.read_bytes()
    return Tagger(parse_weights(data, hashlib.sha256(data).hexdigest()), repairs=repairs)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--bare", action="store_true", help="without repairs")
    parser.add_argument("--types", default=",".join(LABELS))
    parser.add_argument("--predictions", type=Path)
    args = parser.parse_args()
    tagger = load_tagger(args.weights, repairs=not args.bare)
    documents = [json.loads(line) for line in args.gold.read_text(encoding="utf-8").splitlines()]
    started = time.perf_counter()
    found = [names_of(tagger, d["text"]) for d in documents]
    seconds = time.perf_counter() - started
    gold = [{(e["start"], e["end"], e["label"]) for e in d["entities"]} for d in documents]
    for key, (p, r, f) in figures(gold, found, args.types.split(",")).items():
        print(f"{key:5} P {p:5.1f} R {r:5.1f} F1 {f:5.1f}")
    words = sum(len(d["text"].split()) for d in documents)
    print(f"{tagger.version}: {words} words, {words / seconds:,.0f} words/s")
    if args.predictions:
        with args.predictions.open("w", encoding="utf-8") as out:
            for d, names in zip(documents, found, strict=True):
                entities = [{"start": a, "end": b, "label": label} for a, b, label in sorted(names)]
                out.write(json.dumps({"doc_id": d["doc_id"], "entities": entities}) + "\n")


if __name__ == "__main__":
    main()
