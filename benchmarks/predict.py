"""Predictions for gold sets, through the very functions the pipeline uses.

    python -m benchmarks.predict TASK < documents.jsonl > predictions.jsonl
    python -m benchmarks.predict html --root DIR < gold.jsonl > predictions.jsonl
    python -m benchmarks.predict formats DIR > articles.jsonl

TASK is one of quotes, entities, people, links, datelines, bylines, dedup. Input lines carry `doc_id` and `text`; gold
on the same lines is ignored. Output lines have the form the scorer of the task asks for.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

TASKS = ("quotes", "entities", "people", "links", "datelines", "bylines", "dedup")

Document = dict[str, object]


def predict(task: str, documents: Iterable[Document]) -> Iterator[Document]:
    """Predictions of a task for documents, in order. KeyError names the tasks there are."""
    if task not in TASKS:
        raise KeyError(f"no task {task!r}; there are {', '.join(TASKS)}")
    predictions: Iterator[Document] = importlib.import_module(f"benchmarks.tasks.{task}").predict(documents)
    return predictions


def predict_formats(root: Path) -> Iterator[Document]:
    """One line for each story or refusal under `root`, `raw_path` relative to it."""
    predictions: Iterator[Document] = importlib.import_module("benchmarks.tasks.formats").predict_tree(root)
    return predictions


def predict_html(documents: Iterable[Document], root: Path) -> Iterator[Document]:
    """Predictions for pages that lie under `root`."""
    predictions: Iterator[Document] = importlib.import_module("benchmarks.tasks.html").predict(documents, root)
    return predictions


def read_documents(lines: Iterable[str]) -> Iterator[Document]:
    """Documents of JSON lines; empty lines are passed over."""
    return (json.loads(line) for line in lines if line.strip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=[*TASKS, "html", "formats"])
    parser.add_argument("folder", nargs="?", type=Path, help="formats: the folder to read")
    parser.add_argument("--root", type=Path, help="html: the folder that raw_path is relative to")
    options = parser.parse_args()
    if options.task == "formats":
        if options.folder is None:
            parser.error("formats needs a folder: python -m benchmarks.predict formats DIR")
        predictions = predict_formats(options.folder)
    elif options.task == "html":
        if options.root is None:
            parser.error("html needs --root DIR")
        predictions = predict_html(read_documents(sys.stdin), options.root)
    else:
        predictions = predict(options.task, read_documents(sys.stdin))
    for prediction in predictions:
        sys.stdout.write(json.dumps(prediction, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
