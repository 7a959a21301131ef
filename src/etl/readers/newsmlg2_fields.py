"""Where the fields of a NewsML-G2 item stand: a function for each property, by the section it stands in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

from lxml import etree

from etl.readers.gather import Gathered, whole_number
from etl.readers.instants import parse_instant
from etl.readers.markup import NAMES, line_of, local_name
from etl.records import Related, Subject

_SCHEME = re.compile(r".*[:/#]", re.DOTALL)
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

Filler = Callable[[etree._Element, Gathered], object]


def fill(section: etree._Element, found: Gathered, fillers: dict[str, Filler], path: str) -> None:
    """Give each property of a section to its function in `fillers`; keep those that have none."""
    for element in section:
        name = NAMES[element.tag]
        filler = fillers.get(name)
        if filler is not None:
            filler(element, found)
        else:
            found.keep(f"{path}/{name}", _value(element) or line_of(element))


# --- values ----------------------------------------------------------------------------------


@cache
def _vocabulary() -> dict[str, Any]:
    text = resources.files("etl.readers").joinpath("data/newsmlg2.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _code(element: etree._Element) -> str | None:
    """The code of a qcode or URI, without its scheme."""
    printed = element.get("qcode") or element.get("uri")
    return _SCHEME.sub("", printed.strip()) or None if printed else None


def _name(element: etree._Element) -> str | None:
    if len(element):
        for child in element:
            if NAMES[child.tag] == "name" and (line := line_of(child)):
                return line
    return None


def _value(element: etree._Element) -> str | None:
    """What a property names: its name, literal or code, whichever comes first."""
    return _name(element) or (element.get("literal") or "").strip() or _code(element)


def _text(name: str, path: str) -> Filler:
    return lambda element, found: found.put(name, line_of(element), path)


def _instant(name: str, path: str) -> Filler:
    def fill(element: etree._Element, found: Gathered) -> None:
        if not found.first(name, parse_instant(line_of(element))):
            found.keep(path, line_of(element))

    return fill


def _in_language(name: str, path: str) -> Filler:
    """The text in the item's own language, else the first; the others are kept."""

    def fill(element: etree._Element, found: Gathered) -> None:
        text, wanted = line_of(element), (found.notes.get("lang") or "").split("-")[0]
        spoken = (element.get(LANG) or "").split("-")[0]
        before = found.fields.get(name)
        if before and text and spoken == wanted != found.notes.get(f"{name} language"):
            found.prefer(name, text)
            found.keep(path, before)
        else:
            found.put(name, text, path)
        if found.fields.get(name) == text:
            found.notes[f"{name} language"] = spoken

    return fill


# --- item and content metadata ---------------------------------------------------------------


def _status(element: etree._Element, found: Gathered) -> None:
    status = (_code(element) or "").lower()
    status = "canceled" if status == "cancelled" else status
    if status in ("usable", "withheld", "canceled"):
        found.first("status", status)
    else:
        found.keep("itemMeta/pubStatus", status)


def _item_class(element: etree._Element, found: Gathered) -> None:
    found.note("class", _code(element))
    found.keep("itemMeta/itemClass", _code(element))


def _embargoed(element: etree._Element, found: Gathered) -> None:
    """An empty `embargoed` holds the item until further notice."""
    if not found.first("embargo", parse_instant(line_of(element))):
        found.note("held", True)
        found.keep("itemMeta/embargoed", line_of(element))


def _signal(element: etree._Element, found: Gathered) -> None:
    printed = (element.get("qcode") or element.get("uri") or "").strip()
    known = _vocabulary()["signals"].get(printed.lower())
    if known:
        found.add("signals", known)
    else:
        found.keep("itemMeta/signal", printed)


def _ed_note(element: etree._Element, found: Gathered) -> None:
    role = (element.get("role") or "").rpartition(":")[2]
    is_side = role in _vocabulary()["notes"]["side_roles"] or element.get("pubconstraint")
    if is_side or any(isinstance(child.tag, str) for child in element):
        found.keep(f"itemMeta/edNote/{role or 'note'}", line_of(element))
    else:
        found.add("ednotes", line_of(element))


def _link(element: etree._Element, found: Gathered) -> None:
    target = element.get("residref") or element.get("guidref") or element.get("href")
    if target:
        found.add("related", Related((element.get("rel") or "link").rpartition(":")[2], target))


def _headline(element: etree._Element, found: Gathered) -> None:
    """The headline is the one without a role, or whose role says main; the others are kept."""
    role, text = (element.get("role") or "").rpartition(":")[2], line_of(element)
    if text is None:
        return
    is_better = role in ("", "main") and found.notes.get("headline role") not in ("", "main")
    if "headline" not in found.fields or is_better:
        if "headline" in found.fields:
            found.keep(f"contentMeta/headline/{found.notes['headline role']}", found.fields["headline"])
        found.prefer("headline", text)
        found.notes["headline role"] = role
    else:
        found.keep(f"contentMeta/headline/{role or 'other'}", text)


