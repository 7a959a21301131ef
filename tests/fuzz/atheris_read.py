"""Coverage-guided fuzzing of opening, sniffing and reading with atheris.

    python -m tests.fuzz.atheris_read [--seconds 600] [--corpus DIR]

atheris is no dependency of this project: `pip install atheris` puts it beside it. The golden cases are the seeds;
inputs that reach new code are kept in the corpus folder. The input that breaks something is written to `crash-*`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("atheris is not installed; it is no dependency of this project: pip install atheris")

with atheris.instrument_imports(include=["etl.readers"]):
    from tests.fuzz.checks import check
from tests.fuzz.mutate import seeds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument(
        "--corpus", type=Path, help="folder to go on from and add to; by default one that is thrown away"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        corpus = options.corpus or Path(place)
        corpus.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(seeds()):
            (corpus / f"seed-{number}").write_bytes(data)
        arguments = [f"-max_total_time={options.seconds}", "-max_len=65536", "-timeout=10", "-rss_limit_mb=2048"]
        atheris.Setup([sys.argv[0], *arguments, "-print_final_stats=1", str(corpus)], check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
