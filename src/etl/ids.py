"""Ids made from content: the same bytes give the same id in every run, on every machine."""

from __future__ import annotations

import hashlib

_SEPARATOR = "\x1f"


def make_id(prefix: str, *parts: str | int) -> str:
    """Return `prefix-` and 20 hexadecimal digits (80 bits) of the SHA-256 over the parts.

    Raises:
        ValueError: no part was given, or all parts are empty, which would make unrelated rows equal.
    """
    texts = [str(part) for part in parts]
    if not any(texts):
        raise ValueError(f"an id with prefix {prefix!r} needs a part that is not empty, got {parts!r}")
    digest = hashlib.sha256(_SEPARATOR.join(texts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{prefix}-{digest[:20]}"
