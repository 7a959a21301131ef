"""Turn a trained state into the weights file of the package.

    python -m training.export STATE OUT_DIR VERSION [--style docred] [--calibration SLOPE OFFSET]

Writes OUT_DIR/names-tagger.npz and its .sha256. The style is the corpus whose habits the tagger is to keep (0: none).
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import torch

from etl.language.tagger.forms import Lexicon
from etl.language.tagger.weights import FILE, TABLES, Weights, pack_weights

STYLES = ("none", "gmb", "docred", "crossner", "pud")


def quantise(table: np.ndarray) -> tuple[np.ndarray, float]:
    """A table as int8 and the value of one step; the largest thousandth of values is cut."""
    step = float(np.quantile(np.abs(table), 0.9995)) / 127
    return np.clip(np.round(table / step), -127, 127).astype(np.int8), step


def to_weights(state: dict[str, Any], version: str, style: np.ndarray, calibration: tuple[float, float]) -> Weights:
    """Pack a trained state. `style` (styles,) weighs the styles' vectors."""
    network = {name: tensor.numpy() for name, tensor in state["network"].items()}
    tables, steps = {}, {"vectors": state["step"]}
    for name in TABLES:
        tables[name], steps[name] = quantise(network.pop(f"{name}.weight"))
    network["style"] = style @ network.pop("style.weight")
    header = {
        "version": version,
        "steps": steps,
        "calibration": list(calibration),
        "seed": state["seed"],
        "without": state["without"],
    }
    return Weights(header, Lexicon(**state["lexicon"]), tables, network)


def style_mix(text: str) -> np.ndarray:
    """ "docred:0.5,pud:0.5" as weights of the styles."""
    mix = np.zeros(len(STYLES), np.float32)
    for part in text.split(","):
        name, _, share = part.partition(":")
        mix[STYLES.index(name)] = float(share or 1)
    mix[0] = 0
    return mix


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("state", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("version")
    parser.add_argument("--style", default="none")
    parser.add_argument("--calibration", type=float, nargs=2, default=(1.0, 0.0))
    args = parser.parse_args()
    state = torch.load(args.state, weights_only=False)
    data = pack_weights(to_weights(state, args.version, style_mix(args.style), tuple(args.calibration)))
    (args.out / FILE).write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (args.out / f"{FILE}.sha256").write_text(f"{digest}  {FILE}\n", encoding="ascii")
    print(f"{len(data):,} bytes, SHA-256 {digest}")


if __name__ == "__main__":
    main()
