"""When two names are one entity, and when they must not be."""

from datetime import UTC, datetime

import pytest

from etl.resolve.entities import Edge, Facts, Name, cluster, name_id, stated_edge
from etl.resolve.entity_names import Pair, block_of, decide, pairs, plain_name


def name(text: str, label: str = "PERSON") -> Name:
    return Name(name_id(label, text), label, text, block_of(label, text) or "")


def rules(*texts: str, label: str = "PERSON") -> set[tuple[str, str, str]]:
    """Pairs found among names, the shorter name first."""
    blocks: dict[str, list[Name]] = {}
    for text in texts:
        blocks.setdefault(block_of(label, text) or "", []).append(name(text, label))
    return {(*(short_long(p.one.name, p.other.name)), p.rule) for block in blocks.values() for p in pairs(block).pairs}


def short_long(one: str, other: str) -> tuple[str, str]:
    return (one, other) if (len(one), one) < (len(other), other) else (other, one)


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        ("Ole Varn-Lund", "Ole Varn Lund", "spelling"),
        ("Dr. Ada Holm", "Ada Holm", "spelling"),
        ("Aymar al-Tafir", "Aymar Tafir", "spelling"),
        ("Hélène Brûlard", "Helene Brulard", "spelling"),
        ("Ada Holm", "Ada R. Holm", "middle_initial"),
        ("Ada Holm", "Ada Regina Holm", "middle_name"),
        ("A. Holm", "Ada Holm", "initials"),
        ("Bill Tarrow", "William Tarrow", "nickname"),
        ("Omar Khadiry", "Omar Qadiri", "transliteration"),
        ("Sam Tarrow", "Sam Tarrow Jr.", "suffix"),
    ],
)
def test_variants_of_one_person(one: str, other: str, rule: str) -> None:
    assert rules(one, other) == {(*short_long(one, other), rule)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Holm", "Ida Holm"),
        ("Ada R. Holm", "Ada S. Holm"),
        ("Sam Tarrow Jr.", "Sam Tarrow Sr."),
        ("Kim Dong-su", "Kim Dong-ho"),
        ("Omar Hassan", "Ali Hassan"),
    ],
)
def test_different_people(one: str, other: str) -> None:
    assert rules(one, other) == set()


def test_a_bare_surname_is_in_no_block() -> None:
    assert block_of("PERSON", "Holm") is None
    assert block_of("PERSON", "Mr. Holm") is None


def test_a_name_between_two_that_contradict_each_other_joins_neither() -> None:
    assert rules("J. Kos", "Jan Kos", "Jutta Kos") == set()
    assert rules("Ada Holm", "Ada R. Holm", "Ada S. Holm") == set()


def test_companies_by_their_words() -> None:
    assert plain_name("The Acme Wool Co., Inc.") == "acme wool"
    assert plain_name("Varn & Lund Ltd.") == plain_name("Varn and Lund")
    assert rules("Acme Wool Co", "Acme Wool Corporation", label="ORG")
    assert not rules("Acme Wool", "Acme Silk", label="ORG")


ONE, OTHER = name("A. Holm"), name("Ada Holm")


def weak(one: Facts, other: Facts, shared: int = 0) -> Edge | None:
    first, second = sorted((ONE, OTHER), key=lambda n: n.entity_id)
    facts = {ONE.entity_id: one, OTHER.entity_id: other}
    return decide(Pair(first, second, "initials"), facts, shared)


def test_a_weak_rule_needs_something_besides_the_names() -> None:
    assert weak(Facts(), Facts()) is None
    assert weak(Facts(), Facts(), shared=1) is not None
    board = frozenset({"Harbour Board"})
    assert "same affiliation" in str(weak(Facts(affiliations=board), Facts(affiliations=board)))


def test_walks_of_life_and_countries_speak_against_a_pair() -> None:
    first, second = sorted((name("Ada Holm"), name("Ada R. Holm")), key=lambda n: n.entity_id)
    pair = Pair(first, second, "middle_initial")

    def roles(one: str, other: str) -> dict[str, Facts]:
        said = {name("Ada Holm").entity_id: one, name("Ada R. Holm").entity_id: other}
        return {i: Facts(roles=frozenset({role})) for i, role in said.items()}

    assert decide(pair, roles("finance minister", "minister of finance"), 0)
    assert decide(pair, roles("finance minister", "goalkeeper"), 0) is None
    assert decide(pair, roles("Norwegian minister", "Irish minister"), 0) is None
    assert decide(pair, roles("Norwegian minister", "Irish minister"), 1)


# --- stated, clusters ------------------------------------------------------------------------------


def test_an_acronym_follows_the_story_that_states_it() -> None:
    short, long, other = (name(t, "ORG") for t in ("IWB", "International Wool Board", "Inland Water Bureau"))
    edge = stated_edge(short, {long: 3}, agree=True)
    assert edge is not None
    assert {edge.one, edge.other} == {short.entity_id, long.entity_id}
    assert "3 stories use 'IWB' for 'International Wool Board'" in edge.evidence
    assert stated_edge(short, {long: 3, other: 2}, agree=True) is None
    assert stated_edge(short, {long: 3}, agree=False) is None


MAY, JUNE = (datetime(2024, month, 1, tzinfo=UTC) for month in (5, 6))


def edge(one: str, other: str, rule: str = "spelling") -> Edge:
    return Edge(min(one, other), max(one, other), rule, f"{one} {other}")


def test_the_name_seen_first_gives_the_id() -> None:
    merges = cluster([edge("ent-a", "ent-b"), edge("ent-b", "ent-c")], [], {"ent-b": MAY, "ent-a": JUNE})
    assert [(m.merged_id, m.entity_id) for m in merges] == [("ent-a", "ent-b"), ("ent-c", "ent-b")]
    assert merges[0].decided_at == JUNE


def test_clusters_do_not_depend_on_the_order_of_edges() -> None:
    edges = [edge("ent-a", "ent-b"), edge("ent-c", "ent-d"), edge("ent-b", "ent-c", "initials"), edge("ent-e", "ent-d")]
    assert cluster(edges, [("ent-a", "ent-d")], {}) == cluster(edges[::-1], [("ent-d", "ent-a")], {})


def test_names_kept_apart_are_never_joined_not_even_round_a_corner() -> None:
    merges = cluster([edge("ent-a", "ent-b"), edge("ent-b", "ent-c")], [("ent-a", "ent-c")], {})
    assert [(m.merged_id, m.entity_id) for m in merges] == [("ent-b", "ent-a")]


def test_strong_rules_go_first() -> None:
    merges = cluster([edge("ent-a", "ent-b", "initials"), edge("ent-b", "ent-c")], [("ent-a", "ent-c")], {})
    assert [(m.merged_id, m.rule) for m in merges] == [("ent-c", "spelling")]
