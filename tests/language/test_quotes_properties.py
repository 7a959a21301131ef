"""Whatever marks a story holds, quotations lie in the text, tile no further than it, and nothing raises."""

from hypothesis import given, settings
from hypothesis import strategies as st

from etl.language.cues import load_words
from etl.language.model import Analysis
from etl.language.quotes import find_quotes
from etl.language.shallow import ShallowParser
from etl.records import Quote
from tests.builders import plain_article

PIECES = (
    "“", "”", '"', "'", "‘", "’", "``", "''", "«", "»", "„", "said", "Smith", "he", "She", "told", "according to",
    ":", ",", ".", "?", "—", "(", ")", "that", "the", "Q:", "A:", "BROWN:", "we", "left", "12\"", "6'",
    "\n", "\n\n", "as", "and",
)  # fmt: skip
PARSER = ShallowParser(load_words("en"))


def read(text: str) -> tuple[Quote, ...]:
    article = plain_article(text)
    return find_quotes(article, [(p, Analysis((), (), ())) for p in article.paragraphs], (), (), PARSER)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
def test_any_marks(text: str) -> None:
    quotes = read(text)
    assert quotes == read(text)
    for quote in quotes:
        assert 0 <= quote.start < quote.end <= len(text)
        assert 0 <= quote.confidence <= 1
        if quote.speaker_start is not None and quote.speaker_end is not None:
            assert 0 <= quote.speaker_start < quote.speaker_end <= len(text)
    assert [q.utterance for q in quotes] == sorted(q.utterance for q in quotes)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_any_text(text: str) -> None:
    read(text)
