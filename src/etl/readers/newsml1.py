"""NewsML 1.0 to 1.2: AFP, EFE, ANP, Kyodo, TASS, ANA, ATS, Business Wire.

A file holds one or many `NewsItem` elements. A news item is a tree of components: pictures, captions and style sheets
hang in it beside the text, and so do language versions. Each component with a headline and text of its own is a story;
what the components around it say (copyright, subjects, provider) holds for it unless it says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from lxml import etree

from etl.readers.base import Head, Reader
from etl.readers.gather import Gathered, add_extra, whole_number
from etl.readers.instants import parse_instant
from etl.readers.layout import Layout, joined, labelled, lay_out, mark_headline, plain_lines
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

FORMAT = "newsml_1_2"

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Roles of components whose text is not the story's, as AFP, Business Wire, EFE and others write them, lower case.
# fmt: off
_SIDE_ROLES = frozenset((
    "caption", "photo", "picture", "graphic", "logo", "thumbnail", "quicklook", "preview", "highdef", "icon",
    "video", "audio", "stylesheet", "headline", "subheadline", "abstract", "summary", "synopsis", "smartlink",
    "document",
))
# fmt: on
_PRIORITY_WORDS = frozenset(("urgent", "flash", "alert", "bulletin"))
_TEXT_MEDIA = frozenset(("", "text", "complexdata", "structuredtext", "mixed"))


def claim(head: Head) -> str | None:
    """NewsML 1 is XML whose root element is `NewsML`."""
    seen = look(head)
    return "root element NewsML" if seen.kind == "xml" and seen.root == "NewsML" else None


def read(delivery: Delivery) -> Iterator[Story | Reject]:
    """The stories of each news item in the file, or why there are none."""
    for piece in documents(delivery.stream, "NewsML", delivery.limits):
        if isinstance(piece, RefusalError):
            yield piece.as_reject(delivery.path, 0, delivery.size)
            return
        try:
            parsed = parse_xml(piece.data)
            yield from _stories(parsed, piece, delivery)
        except RefusalError as refusal:
            yield refusal.as_reject(delivery.path, piece.offset, piece.length)


READER = Reader(FORMAT, claim, read)


def _stories(parsed: Parsed, piece: Piece, delivery: Delivery) -> list[Story | Reject]:
    by_item = [_story_heads(item) for item in _children(parsed.root, "NewsItem")]
    heads = [head for heads in by_item for head in heads]
    numbers = [number for heads in by_item for number in range(1, len(heads) + 1)]
    if not heads:
        raise RefusalError("no_content", "a NewsML document without a news item")
    envelope = Gathered()
    for element in _children(parsed.root, "NewsEnvelope"):
        _fill_all(element, envelope, _ENVELOPE, "NewsEnvelope")
    out: list[Story | Reject] = []
    for head, number, place in zip(heads, numbers, ranges_of(piece, parsed.root, heads), strict=True):
        try:
            story = _story(head, envelope, parsed, place, delivery.limits)
            out.append(story if number == 1 else _told_apart(story, number))
        except RefusalError as refusal:
            out.append(refusal.as_reject(delivery.path, place.offset, place.length))
    return out


def _told_apart(story: Story, number: int) -> Story:
    """A further story of one news item shares its identifier, but must not be taken for a version of the first."""
    remark = Remark("read", "further_story", f"story {number} of its news item, its identifier is extended")
    return replace(story, guid=f"{story.guid}#{number}" if story.guid else None, remarks=(*story.remarks, remark))


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return list(element.iterchildren(f"{{*}}{name}"))


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(element.iterchildren(f"{{*}}{name}"), None)


# --- which component is a story --------------------------------------------------------------


def _role(component: etree._Element) -> str:
    role = _child(component, "Role")
    return (role.get("FormalName") or "").strip().lower() if role is not None else ""


def _texts(component: etree._Element) -> list[etree._Element]:
    """The content items below a component that hold text of the story, in document order."""
    if _role(component) in _SIDE_ROLES:
        return []
    found: list[etree._Element] = []
    for child in component.iterchildren("{*}ContentItem", "{*}NewsComponent"):
        if local_name(child) == "NewsComponent":
            found += [] if _is_own_story(child) else _texts(child)
        elif _is_text(child):
            found.append(child)
    return found


def _is_text(item: etree._Element) -> bool:
    media, mime = _child(item, "MediaType"), _child(item, "MimeType")
    if media is not None and (media.get("FormalName") or "").lower() not in _TEXT_MEDIA:
        return False
    if mime is not None and re.match(r"(?:image|video|audio)/|text/css", (mime.get("FormalName") or "").lower()):
        return False
    return _child(item, "DataContent") is not None


def _is_own_story(component: etree._Element) -> bool:
    """A component with a headline and text of its own, beside others of the kind."""
    lines = _child(component, "NewsLines")
    headline = _child(lines, "HeadLine") if lines is not None else None
    return line_of(headline) is not None and _role(component) not in _SIDE_ROLES and bool(_texts(component))


def _story_heads(item: etree._Element) -> list[etree._Element]:
    """The components that are stories: those with their own headline and text; the news item itself where none is."""
    headlines = item.iter("{*}HeadLine")
    if next(headlines, None) is None or next(headlines, None) is None:  # nearly every file
        return [item]
    own = [component for component in item.iter("{*}NewsComponent") if _is_own_story(component)]
    inner = [c for c in own if not any(other is not c and c in other.iterancestors() for other in own) or _texts(c)]
    return inner if len(inner) > 1 else [item]


# --- one story -------------------------------------------------------------------------------


def _story(head: etree._Element, envelope: Gathered, parsed: Parsed, place: Piece, limits: Limits) -> Story:
    found = Gathered()
    contents = _contents(head)
    chain = _chain(contents[0] if contents else head)
    for component in chain:
        _fill_component(component, found)
    layout = _set_contents(contents, found, limits)
    for name, value in envelope.fields.items():
        found.first(name, value)
    for path, value in envelope.extra.items():
        found.keep(path, value)
    _settle(found)
    layout = mark_headline(layout, found.fields.get("headline"), FORMAT)
    if not layout.text and not found.fields.get("headline") and found.fields.get("status") != "canceled":
        raise RefusalError("no_content", "neither a headline nor a body")
    return found.story(FORMAT, place, parsed.encoding, parsed.evidence, layout)


def _contents(head: etree._Element) -> list[etree._Element]:
    """The content items of a story, renderings of one and the same text left out."""
    if local_name(head) == "NewsComponent":
        items = _texts(head)
    else:
        items = [item for component in _children(head, "NewsComponent") for item in _all_texts(component)]
    kept: list[etree._Element] = []
    for item in items:
        parent = item.getparent()
        is_choice = parent is not None and (
            parent.get("EquivalentsList") == "yes" or _child(parent, "BasisForChoice") is not None
        )
        if not (is_choice and any(other.getparent() is parent for other in kept)):
            kept.append(item)
    return sorted(kept, key=_is_contact)


def _is_contact(item: etree._Element) -> bool:
    """Business Wire delivers the contacts as a component of their own, before the body they stand under in print."""
    parent = item.getparent()
    return parent is not None and _role(parent) == "contact"


def _all_texts(component: etree._Element) -> list[etree._Element]:
    items = _texts(component)
    for child in component.iterdescendants("{*}NewsComponent"):
        if _is_own_story(child):
            items += _texts(child)
    return items


def _chain(element: etree._Element) -> list[etree._Element]:
    """The components around an element, innermost first, up to its news item."""
    around = [element, *element.iterancestors()]
    chain = [e for e in around if local_name(e) in ("NewsComponent", "NewsItem")]
    if len(chain) == 1:  # a news item without text: what its outermost component says still holds
        chain = [*_children(chain[0], "NewsComponent")[:1], *chain]
    return chain


def _fill_component(component: etree._Element, found: Gathered) -> None:
    for child in component:
        name = local_name(child)
        if name in _SECTIONS:
            _fill_all(child, found, _SECTIONS[name], name)
        elif name not in _PASSED:
            add_extra(found, name, child)
    found.note("lang", component.get(_LANG))


def _fill_all(section: etree._Element, found: Gathered, fillers: dict[str, _Filler], path: str) -> None:
    for element in section:
        name = local_name(element)
        filler = fillers.get(name)
        if filler is not None:
            filler(element, found)
        elif len(element):
            _fill_all(element, found, fillers, f"{path}/{name}")
        else:
            _keep(element, found, f"{path}/{name}")


def _keep(element: etree._Element, found: Gathered, path: str) -> None:
    """What nobody understands: its value, and the attributes that are not mere references to vocabularies."""
    found.keep(path, _formal(element))
    for name, value in element.attrib.items():
        if str(name) not in ("FormalName", "Scheme", "Vocabulary", "Duid", "Importance", _LANG):
            found.keep(f"{path}/@{name!s}", str(value))


_Filler = Callable[[etree._Element, Gathered], object]


def _formal(element: etree._Element | None) -> str | None:
    """The value of an element: its FormalName, else its text ("<Urgency>2</Urgency>")."""
    if element is None:
        return None
    return (element.get("FormalName") or "").strip() or line_of(element)


def _party(element: etree._Element) -> str | None:
    return next((_formal(e) for e in element.iter("{*}Party") if _formal(e)), None)


def _field(name: str, path: str) -> _Filler:
    return lambda element, found: found.put(name, _formal(element), path)


def _instant(name: str, path: str) -> _Filler:
    def fill(element: etree._Element, found: Gathered) -> None:
        if not found.first(name, parse_instant(line_of(element))):
            found.keep(path, line_of(element))

    return fill


def _urgency(element: etree._Element, found: Gathered) -> None:
    if not found.first("urgency", whole_number(_formal(element) or "")):
        found.keep("NewsManagement/Urgency", _formal(element))


def _status(element: etree._Element, found: Gathered) -> None:
    status = (_formal(element) or "").lower()
    status = "canceled" if status == "cancelled" else status
    if status in ("usable", "withheld", "canceled"):
        found.first("status", status)
    elif status == "embargoed":
        found.note("embargoed", True)
    else:
        found.keep("NewsManagement/Status", status)


def _status_will_change(element: etree._Element, found: Gathered) -> None:
    for child in element.iter(etree.Element):
        if local_name(child) == "DateAndTime":
            found.note("change", parse_instant(line_of(child)))
        elif local_name(child) == "FutureStatus":
            found.keep("NewsManagement/StatusWillChange/FutureStatus", _formal(child))


def _item_type(element: etree._Element, found: Gathered) -> None:
    if (_formal(element) or "").lower() in ("alert", "flash"):
        found.add("signals", "alert")
    found.keep("NewsManagement/NewsItemType", _formal(element))


def _instruction(element: etree._Element, found: Gathered) -> None:
    """`<Instruction FormalName="Correction"/>`, as the standard's own vocabulary and AFP's have it."""
    word = (_formal(element) or "").lower()
    for signal in ("correction", "update"):
        if signal in word or (signal == "correction" and word in ("rectify", "corrects")):
            found.add("signals", signal)
    found.keep("NewsManagement/Instruction", _formal(element))


def _related(relation: str) -> _Filler:
    def fill(element: etree._Element, found: Gathered) -> None:
        target = element.get("NewsItem") or element.get("NewsItemRef") or line_of(element)
        if target:
            found.add("related", Related(relation, target.strip()))

    return fill


def _revision(element: etree._Element, found: Gathered) -> None:
    found.first("version", line_of(element))
    found.keep("Identification/RevisionId/@Update", element.get("Update"))
    found.keep("Identification/RevisionId/@PreviousRevision", element.get("PreviousRevision"))


def _dateline(element: etree._Element, found: Gathered) -> None:
    """A date line that is a date and nothing else ("4/4/2018", "January 21") names no place: it is kept apart."""
    line = line_of(element)
    names_place = line is not None and len(re.findall(r"[^\W\d_]+", line)) > (1 if re.search(r"\d", line) else 0)
    if not (names_place and found.first("dateline", line)):
        found.keep("NewsLines/DateLine", line)


def _news_line(element: etree._Element, found: Gathered) -> None:
    kind = _child(element, "NewsLineType")
    text = " ".join(filter(None, (line_of(e) for e in element if local_name(e) == "NewsLineText")))
    found.keep(f"NewsLines/NewsLine/{_formal(kind) or 'other'}", text)


def _slugline(element: etree._Element, found: Gathered) -> None:
    """A slug line that is a priority word and nothing else (TASS: "URGENT") is no slug."""
    line = line_of(element)
    if line and line.lower() in _PRIORITY_WORDS:
        found.add("signals", "alert")
        found.keep("NewsLines/SlugLine", line)
    else:
        found.put("slugline", line, "NewsLines/SlugLine")


def _keyword_line(element: etree._Element, found: Gathered) -> None:
    for word in re.split(r"[;,]", line_of(element) or ""):
        found.add("keywords", word.strip())


def _subject(element: etree._Element, found: Gathered) -> None:
    code = (element.get("FormalName") or "").strip()
    if code:
        scheme = element.get("Scheme") or element.get("Vocabulary")
        found.add("subjects", Subject(code, scheme, line_of(element)))
    if element.get("cat"):
        found.keep("SubjectCode/@cat", element.get("cat"))


def _location(element: etree._Element, found: Gathered) -> None:
    parts = {p.get("FormalName"): (p.get("Value") or "").strip() for p in element if local_name(p) == "Property"}
    names = [parts.get(name) for name in ("City", "CountryArea", "Area", "Country")]
    found.add("places", ", ".join(name for name in names if name))


def _property(element: etree._Element, found: Gathered) -> None:
    name, value = element.get("FormalName") or "", (element.get("Value") or "").strip()
    if name == "Keyword":
        found.add("keywords", value)
    else:
        found.keep(f"Property/{name}", value)


def _measure(element: etree._Element, found: Gathered) -> None:
    name, value = (element.get("FormalName") or "").lower(), element.get("Value") or ""
    if name in ("words", "wordcount", "word count"):
        found.first("stated_word_count", whole_number(value))
    else:
        found.keep(f"Characteristics/{element.get('FormalName')}", value)


def _usage_rights(element: etree._Element, found: Gathered) -> None:
    terms = [(local_name(part), line_of(part)) for part in element]
    found.first("usage_terms", "; ".join(text for name, text in terms if text and name != "RightsHolder") or None)
    found.first("rights_holder", next((text for name, text in terms if name == "RightsHolder"), None))


def _copyright(element: etree._Element, found: Gathered) -> None:
    holder, year = _child(element, "CopyrightHolder"), _child(element, "CopyrightDate")
    found.first("rights_holder", line_of(holder))
    found.note(
        "copyright", " ".join(filter(None, ("©", line_of(year), line_of(holder)))) if holder is not None else None
    )


_IDENTIFICATION: dict[str, _Filler] = {
    "ProviderId": lambda element, found: found.note("provider_id", line_of(element)),
    "NewsItemId": lambda element, found: found.note("item_id", line_of(element)),
    "PublicIdentifier": _field("guid", "Identification/PublicIdentifier"),
    "RevisionId": _revision,
}
_MANAGEMENT: dict[str, _Filler] = {
    "NewsItemType": _item_type,
    "FirstCreated": _instant("created", "NewsManagement/FirstCreated"),
    "ThisRevisionCreated": _instant("versioned", "NewsManagement/ThisRevisionCreated"),
    "Status": _status,
    "StatusWillChange": _status_will_change,
    "Urgency": _urgency,
    "Instruction": _instruction,
    "AssociatedWith": _related("associated"),
    "DerivedFrom": _related("derivedFrom"),
}
_LINES: dict[str, _Filler] = {
    "HeadLine": _field("headline", "NewsLines/HeadLine"),
    "ByLine": lambda element, found: found.add("bylines", line_of(element)),
    "DateLine": _dateline,
    "CreditLine": _field("credit_line", "NewsLines/CreditLine"),
    "CopyrightLine": _field("copyright", "NewsLines/CopyrightLine"),
    "RightsLine": _field("usage_terms", "NewsLines/RightsLine"),
    "SlugLine": _slugline,
    "KeywordLine": _keyword_line,
    "NewsLine": _news_line,
}
_ADMINISTRATIVE: dict[str, _Filler] = {
    "Provider": lambda element, found: found.put("provider", _party(element), "AdministrativeMetadata/Provider"),
    "Source": lambda element, found: found.keep("AdministrativeMetadata/Source", _party(element)),
    "Creator": lambda element, found: found.keep("AdministrativeMetadata/Creator", _party(element)),
    "Contributor": lambda element, found: found.keep("AdministrativeMetadata/Contributor", _party(element)),
    "Property": _property,
}
_DESCRIPTIVE: dict[str, _Filler] = {
    "Language": _field("language", "DescriptiveMetadata/Language"),
    "Subject": _subject,
    "SubjectMatter": _subject,
    "SubjectDetail": _subject,
    "SubjectQualifier": _subject,
    "Location": _location,
    "Property": _property,
    "guid": _field("guid", "DescriptiveMetadata/guid"),
}
_RIGHTS: dict[str, _Filler] = {"UsageRights": _usage_rights, "Copyright": _copyright}
_SECTIONS: dict[str, dict[str, _Filler]] = {
    "Identification": _IDENTIFICATION,
    "NewsManagement": _MANAGEMENT,
    "NewsLines": _LINES,
    "AdministrativeMetadata": _ADMINISTRATIVE,
    "DescriptiveMetadata": _DESCRIPTIVE,
    "DescriptiveMetada": _DESCRIPTIVE,  # TASS
    "RightsMetadata": _RIGHTS,
    "Metadata": {"Property": _property},
}
_PASSED = frozenset(("NewsComponent", "ContentItem", "Catalog", "TopicSet", "Comment", "Role", "BasisForChoice"))
_ENVELOPE: dict[str, _Filler] = {
    "TransmissionId": _field("item_number", "NewsEnvelope/TransmissionId"),
    "NewsService": _field("service", "NewsEnvelope/NewsService"),
    "Priority": _field("priority_code", "NewsEnvelope/Priority"),
    "SentFrom": lambda element, found: found.first("provider", _party(element)),
}


def _settle(found: Gathered) -> None:
    """Fields that depend on more than one element."""
    notes = found.notes
    found.first("guid", notes.get("item_id"))
    found.first("provider", notes.get("provider_id"))
    found.first("copyright", notes.get("copyright"))
    found.first("language", notes.get("lang"))
    if notes.get("embargoed"):
        found.first("embargo", notes.get("change"))
        found.first("status", "usable" if "embargo" in found.fields else "withheld")
        found.add("signals", "embargoed")


# --- body ------------------------------------------------------------------------------------


def _set_contents(items: list[etree._Element], found: Gathered, limits: Limits) -> Layout:
    layouts = []
    for item in items:
        for part in item:
            if local_name(part) == "DataContent":
                layout = _set_data(part, found, limits)
                layouts.append(labelled(layout, "contact", FORMAT) if _is_contact(item) else layout)
            elif local_name(part) == "Characteristics":
                _fill_all(part, found, {"Property": _measure}, "Characteristics")
    return joined(layouts)


def _set_data(data: etree._Element, found: Gathered, limits: Limits) -> Layout:
    """NITF, XHTML, bare paragraphs, escaped HTML (ANA) or plain text: whatever the data holds."""
    if len(data) == 0:
        text = data.text or ""
        if re.search(r"</?[A-Za-z][^<>]*>", text):
            return lay_out(parse_html(text), rule=FORMAT, max_depth=limits.max_depth)
        return plain_lines(text)
    inner = data[0]
    if local_name(inner) == "nitf":
        return gather_inner(inner, found, limits)
    return lay_out(data, rule=FORMAT, max_depth=limits.max_depth)
