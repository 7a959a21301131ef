"""Every column and every table, once.

`COLUMNS` describes each column; a table is a list of column names, so a column of one name means the
same thing, in the same type and unit, wherever it stands. DDL, DuckDB comments, NOT NULL, the data
dictionary and pandas dtypes are all derived from the `pyarrow.Schema` that `Table.schema` gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

TEXT = pa.string()
INT = pa.int64()
SMALL = pa.int32()
REAL = pa.float64()
FLAG = pa.bool_()
TIME = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(TEXT)

SPANS = pa.list_(pa.struct([("start", SMALL), ("end", SMALL), ("label", TEXT), ("rule", TEXT)]))
PARAGRAPHS = pa.list_(pa.struct([("start", SMALL), ("end", SMALL)]))
CREDITS = pa.list_(
    pa.struct(
        [
            ("name", TEXT),
            ("role", TEXT),
            ("title", TEXT),
            ("affiliation", TEXT),
            ("location", TEXT),
            ("contact", TEXT),
        ]
    )
)
SUBJECTS = pa.list_(pa.struct([("code", TEXT), ("scheme", TEXT), ("name", TEXT)]))
RELATED = pa.list_(pa.struct([("relation", TEXT), ("target", TEXT)]))
PAIRS = pa.list_(pa.struct([("key", TEXT), ("value", TEXT)]))

COLUMNS: dict[str, tuple[pa.DataType, str]] = {
    # identity and provenance
    "raw_sha256": (TEXT, "SHA-256 of the delivered file, hexadecimal"),
    "path": (TEXT, "Where the file was found, relative to the folder that was loaded"),
    "location": (TEXT, "Absolute path or address the file was found at"),
    "member": (TEXT, "Member path inside an archive; null for a plain file"),
    "feed": (TEXT, "Feed the file belongs to: its first folder under the raw zone; null at the top"),
    "format": (TEXT, "Wire format that the reader recognised, e.g. nitf, ninjs, textdump"),
    "format_evidence": (TEXT, "What in the bytes made the reader claim the file"),
    "encoding": (TEXT, "Character encoding the bytes were decoded with"),
    "encoding_evidence": (TEXT, "How the encoding was settled: declared, strict, repaired, fallback"),
    "file_bytes": (INT, "Size of the delivered file in bytes"),
    "modified_ns": (
        INT,
        "Modification time of the delivered file, nanoseconds since 1970",
    ),
    "byte_offset": (
        INT,
        "First byte of the story or refused bytes, from 0; in the unpacked member if member is set",
    ),
    "byte_length": (INT, "Length in bytes of the story or of the refused bytes, counted as byte_offset is"),
    "story_count": (SMALL, "Stories loaded from the file"),
    "reject_count": (SMALL, "Rejects made from the file"),
    "fingerprint": (TEXT, "Version of code, rules and model that made the row"),
    "run_id": (TEXT, "Run that wrote the row"),
    "batch_id": (TEXT, "Batch of files the row was committed with"),
    "loaded_at": (TIME, "When the run took the batch in hand, UTC"),
    "seen_at": (TIME, "When a file of this path and content was first seen, UTC"),
    # articles: identity
    "article_id": (TEXT, "One delivered version of a story; made from the file's hash and the byte offset"),
    "story_id": (TEXT, "The story that versions share; made from its earliest known chain key"),
    "chain_key": (
        TEXT,
        "What ties versions together: guid, or provider and keyword and day, or the text itself",
    ),
    "chain_rule": (TEXT, "Which of these the chain key was made from: guid, slug, text"),
    "guid": (TEXT, "Identifier the provider gave the item"),
    "delivered_version": (TEXT, "Version or revision as delivered"),
    "provider": (TEXT, "Agency or outlet that sent the item"),
    "service": (TEXT, "Service or product code of the transmission"),
    "item_number": (TEXT, "Agency's running number of the item"),
    "slugline": (TEXT, "Slugline as delivered"),
    "keywords": (TEXTS, "Keywords as delivered"),
    # articles: text
    "headline": (TEXT, "Headline in its printed case"),
    "headline_start": (SMALL, "Where the headline stands in text; null where it came in a field"),
    "headline_evidence": (TEXT, "Where the headline comes from: delivered, printed, derived (first line of the body)"),
    "headline_sentence_case": (
        TEXT,
        "Headline with the capitals that the body's own text shows; null where it shows none",
    ),
    "text": (TEXT, "Text as the reader delivered it; every *_start and *_end counts its code points"),
    "body": (TEXT, "Running text alone: one line a paragraph, furniture and dateline left out"),
    "furniture": (SPANS, "Labelled spans that tile text, body spans included; rule says what cut each"),
    "paragraphs": (PARAGRAPHS, "Spans of the body's paragraphs in text, in order"),
    "paragraph_count": (SMALL, "Number of body paragraphs"),
    "word_count": (SMALL, "Words of the body, by white space"),
    "char_count": (SMALL, "Characters (code points) of the body, line ends included"),
    "stated_word_count": (SMALL, "Word count the file states"),
    "language": (TEXT, "Language of the body, ISO 639-1"),
    "language_evidence": (TEXT, "Where the language comes from: declared or detected"),
    # articles: people, place, ownership
    "byline": (TEXT, 'Byline as printed, without a leading "By"'),
    "credits": (
        CREDITS,
        "People and agencies credited, with role, printed title, affiliation, place and contact",
    ),
    "credit_line": (TEXT, "Credit as delivered in a field, e.g. the agencies to be named"),
    "agency": (TEXT, "Agency named in byline, dateline or credit"),
    "source": (TEXT, "Source line as printed"),
    "bureau": (TEXT, "Bureau line as printed"),
    "distributor": (TEXT, "Distributor named at the foot"),
    "source_url": (TEXT, "Address of the source as printed"),
    "dateline_text": (TEXT, "Dateline as printed, without agency and separator"),
    "dateline_city": (TEXT, "First place of the dateline as printed"),
    "dateline_region": (TEXT, "State, province or country as printed in the dateline"),
    "dateline_country_code": (TEXT, "Country the dateline lies in, ISO 3166-1 alpha-2"),
    "dateline_place_name": (TEXT, "Dateline's place by its gazetteer name"),
    "dateline_geonames_id": (INT, "GeoNames id of the dateline's place"),
    "dateline_date_text": (TEXT, "Date printed in the dateline"),
    "copyright": (TEXT, "Copyright line as printed"),
    "copyright_year": (SMALL, "Year of the copyright line"),
    "copyright_holder": (TEXT, "Holder named in the copyright line"),
    "rights_holder": (TEXT, "Holder of the rights as delivered in a field"),
    "usage_terms": (TEXT, "Terms of use, of a field or as printed in the text"),
    "is_publishable": (
        FLAG,
        "False: kill, withheld, advisory, or terms that forbid publication; embargoes stand apart",
    ),
    # articles: times
    "created_at": (TIME, "First created, UTC; UTC is assumed where created_zone is null"),
    "created_text": (TEXT, "First created, as printed"),
    "created_zone": (TEXT, "Zone stated for created; null where the file states none"),
    "published_at": (TIME, "Published: first-created time or the only time there is, UTC"),
    "published_text": (TEXT, "Published, as printed"),
    "published_zone": (TEXT, "Zone stated for published; null where the file states none"),
    "published_precision": (TEXT, "Precision of published: day, minute, second"),
    "versioned_at": (TIME, "When this version was made, UTC"),
    "versioned_text": (TEXT, "When this version was made, as printed"),
    "embargo_at": (TIME, "Not to be published before, UTC"),
    "embargo_text": (TEXT, "Embargo as printed"),
    # articles: the desk's marks
    "status": (TEXT, "usable, withheld or canceled"),
    "item_kind": (TEXT, "story, alert, advisory, kill or withhold"),
    "kills": (TEXTS, "Items this one kills or withholds, as printed"),
    "correction_text": (TEXT, "The correction's own words as printed"),
    "correction_wrong": (TEXT, "What was wrong, as the correction prints it"),
    "correction_right": (TEXT, "What is right, as the correction prints it"),
    "correction_where": (TEXT, "Where in the story it stood, as the correction prints it"),
    "signals": (TEXTS, "correction, update, writethru, refile, repeat, alert, advisory, take as found"),
    "ednote": (TEXT, "Note to editors"),
    "urgency": (SMALL, "Urgency 1 (highest) to 9 as stated"),
    "priority_code": (TEXT, "Priority letter or number as stated"),
    "categories": (TEXTS, "Category codes as delivered"),
    "subjects": (SUBJECTS, "Subject codes as delivered, with scheme and name where given"),
    "places": (TEXTS, "Place fields as delivered"),
    "related": (RELATED, "Related items the file names"),
    "take": (TEXT, "Take or part as printed"),
    "extra": (PAIRS, "Delivered values that no column holds, by their path in the file"),
    # mentions and entities
    "mention_id": (TEXT, "One name in one article; made from article, part and offsets"),
    "entity_id": (TEXT, "One person, organisation or place over all stories; stable"),
    "entity_type": (TEXT, "PERSON, ORG, GPE, LOC, NORP, EVENT, PRODUCT, WORK_OF_ART, LAW, FAC or MISC"),
    "entity_name": (
        TEXT,
        "Name of the entity: in entities the one that most stories give it, elsewhere the fullest that the story gives",
    ),
    "part": (TEXT, "What offsets count in: text or headline"),
    "mention_start": (SMALL, "First code point of the mention in its part"),
    "mention_end": (SMALL, "One past the last code point of the mention"),
    "mention_text": (TEXT, "Name as printed"),
    "mention_rule": (TEXT, "What found the mention"),
    "mention_confidence": (REAL, "How sure the name and its type are, 0 to 1"),
    "is_metonym": (FLAG, "A capital that stands for its government; null in rows of older versions"),
    "scope": (TEXT, "global, or the article_id for names too bare to be joined over stories"),
    "country_code": (TEXT, "Country of the place, ISO 3166-1 alpha-2"),
    "geonames_id": (INT, "GeoNames id of the place"),
    "place_kind": (TEXT, "city, region, country or area"),
    "latitude": (REAL, "Latitude in degrees north"),
    "longitude": (REAL, "Longitude in degrees east"),
    "entity_role": (TEXT, "Role as printed beside the name in this story"),
    "entity_affiliation": (TEXT, "Affiliation as printed beside the name in this story"),
    "is_pseudonym": (FLAG, "The story says the name is assumed"),
    "alias": (TEXT, "A variant of the entity's name"),
    "merged_id": (TEXT, "Id that name had before it was joined or parted; entity_id where nothing was decided"),
    "decided_at": (TIME, "Published time of the story by which the decision could be made"),
    "decision": (TEXT, "merge or apart, as the curated file says"),
    "one_id": (TEXT, "The id of the one name"),
    "other_id": (TEXT, "The id of the other name"),
    "note": (TEXT, "Why, in the curator's words"),
    "alias_id": (TEXT, "The id that the name has by itself"),
    "wikidata_id": (TEXT, "Wikidata id, by the loaded alias table"),
    "wikipedia_title": (TEXT, "Title in Wikipedia, by the loaded alias table"),
    "is_ambiguous": (FLAG, "The alias table gives the name to several titles: it decides nothing"),
    "alias_rule": (TEXT, "Rule that joined the variant to the entity"),
    "alias_evidence": (TEXT, "What the rule saw"),
    "evidence": (TEXT, "What sets this bearer of the name apart"),
    "mention_count": (INT, "Mentions counted over the articles of the table's layer"),
    "article_count": (INT, "Articles that name the entity"),
    "first_seen_at": (TIME, "Earliest published time of an article that names it"),
    "last_seen_at": (TIME, "Latest published time of an article that names it"),
    # quotes
    "quote_id": (TEXT, "One quotation of one article; made from article, part and offsets"),
    "utterance_id": (TEXT, "Pieces of one split quotation share it"),
    "quote_start": (SMALL, "First code point of the quotation, marks left out"),
    "quote_end": (SMALL, "One past the last code point of the quotation"),
    "quote_text": (TEXT, "The quotation, without its marks"),
    "quote_type": (TEXT, "direct (every word in marks), mixed (some), indirect (none)"),
    "quote_kind": (TEXT, "speech, stance, belief, nested, or not_quotation (scare quotes, titles; see rule)"),
    "quote_form": (TEXT, "How it is attributed: speaker_cue, cue_speaker, according_to, colon, qa, none"),
    "paragraph_index": (SMALL, "Body paragraph it starts in, from 0; null in a headline"),
    "cue_text": (TEXT, "Speech verb or phrase as printed"),
    "cue_start": (SMALL, "First code point of the cue"),
    "cue_end": (SMALL, "One past the last code point of the cue"),
    "speaker_text": (TEXT, "Speaker as printed beside the quotation"),
    "speaker_start": (SMALL, "First code point of the speaker as printed"),
    "speaker_end": (SMALL, "One past the last code point of the speaker as printed"),
    "speaker_name": (TEXT, "Fullest name the story gives the speaker; null where unknown"),
    "speaker_entity_id": (TEXT, "Entity of the speaker; null where unknown"),
    "speaker_role": (TEXT, "Role as printed beside the speaker's name"),
    "speaker_affiliation": (TEXT, "Affiliation as printed beside the speaker's name"),
    "is_anonymous": (FLAG, "The speaker is not named by the story's choice (officials, sources)"),
    "anonymity_text": (
        TEXT,
        "Words that keep the speaker's name back or call it assumed, as printed; null where there are none",
    ),
    "quote_rule": (TEXT, "Rule that found and attributed the quotation"),
    "quote_confidence": (REAL, "How sure quotation and speaker are, 0 to 1"),
    # resolve
    "version_index": (SMALL, "Order of the version in its story, from 1"),
    "version_count": (SMALL, "Versions of the story that are known"),
    "is_current": (FLAG, "The version that stands: the last that is not a kill"),
    "is_published": (FLAG, "The version may be published: current, usable, no running embargo, not killed"),
    "link_rule": (TEXT, "Why the version belongs to the story: guid, slug, text, kill"),
    "link_evidence": (TEXT, "The value that the rule matched on"),
    "withheld_reason": (
        TEXT,
        "Why the version is not published: superseded, killed, withheld, embargoed, terms, notice",
    ),
    "killed_by": (TEXT, "article_id of the kill or withhold that took the story down"),
    "cluster_id": (TEXT, "Copies of one text over outlets share it; the representative's article_id"),
    "is_representative": (FLAG, "The earliest agency copy of its cluster"),
    "similar_to": (TEXT, "article_id of the copy it was matched with"),
    "similarity": (REAL, "Share of the shorter text's word 4-grams that both hold, 0 to 1"),
    "take_number": (SMALL, "Which take of its story it is, from 1; null where the story came whole"),
    "take_count": (SMALL, "How many takes the story has, as far as is known; null where it came whole"),
    "takes_missing": (pa.list_(SMALL), "Numbers of the takes that have not come; empty where none is missing"),
    "take_ids": (TEXTS, "article_id of each take, in order"),
    "killed_at": (TIME, "When the kill or withhold was sent, UTC, as far as it says"),
    "correction_id": (TEXT, "One thing that a correction changed; made from old and new id"),
    "corrected_id": (TEXT, "article_id of the version that was corrected"),
    "changed": (TEXT, "What was changed: quote, speaker or name"),
    "change": (TEXT, "replaced (old and new are known), removed (no new one) or added (no old one)"),
    "old_id": (TEXT, "quote_id or entity_id in the version that was corrected; null if added"),
    "new_id": (TEXT, "quote_id or entity_id in the corrected version; null if removed"),
    "old_text": (TEXT, "Words of the quotation, its speaker, or the name before the correction"),
    "new_text": (TEXT, "The same after the correction"),
    # bookkeeping
    "stage": (TEXT, "Stage that spoke: plan, sniff, read, desk, language"),
    "reason": (TEXT, "Stable reason code"),
    "detail": (TEXT, "One line for a human"),
    "reject_id": (TEXT, "One refusal; made from file hash, offset, stage and reason"),
    "warning_id": (TEXT, "One oddity of one article"),
    "code": (TEXT, "Stable code of the oddity"),
    "started_at": (TIME, "When the run started, UTC"),
    "finished_at": (TIME, "When the run finished, UTC; null while it runs or when it died"),
    "run_state": (TEXT, "running, finished or failed"),
    "files_seen": (INT, "Files the run found"),
    "files_loaded": (INT, "Files the run loaded"),
    "files_skipped": (INT, "Files the run found loaded already"),
    "command": (TEXT, "What started the run: run, flow or replay"),
}


@dataclass(frozen=True)
class Table:
    """One table: its columns in order, which may be null, its grain and its key."""

    name: str
    grain: str
    key: tuple[str, ...]
    required: tuple[str, ...]
    columns: tuple[str, ...]
    sort: tuple[str, ...]

    @cached_property
    def schema(self) -> pa.Schema:
        """The pyarrow schema: descriptions on fields, grain and key in the metadata."""
        fields = [
            pa.field(
                name,
                COLUMNS[name][0],
                nullable=name not in self.required,
                metadata={"description": COLUMNS[name][1]},
            )
            for name in self.columns
        ]
        return pa.schema(fields, metadata={"table": self.name, "grain": self.grain, "key": ",".join(self.key)})


def _table(name: str, grain: str, *, key: str, required: str = "", columns: str, sort: str = "") -> Table:
    keys = tuple(key.split())
    return Table(
        name=name,
        grain=grain,
        key=keys,
        required=tuple(dict.fromkeys((*keys, *required.split()))),
        columns=tuple(columns.split()),
        sort=tuple(sort.split()) or keys,
    )


_ARTICLE_FACTS = """
    provider guid delivered_version service item_number slugline keywords
    headline headline_start headline_evidence headline_sentence_case
    text body furniture paragraphs paragraph_count word_count char_count stated_word_count
    language language_evidence byline credits credit_line agency source bureau distributor source_url
    dateline_text dateline_city dateline_region dateline_country_code dateline_place_name
    dateline_geonames_id dateline_date_text
    copyright copyright_year copyright_holder rights_holder usage_terms is_publishable
    created_at created_text created_zone published_at published_text published_zone published_precision
    versioned_at versioned_text embargo_at embargo_text
    status item_kind kills signals
    correction_text correction_wrong correction_right correction_where
    ednote urgency priority_code categories subjects places related take extra
    format raw_sha256 path member byte_offset byte_length encoding encoding_evidence
