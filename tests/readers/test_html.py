import json
import time
from pathlib import Path

import pytest
from cases import cases, check_case, check_whole, claims, delivery, inputs, mutations
from hypothesis import given, settings

from etl.readers import html
from etl.records import Limits, Reject, Related, Story

LD = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "Organization", "@id": "#desk", "name": "Port Herald"},
        {"@type": "Person", "@id": "#mara", "name": "Mara Olde"},
        {
            "@type": "NewsArticle",
            "headline": "Ferry runs aground off Old Harbor",
            "author": [{"@id": "#mara"}, {"@type": "Person", "name": "By Ole Dahl"}],
            "publisher": {"@id": "#desk"},
            "datePublished": "2018-01-30T12:29:57-05:00",
            "dateModified": "2018-01-30T14:00:00-05:00",
            "articleSection": "World",
        },
    ],
}
PARAGRAPHS = [
    "OLD HARBOR (PH) — A ferry with 80 people on board ran aground on Tuesday off Old Harbor, the coast guard said.",
    "“We were lucky,” said its captain, Ole Brandt. The sea was calm, and the boats came out within the hour.",
    "The ferry, built in 1974, was on its way to Peles when it left the channel in fog.",
]


def page(
    body: str | None = None,
    ld: object = LD,
    title: str = "Ferry runs aground off Old Harbor - Port Herald",
    more: str = "",
) -> bytes:
    text = "".join(f"<p>{line}</p>\n" for line in PARAGRAPHS)
    content = (
        body if body is not None else f"<article><h1>Ferry runs aground off Old Harbor</h1><div>{text}</div></article>"
    )
    script = f'<script type="application/ld+json">{json.dumps(ld)}</script>' if ld is not None else ""
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>{script}{more}</head>'
        f"<body><nav><a href=/>Home</a></nav>{content}<footer>Port Herald</footer></body></html>"
    ).encode()


def read_all(data: bytes, limits: Limits | None = None) -> list[Story | Reject]:
    return list(html.read(delivery(data, limits=limits)))


def one(data: bytes) -> Story:
    (story,) = read_all(data)
    assert isinstance(story, Story), story
    return story


def reason(data: bytes, limits: Limits | None = None) -> str | None:
    (item,) = read_all(data, limits)
    return getattr(item, "reason", None)


@pytest.mark.parametrize("folder", cases("html"))
def test_golden(folder: Path, is_updating_golden: bool) -> None:
    check_case(folder, is_updating_golden)


def test_json_ld_fills_the_fields() -> None:
    story = one(page(more='<meta property="og:image" content="https://herald.example/f.jpg">'))
    assert story.headline == "Ferry runs aground off Old Harbor"
    assert story.bylines == ("Mara Olde", "Ole Dahl")
    assert (story.provider, story.language, story.categories) == ("Port Herald", "en-GB", ("World",))
    assert story.published is not None
    assert story.published.when.isoformat() == "2018-01-30T12:29:57-05:00"
    assert story.versioned is not None
    assert story.related == (Related("picture", "https://herald.example/f.jpg"),)
    assert story.text.split("\n") == PARAGRAPHS


def test_meta_elements_stand_in_for_json_ld() -> None:
    more = (
        '<meta property="og:title" content="Ferry runs aground | Port Herald">'
        '<meta name="author" content="By Mara Olde and Ole Dahl">'
        '<meta property="article:published_time" content="2018-01-30 12:29:57 -05:00">'
        '<meta property="og:site_name" content="Port Herald">'
    )
    story = one(page(ld=None, more=more))
    assert story.headline == "Ferry runs aground"
    assert story.bylines == ("Mara Olde", "Ole Dahl")
    assert story.published is not None
    assert story.published.when.isoformat() == "2018-01-30T12:29:57-05:00"


