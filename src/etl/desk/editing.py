"""The desk's one job: a story as delivered in, an article with clean body, fields and labelled spans out."""

from __future__ import annotations

import re
from functools import lru_cache

from etl.desk.corrections import read_correction
from etl.desk.credits import agency_in, parse_byline, parse_credits
from etl.desk.dateline import parse_dateline
from etl.desk.headlines import derived_headline, sentence_case
from etl.desk.languages import declared_language, detected_language
from etl.desk.layout import lay_out
from etl.desk.lexicon import agency_of, credit_words
from etl.desk.names import as_printed
from etl.desk.notices import read_standing
from etl.desk.publishing import embargo_until, published_at
from etl.desk.rules import book
from etl.desk.sheet import Layout
from etl.desk.taglines import merge
from etl.desk.terms import is_publishable, read_terms
from etl.records import Article, Credit, Dateline, Paragraph, Remark, Span, Story

_FIELD_END = " -–—_:"
_FIRM_END = re.compile(r"\b(?:Inc|Ltd|Co|Corp|Bros|S\.A|N\.V|A\.G|L\.P)\.$")
_BODY_RULE = "body.text"


def edit_story(story: Story) -> Article:
    """Turn a delivered story into an article.

    Fields of the file win over what stands in its text. The article's spans tile `story.text`; whatever
    no rule explains stays body. Never raises for anything a text may hold.
    """
    layout = lay_out(story)
    headline_evidence, odd = _settle_headline(story, layout)
    dateline = layout.dateline or _field_dateline(story.dateline)
    people = _credits(story, layout)
    published, remarks = published_at(story, layout, dateline)
    ednote = story.ednote or layout.fields.get("note") or layout.fields.get("ednote")
    embargo, is_held, held = embargo_until(story, layout, ednote, published)
    standing = read_standing(story, layout, ednote)
    language, evidence = _language(story, layout)
    copyright_text = story.copyright or layout.fields.get("copyright")
    year, holder = _copyright_parts(story, layout)
    terms, terms_allow = read_terms(story, layout, ednote)
    return Article(
        story=story,
        spans=tile(story.text, layout.cuts),
        paragraphs=tuple(Paragraph(index, start, end) for index, (start, end) in enumerate(layout.body)),
        headline=layout.headline,
        headline_start=layout.headline_start,
        dateline=dateline,
        credits=people,
        byline=_byline(story, layout, people),
        agency=_agency(story, layout, people, dateline),
        source=layout.fields.get("source") or layout.bureau,
        bureau=layout.bureau,
        distributor=layout.fields.get("distributor"),
        source_url=layout.fields.get("url"),
        copyright=copyright_text,
        copyright_year=year,
        copyright_holder=holder,
        embargo=embargo,
        published=published,
        ednote=ednote,
        signals=standing.signals,
        status="withheld" if is_held and standing.status == "usable" else standing.status,
        item_kind=standing.kind,
        kills=standing.kills,
        language=language,
        language_evidence=evidence,
        remarks=(*odd, *remarks, *held),
        headline_evidence=headline_evidence,
        headline_sentence_case=_sentence_case(layout, story.text, dateline, people, language),
        correction=read_correction(story, layout, ednote, is_correction="correction" in standing.signals),
        usage_terms=terms,
        is_publishable=is_publishable(standing.kind, terms_allow=terms_allow, is_held=is_held),
        take=story.take or layout.fields.get("take"),
    )


def _settle_headline(story: Story, layout: Layout) -> tuple[str | None, list[Remark]]:
    """Where the headline comes from; an item of markup without one is given its first line, with a remark."""
    if story.headline is not None:
        return "delivered", []
    if layout.headline is not None:
        return "printed", []
    derived = None if story.is_text_layout else derived_headline(layout.body, story.text)
    if derived is None:
        return None, []
    layout.headline, layout.headline_start = derived
    return "derived", [
        Remark("desk", "derived_headline", f"no headline came with it; its first line is {derived[0]!r}")
    ]


def _sentence_case(
    layout: Layout, text: str, dateline: Dateline | None, people: tuple[Credit, ...], language: str | None
) -> str | None:
    if layout.headline is None:
        return None
    names = tuple(credit.name for credit in people if credit.name)
    if dateline is not None:
        names += (dateline.printed,)
    return sentence_case(layout.headline, text, layout.body, names, language)


_DELIVERED = frozenset(("body", "dateline", "subhead", "credit", "end_mark", "desk_code", "contact", "copyright"))
_TEXT = frozenset(("body", "subhead"))


def delivered_body(article: Article) -> str:
    """The body as the file itself bounds it, one line a paragraph: with dateline, subheads, credits, signs, ownership.

    Formats with a body element deliver all of these inside it; what the reader itself knew not to be body stays
    out. In a text dump nothing bounds the body, so there it is the running text alone.
    """
    if article.story.is_text_layout:
        return article.body
    outside = {block.rule for block in article.story.blocks if block.label not in _TEXT}
    pieces: list[str] = []
    for span in article.spans:
        kept = span.label in _DELIVERED and span.rule not in outside
        pieces.append(article.story.text[span.start : span.end] if kept else "\n")
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def tile(text: str, cuts: list[Span]) -> tuple[Span, ...]:
    """Spans that cover `text` whole: the cuts, body between them; white space goes with what stands before it.

    `cuts` are sorted and do not overlap. White space at the very start goes with the first span.
    """
    if not text:
        return ()
    spans: list[Span] = []
    position = 0
    for cut in cuts:
        gap = text[position : cut.start]
        if gap.strip():
            spans.append(_body_span(text, position, cut.start, spans))
        start = spans[-1].end if spans else 0
        if start != cut.start and spans:
            spans[-1] = Span(spans[-1].start, cut.start, spans[-1].label, spans[-1].rule)
            start = cut.start
        spans.append(Span(start, cut.end, cut.label, cut.rule))
        position = cut.end
    if text[position:].strip() or not spans:
        spans.append(_body_span(text, position, len(text), spans))
    elif position < len(text):
        spans[-1] = Span(spans[-1].start, len(text), spans[-1].label, spans[-1].rule)
    return tuple(spans)


