"""The story reader: text whole and in order, marks in their place, nothing in it acts."""

import http.client
import re
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from documents import Document, assert_inert
from etl.cli import cli
from etl.reader import find_stories, index_page, load_story, story_page
from etl.reader.diff import changes
from etl.reader.marks import Mark, cut
from etl.reader.site import connect, make_server
from etl.report.page import asset, visible


@pytest.fixture(scope="module")
def con(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(warehouse) as opened:
        yield opened


def article(con: duckdb.DuckDBPyConnection, condition: str) -> str:
    return str(con.execute(f"SELECT article_id FROM articles WHERE {condition}").fetchall()[0][0])


def shown(con: duckdb.DuckDBPyConnection, warehouse: Path, condition: str) -> str:
    view = load_story(con, warehouse, article(con, condition))
    assert view is not None
    return story_page(view, "../index.html")


class _Text(HTMLParser):
    """The text inside the element with id `text`, and the classes over each stretch."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.parts: list[tuple[str, str]] = []
        self.classes = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if self.depth or found.get("id") == "text":
            self.depth += 1
            self.classes.append(found.get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        if self.depth:
            self.depth -= 1
            self.classes.pop()

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.parts.append((data, self.classes[-1]))


def marked(html: str) -> list[tuple[str, str]]:
    parser = _Text()
    parser.feed(html)
    return parser.parts


def test_the_text_is_whole_and_marks_stand_where_the_tables_say(
    con: duckdb.DuckDBPyConnection, warehouse: Path
) -> None:
    ident = article(con, "headline LIKE 'Harbor dredging%'")
    view = load_story(con, warehouse, ident)
    assert view is not None
    parts = marked(story_page(view, "x"))
    assert "".join(text for text, _ in parts) == view.article["text"]
    furniture = "".join(text for text, kinds in parts if "furniture" in kinds)
    assert "Advertisement" in furniture
    assert "shrimp for a century" not in furniture
    quoted = "".join(text for text, kinds in parts if "quote" in kinds.split())
    for quote in view.quotes:
        assert quote["quote_text"] in quoted.replace("\n", " ") or len(view.quotes) == 0
    assert "Loretta Quaid" in "".join(text for text, kinds in parts if "speaker" in kinds)
    assert any("dateline" in kinds for _, kinds in parts)


def test_rule_confidence_and_entity_of_every_mark_are_on_the_page(
    con: duckdb.DuckDBPyConnection, warehouse: Path
) -> None:
    view = load_story(con, warehouse, article(con, "headline LIKE 'Harbor dredging%'"))
    assert view is not None
    page = Document(story_page(view, "x"))
    text = "\n".join(page.text)
    for quote in view.quotes:
        assert quote["quote_rule"] in text
        assert quote["quote_id"] in text
    for mention in view.mentions:
        assert mention["entity_id"] in text
    links = {(a.get("href") or "") for a in page.all("a") if "data-n" in a}
    assert {link.removeprefix("#") for link in links} <= set(page.ids)
    assert links >= {f"#note-q{n}" for n, q in enumerate(view.quotes, 1) if q["part"] == "text"}


def test_versions_are_compared_word_by_word(con: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    html = shown(con, warehouse, "slugline = 'Ferry-Strike'")
    assert "Version 1 to version 2" in html
    assert "Version 2 to version 3" in html
    assert "<del>Sforza" in html
    assert "<ins>Sforzi" in html


def test_the_delivered_bytes_are_shown_as_text(con: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    html = shown(con, warehouse, "slugline = 'Ferry-Strike'")
    assert "&lt;nitf" in html
    assert "bytes" in html


def test_bytes_of_another_file_in_its_place_are_not_shown(con: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    path = warehouse.parent / "raw" / "coastline" / "recount.json"
    kept = path.read_bytes()
    try:
        path.write_bytes(kept.replace(b"nine", b"five"))
        assert "is another now" in shown(con, warehouse, "headline LIKE 'Recount%'")
        path.unlink()
        assert "no longer where it was found" in shown(con, warehouse, "headline LIKE 'Recount%'")
    finally:
        path.write_bytes(kept)
    assert "is another now" not in shown(con, warehouse, "headline LIKE 'Recount%'")


def test_a_hostile_story_is_inert_in_the_reader(con: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    html = shown(con, warehouse, "guid LIKE '%hostile%'")
    page = assert_inert(html, scripts=1)
    assert "<script>alert(1)</script>" in "".join(page.text)
    assert "‹U+202E›" in html
    assert len(html) < 1_500_000
    assert "more characters are not shown" in html
    hits = [(hit, "a.html", "x" * 10) for hit in find_stories(con)]
    assert_inert(index_page(hits, words='"><script>alert(9)</script>', static=True), scripts=1)


def test_killed_and_embargoed_copy_is_not_shown(warehouse: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["reader", "-w", str(warehouse), "-o", str(tmp_path / "pages")])
    assert done.exit_code == 0, done.output
    pages = list((tmp_path / "pages").rglob("*.html"))
    assert len(pages) > 9
    for path in pages:
        html = path.read_text(encoding="utf-8")
        assert "bread bin" not in html
        assert "Lifeboat crew" not in html
    listed = Document((tmp_path / "pages" / "index.html").read_text(encoding="utf-8"))
    for link in listed.all("a"):
        if (link.get("href") or "").startswith("stories/"):
            assert (tmp_path / "pages" / str(link["href"])).exists()


def test_a_selection_can_be_exported(warehouse: Path, tmp_path: Path) -> None:
    arguments = ["reader", "ferry", "-w", str(warehouse), "-o", str(tmp_path), "--where", "provider IS NOT NULL"]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    assert 1 <= len(list((tmp_path / "stories").iterdir())) <= 2


@pytest.fixture(scope="module")
def port(warehouse: Path) -> Iterator[int]:
    server = make_server(warehouse, 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield int(server.server_address[1])
    server.shutdown()
    thread.join()
    server.server_close()


def get(port: int, path: str, host: str | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_the_local_page_lists_searches_and_shows(port: int, con: duckdb.DuckDBPyConnection) -> None:
    status, listed = get(port, "/")
    assert status == 200
    assert "Harbor dredging" in listed
    assert "Harbor dredging" not in get(port, "/?q=ferry")[1]
    ident = article(con, "headline LIKE 'Harbor dredging%'")
    assert "Loretta Quaid" in get(port, f"/stories/{ident}")[1]
    assert_inert(get(port, "/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")[1], scripts=0)


@pytest.mark.parametrize("path", ["/stories/art-00", "/stories/../../etc/passwd", "/copydesk.duckdb", "/stories/x'--"])
def test_the_local_page_gives_nothing_else(port: int, path: str) -> None:
    assert get(port, path)[0] == 404


def test_the_local_page_answers_this_machine_only(port: int) -> None:
    assert get(port, "/", host="evil.example:80")[0] == 403
    assert get(port, "/", host=f"localhost:{port}")[0] == 200


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=12)


@given(SPANS, st.integers(0, 50))
def test_pieces_tile_the_text_whatever_marks_overlap(spans: list[tuple[int, int]], length: int) -> None:
    marks = [Mark(start, start + size, "quote", f"q{n}", "") for n, (start, size) in enumerate(spans)]
    pieces = list(cut(length, marks))
    assert [p.start for p in pieces] == [0, *(p.end for p in pieces[:-1])] or length == 0
    for piece in pieces:
        assert {m.key for m in piece.marks} == {m.key for m in marks if m.start <= piece.start and m.end >= piece.end}


@given(st.text(max_size=80), st.text(max_size=80))
def test_changes_hold_both_texts(old: str, new: str) -> None:
    found = list(changes(old, new))
    assert "".join(text for what, text in found if what != "added") == old
    assert "".join(text for what, text in found if what != "removed") == new


@given(st.text(max_size=60))
def test_nothing_hidden_is_left_in_visible_text(text: str) -> None:
    left = visible(text)
    assert not [c for c in left if (c < " " and c not in "\n\t") or "\u202a" <= c <= "\u202e"]


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, as WCAG 2 counts it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("text", ["ink", "cut"])
def test_text_can_be_read_on_the_colour_of_every_mark(scheme: int, text: str) -> None:
    # The first colours of the style sheet are of the light scheme, the second of the dark one. Furniture that names
    # somebody lies on the colour of a name.
    colours = dict(re.findall(r"--(\w+): (#\w{6})", asset("page.css").split("prefers-color-scheme")[scheme]))
    for ground in ("card", "quote", "mention", "speaker", "cue", "date", "add", "del"):
        bright, dull = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
        assert (bright + 0.05) / (dull + 0.05) >= 4.5, f"{text} on {ground}"
