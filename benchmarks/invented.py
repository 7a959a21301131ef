"""Invented wire files by number: versions, kills, plain text and broken bytes among them."""

from __future__ import annotations

import json

_TOWNS = ("Saltmere", "Port Salerno", "Minot", "Ancona", "Graz", "Boise")
_WHO = (
    "Ada Holm",
    "Priya Raman",
    "Dario Vuković",
    "Greg Tollefson",
    "Renata Sforza",
    "Corinne Adeyemi",
    "Paul Szymanski",
)
_WHAT = ("ferry plan", "school budget", "dredging permit", "dam inquiry", "bus timetable")


def invented_file(number: int) -> tuple[str, bytes]:
    """Name (below a feed's folder) and bytes of the file of that number; the same ones every time.

    Of ten files six are ninjs, among them a second version of the one five before and a kill of the one four before,
    three are text dumps and one is cut off in the middle.
    """
    kind = number % 10
    if kind in (3, 6, 8):
        return f"tides/{number:05}.txt", _text(number).encode()
    if kind == 9:
        return f"coast/{number:05}.json", _ninjs(number, number)[: 300 + number % 200]
    of = {7: number - 5, 4: number - 4}.get(kind, number)
    return f"coast/{number:05}.json", _ninjs(of, number)


def _paragraphs(number: int) -> list[str]:
    who, other = _WHO[number % len(_WHO)], _WHO[(number + 3) % len(_WHO)]
    what = _WHAT[number % len(_WHAT)]
    return [
        f"The council put off its vote on the {what} by {number % 9 + 2} weeks on Tuesday after a long night.",
        f"“We asked {number} times and were told nothing,” said {who}, a member of the board. “That ends now.”",
        f"{other}, who leads the opposition, said the {what} would cost {number * 7 % 90 + 10} jobs.",
        f"“Nobody here has read all {number} pages,” {other.split()[-1]} said.",
    ]


def _ninjs(of: int, number: int) -> bytes:
    """Story `of`, delivered as file `number`: a later number is a later version."""
    town = _TOWNS[of % len(_TOWNS)]
    later = number - of
    body = [f"{town.upper()} (CNA) – {p}" if not n else p for n, p in enumerate(_paragraphs(of))]
    if later:
        body.append(f"The clerk counted {later} late letters.")
    return json.dumps(
        {
            "uri": f"urn:example:coast:{of}",
            "standard": {"name": "ninjs", "version": "2.1"},
            "type": "text",
            "language": "en-GB",
            "version": str(1 + later),
            "versioncreated": f"2024-05-{1 + of % 27:02}T{6 + later:02}:40:00+01:00",
            "pubstatus": "canceled" if later == 4 else "usable",
            "headlines": [{"role": "main", "value": f"{town} puts off vote number {of}"}],
            "by": _WHO[(of + 1) % len(_WHO)],
            "infosources": [{"name": "Coast News Agency", "role": "provider"}],
            "bodies": [{"role": "main", "contenttype": "text/html", "value": "".join(f"<p>{p}</p>" for p in body)}],
        },
        ensure_ascii=False,
    ).encode()


def _text(number: int) -> str:
    town = _TOWNS[number % len(_TOWNS)]
    lines = [f"{town} puts off vote number {number}", "", f"By {_WHO[(number + 1) % len(_WHO)]}", "Tidewire", ""]
    first, *rest = _paragraphs(number)
    return "\n".join([*lines, f"{town.upper()} — {first}", "", *(f"{p}\n" for p in rest), "(c)2024 Tidewire", ""])