def test_the_page_itself_stands_in_for_both() -> None:
    text = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    top = "<h1>Ferry runs aground</h1><div class='byline'>By Mara Olde</div><i class=date>30 January 2018, 12:29</i>"
    story = one(page(top + text, ld=None))
    assert (story.headline, story.bylines) == ("Ferry runs aground", ("Mara Olde",))
    assert story.published is not None
    assert story.published.when.isoformat() == "2018-01-30T12:29:00"
    assert story.text.split("\n") == PARAGRAPHS


def test_a_writer_elsewhere_counts_more_than_the_publisher_as_author() -> None:
    ld = {
        "@type": "NewsArticle",
        "headline": "Ferry",
        "author": {"name": "Port Herald"},
        "publisher": {"name": "Port Herald"},
    }
    assert one(page(ld=ld, more='<meta name="author" content="Mara Olde">')).bylines == ("Mara Olde",)
    assert one(page(ld=ld)).bylines == ("Port Herald",)


@pytest.mark.parametrize(
    ("printed", "when"),
    [
        ("Tue Jan 30 19:20:36 CET 2018", "2018-01-30T19:20:36+01:00"),
        ("2018-01-30T12:29Z", "2018-01-30T12:29:00+00:00"),
        ("Tue, 30 Jan 2018 12:29:57 GMT", "2018-01-30T12:29:57+00:00"),
    ],
    ids=["java", "iso", "mail"],
)
def test_times_for_machines(printed: str, when: str) -> None:
    published = one(page(ld={"@type": "Article", "headline": "x", "datePublished": printed})).published
    assert published is not None
    assert published.when.isoformat() == when


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("30.01.2018, 12:29 Uhr", "2018-01-30T12:29:00"),
        ("Do 25.01.18 | 14:07 Uhr", "2018-01-25T14:07:00"),
        ("January 30, 2018 at 2:07 p.m.", "2018-01-30T14:07:00"),
        ("30 de enero de 2018", "2018-01-30T00:00:00"),
        ("2018年1月30日 12時", "2018-01-30T00:00:00"),
        ("2018.01.30. 18:40", "2018-01-30T18:40:00"),
    ],
)
def test_times_for_readers(line: str, when: str) -> None:
    text = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    published = one(
        page(f"<h1>Ferry runs aground</h1><span class='date'>{line}</span>{text}" + text, ld=None)
    ).published
    assert published is not None
    assert published.when.isoformat() == when


FURNITURE = [
    '<div class="related-articles"><p>Read about the last ferry that ran aground here.</p></div>',
    "<aside><p>Sign up for our morning letter and never miss a ferry again, we promise you that.</p></aside>",
    '<div class="c-share-bar"><p>Share this with all of your friends in every port of the world today.</p></div>',
    '<ul><li><a href="/1">Another ferry story that is only a link to another page</a></li></ul>',
    '<figure><img src="f.jpg"><figcaption>The ferry on the rocks on Tuesday. Photo: A. Person</figcaption></figure>',
    '<div class="comment-list"><div class="comment"><p>I was on this ferry and it was all wrong.</p></div></div>',
    '<p style="display: none">This text is hidden and is for no reader of the page, ever.</p>',
    '<a href="/2"><div><h3>Ferries of the world</h3><p>A card that is one link, heading and all.</p></div></a>',
    "<script>var text = 'not text at all, but a script';</script>",
]


@pytest.mark.parametrize("furniture", FURNITURE)
def test_furniture_is_not_text(furniture: str) -> None:
    lines = [f"<p>{line}</p>" for line in PARAGRAPHS]
    inner = f"{lines[0]}{furniture}{lines[1]}{lines[2]}{furniture}"
    assert (
        one(page(f"<article><h1>Ferry runs aground off Old Harbor</h1>{inner}</article>")).text.split("\n")
        == PARAGRAPHS
    )


def test_text_in_sections_is_taken_whole() -> None:
    sections = "".join(f'<div class="section"><div><p>{line}</p></div></div>' for line in PARAGRAPHS * 3)
    assert one(page(f"<main>{sections}</main>")).text.split("\n") == PARAGRAPHS * 3


