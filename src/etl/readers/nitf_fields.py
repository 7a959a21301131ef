"""Where the fields of a NITF document stand: a function for each element of its head and its body's head."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

from lxml import etree

from etl.readers.gather import Gathered, add_extra, whole_number
from etl.readers.instants import parse_instant
from etl.readers.markup import NAMES, line_of, local_name
from etl.records import Related, Subject


@cache
def _meta_fields() -> dict[str, str]:
    data = resources.files("etl.readers").joinpath("data/nitf_meta.toml").read_text(encoding="utf-8")
    return {name.lower(): field for name, field in tomllib.loads(data)["fields"].items()}


def fill(element: etree._Element, found: Gathered, path: str) -> None:
    """Give an element of the head to its function; keep it under `path` where it has none."""
    name = NAMES[element.tag]
    filler = _FILLERS.get(name)
    if filler is not None:
        filler(element, found)
    elif name not in _CARRIERS:
        add_extra(found, f"{path}/{name}", element)


def _title(element: etree._Element, found: Gathered) -> None:
    found.note("title", line_of(element))


def _meta(element: etree._Element, found: Gathered) -> None:
    name, content = element.get("name", ""), element.get("content", "").strip()
    if not content:
        return
    field = _meta_fields().get(name.lower())
    if field == "categories":
        found.add("categories", content)
    elif field == "subjects":
        found.add("subjects", Subject(content, "IPTC"))
    elif field == "stated_word_count":
        found.first(field, whole_number(content))
    elif field is None or not found.first(field, content):
        found.extra.setdefault(f"head/meta/{name or 'http-equiv'}", content)


def _subject(element: etree._Element, found: Gathered) -> None:
    names = [element.get(f"tobject.subject.{part}") for part in ("detail", "matter", "type")]
    name = next((n for n in names if n), None)
    code = element.get("tobject.subject.refnum") or element.get("tobject.subject.code") or name
    if code:
        found.add("subjects", Subject(code, element.get("tobject.subject.ipr") or "IPTC", name))


def _doc_id(element: etree._Element, found: Gathered) -> None:
    found.put("guid", element.get("id-string"), "head/docdata/doc-id")
    found.note("regsrc", element.get("regsrc"))


def _urgency(element: etree._Element, found: Gathered) -> None:
    printed = element.get("ed-urg", "").strip()
    if not found.first("urgency", whole_number(printed)) and printed:
        found.extra.setdefault("head/docdata/urgency", printed)


def _date_issue(element: etree._Element, found: Gathered) -> None:
    printed = element.get("norm") or line_of(element)
    instant = parse_instant(printed)
    if instant is None:
        found.keep("head/docdata/date.issue", printed)
    else:
        found.first("published", instant)
        found.first("versioned", instant)


def _date_release(element: etree._Element, found: Gathered) -> None:
    printed = element.get("norm") or line_of(element)
    found.keep("head/docdata/date.release", printed)
    found.note("release", parse_instant(printed))


def _doc_copyright(element: etree._Element, found: Gathered) -> None:
    holder, year = element.get("holder", "").strip(), element.get("year", "").strip()
    if holder:
        # "20080219T000000+0100" stands in the year of some
        found.first("copyright", " ".join(part for part in ("©", year[:4], holder) if part))
        found.first("rights_holder", holder)


def _doc_rights(element: etree._Element, found: Gathered) -> None:
    terms = [element.get(name, "").strip() for name in ("type", "limitations")]
    found.first("usage_terms", " ".join(term for term in terms if term) or None)
    found.note("owner", element.get("owner"))
    for name in ("owner", "agent", "startdate", "enddate", "geography", "location-code", "code-source"):
        found.keep(f"head/docdata/doc.rights/@{name}", element.get(name))


def _keyword(element: etree._Element, found: Gathered) -> None:
    found.add("keywords", (element.get("key") or line_of(element) or "").strip())


def _du_key(element: etree._Element, found: Gathered) -> None:
    found.put("version", element.get("version"), "head/docdata/du-key/@version")
    found.keep("head/docdata/du-key", element.get("key"))
    found.keep("head/docdata/du-key/@generation", element.get("generation"))


def _evloc(element: etree._Element, found: Gathered) -> None:
    parts = [element.get(name, "").strip() for name in ("city", "county-dist", "state-prov", "iso-cc")]
    found.add("places", ", ".join(dict.fromkeys(part for part in parts if part)))


def _series(element: etree._Element, found: Gathered) -> None:
    part, total = element.get("series.part", ""), element.get("series.totalpart", "")
    if total not in ("", "0", "1"):
        found.put("take", f"{part} of {total}", "head/docdata/series/@series.part")
    elif part not in ("", "0", "1"):
        found.put("take", part, "head/docdata/series/@series.part")
    found.keep("head/docdata/series", element.get("series.name"))


def _ed_msg(element: etree._Element, found: Gathered) -> None:
    found.put("ednote", (element.get("info") or line_of(element) or "").strip(), "head/docdata/ed-msg")
    found.keep("head/docdata/ed-msg/@msg-type", element.get("msg-type"))


def _correction(element: etree._Element, found: Gathered) -> None:
    found.add("signals", "correction")
    found.put("ednote", (element.get("info") or "").strip(), "head/docdata/correction")
    target = element.get("id-string")
    if target:
        found.add("related", Related("corrects", target))


def _management_doc_idref(element: etree._Element, found: Gathered) -> None:
    target = element.get("management-idref-string") or element.get("id-string")
    if target:
        found.add("related", Related(element.get("management-idref-status") or "managed", target))


def _pubdata(element: etree._Element, found: Gathered) -> None:
    if element.get("unit-of-measure") == "word":
        found.first("stated_word_count", whole_number(element.get("item-length", "")))
    for name, value in element.attrib.items():
        found.keep(f"head/pubdata/@{name!s}", str(value))
    found.note("publication", parse_instant(element.get("date.publication")))


def _docdata(element: etree._Element, found: Gathered) -> None:
    status = (element.get("management-status") or "").strip().lower()
    if status in ("usable", "withheld", "canceled"):
        found.first("status", status)
    elif status == "cancelled":
        found.first("status", "canceled")
    elif status == "embargoed":
        found.note("embargoed", True)
    else:
        found.keep("head/docdata/@management-status", status)


_FILLERS: dict[str, Callable[[etree._Element, Gathered], None]] = {
    "title": _title,
    "meta": _meta,
    "tobject.subject": _subject,
    "docdata": _docdata,
    "doc-id": _doc_id,
    "urgency": _urgency,
    "date.issue": _date_issue,
    "date.release": _date_release,
    "doc.copyright": _doc_copyright,
    "doc.rights": _doc_rights,
    "keyword": _keyword,
    "du-key": _du_key,
    "evloc": _evloc,
    "series": _series,
    "ed-msg": _ed_msg,
    "correction": _correction,
    "management-doc-idref": _management_doc_idref,
    "pubdata": _pubdata,
    "from-src": lambda element, found: found.note("from_src", element.get("src-name")),
}
_CARRIERS = frozenset(("head", "key-list", "identified-content", "del-list", "iim", "base"))


def settle(found: Gathered) -> None:
    """Fields that depend on more than one element of the head."""
    notes = found.notes
    release, issue = notes.get("release"), found.fields.get("published")
    if issue is None and notes.get("publication") is not None:
        found.first("published", notes["publication"])
        found.first("versioned", notes["publication"])
    if release is not None and (notes.get("embargoed") or _is_later(release, issue)):
        found.first("embargo", release)
    if notes.get("embargoed"):
        found.first("status", "usable" if found.fields.get("embargo") else "withheld")
        found.add("signals", "embargoed")
    found.first("rights_holder", notes.get("owner"))
    title = notes.get("title")
    if not found.first("headline", title) and title != found.fields.get("headline"):
        found.keep("head/title", title)
    found.first("provider", notes.get("from_src"))
    found.first("provider", notes.get("regsrc"))
    if "slugline" not in found.fields and found.lists.get("keywords"):
        found.first("slugline", found.lists["keywords"][0])


def _is_later(release: Any, issue: Any) -> bool:
    if issue is None or (release.when.tzinfo is None) != (issue.when.tzinfo is None):
        return False
    return bool(release.when > issue.when)


# --- body head -------------------------------------------------------------------------------


def gather_body_head(head: etree._Element, found: Gathered) -> None:
    """Fill headline, byline, dateline and the rest of what stands above the body."""
    for element in head:
        filler = _BODY_HEAD.get(local_name(element))
        if filler is not None:
            filler(element, found)
        else:
            found.keep(f"body.head/{local_name(element)}", line_of(element))


def _hedline(element: etree._Element, found: Gathered) -> None:
    lines = [(local_name(child), line_of(child)) for child in element]
    if not any(text for _, text in lines):
        found.first("headline", line_of(element))
    for name, text in lines:
        if not (name == "hl1" and found.first("headline", text)):
            found.keep(f"body.head/hedline/{name}", text)


def _byline(element: etree._Element, found: Gathered) -> None:
    """`By <person>Jane Doe</person><byttl>Staff Writer</byttl>`: the title is set off by a comma, as it is printed."""
    title = next((line_of(child) for child in element if local_name(child) == "byttl"), None)
    line = line_of(element)
    if title and line and line.endswith(title) and line != title:
        line = f"{line[: -len(title)].rstrip(' ,')}, {title}"
    found.add("bylines", line or "")


def _dateline(element: etree._Element, found: Gathered) -> None:
    pieces = [element.text or ""]
    for child in element:
        text = _location(child) if local_name(child) == "location" else line_of(child) or ""
        if local_name(child) == "story.date" and parse_instant(text):
            text = ""
        before = "".join(pieces).rstrip()
        pieces += [", " if text and before and not before.endswith((",", "/", "(")) else "", text, child.tail or ""]
    found.first("dateline", " ".join("".join(pieces).split()).strip(" ,") or None)


def _location(element: etree._Element) -> str:
    """The printed text of a place, or its parts joined by commas where they are elements of their own."""
    parts = [
        line_of(child)
        for child in element
        if local_name(child) in ("city", "state", "region", "country", "sublocation")
    ]
    if parts and not (element.text or "").strip():
        return ", ".join(part for part in parts if part)
    return line_of(element) or ""


def _rights(element: etree._Element, found: Gathered) -> None:
    owner = next((line_of(e) for e in element.iter(etree.Element) if local_name(e) == "rights.owner"), None)
    found.first("rights_holder", owner)
    if line_of(element) != owner:
        found.first("usage_terms", line_of(element))


def _note(element: etree._Element, found: Gathered) -> None:
    if not found.first("ednote", line_of(element)):
        found.keep("body.head/note", line_of(element))


_BODY_HEAD: dict[str, Callable[[etree._Element, Gathered], None]] = {
    "hedline": _hedline,
    "byline": _byline,
    "dateline": _dateline,
    "copyrite": lambda element, found: found.prefer("copyright", line_of(element)),
    "rights": _rights,
    "distributor": lambda element, found: found.prefer("provider", line_of(element)),
    "note": _note,
}
