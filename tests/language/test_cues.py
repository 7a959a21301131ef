"""Language data that the quotation engine runs on."""

import pytest

from etl.language.cues import LANGUAGES, load_words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_answers_what_the_engine_asks(language: str) -> None:
    assert load_words(language).sets.keys() == load_words("en").sets.keys()


def test_english_lists_several_hundred_cues() -> None:
    assert len({cue.lemma for cue in load_words("en").verbs.values()}) > 400


@pytest.mark.parametrize(
    ("form", "frame", "kind"),
    [("said", "c", "speech"), ("believes", "c", "belief"), ("urged", "x", "speech"), ("told", "a", "speech")],
)
def test_kind_of_a_frame(form: str, frame: str, kind: str) -> None:
    assert load_words("en").verbs[form].kind(frame) == kind


def test_a_particle_opens_a_frame() -> None:
    point = load_words("en").verbs["pointed"]
    assert point.kind("c") is None
    assert point.before("out").kind("c") == "speech"
