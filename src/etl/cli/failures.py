"""What to do when the world is in the way: one line of advice for errors of disk, rights and locks."""

from __future__ import annotations

from etl.lake.storage import without_keys

_KEPT = "what was committed stays; the same command again does the rest"

# A sign in the error's text, in lower case, and what to do. The signs are those of the system, SQLite and DuckDB.
_ADVICE: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("no space left", "disk is full", "file too large", "disk quota", "disk i/o error"),
        f"the disk is full or fails: make room, or name another --warehouse; {_KEPT}",
    ),
    (
        ("read-only file system", "readonly database", "permission denied", "unable to open database file"),
        "the warehouse cannot be written: give this user the right to, or name another --warehouse",
    ),
    (
        ("database is locked", "the lake is busy"),
        f"another program holds the lake's catalog: wait for it or end it; {_KEPT}",
    ),
    (
        ("access denied", "access_denied", "forbidden", "http 403", "invalidaccesskeyid", "signaturedoesnotmatch"),
        f"the object store refuses: see that AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY may write there; {_KEPT}",
    ),
    (
        (
            *("could not connect", "connection refused", "could not establish connection", "timed out", "timeout"),
            *("network_connection", "returned nothing", "closed the connection", "terminating connection", "went away"),
        ),
        f"a server cannot be reached: see that it runs and that its address is right; {_KEPT}",
    ),
    (
        ("database disk image is malformed", "file is not a database", "no magic bytes", "too small to be a parquet"),
        "a file of the warehouse is damaged: `copydesk doctor` says which and what to do",
    ),
)


def told(error: Exception) -> str:
    """The error's first line, and a line of advice where there is one. A traceback helps nobody here."""
    text = without_keys(str(error).strip()) or type(error).__name__
    lowered = text.lower()
    advice = next((advice for signs, advice in _ADVICE if any(sign in lowered for sign in signs)), None)
    first = text.splitlines()[0]
    return f"{first}\n  {advice}" if advice else first
