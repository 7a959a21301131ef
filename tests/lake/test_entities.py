"""One identity each over invented stories: merges, namesakes, undoing, and equal ids whatever the order of arrival."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from benchmarks.identity import Story, add_stories, outcome, remove_stories, resolve_in, scratch_lake
from etl.ids import make_id
from etl.lake import entity_changes, entity_people
from etl.lake.entities import resolve_entities
from etl.resolve.entities import name_id
from etl.resolve.entity_files import parse_overrides, parse_titles
from tests.lake.rows import row

Con = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Named:
    """A name in a story: its printed variants, and what the story says of it."""

    name: str
    label: str = "PERSON"
    role: str | None = None
    affiliation: str | None = None
    also: tuple[str, ...] = ()


def story(number: int, *names: Named) -> Story:
    article = f"art-{number:04}"
    day = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number)
    rows: Story = {
        "articles": [row("articles", article_id=article, published_at=day) | STAMPS],
        "article_entities": [],
        "mentions": [],
    }
    for named in names:
        bare = named.label == "PERSON" and " " not in named.name
        ident = make_id("ent", named.label, named.name.lower(), article) if bare else name_id(named.label, named.name)
        about = {"article_id": article, "entity_id": ident, "entity_name": named.name, "entity_type": named.label}
        rows["article_entities"].append(  # type: ignore[attr-defined]
            row(
                "article_entities",
                **about,
                scope=article if bare else "global",
                entity_role=named.role,
                entity_affiliation=named.affiliation,
            )
        )
        for text in (named.name, *named.also):
            mention = make_id("men", article, named.name, text)
            printed = row("mentions", mention_id=mention, mention_text=text, mention_rule="tagger", **about)
            rows["mentions"].append(printed)  # type: ignore[attr-defined]
    return rows


STAMPS = {"run_id": "run-1", "batch_id": "batch-1", "loaded_at": None, "seen_at": None}


@pytest.fixture
def con() -> Iterator[Con]:
    con = scratch_lake()
    yield con
    con.close()


def now_id(con: Con, number: int, name: str, label: str = "PERSON") -> str:
    """The entity that a name of a story means now."""
    mentions = dict(outcome(con)["mentions"])
    return str(mentions[make_id("men", f"art-{number:04}", name, name)])


def log(con: Con) -> list[tuple[str, str]]:
    """Variants that were merged, and the rule."""
    return con.execute(
        "SELECT alias, alias_rule FROM lake.entity_aliases WHERE merged_id <> entity_id ORDER BY ALL"
    ).fetchall()


BOARD = Named("International Wool Board", "ORG", also=("IWB",))
IWB = Named("IWB", "ORG")


def test_variants_are_one_entity_with_counts_and_times(con: Con) -> None:
    add_stories(con, [story(1, Named("Ole Varn-Lund")), story(2, Named("Ole Varn Lund")), story(3, Named("Lund"))])
    found = con.execute(
        "SELECT entity_name, article_count, mention_count, day(first_seen_at), day(last_seen_at) FROM lake.entities "
        "WHERE scope = 'global'"
    ).fetchall()
    assert found == [("Ole Varn-Lund", 2, 2, 2, 3)]
    assert log(con) == [("Ole Varn Lund", "spelling")]
    assert con.execute("SELECT count(*) FROM lake.entities").fetchall() == [(2,)]


def test_a_bare_surname_is_never_merged(con: Con) -> None:
    add_stories(con, [story(1, Named("Holm")), story(2, Named("Holm")), story(3, Named("Ada Holm", also=("Holm",)))])
    assert len({now_id(con, n, name) for n, name in ((1, "Holm"), (2, "Holm"), (3, "Ada Holm"))}) == 3
    assert log(con) == []


def test_an_acronym_is_joined_once_a_story_states_it_and_its_old_id_leads_on(con: Con) -> None:
    add_stories(con, [story(5, IWB)])
    before = now_id(con, 5, "IWB")
    add_stories(con, [story(1, BOARD)])
    after = now_id(con, 5, "IWB")
    assert after == now_id(con, 1, BOARD.name) == name_id("ORG", BOARD.name)
    assert before != after
    led = con.execute("SELECT DISTINCT entity_id FROM lake.entity_aliases WHERE merged_id = ?", [before]).fetchall()
    assert led == [(after,)]
    assert con.execute("SELECT count(*) FROM lake.entities").fetchall() == [(1,)]


def test_a_later_story_leaves_the_id_as_it_is(con: Con) -> None:
    add_stories(con, [story(1, BOARD)])
    ident = now_id(con, 1, BOARD.name)
    add_stories(con, [story(2, IWB)])
    assert now_id(con, 2, "IWB") == ident


def test_an_acronym_of_two_bodies_stays_by_itself(con: Con) -> None:
    add_stories(con, [story(1, BOARD), story(2, Named("Inland Water Bureau", "ORG", also=("IWB",))), story(3, IWB)])
    assert now_id(con, 3, "IWB") == name_id("ORG", "IWB")


def test_a_merge_is_taken_back_when_its_evidence_goes(con: Con) -> None:
    add_stories(con, [story(1, BOARD), story(2, IWB)])
    assert log(con)
    remove_stories(con, ["art-0001"])
    assert log(con) == []
    assert now_id(con, 2, "IWB") == name_id("ORG", "IWB")


def test_initials_need_company(con: Con) -> None:
    add_stories(con, [story(1, Named("A. Holm")), story(2, Named("Ada Holm"), Named("Jan Kos"))])
    assert log(con) == []
    add_stories(con, [story(3, Named("A. Holm"), Named("Jan Kos"))])
    assert log(con) == [("Ada Holm", "initials")]


def test_namesakes_are_two_entities_and_quotations_find_the_right_one(con: Con) -> None:
    minister, keeper = Named("Paul Renn", role="finance minister"), Named("Paul Renn", role="goalkeeper")
    add_stories(con, [story(1, minister)])
    add_stories(con, [story(2, keeper)])
    add_stories(con, [story(3, minister)])
    assert now_id(con, 1, "Paul Renn") == now_id(con, 3, "Paul Renn") == name_id("PERSON", "Paul Renn")
    assert now_id(con, 2, "Paul Renn") != now_id(con, 1, "Paul Renn")
    found = con.execute("SELECT article_count FROM lake.entities ORDER BY 1").fetchall()
    assert found == [(1,), (2,)]
    said = con.execute("SELECT DISTINCT alias_rule, alias_evidence FROM lake.entity_aliases ORDER BY ALL").fetchall()
    assert said == [("namesake", "said to be: finance minister"), ("namesake", "said to be: goalkeeper")]


def load(con: Con, *lines: str) -> None:
    con.execute("DELETE FROM lake.entity_overrides")
    for o in parse_overrides(lines):
        con.execute("INSERT INTO lake.entity_overrides VALUES (?, ?, ?, ?)", [o.one_id, o.other_id, o.decision, o.note])
    resolve_entities(con, None)


def test_a_curated_line_merges_keeps_apart_and_is_undone(con: Con) -> None:
    add_stories(con, [story(1, Named("Ada Holm")), story(2, Named("Ada Varn")), story(3, Named("Ada R. Holm"))])
    assert log(con) == [("Ada R. Holm", "middle_initial")]
    load(con, "merge\tPERSON\tAda Holm\tAda Varn\tmarried", "apart\tPERSON\tAda Holm\tAda R. Holm")
    assert log(con) == [("Ada Varn", "curated")]
    add_stories(con, [story(4, Named("Ada Varn")), story(5, Named("Ada R. Holm"))])
    assert log(con) == [("Ada Varn", "curated")]
    load(con)
    assert log(con) == [("Ada R. Holm", "middle_initial")]


def test_an_alias_table_joins_and_names_what_it_knows(con: Con) -> None:
    add_stories(con, [story(1, Named("Wool Board", "ORG")), story(2, Named("Woolboard", "ORG"))])
    lines = ["Wool Board\tORG\tQ11\tInternational Wool Board", "Woolboard\tORG\tQ11\tInternational Wool Board"]
    for t in parse_titles(lines):
        values = [t.alias_id, t.alias, t.entity_type, t.wikidata_id, t.wikipedia_title, t.is_ambiguous]
        con.execute("INSERT INTO lake.entity_titles VALUES (?, ?, ?, ?, ?, ?)", values)
    resolve_entities(con, None)
    assert log(con) == [("Woolboard", "alias_table")]
    found = con.execute("SELECT wikidata_id, wikipedia_title, article_count FROM lake.entities").fetchall()
    assert found == [("Q11", "International Wool Board", 2)]


def test_resolving_twice_writes_nothing(con: Con) -> None:
    add_stories(con, CORPUS)
    before = outcome(con)
    assert resolve_entities(con, None) == {"entities": 0, "entity_aliases": 0}
    assert outcome(con) == before


PEOPLE = (
    "Ada Holm",
    "A. Holm",
    "Ada R. Holm",
    "Jan Kos",
    "J. Kos",
    "Jutta Kos",
    "Ole Varn-Lund",
    "Ole Varn Lund",
    "Holm",
)
ROLES = ("minister", "goalkeeper", None, "Irish senator", "novelist", None, None)
BODIES = (BOARD, IWB, Named("Acme Wool Co", "ORG"), Named("Acme Wool Corp.", "ORG"), Named("Acme", "ORG"))


def _corpus(count: int) -> list[Story]:
    draw = random.Random(7)
    stories = []
    for number in range(count):
        people = [Named(name, role=draw.choice(ROLES)) for name in draw.sample(PEOPLE, draw.randint(1, 3))]
        stories.append(story(number, *people, *draw.sample(BODIES, draw.randint(0, 2))))
    return stories


CORPUS: Sequence[Story] = _corpus(24)
EXPECTED = resolve_in(CORPUS, 0)


def test_the_corpus_has_something_to_decide() -> None:
    rules = {line[3] for line in EXPECTED["entity_aliases"]}
    assert {"spelling", "stated", "namesake"} <= rules
    assert EXPECTED["entity_senses"]


@pytest.mark.parametrize("size", [4, 9, 0])
def test_ids_are_equal_whatever_the_order_and_the_batches(size: int) -> None:
    for seed in range(20):
        order = list(CORPUS)
        random.Random(seed).shuffle(order)
        assert resolve_in(order, size) == EXPECTED, f"seed {seed}, batches of {size or 'all'}"


@pytest.fixture
def two_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first two stories of a name settle its bearers, so that most stories of the corpus are later ones."""
    monkeypatch.setattr(entity_people, "FIRST", 2)
    monkeypatch.setattr(entity_people, "_KEPT", 3)


