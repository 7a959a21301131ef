"""Chain keys: what ties the versions of one story together, read off a single version.

The keys are made here, from one article at a time; linking them over the lake is the resolve stage's work.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

from etl.ids import make_id
from etl.records import Article, Instant

_GLOBAL_GUID = 16
"""Letters and digits alone must be this many for a guid to be taken as unique over all senders."""

_REVISION = re.compile(r"^(urn:newsml:[^:]+:\d{8}[^:]*:.+):\d+[A-Za-z]?$", re.IGNORECASE)
_CYCLE = re.compile(r"^(?:bc|am|pm|ap)-+", re.IGNORECASE)
_VERSION_WORDS = re.compile(
    r"[,\s-]*\b(?:\d+(?:st|nd|rd|th)\s*(?:ld|lead|add|sub)(?:-?writethru)?|writethru|(?:new\s*)?lead|correct(?:ion|ed|s)?"
    r"|update\s*\d*|kill|withdrawn|advisory|urgent|bulletin|refile|repeat|rpt|\d+\s*takes?)\b.*$",
    re.IGNORECASE,
)


def keyword(slugline: str) -> str:
    """The slug's keyword: the part that stays the same on every later version of a story.

    Cycle letters in front ("BC-") and version words behind (", 1st Ld-Writethru", "-CORRECTION") go.
    """
    bare = _CYCLE.sub("", slugline.strip())
    bare = _VERSION_WORDS.sub("", bare) or bare
    return fold(bare).strip(" -,/.:")


def item_guid(guid: str) -> str:
    """The guid without the revision that a NewsML 1 identifier ends in: all versions of an item share the rest.

    Source: NewsML 1.2, PublicIdentifier is `urn:newsml:provider:date:item:revision` and a letter for the update.
    """
    bare = guid.strip()
    match = _REVISION.match(bare)
    return match[1] if match else bare


def chain(article: Article, feed: str | None) -> tuple[str, str]:
    """What ties this version to others of its story: (rule, key).

    By guid where delivered; else provider, keyword and day; else the very text, so that only a story
    sent again word for word by the same sender counts as the same.
    """
    story = article.story
    sender = fold(provider(article) or feed or "")
    if story.guid and story.guid.strip():
        guid = item_guid(story.guid)
        # Example: item numbers such as "4711" that several senders use; a URN or URI is one of its kind.
        own = len(guid) >= _GLOBAL_GUID or not guid.isalnum()
        return "guid", f"guid:{guid}" if own else f"guid:{sender}:{guid}"
    if story.slugline and keyword(story.slugline):
        day = as_utc(article.published).date().isoformat() if article.published else ""
        return "slug", f"slug:{sender}:{keyword(story.slugline)}:{day}"
    words = fold(f"{article.headline or ''} {article.body}" if article.body else story.text)
    return "text", f"text:{make_id('txt', sender, words or article.story.text or str(story.byte_offset))}"


def fold(text: str) -> str:
    """Case, accents, punctuation-free spacing folded: how names and slugs are compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def provider(article: Article) -> str | None:
    """Who sent the item: the field, else the agency, else the bureau or source printed on it."""
    return article.story.provider or article.agency or article.bureau or article.source


def as_utc(instant: Instant) -> datetime:
    """The instant in UTC; a time without a stated offset is read as UTC."""
    when = instant.when
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
