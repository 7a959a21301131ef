import ast
import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.language.tagger import Tagger, load, network
from etl.language.tagger.weights import FILE, pack_weights, parse_weights, read_weights

PACKAGE = Path(network.__file__).parent

STORY = [
    "Miners Return to Work in Zambia",
    "LUSAKA, Zambia (Reuters) - Thousands of miners went back to work in northern Zambia on Tuesday after President "
    "Michael Sata met union leaders, the Ministry of Mines said.",
    "“We have an agreement,” said Charles Banda, a spokesman for the National Union of Mineworkers. Banda said the "
    "Chinese owners had agreed to higher pay.",
    "The United Nations welcomed the deal. Analysts in London and New York did not.",
]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return load()


def names(tagger: Tagger, story: list[str]) -> list[tuple[str, str]]:
    return [(t[n.start : n.end], n.label) for t, a in zip(story, tagger.analyse(story), strict=True) for n in a.names]


def test_names_of_a_story(tagger: Tagger) -> None:
    found = names(tagger, STORY)
    for expected in [
        ("LUSAKA", "LOC"),
        ("Zambia", "LOC"),
        ("Michael Sata", "PERSON"),
        ("Charles Banda", "PERSON"),
        ("Banda", "PERSON"),
        ("Ministry of Mines", "ORG"),
        ("National Union of Mineworkers", "ORG"),
        ("Chinese", "MISC"),
        ("United Nations", "ORG"),
        ("London", "LOC"),
        ("New York", "LOC"),
        ("Reuters", "ORG"),
    ]:
        assert expected in found


def test_analysis_keeps_its_promises(tagger: Tagger) -> None:
    for text, analysis in zip(STORY, tagger.analyse(STORY), strict=True):
        assert "".join(text[a:b] for a, b in analysis.tokens) == "".join(text.split())
        assert [i for a, b in analysis.sentences for i in range(a, b)] == list(range(len(analysis.tokens)))
        starts, ends = {a for a, _ in analysis.tokens}, {b for _, b in analysis.tokens}
        assert all(n.start in starts and n.end in ends and 0 <= n.confidence <= 1 for n in analysis.names)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_text_is_analysed_with_exact_offsets(paragraphs: list[str]) -> None:
    analyses = _SHARED.analyse(paragraphs)
    assert len(analyses) == len(paragraphs)
    for text, analysis in zip(paragraphs, analyses, strict=True):
        assert "".join(text[a:b] for a, b in analysis.tokens) == "".join(text.split())
        bounds = [0] + [x for n in analysis.names for x in (n.start, n.end)]
        assert bounds == sorted(bounds)


_SHARED = load()


def test_a_story_does_not_depend_on_the_stories_before_it(tagger: Tagger) -> None:
    tagger.analyse(["Banda is a river in Peru.", "BANDA FLOODS"])
    assert tagger.analyse(STORY) == load().analyse(STORY)


def test_forgetting_word_forms_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = load().analyse(STORY)
    monkeypatch.setattr(network, "KEPT", 150)
    small = load()
    for j in range(4):
        small.analyse([f"Town{i} and Village{i} met." for i in range(30 * j, 30 * j + 30)])
        assert small.analyse(STORY) == expected


def test_headline_in_capitals_is_read_with_the_body(tagger: Tagger) -> None:
    story = ["ZAMBIA MINERS BACK AT WORK AFTER SATA DEAL", *STORY[1:]]
    assert ("ZAMBIA", "LOC") in names(tagger, story)


def test_repairs_can_be_switched_off_and_show_in_the_version() -> None:
    bare = load(repairs=False)
    assert bare.version != load().version
    assert ("Islamic State", "ORG") in names(load(), ["Islamic State fighters left Raqqa."])


def test_empty_stories_and_paragraphs(tagger: Tagger) -> None:
    assert tagger.analyse([]) == []
    assert [a.names for a in tagger.analyse(["", " \n ", "x"])] == [(), (), ()]


def test_overlong_text_is_read_in_pieces(tagger: Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    scores = tagger._network.scores
    monkeypatch.setattr(tagger._network, "scores", lambda forms: seen.append(len(forms)) or scores(forms))
    text = "Charles Banda met union leaders in Lusaka. " * 3000
    (analysis,) = tagger.analyse([text])
    assert max(seen) < 8_000
    assert sum(text[n.start : n.end] == "Charles Banda" for n in analysis.names) > 2990


def test_weights_are_small_and_checked() -> None:
    data = (PACKAGE / "data" / FILE).read_bytes()
    assert len(data) < 12_000_000
    noted = (PACKAGE / "data" / f"{FILE}.sha256").read_text().split()[0]
    card = Path(__file__).parents[3] / "docs" / "explanation" / "names-tagger.md"
    assert noted in card.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="SHA-256"):
        parse_weights(data[:-1] + b"x", noted)


def test_weights_survive_packing() -> None:
    weights = read_weights()
    data = pack_weights(weights)
    again = parse_weights(data, hashlib.sha256(data).hexdigest())
    assert again.header == weights.header
    assert all(np.array_equal(again.tables[name], table) for name, table in weights.tables.items())
    assert all(np.array_equal(again.dense[name], array) for name, array in weights.dense.items())
    assert np.array_equal(again.lexicon.vectors, weights.lexicon.vectors)


def test_runtime_imports_neither_torch_nor_spacy() -> None:
    for module in PACKAGE.glob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        imported |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert {name.split(".")[0] for name in imported}.isdisjoint({"torch", "spacy", "pickle", "training"}), module