def test_one_form_round_the_whole_page_is_no_furniture() -> None:
    text = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    assert one(page(f"<form>{text}</form>")).text.split("\n") == PARAGRAPHS


def test_line_breaks_make_paragraphs_where_there_are_no_p_elements() -> None:
    assert one(page("<div>" + "<br><br>".join(PARAGRAPHS) + "</div>")).text.split("\n") == PARAGRAPHS


def test_inline_elements_keep_their_text_and_tails() -> None:
    body = (
        "<article>"
        + "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
        + "<p>It is <b>the <i>third</i></b> ferry.</p></article>"
    )
    assert one(page(body)).text.split("\n")[-1] == "It is the third ferry."


def test_subheads_are_blocks() -> None:
    body = f"<article><p>{PARAGRAPHS[0]}</p><h2>In the fog</h2><p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p></article>"
    story = one(page(body))
    assert [(block.label, story.text[block.start : block.end]) for block in story.blocks] == [("subhead", "In the fog")]


def test_a_page_that_shows_less_than_it_states_is_read_from_what_it_states() -> None:
    ld = {"@type": "NewsArticle", "headline": "Ferry runs aground", "articleBody": "\n".join(PARAGRAPHS)}
    assert one(page(f"<article><p>{PARAGRAPHS[0]}</p></article>", ld=ld)).text.split("\n") == PARAGRAPHS


@pytest.mark.parametrize(
    "title", ["503 Service Unavailable", "Page not found", "Just a moment...", "Access Denied", "404"]
)
def test_error_pages_are_refused(title: str) -> None:
    assert reason(page(title=title)) == "error_page"


def test_pages_without_a_story_are_refused() -> None:
    assert reason(page("<h1>Try again later</h1>", ld=None, title="Hello")) == "no_article"
    assert reason(page("<div id=app></div>")) == "no_text"
    assert reason(b"<!DOCTYPE html>") in ("empty", "no_article")


def test_a_page_that_breaks_off_is_refused() -> None:
    data = page()
    assert reason(data[: data.index(b"said its captain")]) == "truncated"


def test_the_declared_character_set_is_tried() -> None:
    data = page().replace(b"utf-8", b"windows-1252")
    story = one(data.decode().encode("cp1252"))
    assert story.text.split("\n") == PARAGRAPHS
    assert (story.encoding, story.encoding_evidence) == ("cp1252", "declared")


def test_json_ld_with_raw_line_ends_and_comment_marks() -> None:
    data = page(
        ld=None, more='<script type="application/ld+json"><!-- {"@type": "Article", "headline": "A\nB", } --></script>'
    )
    assert one(data).headline == "A B"


def test_hostile_pages_are_bounded() -> None:
    start = time.monotonic()
    assert reason(b"<html><body>" + b"<div>" * 5000 + b"x" * 500 + b"</div>" * 5000 + b"</html>") == "too_deep"
    nested = "<form>" * 200 + "x " * 200_000 + "</form>" * 200
    read_all(page(nested))
    read_all(page(title=" - ".join("ab" for _ in range(50_000))))
    read_all(page('<div class="' + "a-" * 100_000 + '"><p>text</p></div>'))
    assert reason(page(), Limits(max_story_bytes=100)) == "too_large"
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("data", [b"", b"<nitf/>", b"<rss/>", b"html"], ids=["empty", "nitf", "rss", "text"])
def test_claims_nothing_else(data: bytes) -> None:
    assert "html" not in claims(data)


TOKENS = [
    b"<p>",
    b"</p>",
    b"<div>",
    b"</div>",
    b"<script>",
    b"<!--",
    b"]]>",
    b"</html>",
    b'"@type"',
    b"{",
    b"[[[[",
    b"\x00",
    b"<a ",
]


@settings(max_examples=200, deadline=2000)
@given(mutations([page(), *inputs("html")], TOKENS))
def test_mutated_pages_give_stories_or_rejects(data: bytes) -> None:
    check_whole(data, read_all(data))
