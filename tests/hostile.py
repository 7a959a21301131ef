"""A warehouse with the samples and a story whose author wishes its readers ill."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from warehouses import RAW, copydesk

_made: list[Path] = []

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(2)>'
ESCAPES = "\x1b[31m\x1b]0;owned\x07"
BIDI = "\u202egnp.exe\u2066"
FORMULA = '=HYPERLINK("http://example.invalid","pay")'
LONG = "a" * 5_000_000

HEADLINE = f"{FORMULA} {SCRIPT}{IMAGE} {BIDI}"


def _story() -> dict[str, object]:
    body = [
        "<p>HALVARD, Norway (TST) - The port closed on Monday.</p>",
        f"<p>“=2+2 {_markup(SCRIPT)} is all we will ever pay,” said Anker Bjornvik.</p>",
        f"<p>“@SUM(1+1)*cmd is our whole offer to you{_markup(IMAGE)} tonight,” said {BIDI} Signe Halvorsen.</p>",
        f"<p>Officials said the ferry {BIDI} would sail. </p><p>{LONG}</p>",
    ]
    return {
        "uri": "urn:example:hostile:1",
        "standard": {"name": "ninjs", "version": "2.1"},
        "type": "text",
        "language": "en",
        "versioncreated": "2024-05-08T06:40:00Z",
        "pubstatus": "usable",
        "headlines": [{"role": "main", "value": HEADLINE}],
        "by": f"+1+1 {ESCAPES}{SCRIPT}",
        "infosources": [{"name": f"-2+3 {SCRIPT}{ESCAPES}", "role": "provider"}],
        "subjects": [{"name": f"{IMAGE}{ESCAPES}", "uri": "http://cv.iptc.org/newscodes/mediatopic/20000574"}],
        "bodies": [{"role": "main", "contenttype": "text/html", "value": "".join(body)}],
    }


def _markup(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def make(folder: Path) -> Path:
    """Load the samples and the hostile story below `folder`; gives the warehouse."""
    raw = folder / "raw"
    shutil.copytree(RAW, raw)
    evil = raw / "<b onmouseover=alert(3)>feed"
    evil.mkdir()
    (evil / "=cmd.json").write_text(json.dumps(_story()), encoding="utf-8")
    warehouse = folder / "warehouse"
    done = copydesk("run", raw, "-w", warehouse)
    assert done.returncode == 2, done.stdout + done.stderr
    return warehouse


def made_once(folders: pytest.TempPathFactory) -> Path:
    """`make` once in a session, whichever test folder asks first."""
    if not _made:
        _made.append(make(folders.mktemp("hostile")))
    return _made[0]
