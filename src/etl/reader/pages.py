"""The reader's pages: a story with its marks, and the list of stories."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

from etl.reader.diff import changes
from etl.reader.marks import Mark, Piece, cut, marks_of
from etl.reader.store import Hit, StoryView, Version
from etl.report.page import escape, page, shorten

_SHOWN = 100_000
"""Characters of a text that are shown: a page must open, whatever was sent."""

_LEGEND = ("furniture", "dateline", "quote", "cue", "speaker", "mention")


@cache
def _asset(name: str) -> str:
    return (importlib.resources.files("etl.reader") / "data" / name).read_text(encoding="utf-8")


def story_page(view: StoryView, back: str) -> str:
    """The page of one story. `back` is the address of the list."""
    article = view.article
    marks = marks_of(article, view.quotes, view.mentions, "text")
    in_headline = marks_of(article, view.quotes, view.mentions, "headline")
    title = article["headline"] or "Without headline"
    body = (
        f'<header><p><a href="{escape(back)}">All stories</a></p><h1>{escape(shorten(title, 500))}</h1>'
        f"{_facts(_article_facts(view))}</header>"
        '<main id="main" tabindex="-1"><div class="layout"><div>'
        f"<h2>As delivered</h2>{_legend()}{_headline(article['headline'], in_headline)}"
        f"{_text(article['text'] or '', marks)}</div>"
        '<aside aria-label="What is marked"><div class="card" id="card" role="status">'
        "<p>Point at a mark, or reach it with the Tab key, to see rule, confidence and entity.</p></div></aside></div>"
        f"{_versions(view.versions)}{_raw(view)}{_notes([*in_headline, *marks])}</main>"
        "<footer>Made by copydesk.</footer>"
    )
    return page(title, body, script=_asset("story.js"), styles=_asset("reader.css"))


def _article_facts(view: StoryView) -> list[tuple[str, object]]:
    article = view.article
    version = f"{article['version_index']} of {article['version_count']}"
    return [
        ("byline", article["byline"]),
        ("provider", article["provider"] or article["source"] or article["distributor"]),
        ("dateline", article["dateline_text"]),
        ("published", article["published_text"]),
        ("version", version),
        ("file", article["path"] + (f"!{article['member']}" if article["member"] else "")),
        ("read as", f"{article['format']}, {article['encoding']} ({article['encoding_evidence']})"),
        ("id", article["article_id"]),
    ]


def _facts(facts: Sequence[tuple[str, object]]) -> str:
    shown = "".join(
        f"<dt>{escape(label)}</dt><dd>{escape(shorten(str(value), 500))}</dd>" for label, value in facts if value
    )
    return f'<dl class="facts">{shown}</dl>'


def _legend() -> str:
    items = "".join(f'<li><span class="mk {kind}">{kind}</span></li>' for kind in _LEGEND)
    return f'<ul class="legend" aria-label="Marks">{items}</ul>'


def _headline(text: str | None, marks: Sequence[Mark]) -> str:
    """The headline with its marks, where it has some: it may have come in a field and not stand in the text."""
    if not text or not marks:
        return ""
    linked: set[str] = set()
    return f'<h3 class="text">{"".join(_piece(text, piece, linked) for piece in cut(len(text), marks))}</h3>'


def _text(text: str, marks: Sequence[Mark]) -> str:
    shown = text[:_SHOWN]
    linked: set[str] = set()
    pieces = "".join(_piece(shown, piece, linked) for piece in cut(len(shown), marks))
    rest = f"<p>{len(text) - _SHOWN:,} more characters are not shown.</p>" if len(text) > _SHOWN else ""
    return f'<div class="text" id="text">{pieces}</div>{rest}'


def _piece(text: str, piece: Piece, linked: set[str]) -> str:
    inner = escape(text[piece.start : piece.end])
    if not piece.marks:
        return inner
    top = piece.marks[-1]
    kinds = " ".join(dict.fromkeys(mark.kind for mark in piece.marks))
    keys = " ".join(dict.fromkeys(mark.key for mark in piece.marks))
    attributes = f'class="mk {kinds}" data-n="{top.key}" data-k="{keys}" title="{escape(shorten(_hint(top), 200))}"'
    name = f"{top.kind} {top.key}"
    # One stop of the Tab key for each mark, not for each piece that it was cut into. White space is no stop.
    if name in linked or not text[piece.start : piece.end].strip():
        return f"<span {attributes}>{inner}</span>"
    linked.add(name)
    return f'<a href="#note-{top.key}" {attributes}>{inner}</a>'


def _hint(mark: Mark) -> str:
    facts = dict(mark.facts)
    return "; ".join([mark.title, *(f"{label} {facts[label]}" for label in ("rule", "confidence") if label in facts)])


def _notes(marks: Sequence[Mark]) -> str:
    notes: Mapping[str, Mark] = {mark.key: mark for mark in reversed(marks) if mark.start < _SHOWN}
    shown = "".join(
        f'<li class="note" id="note-{key}" tabindex="-1"><h3>{escape(shorten(mark.title, 300))}</h3>'
        f"{_facts(mark.facts)}</li>"
        for key, mark in reversed(list(notes.items()))
    )
    return f'<h2 id="notes">Every mark, in order</h2><ol class="notes">{shown}</ol>' if shown else ""


def _versions(versions: Sequence[Version]) -> str:
    shown = ""
    for old, new in pairwise(versions):
        parts = "".join(_change(what, text) for what, text in changes(old.body[:_SHOWN], new.body[:_SHOWN]))
        shown += (
            f"<details open><summary>Version {old.index} to version {new.index}</summary>"
            f'<div class="text">{parts}</div></details>'
        )
    return f"<h2>What changed between versions</h2>{shown}" if shown else ""


def _change(what: str, text: str) -> str:
    if what == "same":
        # Long stretches that stayed are folded to their ends.
        return escape(text if len(text) <= 600 else f"{text[:250]} […] {text[-250:]}")
    tag = "ins" if what == "added" else "del"
    return f"<{tag}>{escape(text)}</{tag}>"


def _raw(view: StoryView) -> str:
    note = f'<p class="soft">{escape(view.raw_note)}</p>'
    if view.raw is None:
        return f"<h2>The delivered bytes</h2>{note}"
    return (
        f"<h2>The delivered bytes</h2>{note}<details><summary>Show them</summary>"
        f'<pre tabindex="0">{escape(view.raw)}</pre></details>'
    )


def index_page(hits: Sequence[tuple[Hit, str, str]], *, words: str = "", static: bool = False) -> str:
    """The list of stories: hit, address, and text to search in (static pages only).

    A static page searches what it lists by itself; a served one asks the server with `?q=`.
    """
    items = "".join(_item(hit, address, text) for hit, address, text in hits)
    count = f"{len(hits)} {'story' if len(hits) == 1 else 'stories'}"
    body = (
        '<header><h1>Stories</h1><p class="soft">What stands, with every mark the desk made.</p></header>'
        '<main id="main" tabindex="-1"><form class="search" role="search" action="/" method="get">'
        f'<input type="search" id="q" name="q" value="{escape(words)}" aria-label="Search stories" '
        'placeholder="Words in headline or body" autocomplete="off"><button type="submit">Search</button></form>'
        f'<p id="count" role="status">{count}</p><ul class="stories">{items}</ul></main>'
        "<footer>Made by copydesk.</footer>"
    )
    return page("Stories", body, script=_asset("index.js") if static else "", styles=_asset("reader.css"))


def _item(hit: Hit, address: str, text: str) -> str:
    told = [hit.provider, hit.published, hit.path, f"{hit.quotes} quotations"]
    data = f' data-text="{escape(shorten(text, 20_000))}"' if text else ""
    return (
        f'<li{data}><a href="{escape(address)}">{escape(shorten(hit.headline or "Without headline", 300))}</a>'
        f'<br><span class="soft">{escape(" · ".join(part for part in told if part))}</span></li>'
    )
