"""The alias table and the curated file: what they may hold, and what is said of what they may not."""

import pytest

from etl.resolve.entities import name_id
from etl.resolve.entity_files import EntityFileError, parse_overrides, parse_titles


def test_an_alias_table() -> None:
    found = parse_titles(
        ["# name, type, id, title", "Ada Holm\tPERSON\tQ1\tAda Holm (politician)", "", "IWB\tORG\tQ2\t", "IWB\tORG\tQ3"]
    )
    assert [(t.alias, t.wikidata_id, t.wikipedia_title, t.is_ambiguous) for t in found] == [
        ("Ada Holm", "Q1", "Ada Holm (politician)", False),
        ("IWB", "Q2", None, True),
        ("IWB", "Q3", None, True),
    ]
    assert found[0].alias_id == name_id("PERSON", "ada holm")


def test_a_place_may_be_named_by_its_geonames_id() -> None:
    by_id, by_name = parse_titles(["Varnby\tGPE\tQ4\tVarnby\t123", "Varnby\tGPE\tQ4\tVarnby"])
    assert by_id.alias_id != by_name.alias_id


def test_a_curated_file() -> None:
    merge, apart = parse_overrides(
        ["merge\tPERSON\tAda Holm\tAda Varn\tmarried in 2023", "apart\tORG\tent-0123\tInternational Wool Board"]
    )
    assert (merge.decision, merge.note) == ("merge", "married in 2023")
    assert {merge.one_id, merge.other_id} == {name_id("PERSON", "Ada Holm"), name_id("PERSON", "Ada Varn")}
    assert (apart.decision, apart.note) == ("apart", None)
    assert "ent-0123" in (apart.one_id, apart.other_id)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["join\tPERSON\ta b\tc d"], "line 1: decision 'join', must be merge or apart"),
        (["merge\tMAN\ta b\tc d"], "line 1: type 'MAN'"),
        (["# x", "merge\tPERSON\ta b"], "line 2: 3 columns"),
        (["merge\tPERSON\tA b\ta B"], "are one name"),
        (["merge\tPERSON\ta b\tc d", "apart\tPERSON\tc d\ta b"], "line 2: says apart of a pair"),
    ],
)
def test_a_wrong_curated_line_is_named(lines: list[str], said: str) -> None:
    with pytest.raises(EntityFileError, match=said):
        parse_overrides(lines)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Ada Holm\tPERSON\t42\tAda", "Wikidata id '42'"),
        ("Ada Holm\tHUMAN\tQ42\tAda", "type 'HUMAN'"),
        ("Ada Holm", "1 columns"),
        ("Varnby\tGPE\tQ4\tVarnby\tx", "GeoNames id 'x'"),
    ],
)
def test_a_wrong_alias_line_is_named(line: str, said: str) -> None:
    with pytest.raises(EntityFileError, match=said):
        parse_titles([line])
