"""Speed of each stage and of the whole.

    python -m benchmarks.speed [--corpus DIR] [--only TEXT] [--json]

DIR holds `reut2-000-003.tar.xz` and `wikinews_2019_2020.jsonl.gz`; by default `$COPYDESK_EVAL/bench`. Without it
only the readers are measured, on the repository's own samples, and the command says so. Rates are per CPU second of one
thread, best of some rounds, except the whole run, which is wall clock.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.speed import Figure
from benchmarks.speed.language import language_figures
from benchmarks.speed.reading import desk_figures, markup_figures, text_figures
from benchmarks.speed.whole import whole_figures


def _parts(corpus: Path | None) -> dict[str, Callable[[], Iterator[Figure]]]:
    parts: dict[str, Callable[[], Iterator[Figure]]] = {
        "markup": lambda: markup_figures(corpus),
        "text": lambda: text_figures(corpus),
    }
    if corpus:
        parts |= {
            "desk": lambda: desk_figures(corpus),
            "language": lambda: language_figures(corpus),
            "whole": lambda: whole_figures(corpus),
        }
    return parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="folder of the benchmark texts")
    parser.add_argument(
        "--only", default="", help="only parts whose name holds this: markup, text, desk, language, whole"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    options = parser.parse_args()
    corpus = options.corpus
    if corpus is None and os.environ.get("COPYDESK_EVAL"):
        corpus = Path(os.environ["COPYDESK_EVAL"]) / "bench"
    if corpus is None:
        print("desk, language and whole run: NOT MEASURED, no corpus named", file=sys.stderr)
    for name, part in _parts(corpus).items():
        if options.only in name:
            for figure in part():
                _show(figure, as_json=options.json)


def _show(figure: Figure, *, as_json: bool) -> None:
    if as_json:
        line = {name: getattr(figure, name) for name in ("stage", "unit", "ours", "peer_name", "peer", "ratio")}
        print(json.dumps(line), flush=True)
        return
    print(
        f"{figure.stage:<26} {figure.ours:>12,.1f} {figure.unit:<10} {figure.ratio:>8.2f} x "
        f"{figure.peer_name} ({figure.peer:,.1f})",
        flush=True,
    )


if __name__ == "__main__":
    main()