"""

_QUOTE_FACTS = """
    part quote_start quote_end quote_text quote_type quote_kind quote_form paragraph_index
    cue_text cue_start cue_end speaker_text speaker_start speaker_end speaker_name speaker_entity_id
    speaker_role speaker_affiliation is_anonymous anonymity_text quote_rule quote_confidence
"""

_QUOTE_REQUIRED = """
    article_id utterance_id part quote_start quote_end quote_text quote_type quote_kind quote_form
    is_anonymous quote_rule quote_confidence
"""
_MENTION_CERTAIN = (
    "part mention_start mention_end mention_text entity_type entity_id entity_name mention_rule mention_confidence"
)
_MENTION_REQUIRED = "article_id " + _MENTION_CERTAIN
_MENTION_FACTS = _MENTION_CERTAIN + " is_metonym"
_ARTICLE_REQUIRED = """
    text body furniture paragraphs paragraph_count word_count status item_kind format raw_sha256 path
    byte_offset byte_length encoding encoding_evidence
"""

CORE: tuple[Table, ...] = (
    _table(
        "raw_files",
        "one row per distinct file content that was read, whatever came of it",
        key="raw_sha256",
        required="path file_bytes story_count reject_count fingerprint run_id batch_id loaded_at",
        columns="raw_sha256 path feed format format_evidence encoding encoding_evidence file_bytes "
        "story_count reject_count fingerprint run_id batch_id loaded_at",
    ),
    _table(
        "deliveries",
        "one row per place and content that was found",
        key="location raw_sha256",
        required="path file_bytes modified_ns run_id seen_at",
        columns="location path raw_sha256 file_bytes modified_ns run_id seen_at",
    ),
    _table(
        "articles",
        "one row per delivered version of a story",
        key="article_id",
        required=f"chain_key chain_rule {_ARTICLE_REQUIRED} fingerprint run_id batch_id",
        columns=f"article_id chain_key chain_rule {_ARTICLE_FACTS} fingerprint run_id batch_id",
        sort="published_at article_id",
    ),
    _table(
        "quotes",
        "one row per quotation, or piece of a split one, in one article",
        key="quote_id",
        required=_QUOTE_REQUIRED + " raw_sha256",
        columns=f"quote_id utterance_id article_id {_QUOTE_FACTS} raw_sha256",
        sort="article_id quote_start quote_id",
    ),
    _table(
        "mentions",
        "one row per name in one article",
        key="mention_id",
        required=_MENTION_REQUIRED + " raw_sha256",
        columns=f"mention_id article_id {_MENTION_FACTS} raw_sha256",
        sort="article_id part mention_start mention_id",
    ),
    _table(
        "article_entities",
        "one row per entity and article that names it: what that story says of it",
        key="article_id entity_id",
        required="entity_type entity_name scope is_pseudonym raw_sha256",
        columns="article_id entity_id entity_type entity_name scope entity_role entity_affiliation is_pseudonym "
        "geonames_id country_code place_kind latitude longitude raw_sha256",
    ),
    _table(
        "rejects",
        "one row per stretch of delivered bytes that was refused; "
        "raw_sha256 is null for a file that could not be opened",
        key="reject_id",
        required="path byte_offset byte_length stage reason detail run_id",
        columns="reject_id raw_sha256 path member byte_offset byte_length stage reason detail run_id",
        sort="path byte_offset reject_id",
    ),
    _table(
        "warnings",
        "one row per oddity in an article that was loaded all the same",
        key="warning_id",
        required="article_id raw_sha256 stage code detail",
        columns="warning_id article_id raw_sha256 stage code detail",
    ),
    _table(
        "runs",
        "one row per run",
        key="run_id",
        required="command fingerprint started_at run_state",
        columns="run_id command fingerprint started_at finished_at run_state files_seen files_loaded files_skipped "
        "story_count reject_count",
        sort="started_at run_id",
    ),
    _table(
        "story_versions",
        "one row per article: the story it is a version of, and whether it stands",
        key="article_id",
        required="story_id version_index version_count is_current is_published link_rule link_evidence",
        columns="article_id story_id version_index version_count is_current is_published link_rule link_evidence "
        "withheld_reason killed_by take_number take_count takes_missing",
        sort="story_id version_index",
    ),
    _table(
        "syndication",
        "one row per article that shares its text with another",
        key="article_id",
        required="cluster_id is_representative similarity",
        columns="article_id cluster_id is_representative similar_to similarity",
        sort="cluster_id article_id",
    ),
    _table(
        "corrected",
        "one row per quotation, speaker or name that a correction changed",
        key="correction_id",
        required="story_id article_id corrected_id changed change",
        columns="correction_id story_id article_id corrected_id changed change old_id new_id old_text new_text",
        sort="story_id article_id correction_id",
    ),
    _table(
        "entities",
        "one row per person, organisation or place over all stories",
        key="entity_id",
        required="entity_type entity_name scope mention_count article_count",
        columns="entity_id entity_type entity_name scope geonames_id country_code place_kind latitude longitude "
        "wikidata_id wikipedia_title mention_count article_count first_seen_at last_seen_at",
    ),
    _table(
        "entity_aliases",
        "one row per name variant of an entity and the rule that joined it: the log of decisions",
        key="entity_id merged_id alias",
        required="alias_rule alias_evidence mention_count",
        columns="entity_id merged_id alias alias_rule alias_evidence mention_count decided_at",
    ),
    _table(
        "entity_senses",
        "one row per article that bears a name which several people bear: whom it means; "
        "a later story without a row means the one who has the name's own id",
        key="article_id merged_id",
        required="entity_id evidence",
        columns="article_id merged_id entity_id evidence",
    ),
    _table(
        "entity_overrides",
        "one row per line of the curated file: names that are one entity, or are not",
        key="one_id other_id",
        required="decision",
        columns="one_id other_id decision note",
    ),
    _table(
        "entity_titles",
        "one row per name and title of the alias table",
        key="alias_id wikidata_id",
        required="alias entity_type is_ambiguous",
        columns="alias_id alias entity_type wikidata_id wikipedia_title is_ambiguous",
    ),
)

PUBLISHED: tuple[Table, ...] = (
    _table(
        "articles",
        "one row per story that stands: its current version, or each take of it",
        key="article_id",
        required=f"story_id version_index version_count {_ARTICLE_REQUIRED}",
        columns=f"article_id story_id version_index version_count {_ARTICLE_FACTS} cluster_id "
        "take_number take_count takes_missing",
        sort="published_at article_id",
    ),
    _table(
        "quotes",
        "one row per quotation, or piece of a split one, in an article that stands",
        key="quote_id",
        required=_QUOTE_REQUIRED + " story_id",
        columns=f"quote_id utterance_id article_id story_id published_at provider headline {_QUOTE_FACTS}",
        sort="published_at article_id quote_start quote_id",
    ),
    _table(
        "mentions",
        "one row per name in an article that stands",
        key="mention_id",
        required=_MENTION_REQUIRED + " story_id",
        columns=f"mention_id article_id story_id published_at {_MENTION_FACTS}",
        sort="published_at article_id part mention_start mention_id",
    ),
    _table(
        "entities",
        "one row per person, organisation or place that an article that stands names",
        key="entity_id",
        required="entity_type entity_name scope mention_count article_count",
        columns="entity_id entity_type entity_name scope geonames_id country_code place_kind latitude longitude "
        "wikidata_id wikipedia_title mention_count article_count first_seen_at last_seen_at",
    ),
    _table(
        "corrected",
        "one row per quotation, speaker or name that a correction changed in a story that stands",
        key="correction_id",
        required="story_id article_id corrected_id changed change",
        columns="correction_id story_id article_id corrected_id changed change old_id new_id old_text new_text",
        sort="story_id article_id correction_id",
    ),
    _table(
        "wholes",
        "one row per story that stands and came in takes: its text in one piece",
        key="story_id",
        required="article_id body take_count takes_missing take_ids",
        columns="story_id article_id published_at provider headline body take_count takes_missing take_ids",
    ),
    _table(
        "tombstones",
        "one row per story that was killed or withheld and has no version that stands; no text of it",
        key="story_id",
        required="withheld_reason",
        columns="story_id withheld_reason killed_at killed_by",
    ),
)


def core(name: str) -> Table:
    """The core (lake) table of that name; KeyError names the ones there are."""
    return _find(CORE, name)


def published(name: str) -> Table:
    """The published table of that name; KeyError names the ones there are."""
    return _find(PUBLISHED, name)


def _find(tables: tuple[Table, ...], name: str) -> Table:
    for table in tables:
        if table.name == name:
            return table
    raise KeyError(f"no table {name!r}; there are {', '.join(t.name for t in tables)}")
