"""NewsML-G2: news items, packages, knowledge and planning items, alone or in a news message.

Items are read one by one; prefixes do not matter, the namespace does. The body is NITF, XHTML, an agency's own XML or
plain text inside the item; where it lies elsewhere (`remoteContent`) the story says so in a remark.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from lxml import etree

from etl.readers.base import Head, Reader
from etl.readers.gather import Gathered, add_extra, whole_number
from etl.readers.instants import parse_instant
from etl.readers.layout import Layout, labelled, lay_out, mark_headline, plain_lines
from etl.readers.markup import (
    Parsed,
    Piece,
    RefusalError,
    documents,
    line_of,
    local_name,
    parse_html,
    parse_xml,
    ranges_of,
)
from etl.readers.nitf import gather_inner
from etl.readers.sight import look
from etl.records import Delivery, Limits, Reject, Related, Remark, Story, Subject

FORMAT = "newsml_g2"

_NAMESPACE = "iptc.org/std/nar/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ITEMS = ("newsItem", "packageItem", "knowledgeItem", "conceptItem", "planningItem", "catalogItem")

_Filler = Callable[[etree._Element, Gathered], object]


def claim(head: Head) -> str | None:
    """NewsML-G2 is XML whose root is a news message or an item, in the namespace of the IPTC's news architecture."""
    seen = look(head)
    if seen.kind != "xml" or seen.root not in ("newsMessage", *_ITEMS):
        return None
    if seen.namespace is not None and _NAMESPACE not in seen.namespace:
        return None
    return f"root element {seen.root} of {seen.namespace or 'NewsML-G2'}"


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """The story of each item in the file, or why there is none."""
    root = look(_head_of(delivery)).root or "newsMessage"
    for piece in documents(delivery.stream, root, delivery.limits):
        if isinstance(piece, RefusalError):
            yield piece.as_reject(delivery.path, 0, delivery.size)
            return
        try:
            yield from _stories(parse_xml(piece.data), piece, delivery)
        except RefusalError as refusal:
            yield refusal.as_reject(delivery.path, piece.offset, piece.length)


def _head_of(delivery: Delivery) -> Head:
    data = delivery.stream.read(65536)
    delivery.stream.seek(0)
    return Head(data, delivery.size, delivery.path)


READER = Reader(FORMAT, claim, read)


def _stories(parsed: Parsed, piece: Piece, delivery: Delivery) -> list[Story | Reject]:
    root = parsed.root
    items = [root] if local_name(root) in _ITEMS else _items(root)
    if not items:
        raise RefusalError("no_content", "a news message without an item")
    message = Gathered()
    for header in (e for e in root if local_name(e) == "header"):
        _fill(header, message, _HEADER, "header")
    out: list[Story | Reject] = []
    for item, place in zip(items, ranges_of(piece, root, items), strict=True):
        try:
            out.append(_story(item, message, parsed, place, delivery.limits))
        except RefusalError as refusal:
            out.append(refusal.as_reject(delivery.path, place.offset, place.length))
    return out


def _items(message: etree._Element) -> list[etree._Element]:
    sets = message.iterchildren("{*}itemSet")
    return [item for item_set in sets for item in item_set.iterchildren() if local_name(item) in _ITEMS]


def _story(item: etree._Element, message: Gathered, parsed: Parsed, place: Piece, limits: Limits) -> Story:
    found = Gathered()
    layout = _gather_item(item, found, limits)
    for name, value in message.fields.items():
        found.first(name, value)
    _settle(found)
    if (
        not layout.text and found.notes.get("class") != "text"
    ):  # pictures and video have a caption, nothing else to read
        layout = labelled(Layout(found.notes.get("description", "")), "caption", FORMAT)
    layout = mark_headline(layout, found.fields.get("headline"), FORMAT)
    if not layout.text and not found.fields.get("headline") and found.fields.get("status") != "canceled":
        raise RefusalError("no_content", f"a {local_name(item)} with neither a headline nor a body")
    story = found.story(FORMAT, place, parsed.encoding, parsed.evidence, layout)
    remote = found.notes.get("remote")
    if remote and not found.notes.get("is_inline"):
        return replace(story, remarks=(Remark("read", "remote_content", f"the body lies at {remote}"),))
    return story


def _gather_item(item: etree._Element, found: Gathered, limits: Limits) -> Layout:
    found.first("guid", item.get("guid"))
    found.first("version", item.get("version"))
    found.note("lang", item.get(_LANG))
    layout = Layout("")
    for section in item:
        name = local_name(section)
        if name in _SECTIONS:
            _fill(section, found, _SECTIONS[name], name)
        elif name == "contentSet":
            layout = _set_content(section, found, limits)
        elif name in ("concept", "conceptSet", "newsCoverageSet"):
            layout = _set_concepts(section)
        elif name == "groupSet":
            _gather_group(section, found)
        elif name not in ("catalogRef", "catalog", "assert", "partMeta"):
            add_extra(found, name, section)
    return layout