@pytest.mark.usefixtures("two_settle")
@pytest.mark.parametrize("size", [1, 5])
def test_later_stories_find_their_bearer_in_any_order(size: int) -> None:
    expected = resolve_in(CORPUS, 0)
    assert expected["entity_senses"] != EXPECTED["entity_senses"]
    for seed in range(6):
        order = list(CORPUS)
        random.Random(seed).shuffle(order)
        assert resolve_in(order, size) == expected, f"seed {seed}"


@pytest.mark.usefixtures("two_settle")
def test_a_later_namesake_is_somebody_else_and_a_silent_story_is_not(con: Con) -> None:
    minister, silent = Named("Paul Renn", role="finance minister"), Named("Paul Renn")
    add_stories(con, [story(1, minister), story(2, minister), story(3, Named("Paul Renn", role="goalkeeper"))])
    add_stories(con, [story(4, silent), story(5, Named("Paul Renn", role="striker"))])
    ids = [now_id(con, n, "Paul Renn") for n in range(1, 6)]
    assert ids[0] == ids[1] == ids[3] == name_id("PERSON", "Paul Renn")
    assert ids[2] == ids[4] != ids[0]


def test_what_is_left_after_stories_went_is_as_if_they_had_never_come(con: Con) -> None:
    add_stories(con, CORPUS)
    went = [row["article_id"] for story in CORPUS[::3] for row in story["articles"]]
    remove_stories(con, went)
    kept = [s for n, s in enumerate(CORPUS) if n % 3]
    assert outcome(con) == resolve_in(kept, 0)


def test_an_article_that_names_an_entity_by_two_names_is_counted_once(con: Con) -> None:
    add_stories(con, [story(1, Named("Acme Wool Co", "ORG"), Named("Acme Wool Corp.", "ORG"))])
    found = con.execute("SELECT article_count, mention_count FROM lake.entities").fetchall()
    assert found == [(1, 2)]


def test_all_names_at_once_or_some_articles_at_a_time(con: Con, monkeypatch: pytest.MonkeyPatch) -> None:
    add_stories(con, CORPUS)
    before = outcome(con)
    monkeypatch.setattr(entity_changes, "AT_ONCE", 7)
    assert resolve_entities(con, None) == {"entities": 0, "entity_aliases": 0}
    assert outcome(con) == before
