"""The typed records that the stages hand to one another.

Raw bytes become `Story` records (readers), stories become `Article` records (desk), articles gain
`Mention`, `Quote` and `Person` records (language). Anything that cannot go on becomes a `Reject`;
anything odd that still goes on leaves a `Remark`. All records are frozen: a stage never edits
the record it was given.

Offsets named `*_start` and `*_end`, and the `start`/`end` of a `Span`, count Unicode code points in
`Story.text` (or in the headline, where `part` says so). Offsets named `byte_*` count bytes in the
delivered file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Literal

Part = Literal["text", "headline"]
Status = Literal["usable", "withheld", "canceled"]
QuoteType = Literal["direct", "indirect", "mixed"]

# --- raw bytes -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one delivery may cost, so that hostile input is harmless."""

    max_story_bytes: int = 64 * 1024 * 1024
    max_stories: int = 1_000_000
    max_depth: int = 256
    max_members: int = 100_000
    """Members of one archive."""
    max_expansion: int = 250
    """How many times its own size a compressed delivery may grow to, over `max_story_bytes` that it always may."""

    def __post_init__(self) -> None:
        """Refuse bounds that nothing could meet."""
        for name in self.__slots__:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file as it arrived: its name, a seekable binary stream, its size in bytes.

    `member` is the path inside an archive, None for a plain file; byte offsets then count in the
    member's own bytes.
    """

    path: str
    stream: BinaryIO
    size: int
    member: str | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Reject:
    """Bytes that did not become a story, and why.

    `stage` is the stage that gave up (`sniff`, `read`, `desk`, `language`); `reason` is a stable code
    (snake case, never reworded); `detail` is one line for a human. `member` is set where an archive refuses one of its
    members; the bytes are then counted in that member.
    """

    path: str
    byte_offset: int
    byte_length: int
    stage: str
    reason: str
    detail: str
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd in a story that was loaded all the same: a stable code and one line."""

    stage: str
    code: str
    detail: str


# --- stories: what the reader found ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time as a file states it.

    `when` is naive where the file states no offset. `precision` is `day` where no time of day is
    stated. `zone` is the zone as printed or stated (`+01:00`, `GMT`, `EDT`), None when there is none.
    """

    printed: str
    when: datetime
    precision: Literal["day", "minute", "second"] = "second"
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject or category code as delivered: scheme may be unknown, name may be absent."""

    code: str
    scheme: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """A link the file states to another item: its relation (`picture`, `replaces`, ...) and target."""

    relation: str
    target: str


@dataclass(frozen=True, slots=True)
class Block:
    """A labelled stretch of `Story.text` that the reader itself knows not to be running text.

    Labels are those of `Span.label`. Readers of markup use it for tables, captions and the like.
    """

    start: int
    end: int
    label: str
    rule: str


