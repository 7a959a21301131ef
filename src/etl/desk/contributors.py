"""Sentences that tell who helped: "AP writers A in P and B in Q contributed to this report." """

from __future__ import annotations

import re
from collections.abc import Iterator

from etl.desk.names import filled, is_name, read_people
from etl.records import Credit

_WORDS = re.compile(r"(?:contribut|assist|help)ed\b|(?:reported|reports|wrote|writes|reporting) from ")
_HELPED = re.compile(
    r"(?P<people>.{2,400}?)\s+(?:also\s+)?(?:(?:contributed|assisted)(?:\s+(?:to|with|in|from|reporting|research|material|"
    r"additional|information|and|writing))*\s+(?:to|from|in|with|for)\s+(?:this|the)\s+(?:report|story|article|dispatch|column)|"
    r"helped\s+(?:with|report|write)\s+this\s+(?:story|report|article)|contributed(?=\s+from\s|$))(?:\s+from\s+(?P<place>.{2,80}))?",
    re.S,
)
_FILED = re.compile(
    r"(?P<people>.{2,200}?)\s+(?:reported|reports|wrote|writes|is\s+reporting)\s+from\s+(?P<place>[A-Z][^,]{1,40}?"
    r"(?:,\s+[A-Z][\w.]+(?:\s[A-Z]\w+)?)?)(?:(?:,|\s+and|,\s+and)\s+(?P<more>[A-Z].{2,200}))?",
    re.S,
)
_LEAD_IN = re.compile(
    r"\s*(?P<owner>[A-Z][\w.&-]*(?:\s+[A-Z][\w.&-]*)*)['’]s?\s+(?=[A-Z])|\s*(?P<outlet>(?:[A-Z][\w.&’'-]*\s+)*)(?:special\s+)?(?P<title>(?:(?:staff|news|video|special)\s+)*"
    r"(?:writers?|reporters?|journalists?|correspondents?|researchers?|producers?|photographers?|contributors?))\s+(?=[A-Z])"
)
_SENTENCE = re.compile(r"(?:[^.]|\.(?!\s+[A-Z(]|\W*$)|(?<=[A-Z])\.|(?<=\b[A-Z][a-z])\.)+")
_EDGE = " \t\r\n()[]_*—–-"
_LONGEST = 700


def is_contribution(text: str) -> bool:
    """Whether every sentence of `text` tells who reported, contributed or helped, by name."""
    if len(text) > _LONGEST or _WORDS.search(text) is None:
        return False
    sentences = list(_sentences(text))
    return bool(sentences) and all(_read(text, start, end, None) for start, end in sentences)


def read_contributors(text: str, at: int | None = None) -> list[Credit]:
    """The people whom such sentences name, with the places they filed from; [] when there are none."""
    if _WORDS.search(text) is None:
        return []
    return [credit for start, end in _sentences(text) for credit in _read(text, start, end, at)]


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    for found in _SENTENCE.finditer(text):
        start, end = found.span()
        while start < end and text[start] in _EDGE:
            start += 1
        while start < end and text[end - 1] in _EDGE:
            end -= 1
        if start < end:
            yield start, end


def _read(text: str, start: int, end: int, at: int | None) -> list[Credit]:
    helped = _HELPED.fullmatch(text, start, end)
    if helped is not None:
        return _people(text, helped, "additional_reporting", at)
    filed = _FILED.fullmatch(text, start, end)
    if filed is None:
        return []
    people = _people(text, filed, "reporting", at)
    if people and filed["more"]:
        people += read_people(
            text, *filed.span("more"), language="en", role="reporting", rule="credits.reporting", at=at
        )
    return people


def _people(text: str, found: re.Match[str], role: str, at: int | None) -> list[Credit]:
    start, end = found.span("people")
    title = affiliation = None
    lead = _LEAD_IN.match(text, start, end)
    if lead is not None:
        affiliation = (lead["owner"] or lead["outlet"]).strip() or None
        title = lead["title"]
        start = lead.end()
    people = read_people(text, start, end, language="en", role=role, rule=f"credits.{role}", at=at)
    if not people or not all(person.name and is_name(person.name) for person in people):
        return []
    place = " ".join(found["place"].split()) if found["place"] else None
    return [filled(person, title=title, affiliation=affiliation, location=place) for person in people]
