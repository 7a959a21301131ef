from collections.abc import Callable
from datetime import timedelta

import pytest

from etl.collect.rss import document_name, item_links
from tests.collect.places import Desk
from tests.collect.webserver import Asked, Reply, WebServer


def feed(*links: str) -> bytes:
    items = "".join(f"<item><title>Ferry</title><link>{link}</link></item>" for link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'.encode()


def page(n: int) -> Reply:
    return Reply(f"<html><body><h1>Ferry {n}</h1></body></html>".encode())


@pytest.fixture
def wire(desk: Desk, web: WebServer):  # type: ignore[no-untyped-def]
    return desk.source("rss", f'url = "{web.url("/feed")}"\nfollow = true\nmax_bytes = "1MiB"')


def test_a_feed_is_kept_when_it_has_changed(desk: Desk, web: WebServer) -> None:
    web.replies["/feed"] = [Reply(feed("/1")), Reply(status=304), Reply(feed("/1", "/2"))]
    plain = desk.source("rss", f'url = "{web.url("/feed")}"')
    assert [len(desk.visit_when_due(plain).deposits) for _ in range(3)] == [1, 0, 1]
    assert web.paths() == ["/feed"] * 3
    assert desk.kept() == sorted([feed("/1"), feed("/1", "/2")])


def test_the_page_of_each_new_item_is_fetched_once(desk: Desk, web: WebServer, wire) -> None:  # type: ignore[no-untyped-def]
    web.replies |= {f"/{n}": page(n) for n in range(1, 4)}
    web.replies["/feed"] = [Reply(feed("/1", "/2")), Reply(feed("/2", "/3", "/2"))]
    for _ in range(3):
        desk.visit_when_due(wire)
    assert web.paths() == ["/feed", "/robots.txt", "/1", "/2", "/feed", "/robots.txt", "/3", "/feed"]
    assert len(desk.kept()) == 2 + 3


def test_a_page_that_fails_is_had_later_though_the_feed_says_nothing_has_changed(
    desk: Desk,
    web: WebServer,
    wire,  # type: ignore[no-untyped-def]
) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(status=304) if asked.headers["If-None-Match"] else Reply(feed("/1", "/2"), headers={"ETag": '"a"'})

    web.replies |= {"/feed": answer, "/1": [Reply(b"<html>", cut=2), page(1)], "/2": [Reply(status=500), page(2)]}
    first = desk.visit_when_due(wire)
    assert [reason for _, reason in first.refused] == [
        f"{web.url('/1')} was cut off: 2 bytes and no more",
        f"{web.url('/2')} answers 500 Internal Server Error",
    ]
    assert len(first.deposits) == 1
    assert len(desk.visit_when_due(wire).deposits) == 2
    assert desk.visit_when_due(wire).outcome == "unchanged"


def test_a_page_that_is_gone_is_refused_once(desk: Desk, web: WebServer, wire) -> None:  # type: ignore[no-untyped-def]
    web.replies["/feed"] = Reply(feed("/gone", "ftp://127.0.0.1/x", "http://[::1/"))
    assert [key for key, _ in desk.visit_when_due(wire).refused] == [web.url("/gone")]
    assert desk.visit_when_due(wire).refused == ()


def test_a_page_that_never_answers_is_given_up_one_day(
    desk: Desk,
    web: WebServer,
    wire,  # type: ignore[no-untyped-def]
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("etl.collect.rss._PATIENCE", 3)
    web.replies |= {"/feed": Reply(feed("/dead")), "/dead": Reply(status=502)}
    visits = [desk.visit_when_due(wire) for _ in range(5)]
    assert [bool(done.refused) for done in visits] == [True] * 3 + [False] * 2


def test_robots_are_heeded_for_pages(desk: Desk, web: WebServer, wire) -> None:  # type: ignore[no-untyped-def]
    web.replies |= {f"/{n}": page(n) for n in (1, 2)}
    web.replies |= {"/feed": Reply(feed("/1", "/2")), "/robots.txt": Reply(b"User-agent: *\nDisallow: /1\n")}
    done = desk.visit(wire)
    assert done.refused == ((web.url("/1"), "robots.txt asks not to fetch it"),)
    assert "/1" not in web.paths()
    assert len(done.deposits) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_tired_of_pages_is_left_alone(
    desk: Desk,
    web: WebServer,
    wire,  # type: ignore[no-untyped-def]
    status: int,
) -> None:
    web.replies |= {f"/{n}": page(n) for n in (1, 3)}
    tired = Reply(status=status, headers={"Retry-After": "3600"})
    web.replies |= {"/feed": Reply(feed("/1", "/2", "/3")), "/2": [tired, page(2)]}
    done = desk.visit(wire)
    assert (done.outcome, len(done.deposits)) == ("failed", 2)
    assert web.paths()[-1] == "/2"
    assert desk.visit(wire, later=timedelta(minutes=59)).outcome == "not due"
    assert len(desk.visit_when_due(wire).deposits) == 2


def test_pages_that_do_not_fit_into_a_visit_wait_for_the_next(desk: Desk, web: WebServer) -> None:
    web.replies |= {f"/{n}": page(n) for n in range(40)}
    web.replies["/feed"] = Reply(feed(*(f"/{n}" for n in range(40))))
    wire = desk.source("rss", f'url = "{web.url("/feed")}"\nfollow = true\nbudget = "20s"')
    visits = [desk.visit_when_due(wire) for _ in range(4)]
    assert {done.outcome for done in visits} == {"new", "unchanged"}
    assert (visits[0].problem, visits[0].failures) == ("the visit took too long", 0)
    assert sum(len(done.deposits) for done in visits) == 41


def test_a_feed_cannot_send_us_inside(
    desk: Desk,
    web: WebServer,
    wire,  # type: ignore[no-untyped-def]
    another: Callable[..., WebServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside = another("127.0.0.2")
    inside.replies["/admin"] = page(1)
    web.replies["/feed"] = Reply(feed(inside.url("/admin")))
    monkeypatch.setattr("etl.collect.web.is_inner", lambda address: address == "127.0.0.2")
    ((_, reason),) = desk.visit(wire).refused
    assert "inner address" in reason
    assert inside.paths() == []


ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><link href="/self"/>
<entry><link rel="enclosure" href="/a.mp3"/><link href="https://wire.example/a"/></entry>
<entry><link rel="alternate" href="b?c=1&amp;d=2"/></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<item><link>
 https://wire.example/r </link></item></rdf:RDF>"""
BOMB = (
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><link>&a;</link></item></channel></rss>'
)


@pytest.mark.parametrize(
    ("body", "links"),
    [
        (ATOM, ["https://wire.example/a", "https://feed.example/x/b?c=1&d=2"]),
        (RDF, ["https://wire.example/r"]),
        (feed("/1", "/1", "javascript:alert(1)"), ["https://feed.example/1"]),
        (feed("/1")[:-30], ["https://feed.example/1"]),
        (BOMB, []),
        (b"", []),
        (b"not XML", []),
        (b"\xff\xfe", []),
    ],
    ids=["atom", "rdf", "rss", "cut", "entity", "empty", "text", "bytes"],
)
def test_links_of_items(body: bytes, links: list[str]) -> None:
    assert item_links(body, "https://feed.example/x/feed.xml") == links


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://wire.example/news/feed.xml", "feed.xml"),
        ("https://wire.example/news/", "news.xml"),
        ("https://wire.example/", "wire.example.xml"),
        ("https://wire.example/a%2Fb/%2e%2e", "...xml"),
        ("https://wire.example/story?id=5", "story.xml"),
    ],
)
def test_names_of_documents(url: str, name: str) -> None:
    assert document_name(url, ".xml") == name