@dataclass(frozen=True, slots=True)
class Story:
    """One story as its reader delivered it.

    `text` is verbatim (decoded) for text formats and the text content of the body, one line a
    paragraph, for markup. What the format does not carry stays None or empty: absent is never
    guessed here. `extra` keeps delivered values that no field holds, by their path in the file.
    """

    format: str
    byte_offset: int
    byte_length: int
    text: str
    encoding: str = "utf-8"
    encoding_evidence: str = "strict"
    guid: str | None = None
    version: str | None = None
    provider: str | None = None
    headline: str | None = None
    bylines: tuple[str, ...] = ()
    credit_line: str | None = None
    dateline: str | None = None
    slugline: str | None = None
    keywords: tuple[str, ...] = ()
    created: Instant | None = None
    published: Instant | None = None
    versioned: Instant | None = None
    embargo: Instant | None = None
    urgency: int | None = None
    priority_code: str | None = None
    service: str | None = None
    item_number: str | None = None
    categories: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()
    places: tuple[str, ...] = ()
    language: str | None = None
    status: Status | None = None
    signals: tuple[str, ...] = ()
    ednote: str | None = None
    copyright: str | None = None
    rights_holder: str | None = None
    usage_terms: str | None = None
    related: tuple[Related, ...] = ()
    take: str | None = None
    stated_word_count: int | None = None
    is_text_layout: bool = False
    """True for text formats, where headline, byline and furniture stand inside `text`."""
    blocks: tuple[Block, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()


# --- articles: what the desk made of it ------------------------------------------------------

SPAN_LABELS: tuple[str, ...] = (
    "body",
    "headline",
    "subhead",
    "byline",
    "dateline",
    "bureau",
    "source",
    "credit",
    "copyright",
    "distributor",
    "source_url",
    "header",
    "notice",
    "ednote",
    "end_mark",
    "caption",
    "contact",
    "boilerplate",
    "page",
    "desk_code",
)
"""Every label a span can bear: `body` is running text, `page` is web page furniture, `header` is
transmission layout, `boilerplate` is standing text of a source, the others are the desk's words."""


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` bears `label`; `rule` names the rule that said so."""

    start: int
    end: int
    label: str
    rule: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer."""

    geonames_id: int | None
    name: str
    kind: Literal["city", "region", "country", "area"]
    country_code: str | None
    admin1_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Dateline:
    """A dateline as printed and as split; `text[start:end]` holds all of it with its separator.

    `printed` is the dateline without agency bracket and separator ("SANLIURFA, Turkey"); `place` its
    place part; `city` and `region` the two halves of the first place as printed; `date_text` and
    `agency` what stands beside it. `start`/`end` are None where the dateline came in a field.
    """

    printed: str
    place: str | None
    city: str | None
    region: str | None
    date_text: str | None
    agency: str | None
    start: int | None
    end: int | None
    rule: str
    resolved: Place | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """A person or agency credited with the story.

    `role` is one of `author`, `reporting`, `additional_reporting`, `writing`, `editing`, `compiled`,
    `translation`, `photo`; `title` is the role as printed ("McClatchy special correspondent").
    `name` is None for agency-only lines, which then carry `affiliation`.
    """

    name: str | None
    role: str
    title: str | None = None
    affiliation: str | None = None
    location: str | None = None
    contact: str | None = None
    start: int | None = None
    end: int | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction says of itself: the notice as printed, what was wrong, what is right, where it stood.

    Each of the last three is as printed ("paragraph 3"), None where the notice does not say.
    """

    text: str
    wrong: str | None = None
    right: str | None = None
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`text[start:end]` is one paragraph of the body, in order of `index` from 0."""

    index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """A story after the desk: clean body, furniture as labelled spans, fields resolved.

    `spans` are sorted, do not overlap, are never empty and tile `story.text`: joining their pieces
    gives the delivered text back. `paragraphs` lie inside `body` spans.
    """

    story: Story
    spans: tuple[Span, ...]
    paragraphs: tuple[Paragraph, ...]
    headline: str | None
    headline_start: int | None
    """Where the headline stands in `story.text`, None where it came in a field."""
    dateline: Dateline | None
    credits: tuple[Credit, ...]
    byline: str | None
    """The byline as printed, without a leading "By"."""
    agency: str | None
    source: str | None
    bureau: str | None
    distributor: str | None
    source_url: str | None
    copyright: str | None
    copyright_year: int | None
    copyright_holder: str | None
    embargo: Instant | None
    published: Instant | None
    ednote: str | None
    signals: tuple[str, ...]
    status: Status
    item_kind: str
    """`story`, `alert`, `advisory`, `kill`, `withhold`: what the item is for the store."""
    kills: tuple[str, ...]
    """Chain keys, guids or item numbers that this item kills or withholds, as printed."""
    language: str | None
    language_evidence: str | None
    remarks: tuple[Remark, ...] = ()
    headline_evidence: str | None = None
    """`delivered` in a field, `printed` in the text, `derived` from the body's first line; None without a headline."""
    headline_sentence_case: str | None = None
    """The headline with no more capitals than the body's own text shows; None where the body shows nothing."""
    correction: Correction | None = None
    usage_terms: str | None = None
    """Terms of use, of a field or as printed in the text."""
    is_publishable: bool = True
    """False for kills, withheld items, advisories, and where the terms forbid publication altogether."""
    take: str | None = None
    """Which part of a story the item is ("1st Add"), of a field or as printed."""

    @property
    def body(self) -> str:
        """The running text: one line a paragraph, line breaks inside a paragraph made spaces."""
        return "\n".join(" ".join(self.story.text[p.start : p.end].split()) for p in self.paragraphs)


# --- language: who said what, and who they are -----------------------------------------------


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text: `text[start:end]`, counted in `part`.

    `label` is PERSON, ORG, GPE, LOC, NORP, EVENT, PRODUCT, WORK_OF_ART, LAW, FAC or MISC. `cluster` is the number of
    the entity in this story that the mention belongs to (see `StoryEntity.cluster`).
    """

    part: Part
    start: int
    end: int
    label: str
    cluster: int
    rule: str
    confidence: float
    is_metonym: bool = False
    """The name of a capital that stands for its government: "Moscow denied it"."""


@dataclass(frozen=True, slots=True)
class StoryEntity:
    """One person, organisation or place of a story: its fullest name and what is said of it.

    `role_*` and `affiliation_*` are spans in the text of the role and affiliation printed beside the
    name; the `*_end` of an absent one is None.
    """

    cluster: int
    name: str
    label: str
    role: str | None = None
    role_start: int | None = None
    role_end: int | None = None
    affiliation: str | None = None
    affiliation_start: int | None = None
    affiliation_end: int | None = None
    is_pseudonym: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Something somebody said: `text[start:end]` without its marks, counted in `part`.

    `speaker_*` is the speaker as printed beside the quotation ("he", "Tamimi", "analysts");
    `speaker_name` the fullest name the story gives, None where it is not known; `speaker_cluster` the
    `StoryEntity` it is. `form` is `speaker_cue` (X said), `cue_speaker` (said X), `according_to`,
    `colon`, `qa` or `none`; `kind` is `speech`, `stance` (a demand, promise or judgement whose words are not
    given), `belief`, `nested` (what another's statement says that somebody said) or `not_quotation` (scare quotes,
    titles: kept with the reason in `rule`). Pieces of one split quotation share `utterance`.
    """

    part: Part
    start: int
    end: int
    type: QuoteType
    kind: str
    form: str
    utterance: int
    paragraph: int | None
    cue_start: int | None
    cue_end: int | None
    speaker_start: int | None
    speaker_end: int | None
    speaker_name: str | None
    speaker_cluster: int | None
    role: str | None
    affiliation: str | None
    is_anonymous: bool
    rule: str
    confidence: float
    anonymity_start: int | None = None
    """Where the words stand, counted in `part`, that keep the speaker's name back or call it assumed."""
    anonymity_end: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the language stage found in one article."""

    mentions: tuple[Mention, ...] = ()
    entities: tuple[StoryEntity, ...] = ()
    quotes: tuple[Quote, ...] = ()
    remarks: tuple[Remark, ...] = ()