def _body_span(text: str, start: int, end: int, spans: list[Span]) -> Span:
    """A body span; white space before it is given to the span that stands before, if there is one."""
    if spans:
        first = start
        while text[first].isspace():
            first += 1
        if first != start:
            last = spans[-1]
            spans[-1] = Span(last.start, first, last.label, last.rule)
        start = first
    return Span(start, end, "body", _BODY_RULE)


@lru_cache(maxsize=4096)
def _field_dateline(field: str | None) -> Dateline | None:
    """The dateline of a field of the file, read by the same grammar; it has no place in the text."""
    if not field:
        return None
    printed = " ".join(field.split())
    read = parse_dateline(f"{printed.rstrip(_FIELD_END)} - ", 0) or parse_dateline(printed, 0)
    if read is None:
        return _unread_dateline(printed)
    return Dateline(
        printed=read.printed,
        place=read.place,
        city=read.city,
        region=read.region,
        date_text=read.date_text,
        agency=read.agency,
        start=None,
        end=None,
        rule="dateline.field",
        resolved=read.resolved,
    )


_BRACKET_LAST = re.compile(r"\s*[(\[/](?P<agency>[^()\[\]/]{2,40})[)\]/][\s.:–—_-]*$")


def _unread_dateline(printed: str) -> Dateline:
    """A dateline field that the grammar does not read: its agency bracket taken off, split at the first comma."""
    bracket = _BRACKET_LAST.search(printed)
    place = (printed[: bracket.start()] if bracket else printed).strip(_FIELD_END) or printed
    city, _, region = place.partition(",")
    return Dateline(
        printed=place,
        place=place,
        city=city.strip() or None,
        region=region.strip() or None,
        date_text=None,
        agency=bracket["agency"] if bracket else None,
        start=None,
        end=None,
        rule="dateline.field",
    )


def _credits(story: Story, layout: Layout) -> tuple[Credit, ...]:
    people = list(layout.credits)
    if story.bylines:
        fields = [credit for line in story.bylines for credit in parse_byline(line)]
        known = {(credit.name or "").casefold() for credit in fields}
        people = fields + [c for c in people if c.role != "author" or (c.name or "").casefold() not in known]
    if story.credit_line:
        people += parse_credits(story.credit_line)
    taglines = tuple(credit for credit in people if credit.rule == "credit.tagline")
    if taglines and len(taglines) < len(people):
        people = merge([credit for credit in people if credit.rule != "credit.tagline"], taglines)
    return tuple(dict.fromkeys(people))


def _byline(story: Story, layout: Layout, people: tuple[Credit, ...]) -> str | None:
    """The byline as printed without "By"; a tagline's writers where there is no byline."""
    printed = ", ".join(" ".join(line.split()) for line in story.bylines if line.strip()) or layout.byline
    if printed:
        printed = as_printed(printed)
        opening = credit_words().opening.match(printed)
        return printed[opening.end() :] if opening else printed
    taglines = [credit.name for credit in people if credit.rule == "credit.tagline" and credit.name]
    return ", ".join(taglines) or None


def _agency(story: Story, layout: Layout, people: tuple[Credit, ...], dateline: Dateline | None) -> str | None:
    authors = tuple(credit for credit in people if credit.role == "author")
    named = agency_in(authors)
    if named is not None:
        return named
    for text in (dateline.agency if dateline else None, layout.bureau, story.credit_line, story.provider):
        found = agency_of(text) if text else None
        if found is not None:
            return found
    if dateline is not None and dateline.agency is not None:
        return dateline.agency
    return agency_in(people) or agency_of(layout.fields.get("agency") or "")


def _language(story: Story, layout: Layout) -> tuple[str | None, str | None]:
    declared = declared_language(story.language)
    if declared is not None:
        return declared, "declared"
    sample = " ".join(story.text[start:end] for start, end in layout.body[:4]) or (layout.headline or "")
    detected = detected_language(sample)
    return detected, "detected" if detected else None


def _name_of(holder: str) -> str:
    """The holder without the line's closing marks; the full stop of "Inc." stays."""
    name = holder.strip(" ,;")
    return name if _FIRM_END.search(name) else name.rstrip(" .,;")


def _copyright_parts(story: Story, layout: Layout) -> tuple[int | None, str | None]:
    fields = layout.fields
    if story.copyright:
        cut = book("foot").match(" ".join(story.copyright.split()))
        fields = dict(cut.fields) if cut is not None else {}
    year = fields.get("year")
    holder = fields.get("holder") or story.rights_holder
    return int(year) if year else None, _name_of(holder) if holder else None
