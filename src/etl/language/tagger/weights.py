"""The weights file: a NumPy archive without pickled objects, one member of which is a JSON header.

Tables of word pieces are kept as int8 with one step value each (in the header); dense layers as float16.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from etl.language.tagger.forms import Lexicon

FILE = "names-tagger.npz"
TABLES = ("word", "affix", "shape", "place", "gram")
_DATA = "etl.language.tagger"


@dataclass(frozen=True, slots=True)
class Weights:
    """All arrays of the network. `header` says how it was trained, how to read scores and which version it is."""

    header: dict[str, Any]
    lexicon: Lexicon
    tables: dict[str, npt.NDArray[np.int8]]
    dense: dict[str, npt.NDArray[np.float32]]

    def step(self, table: str) -> float:
        """The value of one step of an int8 table ("vectors" for the lexicon's)."""
        return float(self.header["steps"][table])


def read_weights() -> Weights:
    """Read the weights that ship with the package.

    Raises:
        ValueError: the file's SHA-256 is not the one noted beside it; the file is damaged or was exchanged.
    """
    folder = resources.files(_DATA).joinpath("data")
    data = folder.joinpath(FILE).read_bytes()
    noted = folder.joinpath(f"{FILE}.sha256").read_text(encoding="ascii").split()[0]
    return parse_weights(data, noted)


def parse_weights(data: bytes, sha256: str) -> Weights:
    """Check the bytes of a weights file against a SHA-256 (hexadecimal) and take them apart."""
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise ValueError(f"{FILE} has SHA-256 {found}, expected {sha256}: reinstall copydesk")
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    header = json.loads(arrays.pop("header").tobytes())
    lexicon = Lexicon(**{name: arrays.pop(f"lexicon.{name}") for name in Lexicon.__slots__})
    tables = {name: arrays.pop(f"table.{name}") for name in TABLES}
    return Weights(header, lexicon, tables, {name: array.astype(np.float32) for name, array in arrays.items()})


def pack_weights(weights: Weights) -> bytes:
    """The bytes of a weights file; the inverse of `parse_weights`."""
    members: dict[str, npt.NDArray[Any]] = {
        "header": np.frombuffer(json.dumps(weights.header, sort_keys=True).encode(), np.uint8)
    }
    members |= {f"lexicon.{name}": getattr(weights.lexicon, name) for name in Lexicon.__slots__}
    members |= {f"table.{name}": table for name, table in weights.tables.items()}
    members |= {name: array.astype(np.float16) for name, array in weights.dense.items()}
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **members)
    return out.getvalue()
