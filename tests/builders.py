"""Small records for tests: an article whose whole text is body, one paragraph a line."""

from etl.records import Article, Paragraph, Span, Story


def plain_article(text: str, headline: str | None = None) -> Article:
    """An article as the desk would hand it over had it found nothing but body text."""
    paragraphs = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            left = start + len(line) - len(line.lstrip())
            paragraphs.append(Paragraph(len(paragraphs), left, left + len(line.strip())))
        start += len(line) + 1
    return Article(
        story=Story(format="plain", byte_offset=0, byte_length=len(text.encode()), text=text, headline=headline),
        spans=(Span(0, len(text), "body", "test"),) if text else (),
        paragraphs=tuple(paragraphs),
        headline=headline,
        headline_start=None,
        dateline=None,
        credits=(),
        byline=None,
        agency=None,
        source=None,
        bureau=None,
        distributor=None,
        source_url=None,
        copyright=None,
        copyright_year=None,
        copyright_holder=None,
        embargo=None,
        published=None,
        ednote=None,
        signals=(),
        status="usable",
        item_kind="story",
        kills=(),
        language="en",
        language_evidence="declared",
    )
