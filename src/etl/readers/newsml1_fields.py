"""Where the fields of a NewsML 1 item stand: a function for each element, by the section it stands in."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from etl.readers.gather import Gathered, add_extra, whole_number
from etl.readers.instants import parse_instant
from etl.readers.markup import NAMES, child_of, line_of, local_name
from etl.records import Related, Subject

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_REFERENCES = frozenset(("FormalName", "Scheme", "Vocabulary", "Duid", "Importance", _LANG))
_PRIORITY_WORDS = frozenset(("urgent", "flash", "alert", "bulletin"))

Filler = Callable[[etree._Element, Gathered], object]


def fill_component(component: etree._Element, found: Gathered) -> None:
    """Fill what the sections of one component or item say; what is set already stays."""
    for child in component:
        name = local_name(child)
        if name in _SECTIONS:
            fill_all(child, found, _SECTIONS[name], name)
        elif name not in _PASSED:
            add_extra(found, name, child)
    found.note("lang", component.get(_LANG))


def fill_all(section: etree._Element, found: Gathered, fillers: dict[str, Filler], path: str) -> None:
    """Give each element below a section to its function in `fillers`; keep those that have none."""
    for element in section:
        name = NAMES[element.tag]
        filler = fillers.get(name)
        if filler is not None:
            filler(element, found)
        elif len(element):
            fill_all(element, found, fillers, f"{path}/{name}")
        else:
            _keep(element, found, f"{path}/{name}")


def _keep(element: etree._Element, found: Gathered, path: str) -> None:
    """What nobody understands: its value, and the attributes that are not mere references to vocabularies."""
    found.keep(path, _formal(element))
    for name, value in element.items():
        if name not in _REFERENCES:
            found.keep(f"{path}/@{name!s}", str(value))


def _formal(element: etree._Element | None) -> str | None:
    """The value of an element: its FormalName, else its text ("<Urgency>2</Urgency>")."""
    if element is None:
        return None
    return (element.get("FormalName") or "").strip() or line_of(element)


def _party(element: etree._Element) -> str | None:
    return next((_formal(e) for e in element.iter("{*}Party") if _formal(e)), None)


def _field(name: str, path: str) -> Filler:
    return lambda element, found: found.put(name, _formal(element), path)


def _instant(name: str, path: str) -> Filler:
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


def _related(relation: str) -> Filler:
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
    kind = child_of(element, "NewsLineType")
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
    holder, year = child_of(element, "CopyrightHolder"), child_of(element, "CopyrightDate")
    found.first("rights_holder", line_of(holder))
    found.note(
        "copyright", " ".join(filter(None, ("©", line_of(year), line_of(holder)))) if holder is not None else None
    )


_IDENTIFICATION: dict[str, Filler] = {
    "ProviderId": lambda element, found: found.note("provider_id", line_of(element)),
    "NewsItemId": lambda element, found: found.note("item_id", line_of(element)),
    "PublicIdentifier": _field("guid", "Identification/PublicIdentifier"),
    "RevisionId": _revision,
}
_MANAGEMENT: dict[str, Filler] = {
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
_LINES: dict[str, Filler] = {
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
_ADMINISTRATIVE: dict[str, Filler] = {
    "Provider": lambda element, found: found.put("provider", _party(element), "AdministrativeMetadata/Provider"),
    "Source": lambda element, found: found.keep("AdministrativeMetadata/Source", _party(element)),
    "Creator": lambda element, found: found.keep("AdministrativeMetadata/Creator", _party(element)),
    "Contributor": lambda element, found: found.keep("AdministrativeMetadata/Contributor", _party(element)),
    "Property": _property,
}
_DESCRIPTIVE: dict[str, Filler] = {
    "Language": _field("language", "DescriptiveMetadata/Language"),
    "Subject": _subject,
    "SubjectMatter": _subject,
    "SubjectDetail": _subject,
    "SubjectQualifier": _subject,
    "Location": _location,
    "Property": _property,
    "guid": _field("guid", "DescriptiveMetadata/guid"),
}
_RIGHTS: dict[str, Filler] = {"UsageRights": _usage_rights, "Copyright": _copyright}
_SECTIONS: dict[str, dict[str, Filler]] = {
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
ENVELOPE: dict[str, Filler] = {
    "TransmissionId": _field("item_number", "NewsEnvelope/TransmissionId"),
    "NewsService": _field("service", "NewsEnvelope/NewsService"),
    "Priority": _field("priority_code", "NewsEnvelope/Priority"),
    "SentFrom": lambda element, found: found.first("provider", _party(element)),
}


CHARACTERISTICS: dict[str, Filler] = {"Property": _measure}


def settle(found: Gathered) -> None:
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
