"""Near-duplicates: copies however an outlet has cut them, and stories that only look alike."""

import random
import re
from datetime import UTC, datetime

import pytest

from benchmarks.tasks.dedup import predict
from etl.resolve.clusters import cluster_texts
from etl.resolve.shingles import text_grams, verified_pairs
from etl.resolve.syndication import Document, find_copies, over_outlets

_SUBJECTS = re.findall(
    r"\w+", "board mayor council harbour union school court river bank farm station museum clinic bridge fund"
)
_VERBS = re.findall(
    r"\w+", "backed delayed questioned approved rejected opened studied funded closed praised moved reviewed"
)
_ENDS = re.findall(
    r"\w+", "before winter in a short vote despite costs near the old quay for two years after long talks"
)


def paragraphs(seed: int, count: int = 6) -> list[str]:
    """Invented paragraphs of some forty words each; the same seed gives the same ones."""
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        words = []
        for _ in range(8):
            words += [rng.choice(_SUBJECTS), f"number {rng.randrange(10_000)}", rng.choice(_VERBS), rng.choice(_ENDS)]
        made.append(" ".join(words).capitalize() + ".")
    return made


STORY = paragraphs(1)


def text(parts: list[str]) -> str:
    return "\n".join(parts)


@pytest.mark.parametrize(
    "copy",
    [
        STORY[:2],
        [paragraphs(2, 1)[0], *STORY],
        [*STORY, "All rights reserved. Sign up for our morning letter."],
        STORY[::-1],
        [*STORY[:3], *paragraphs(3, 2), *STORY[3:]],
        [p.upper().replace(".", " ...") for p in STORY],
        [" ".join(STORY)],
    ],
    ids=["truncated", "new lead", "standing text", "reordered", "local paragraphs", "capitals", "run together"],
)
def test_a_copy_is_found(copy: list[str]) -> None:
    labels, _ = cluster_texts([text(STORY), text(paragraphs(9)), text(copy)])
    assert labels == [0, 1, 0]


def test_stories_of_one_formula_stay_apart() -> None:
    briefs = [
        f"Company {n} said its board declared a quarterly dividend of {n} cents a share, payable on day {n}. "
        f"Shares of company {n} closed at {n * 7} on volume of {n * 13} thousand. The firm of town {n} makes tools."
        for n in range(100, 190)
    ]
    labels, _ = cluster_texts(briefs)
    assert labels == list(range(90))


def test_a_paragraph_of_another_story_does_not_chain_two_clusters() -> None:
    one, other = paragraphs(4), paragraphs(5)
    mixed = [*one[:3], *other[:2]]
    texts = [text(one), text([*one, "Copy."]), text(mixed), text(other), text(other[1:])]
    labels, pairs = cluster_texts(texts)
    assert {(a, b) for a, b, _ in pairs} >= {(0, 2), (2, 3)}
    assert labels == [0, 0, 0, 3, 3]


def test_more_copies_than_a_common_gram_may_have_still_cluster() -> None:
    labels, _ = cluster_texts([text(STORY)] * 200 + [text(STORY[:3])])
    assert set(labels) == {0}


@pytest.mark.parametrize("words", ["", "Short.", "Three words only"], ids=["empty", "word", "three"])
def test_texts_too_short_to_compare_stand_alone(words: str) -> None:
    assert cluster_texts([words, words, "something else"])[0] == [0, 1, 2]


def test_the_share_is_of_the_shorter_text() -> None:
    whole, part = text(STORY), text(STORY[:3])
    (pair,) = verified_pairs(text_grams([whole, part]))
    assert pair == (0, 1, 1.0)


def _documents() -> list[Document]:
    day = datetime(2024, 5, 1, tzinfo=UTC)
    stories = [paragraphs(n) for n in range(20, 26)]
    found = []
    for number, story in enumerate(stories):
        found.append(Document(f"a{number}", text(story), "meridian", "meridian", day.replace(hour=5)))
        found.append(Document(f"b{number}", text(story[: 2 + number % 3]), "herald", "meridian", day.replace(hour=4)))
        found.append(Document(f"c{number}", text([*paragraphs(90 + number, 1), *story]), "", "", day.replace(hour=3)))
    return found


def test_clusters_do_not_depend_on_order_and_name_the_agencys_copy() -> None:
    documents = _documents()
    expected, pairs = find_copies(documents)
    rng = random.Random(0)
    for _ in range(10):
        rng.shuffle(documents)
        copies, found = find_copies(documents)
        assert sorted(copies, key=lambda c: c.article_id) == sorted(expected, key=lambda c: c.article_id)
        assert sorted(found) == sorted(pairs)
    assert {c.cluster_id for c in expected} == {f"a{n}" for n in range(6)}
    assert {c.article_id for c in expected if c.is_representative} == {f"a{n}" for n in range(6)}
    assert {c.article_id for c in expected if c.is_origin} == {f"a{n}" for n in range(6)}
    herald = next(c for c in expected if c.article_id == "b0")
    assert (herald.similar_to, herald.similarity) == ("a0", 1.0)


def test_versions_of_one_story_are_not_syndication() -> None:
    copies, _ = find_copies(_documents())
    stories = {f"{letter}{n}": f"story {n}" for letter in "abc" for n in range(6)}
    assert over_outlets(copies, stories) == []
    assert {c.cluster_id for c in over_outlets(copies, stories | {"b3": "herald's own"})} == {"a3"}


def test_the_benchmark_task_gives_a_line_for_each_document_in_order() -> None:
    documents: list[dict[str, object]] = [{"doc_id": d.article_id, "text": d.text} for d in _documents()]
    lines = list(predict(documents))
    assert [line["doc_id"] for line in lines] == [d["doc_id"] for d in documents]
    assert len({line["cluster"] for line in lines}) == 6


def test_where_no_copy_is_an_agencys_own_those_that_credit_nobody_are_the_origin() -> None:
    without = [d for d in _documents() if d.provider != "meridian"]
    copies, _ = find_copies(without)
    assert {c.article_id for c in copies if c.is_origin} == {f"c{n}" for n in range(6)}
