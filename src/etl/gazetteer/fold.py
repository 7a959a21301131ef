"""One spelling for every way a place name is printed."""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart, and marks that copy prints or leaves out at will.
_LETTERS = str.maketrans(
    {
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ə": "a",
        "-": " ",
        "‐": " ",
        "‑": " ",
        "–": " ",
        "_": " ",
        ".": None,
        ",": None,
        "'": None,
        "‘": None,
        "’": None,
        "ʻ": None,
        "ʼ": None,
        "ʿ": None,
        "ʾ": None,
        "`": None,
        "´": None,
    }
)


def fold_name(name: str) -> str:
    """Return `name` without case, diacritics, points, apostrophes and hyphens ("Şanlıurfa" -> "sanliurfa").

    NFC and NFD give the same result; a leading "the" is dropped ("The Hague", "the Netherlands").
    """
    # Decomposed before it is folded: only then do NFC and NFD agree on every letter ("İ" is one that differs).
    folded = (name if name.isascii() else unicodedata.normalize("NFKD", name)).casefold()
    if not folded.isascii():
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    folded = " ".join(folded.translate(_LETTERS).split())
    return folded[4:] if folded.startswith("the ") else folded