def _dateline(element: etree._Element, found: Gathered) -> None:
    """Reuters writes a time stamp where the dateline belongs; that is not one."""
    line = line_of(element)
    if parse_instant(line) is not None or not (line and found.first("dateline", line)):
        found.keep("contentMeta/dateline", line)


def _subject(element: etree._Element, found: Gathered) -> None:
    """A subject by code; a literal is a label inside the item (dpa: "poiID0"), not a code, and is kept apart."""
    printed = (element.get("qcode") or "").strip()
    if printed:
        scheme, _, code = printed.rpartition(":")
        found.add("subjects", Subject(code, scheme or None, _name(element)))
    elif element.get("uri"):
        scheme, _, code = element.get("uri", "").rpartition("/")
        found.add("subjects", Subject(code, scheme or None, _name(element)))
    else:
        kind = (element.get("type") or "name").rpartition(":")[2]
        found.keep(f"contentMeta/subject/{kind}", _value(element))


def _located(element: etree._Element, found: Gathered) -> None:
    names = [_value(element), *(_value(child) for child in element if local_name(child) == "broader")]
    found.add("places", ", ".join(dict.fromkeys(name for name in names if name)))


def _urgency(element: etree._Element, found: Gathered) -> None:
    if not found.first("urgency", whole_number(line_of(element) or "")):
        found.keep("contentMeta/urgency", line_of(element))


def _language(element: etree._Element, found: Gathered) -> None:
    found.put("language", element.get("tag"), "contentMeta/language")


def _service(element: etree._Element, found: Gathered) -> None:
    found.put("service", _code(element) or _value(element), "itemMeta/service")


def _provider(element: etree._Element, found: Gathered) -> None:
    found.put("provider", _value(element), "itemMeta/provider")


def _alt_id(element: etree._Element, found: Gathered) -> None:
    found.keep(f"contentMeta/altId/{(element.get('type') or 'id').rpartition(':')[2]}", line_of(element))


def _description(element: etree._Element, found: Gathered) -> None:
    role = (element.get("role") or "").rpartition(":")[2]
    found.keep(f"contentMeta/description{'/' if role else ''}{role}", line_of(element))
    found.note("description", line_of(element))


HEADER: dict[str, Filler] = {
    "priority": _text("priority_code", "header/priority"),
    "sender": _text("provider", "header/sender"),
}
_RIGHTS: dict[str, Filler] = {
    "copyrightHolder": lambda element, found: found.put("rights_holder", _value(element), "rightsInfo/copyrightHolder"),
    "copyrightNotice": _in_language("copyright", "rightsInfo/copyrightNotice"),
    "usageTerms": _in_language("usage_terms", "rightsInfo/usageTerms"),
}
_ITEM_META: dict[str, Filler] = {
    "itemClass": _item_class,
    "provider": _provider,
    "versionCreated": _instant("versioned", "itemMeta/versionCreated"),
    "firstCreated": _instant("created", "itemMeta/firstCreated"),
    "embargoed": _embargoed,
    "pubStatus": _status,
    "service": _service,
    "edNote": _ed_note,
    "signal": _signal,
    "link": _link,
    "title": lambda element, found: found.note("title", line_of(element)),
}
_CONTENT_META: dict[str, Filler] = {
    "urgency": _urgency,
    "contentCreated": lambda element, found: found.note("content created", parse_instant(line_of(element))),
    "contentModified": lambda element, found: found.keep("contentMeta/contentModified", line_of(element)),
    "located": _located,
    "language": _language,
    "keyword": lambda element, found: found.add("keywords", line_of(element)),
    "subject": _subject,
    "slugline": _text("slugline", "contentMeta/slugline"),
    "headline": _headline,
    "dateline": _dateline,
    "by": lambda element, found: found.add("bylines", line_of(element)),
    "creditline": _text("credit_line", "contentMeta/creditline"),
    "altId": _alt_id,
    "description": _description,
}
SECTIONS: dict[str, dict[str, Filler]] = {
    "rightsInfo": _RIGHTS,
    "itemMeta": _ITEM_META,
    "contentMeta": _CONTENT_META,
}


def settle(found: Gathered) -> None:
    """Fields that depend on more than one property."""
    notes = found.notes
    found.first("created", notes.get("content created"))
    found.first("language", notes.get("lang"))
    found.first("ednote", "\n".join(found.lists.pop("ednotes", [])))
    title = notes.get("title")
    if not found.first("headline", title) and title != found.fields.get("headline"):
        found.keep("itemMeta/title", title)
    if notes.get("held"):
        found.first("status", "withheld")
        found.prefer("status", "withheld" if found.fields["status"] == "usable" else found.fields["status"])
        found.add("signals", "embargoed")