def _fill(section: etree._Element, found: Gathered, fillers: dict[str, _Filler], path: str) -> None:
    for element in section:
        name = local_name(element)
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
    return re.split(r"[:/#]", printed.strip())[-1] or None if printed else None


def _name(element: etree._Element) -> str | None:
    return next(filter(None, map(line_of, element.iterchildren("{*}name"))), None)


def _value(element: etree._Element) -> str | None:
    """What a property names: its name, literal or code, whichever comes first."""
    return _name(element) or (element.get("literal") or "").strip() or _code(element)


def _text(name: str, path: str) -> _Filler:
    return lambda element, found: found.put(name, line_of(element), path)


def _instant(name: str, path: str) -> _Filler:
    def fill(element: etree._Element, found: Gathered) -> None:
        if not found.first(name, parse_instant(line_of(element))):
            found.keep(path, line_of(element))

    return fill


def _in_language(name: str, path: str) -> _Filler:
    """The text in the item's own language, else the first; the others are kept."""

    def fill(element: etree._Element, found: Gathered) -> None:
        text, wanted = line_of(element), (found.notes.get("lang") or "").split("-")[0]
        spoken = (element.get(_LANG) or "").split("-")[0]
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


_HEADER: dict[str, _Filler] = {
    "priority": _text("priority_code", "header/priority"),
    "sender": _text("provider", "header/sender"),
}
_RIGHTS: dict[str, _Filler] = {
    "copyrightHolder": lambda element, found: found.put("rights_holder", _value(element), "rightsInfo/copyrightHolder"),
    "copyrightNotice": _in_language("copyright", "rightsInfo/copyrightNotice"),
    "usageTerms": _in_language("usage_terms", "rightsInfo/usageTerms"),
}
_ITEM_META: dict[str, _Filler] = {
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
_CONTENT_META: dict[str, _Filler] = {
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
_SECTIONS: dict[str, dict[str, _Filler]] = {
    "rightsInfo": _RIGHTS,
    "itemMeta": _ITEM_META,
    "contentMeta": _CONTENT_META,
}


def _settle(found: Gathered) -> None:
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


# --- content ---------------------------------------------------------------------------------


def _set_content(content: etree._Element, found: Gathered, limits: Limits) -> Layout:
    """Set the first rendition that holds text; the others are renderings of the same."""
    layout = Layout("")
    for part in content:
        name = local_name(part)
        if name == "remoteContent":
            target = part.get("href") or part.get("residref")
            found.note("remote", target)
            found.add(
                "related", Related((part.get("rendition") or "remote").rpartition(":")[2], target) if target else None
            )
        elif name in ("inlineXML", "inlineData"):
            found.first("stated_word_count", whole_number(part.get("wordcount") or ""))
            if not layout.text:
                layout = _set_inline(part, found, limits)
                found.note("is_inline", bool(layout.text) or None)
            else:
                found.keep("contentSet/rendition", part.get("contenttype") or name)
    return layout


def _set_inline(part: etree._Element, found: Gathered, limits: Limits) -> Layout:
    if part.get("encoding") or (part.get("contenttype") or "").startswith(("image/", "video/", "audio/")):
        return Layout("")
    if len(part) == 0:
        text = part.text or ""
        if re.search(r"</?[A-Za-z][^<>]*>", text):
            return lay_out(parse_html(text), rule=FORMAT, max_depth=limits.max_depth)
        return plain_lines(text)
    if local_name(part[0]) == "nitf":
        return gather_inner(part[0], found, limits)
    return lay_out(part, rule=FORMAT, max_depth=limits.max_depth)


_CONCEPT_TEXTS = frozenset(("name", "definition", "note", "headline", "description", "edNote"))


def _set_concepts(section: etree._Element) -> Layout:
    """Concepts and planned coverage: their names, definitions and notes, a line each."""
    texts = [line_of(e) for e in section.iter(etree.Element) if local_name(e) in _CONCEPT_TEXTS]
    return Layout("\n".join(dict.fromkeys(text for text in texts if text)))


def _gather_group(groups: etree._Element, found: Gathered) -> None:
    """A package holds no text of its own: what it refers to becomes related items, its titles are kept."""
    for element in groups.iter(etree.Element):
        if local_name(element) == "itemRef":
            target = element.get("residref") or element.get("href")
            parent = element.getparent()
            role = (parent.get("role") or "item").rpartition(":")[2] if parent is not None else "item"
            found.add("related", Related(role, target) if target else None)
            title = next((line_of(e) for e in element if local_name(e) in ("title", "headline")), None)
            found.keep("groupSet/itemRef/title", title)
