"""Near-duplicates: copies however an outlet has cut them, and stories that only look alike."""

import random
import re
from datetime import UTC, datetime

import numpy as np
import pytest

from benchmarks.tasks.dedup import predict
from etl.resolve.clusters import cluster_texts
from etl.resolve.pairing import TOO_COMMON, Counted, count_shared, counted, facts_of, postings, verified
from etl.resolve.records import Copy
from etl.resolve.shingles import Sketches, sketch
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
    _, pairs = cluster_texts([whole, part])
    assert pairs == [(0, 1, 1.0)]


def test_briefs_of_one_formula_with_other_figures_are_no_copies() -> None:
    brief = (
        "{} Bank is issuing a {} mln dlr eurobond due April {}, {} paying {} pct and priced at {} pct, lead manager "
        "{} said. The bond is available in denominations of 1,000 dlrs and will be listed in Luxembourg."
    )
    one = brief.format("Harbor", 50, 3, 1992, "8-1/2", "101-1/4", "Meridian International")
    other = brief.format("Quayside", 75, 9, 1994, "9-3/8", "100-7/8", "Coastline Trust")
    corrected = one.replace("101-1/4", "101-3/4")
    labels, _ = cluster_texts([one, other, corrected])
    assert labels == [0, 1, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "The central bank entered the securities market to arrange 1.5 billion dlrs of repurchase agreements, a "
            "spokesman said. Dealers said overnight funds were trading at 6-3/16 pct when the bank began its supply.",
            "The central bank entered the securities market to arrange two billion dlrs of repurchase agreements, a "
            "spokesman said. Dealers said overnight funds were trading at 6-5/16 pct when the bank began its supply.",
        ),
        (
            "Mthly div 7.1 cts vs 7.1 cts prior Pay March 31 Record March 16 Quayside Insured Tax-Free Income Fund.",
            "Mthly div 7.1 cts vs 7.1 cts prior Pay March 31 Record March 16 Quayside High-Yield Tax-Free Income Fund.",
        ),
        (
            "Harbor Finance is issuing a 100 mln dlr eurobond due April 9, 1992 paying 8-3/4 pct and priced at 100-3/4 "
            "pct, lead manager Meridian Ltd said. The bond is available in denominations of 1,000 and 10,000 dlrs.",
            "Coastline Bank is issuing a 100 mln dlr eurobond due April 15, 1992 paying 8-1/2 pct and priced at "
            "100-5/8 pct, lead manager Meridian Ltd said. The bond is available in denominations of 1,000 and 10,000 "
            "dlrs.",
        ),
    ],
    ids=["one figure and a word", "a name in a line of figures", "years and powers of ten"],
)
def test_briefs_that_differ_in_what_they_say_stay_apart(one: str, other: str) -> None:
    assert cluster_texts([one, other])[0] == [0, 1]


def test_the_opening_of_a_brief_is_a_copy_of_it() -> None:
    brief = "Two crews freed the ferry from the bar off Larkfield on Tuesday after six hours. Nobody on board was hurt."
    opening = brief.partition(".")[0]
    assert cluster_texts([brief, opening])[0] == [0, 0]


def _pairs_in_batches(found: Sketches, order: list[int], size: int) -> dict[tuple[int, int], tuple[int, float]]:
    """The verified pairs when the texts come in batches of this size, as the lake keeps them."""
    known, kept = found.take(np.array(order)), np.empty(0, np.int64)
    numbers = np.arange(len(order))
    facts = facts_of(known, numbers)
    pairs: dict[tuple[int, int], tuple[int, float]] = {}

    def keep(some: Counted) -> None:
        checked = verified(some, facts, known.figures.take)
        rows = zip(checked.left.tolist(), checked.right.tolist(), checked.count.tolist(), checked.share, strict=True)
        pairs.update({(a, b): (count, float(share)) for a, b, count, share in rows})

    for start in range(0, len(order), size):
        batch = numbers[start : start + size]
        shared, taken, more = count_shared(kept, postings(known.grams.take(batch), batch), start)
        kept = np.concatenate([kept, more])
        keep(shared)
        for a, b, count in zip(taken.left.tolist(), taken.right.tolist(), taken.count.tolist(), strict=True):
            if (a, b) in pairs:
                left = pairs.pop((a, b))[0] - count
                keep(counted(*(np.array([value]) for value in (a, b, left))))
    ids = known.text_ids.tolist()
    return {(min(ids[a], ids[b]), max(ids[a], ids[b])): shared for (a, b), shared in pairs.items()}


