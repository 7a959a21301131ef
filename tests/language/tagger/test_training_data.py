"""The parts of training that need no PyTorch."""

import random
from pathlib import Path

import pytest

import training
from training.corpora import TAGS, UNKNOWN, Corpus, mark_compounds, read_lists, spans_of, to_sentence, trim, write_out
from training.furniture import Furniture

LISTS = read_lists(Path(training.__file__).parent / "lists.txt")
B_PER, I_PER, B_LOC, B_MISC = (TAGS.index(tag) for tag in ("B-PER", "I-PER", "B-LOC", "B-MISC"))


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (["He", "did", "n't", "go", ",", "she", "said", "."], "He didn't go, she said."),
        (["``", "No", "''", ",", "he", "said"], '"No", he said'),
        (["the", "-LRB-", "old", "-RRB-", "town", "'s", "wall"], "the (old) town's wall"),
        (["paid", "$", "5", "%"], "paid $5%"),
    ],
)
def test_tokens_are_written_out_as_running_text(tokens: list[str], text: str) -> None:
    written, places = write_out(tokens)
    assert written == text
    assert len(places) == len(tokens)


def test_hyphens_are_joined_where_the_corpus_cuts_them() -> None:
    assert write_out(["Anne", "-", "Marie", "left"], join_hyphens=True)[0] == "Anne-Marie left"


def test_names_are_carried_over_to_runtime_tokens() -> None:
    words, tags = to_sentence(["Ada", "Bello", "'s", "Mopti"], [(0, 2, "PER"), (3, 4, "LOC")])
    assert words == ["Ada", "Bello", "'s", "Mopti"]
    assert tags == [B_PER, I_PER, 0, B_LOC]


def test_a_word_that_a_name_covers_in_part_is_unknown() -> None:
    assert to_sentence(["pro", "-", "Malian"], [(2, 3, "MISC")], join_hyphens=True) == (["pro-Malian"], [UNKNOWN])


def test_titles_articles_and_possessives_are_trimmed() -> None:
    assert trim(["President", "Ada", "Bello", "'s"], (0, 4, "PER"), LISTS["titles"]) == (1, 3, "PER")
    assert trim(["the", "Court"], (0, 2, "ORG")) == (1, 2, "ORG")
    assert trim(["President"], (0, 1, "PER"), LISTS["titles"]) is None


def test_spans_of_tags() -> None:
    assert spans_of(["B-PER", "I-PER", "O", "I-LOC", "B-LOC"]) == [(0, 2, "PER"), (3, 4, "LOC"), (4, 5, "LOC")]


def test_compound_takes_the_label_its_name_has_elsewhere() -> None:
    marked = (["Mopti"], [B_LOC])
    compound = (["Mopti", "-", "based"], [0, 0, 0])
    strange = (["Zzyzx", "-", "based"], [0, 0, 0])
    mark_compounds(Corpus("made", [[marked, marked, compound, strange]]))
    assert compound[1] == [B_LOC, 0, 0]
    assert strange[1] == [UNKNOWN, 0, 0]


def test_furniture_is_seeded_and_well_formed() -> None:
    story = [(["Ada", "Bello", "of", "Mopti"], [B_PER, I_PER, 0, B_LOC]), (["Malian", "x"], [B_MISC, 0])]
    story.append((["Court"], [TAGS.index("B-ORG")]))
    corpora = [Corpus("made", [story])]

    def write(seed: int) -> list[tuple[list[str], list[int]]]:
        made = Furniture(corpora, ["Ghent", "Porto Novo"], LISTS, random.Random(seed))
        return [made.dateline(), made.byline(), made.headline(), *made.table(), *made.brief()]

    assert write(3) == write(3)
    for seed in range(30):
        for words, tags in write(seed):
            assert len(words) == len(tags)
            assert all(words)
            assert not any("{" in word or "@" in word for word in words)
