"""Chains: what is of one story, what stands, what is taken down, in whatever order it came."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.resolve.records import Copy, Version, VersionLink
from etl.resolve.takes import take_of
from etl.resolve.versions import link_versions

DAY = datetime(2024, 5, 1, tzinfo=UTC)
NOW = datetime(2024, 5, 10, tzinfo=UTC)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def by_guid(name: str, version: str | None, hour: float, guid: str = "urn:wire:1", **facts: object) -> Version:
    base = Version(
        article_id=name,
        chain_key=f"guid:{guid}",
        chain_rule="guid",
        sender="northern wire",
        keyword="",
        text_mark=f"text of {name}",
        guid=guid,
        delivered_version=version,
        published_at=DAY,
        versioned_at=at(hour),
        precision="second",
    )
    return replace(base, **facts)  # type: ignore[arg-type]


def by_slug(name: str, hour: float, keyword: str = "harbor-fire", **facts: object) -> Version:
    when = at(hour)
    base = Version(
        article_id=name,
        chain_key=f"slug:northern wire:{keyword}:{when.date()}",
        chain_rule="slug",
        sender="northern wire",
        keyword=keyword,
        text_mark=f"text of {name}",
        published_at=when,
        precision="minute",
    )
    return replace(base, **facts)  # type: ignore[arg-type]


def by_text(name: str, hour: float, sender: str = "herald", **facts: object) -> Version:
    base = by_slug(name, hour, "", sender=sender, chain_key=f"text:{name}", chain_rule="text")
    return replace(base, **facts)  # type: ignore[arg-type]


CORRECTED = {"signals": ("correction",)}
KILL = {"item_kind": "kill", "status": "canceled"}

# name: versions, and what is published of them
CASES: dict[str, tuple[list[Version], set[str]]] = {
    "the greater version stands": ([by_guid(f"v{n}", str(n), n) for n in (1, 2, 10)], {"v10"}),
    "the greater version stands though its clock is behind": (
        [by_guid("v1", "1", 9), by_guid("v2", "2", 3)],
        {"v2"},
    ),
    "without numbers the later time stands": ([by_guid("a", None, 5), by_guid("b", None, 2)], {"a"}),
    "a correction of the same minute is newer": (
        [by_slug("z", 3), by_slug("a", 3, signals=("correction",))],
        {"a"},
    ),
    "leads of one day are counted": (
        [
            by_slug("first", 0, precision="day"),
            by_slug("ld2", 0, precision="day", signals=("writethru",), delivered_version="2nd Ld-Writethru"),
            by_slug("ld1", 0, precision="day", signals=("writethru",), delivered_version="1st Ld-Writethru"),
        ],
        {"ld2"},
    ),
    "a correction of a correction": (
        [by_guid("v1", "1", 1), by_guid("v2", "2", 2, **CORRECTED), by_guid("v3", "3", 3, **CORRECTED)],
        {"v3"},
    ),
    "an update past midnight joins the story of the day before": (
        [by_slug("eve", 23), by_slug("night", 25, signals=("update",))],
        {"night"},
    ),
    "a keyword that returns every day is a story every day": ([by_slug("mon", 5), by_slug("tue", 29)], {"mon", "tue"}),
    "an update under another guid joins by keyword": (
        [
            by_guid("v1", None, 1, keyword="dam-inquiry"),
            by_guid("v2", None, 2, guid="urn:wire:2", keyword="dam-inquiry", signals=("update",)),
        ],
        {"v2"},
    ),
    "what says it replaces another stands for it": (
        [by_guid("v1", None, 1), by_guid("v2", None, 2, guid="urn:wire:2", replaces=("urn:wire:1",))],
        {"v2"},
    ),
    "a kill by guid": ([by_guid("v1", "1", 1), by_guid("v2", "2", 2), by_guid("k", "3", 3, **KILL)], set()),
    "a version after the kill stands": (
        [by_guid("v1", "1", 1), by_guid("k", "2", 2, **KILL), by_guid("v3", "3", 3)],
        {"v3"},
    ),
    "killed words sent again with a new date stay killed": (
        [by_guid("v1", "1", 1, text_mark="="), by_guid("k", "2", 2, **KILL), by_guid("v3", "3", 3, text_mark="=")],
        set(),
    ),
    "a kill names an item number": (
        [
            by_slug("s", 1, item_number="0157"),
            by_slug("other", 1, "ferry", item_number="158"),
            by_slug("k", 2, "advisory", kills=("item 157",), **KILL),
        ],
        {"other"},
    ),
    "a kill names an agency by its letters": (
        [
            by_slug("s", 1, sender="deutsche presse-agentur", item_number="dpa 0157"),
            by_slug("slug", 1, "fire-157", sender="deutsche presse-agentur", item_number="9"),
            by_slug("k", 2, "kill-note", sender="deutsche presse-agentur", kills=("dpa 157",), **KILL),
        ],
        {"slug"},
    ),
    "a kill names a keyword": (
        [by_slug("s", 1), by_slug("other", 1, "ferry"), by_slug("k", 2, "note", kills=("BC-Harbor-Fire",), **KILL)],
        {"other"},
    ),
    "a kill by slug alone": ([by_slug("s", 23), by_slug("k", 26, **KILL)], set()),
    "a kill of another sender's number holds nothing": (
        [by_slug("s", 1, item_number="157"), by_slug("k", 2, "kill-note", sender="rival", kills=("157",), **KILL)],
        {"s"},
    ),
    "a kill of a corrected item": (
        [
            by_guid("v1", None, 1, keyword="dam-inquiry"),
            by_guid("v2", None, 2, guid="urn:wire:2", keyword="dam-inquiry", signals=("correction",)),
            by_guid("k", None, 3, guid="urn:wire:3", kills=("urn:wire:1",), **KILL),
        ],
        set(),
    ),
    "a kill without a time takes everything of that guid": (
        [by_guid("v1", None, 1), by_guid("k", None, 0, versioned_at=None, published_at=None, **KILL)],
        set(),
    ),
    "withheld is never published, a newer release is": (
        [by_guid("w", "1", 1, item_kind="withhold", status="withheld"), by_guid("v2", "2", 2)],
        {"v2"},
    ),
    "a withhold takes back what was out": (
        [by_guid("v1", "1", 1), by_guid("w", "2", 2, item_kind="withhold", status="withheld")],
        set(),
    ),
    "a withheld story withholds no other of its slug": (
        [
            by_guid("w", "1", 1, keyword="dam", item_kind="withhold", status="withheld"),
            by_guid("other", "1", 1, guid="urn:wire:2", keyword="dam"),
        ],
        {"other"},
    ),
    "an embargo runs": ([by_guid("v1", "1", 1, embargo_at=NOW + timedelta(days=1))], set()),
    "an embargo has passed": ([by_guid("v1", "1", 1, embargo_at=NOW)], {"v1"}),
    "a later version does not lose the embargo": (
        [by_guid("v1", "1", 1, embargo_at=NOW + timedelta(days=1)), by_guid("v2", "2", 2)],
        set(),
    ),
    "until its embargo ends the version before it stands": (
        [by_guid("v1", "1", 1), by_guid("v2", "2", 2, embargo_at=NOW + timedelta(days=1))],
        {"v1"},
    ),
    "an advisory is no story": ([by_slug("s", 1), by_slug("a", 2, "budget", item_kind="advisory")], {"s"}),
    "an alert stands until its story comes": (
        [by_slug("alert", 1, item_kind="alert"), by_slug("story", 2)],
        {"story"},
    ),
    "takes stand together": (
        [by_slug("t1", 1, take="2 takes"), by_slug("t2", 1.1, take="1st Add"), by_slug("other", 1, "ferry")],
        {"t1", "t2", "other"},
    ),
    "a take sent again stands for itself": (
        [by_slug("t1", 1, take="1 of 2"), by_slug("t2", 2, take="2 of 2"), by_slug("t2b", 3, take="2 of 2")],
        {"t1", "t2b"},
    ),
    "a new lead supersedes all takes": (
        [by_slug("t1", 1, take="2 takes"), by_slug("t2", 2, take="1st Add"), by_slug("ld", 3, signals=("writethru",))],
        {"ld"},
    ),
    "an add of a killed story stays back though it came after the kill": (
        [by_slug("t1", 1), by_slug("k", 2, **KILL), by_slug("t2", 3, take="1st Add")],
        set(),
    ),
    "terms that forbid publication hold for the versions before them": (
        [by_guid("v1", "1", 1), by_guid("v2", "2", 2, is_publishable=False)],
        set(),
    ),
    "a version after forbidding terms stands": (
        [by_guid("v1", "1", 1, is_publishable=False), by_guid("v2", "2", 2)],
        {"v2"},
    ),
}  # fmt: skip


def published(links: Sequence[VersionLink]) -> set[str]:
    return {link.article_id for link in links if link.is_published}


@pytest.mark.parametrize(("versions", "expected"), CASES.values(), ids=CASES.keys())
def test_what_stands_does_not_depend_on_the_order_of_arrival(versions: list[Version], expected: set[str]) -> None:
    results = [link_versions(order, as_of=NOW) for order in permutations(versions)]
    assert published(results[0]) == expected
    assert all(result == results[0] for result in results)
    assert sorted(link.article_id for link in results[0]) == sorted(v.article_id for v in versions)
    for story in {link.story_id for link in results[0]}:
        indexes = [link.version_index for link in results[0] if link.story_id == story]
        assert indexes == list(range(1, len(indexes) + 1))


@pytest.mark.parametrize(("versions", "expected"), CASES.values(), ids=CASES.keys())
def test_published_is_current_and_the_rest_says_why_not(versions: list[Version], expected: set[str]) -> None:
    for link in link_versions(versions, as_of=NOW):
        assert link.is_published == (link.withheld_reason is None)
        assert link.is_current or not link.is_published
        assert (link.killed_by is not None) <= (link.withheld_reason in ("killed", "withheld"))


def test_a_missing_take_is_flagged() -> None:
    takes = [by_slug("t1", 1, take="1 of 4"), by_slug("t3", 2, take="3 of 4")]
    links = link_versions(takes, as_of=NOW)
    assert [(x.take_number, x.take_count, x.takes_missing) for x in links] == [(1, 4, (2, 4)), (3, 4, (2, 4))]
    assert link_versions([by_slug("whole", 1)], as_of=NOW)[0].take_count is None


@pytest.mark.parametrize(
    ("take", "version", "expected"),
    [
        ("2 of 3", None, (2, 3)),
        ("2/3", None, (2, 3)),
        (None, "1st Add", (2, None)),
        ("add 2", None, (3, None)),
        ("Take 2", None, (2, None)),
        ("2nd take", None, (2, None)),
        ("3", None, (3, None)),
        (None, "2 Takes", (1, 2)),
        ("0", None, None),
        (None, "3", None),
        (None, "1st Ld-Writethru", None),
        ("999 of 999", None, None),
    ],
)
def test_takes_as_wires_write_them(
    take: str | None, version: str | None, expected: tuple[int, int | None] | None
) -> None:
    found = take_of(by_slug("a", 1, take=take, delivered_version=version))
    assert (found and (found.number, found.total)) == expected


def test_a_kill_is_linked_to_the_story_it_takes_down() -> None:
    story, kill = by_slug("s", 1, item_number="157"), by_slug("k", 2, "kill-note", kills=("item 157",), **KILL)
    alone = link_versions([kill], as_of=NOW)
    both = {link.article_id: link for link in link_versions([kill, story], as_of=NOW)}
    assert [link.withheld_reason for link in alone] == ["notice"]
    assert both["k"].story_id == both["s"].story_id
    assert (both["k"].link_rule, both["k"].link_evidence) == ("kill", "item 157")
    assert (both["s"].withheld_reason, both["s"].killed_by) == ("killed", "k")


def copies(*names: str) -> list[Copy]:
    return [
        Copy(name, names[0], name == names[0], None if name == names[0] else names[0], 0.9, name == names[0])
        for name in names
    ]


def test_an_agencys_kill_takes_the_copies_in_other_outlets_down() -> None:
    story, kill = by_guid("agency", "1", 1), by_guid("k", "2", 2, **KILL)
    copy, other = by_text("copy", 3), by_text("other", 3)
    links = link_versions([copy, kill, other, story], copies("agency", "copy"), as_of=NOW)
    assert published(links) == {"other"}
    assert next(link for link in links if link.article_id == "copy").killed_by == "k"


def test_an_outlets_kill_of_its_own_copy_leaves_the_agencys_story() -> None:
    story, copy = by_guid("agency", "1", 1), by_guid("copy", "1", 3, guid="herald:9", sender="herald")
    kill = by_guid("k", "2", 4, guid="herald:9", sender="herald", **KILL)
    assert published(link_versions([story, copy, kill], copies("agency", "copy"), as_of=NOW)) == {"agency"}


def test_an_agencys_embargo_holds_for_copies_that_lost_it() -> None:
    story, copy = by_guid("agency", "1", 1, embargo_at=NOW + timedelta(hours=1)), by_text("copy", 3)
    chain = [story, copy]
    assert published(link_versions(chain, copies("agency", "copy"), as_of=NOW)) == set()
    later = NOW + timedelta(hours=1)
    assert published(link_versions(chain, copies("agency", "copy"), as_of=later)) == {"agency", "copy"}


def test_a_follow_up_without_guid_or_slug_joins_the_text_it_repeats() -> None:
    first, update = by_text("first", 1), by_text("update", 5, signals=("update",))
    foreign = by_text("foreign", 5, sender="rival", signals=("update",))
    similar = [("first", "update", 0.8), ("first", "foreign", 0.8)]
    links = {link.article_id: link for link in link_versions([update, first, foreign], (), similar, as_of=NOW)}
    assert links["first"].withheld_reason == "superseded"
    assert links["update"].story_id == links["first"].story_id != links["foreign"].story_id
    assert links["update"].link_rule == "text"


def test_no_versions_give_no_links() -> None:
    assert link_versions([], as_of=NOW) == []


@given(st.data())
def test_any_mix_of_versions_kills_and_embargoes_links_the_same_in_any_order(data: st.DataObject) -> None:
    hours = st.integers(0, 60)
    makers = {
        "story": lambda n, g, h: by_guid(f"a{n}", None, h, g, keyword="dam"),
        "update": lambda n, g, h: by_guid(f"a{n}", None, h, g, keyword="dam", signals=("update",)),
        "numbered": lambda n, g, h: by_guid(f"a{n}", str(h), h, g),
        "kill": lambda n, g, h: by_guid(f"a{n}", None, h, g, **KILL),
        "kill by name": lambda n, g, h: by_slug(f"a{n}", h, "note", kills=(g, "dam"), **KILL),
        "embargoed": lambda n, g, h: by_guid(f"a{n}", None, h, g, embargo_at=NOW + timedelta(hours=h - 30)),
        "slug": lambda n, g, h: by_slug(f"a{n}", h, "dam", signals=("correction",) if h % 2 else ()),
    }
    chosen = data.draw(st.lists(st.tuples(st.sampled_from(sorted(makers)), st.sampled_from("gh"), hours), max_size=7))
    versions = [makers[kind](n, f"urn:{guid}", hour) for n, (kind, guid, hour) in enumerate(chosen)]
    first = link_versions(versions, as_of=NOW)
    assert link_versions(data.draw(st.permutations(versions)), as_of=NOW) == first
    by_id = {v.article_id: v for v in versions}
    kills = [v for v in versions if v.is_notice]
    for link in first:
        version = by_id[link.article_id]
        if link.is_published:
            assert not version.is_notice
            assert version.embargo_at is None or version.embargo_at <= NOW
            same = [k for k in kills if k.guid is not None and k.guid == version.guid]
            assert not [k for k in same if k.time is None or version.time is None or k.time >= version.time]
