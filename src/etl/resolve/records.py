"""What the resolve stage reads of an article, and the links it makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One delivered version, as far as linking needs it. Field names are those of `articles`.

    `sender` is the provider (the feed where there is none), folded; `keyword` the slug's unchanging part,
    folded; `text_mark` is equal for equal running text, empty where there is none.
    """

    article_id: str
    chain_key: str
    chain_rule: str
    sender: str
    keyword: str
    text_mark: str
    guid: str | None = None
    delivered_version: str | None = None
    item_number: str | None = None
    published_at: datetime | None = None
    versioned_at: datetime | None = None
    precision: str | None = None
    embargo_at: datetime | None = None
    status: str = "usable"
    item_kind: str = "story"
    kills: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    """Guids of items that this one says it replaces or corrects."""
    take: str | None = None
    text_id: int = 0
    """Of the sketch of its running text; 0 where that is too short or the item is no story."""
    provider: str = ""
    agency: str = ""
    """Both folded."""
    is_publishable: bool = True
    """False where the terms forbid publication, besides kills, withheld items and advisories."""

    @property
    def time(self) -> datetime | None:
        """When this version was made, as far as the file says."""
        return self.versioned_at or self.published_at

    @property
    def takes_down(self) -> str | None:
        """`killed` or `withheld` for an item that takes stories down, itself included; else None."""
        if self.item_kind == "kill" or self.status == "canceled":
            return "killed"
        return "withheld" if self.item_kind == "withhold" or self.status == "withheld" else None

    @property
    def is_notice(self) -> bool:
        """True for items that take stories down, which are never published themselves."""
        return self.takes_down is not None


@dataclass(frozen=True, slots=True)
class VersionLink:
    """One row of `story_versions`."""

    article_id: str
    story_id: str
    version_index: int
    version_count: int
    is_current: bool
    is_published: bool
    link_rule: str
    link_evidence: str
    withheld_reason: str | None
    killed_by: str | None
    take_number: int | None = None
    take_count: int | None = None
    takes_missing: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """One row of `syndication`, and whether a kill or embargo of this copy holds for all copies.

    `is_origin` is true for an agency's own copy, and where no copy is, for those that credit nobody else.
    """

    article_id: str
    cluster_id: str
    is_representative: bool
    similar_to: str | None
    similarity: float
    is_origin: bool