@pytest.mark.parametrize("size", [1, 3, 17, 90])
def test_pairs_do_not_depend_on_order_or_batches_though_grams_become_common(size: int) -> None:
    phrase = " ".join(text(paragraphs(77, 1)).split()[:30])
    briefs = [f"{phrase} {' '.join(text(paragraphs(200 + n, 1)).split()[:10])}" for n in range(8)]
    common = [f"{phrase} {text(paragraphs(300 + n, 1))}" for n in range(TOO_COMMON + 10)]
    found = sketch([*briefs, *common])
    order = list(range(len(found.text_ids)))
    whole = _pairs_in_batches(found, order, len(order))
    rng = random.Random(size)
    for _ in range(3):
        rng.shuffle(order)
        assert _pairs_in_batches(found, order, size) == whole
    early = _pairs_in_batches(sketch(briefs), list(range(8)), 8)
    assert len(early) == 28, "alike by their phrase"
    assert not set(early) & set(whole), "the phrase has become common"


def _documents() -> list[tuple[Document, str]]:
    day = datetime(2024, 5, 1, tzinfo=UTC)
    found = []
    for number, story in enumerate([paragraphs(n) for n in range(20, 26)]):
        for name, words, provider, agency, hour in (
            ("a", story, "meridian", "meridian", 5),
            ("b", story[: 2 + number % 3], "herald", "meridian", 4),
            ("c", [*paragraphs(90 + number, 1), *story], "", "", 3),
        ):
            text_id = int(sketch([text(words)]).text_ids[0])
            document = Document(f"{name}{number}", text_id, provider, agency, day.replace(hour=hour))
            found.append((document, text(words)))
    return found


def _copies(documents: list[tuple[Document, str]]) -> list[Copy]:
    _, pairs = cluster_texts([words for _, words in documents])
    ids = [document.text_id for document, _ in documents]
    named = [(*sorted((ids[a], ids[b])), share) for a, b, share in pairs]
    return sorted(find_copies([d for d, _ in documents], named), key=lambda c: c.article_id)  # type: ignore[arg-type]


def test_clusters_do_not_depend_on_order_and_name_the_agencys_copy() -> None:
    documents = _documents()
    expected = _copies(documents)
    rng = random.Random(0)
    for _ in range(10):
        rng.shuffle(documents)
        assert _copies(documents) == expected
    assert {c.cluster_id for c in expected} == {f"a{n}" for n in range(6)}
    assert {c.article_id for c in expected if c.is_representative} == {f"a{n}" for n in range(6)}
    assert {c.article_id for c in expected if c.is_origin} == {f"a{n}" for n in range(6)}
    herald = next(c for c in expected if c.article_id == "b0")
    assert (herald.similar_to, herald.similarity) == ("a0", 1.0)


def test_versions_of_one_story_are_not_syndication() -> None:
    copies = _copies(_documents())
    stories = {f"{letter}{n}": f"story {n}" for letter in "abc" for n in range(6)}
    assert over_outlets(copies, stories) == []
    assert {c.cluster_id for c in over_outlets(copies, stories | {"b3": "herald's own"})} == {"a3"}


def test_the_benchmark_task_gives_a_line_for_each_document_in_order() -> None:
    documents: list[dict[str, object]] = [{"doc_id": d.article_id, "text": words} for d, words in _documents()]
    lines = list(predict(documents))
    assert [line["doc_id"] for line in lines] == [d["doc_id"] for d in documents]
    assert len({line["cluster"] for line in lines}) == 6


def test_where_no_copy_is_an_agencys_own_those_that_credit_nobody_are_the_origin() -> None:
    without = [(d, words) for d, words in _documents() if d.provider != "meridian"]
    assert {c.article_id for c in _copies(without) if c.is_origin} == {f"c{n}" for n in range(6)}
