"""HTML pages that stand alone: hostile text made harmless, one style, no network."""

from __future__ import annotations

import base64
import hashlib
import html
import importlib.resources
import unicodedata
from functools import cache

# Marks that turn the reading order or hide: shown by number, since whoever reads a page must see what was sent.
_HIDING = frozenset("\u200b\u200e\u200f\u061c\u2060\u2028\u2029\ufeff")
_KEPT = frozenset("\n\t")


def visible(text: str) -> str:
    """`text` with control characters and marks that turn the direction of text shown by number: ‹U+202E›."""
    if text.isprintable():  # the usual case, and the fast one
        return text
    return "".join(f"‹U+{ord(c):04X}›" if _is_hidden(c) else c for c in text)


@cache
def _is_hidden(char: str) -> bool:
    if char in _KEPT:
        return False
    if char in _HIDING or "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069":
        return True
    return unicodedata.category(char) in {"Cc", "Cs"}


def escape(value: object) -> str:
    """A value as HTML text or attribute: inert whatever it holds; None is empty."""
    return "" if value is None else html.escape(visible(str(value)), quote=True)


def shorten(text: str, limit: int) -> str:
    """The text, cut with an ellipsis after `limit` characters."""
    return text if len(text) <= limit else f"{text[:limit].rstrip()}…"


def asset(name: str) -> str:
    """A file of the package's data folder, e.g. `page.css`."""
    return (importlib.resources.files("etl.report") / "data" / name).read_text(encoding="utf-8")


def page(title: str, body: str, *, script: str = "", styles: str = "") -> str:
    """A whole document. `body` is HTML already; the page may run `script` and nothing else, and load nothing.

    The security policy names the script by its hash: markup that slipped through would still not run.
    """
    css = asset("page.css") + styles
    allowed = f"'sha256-{_hash(script)}'" if script else "'none'"
    policy = (
        f"default-src 'none'; style-src 'sha256-{_hash(css)}'; script-src {allowed}; img-src data:; "
        "base-uri 'none'; form-action 'self'"
    )
    tail = f"<script>{script}</script>" if script else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        '<link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{css}</style></head>\n"
        f'<body><a class="skip" href="#main">Skip to the content</a>\n{body}\n{tail}</body></html>\n'
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
