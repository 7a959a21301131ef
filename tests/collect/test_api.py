import gzip
import itertools
import json
import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from etl.collect import web as web_module
from etl.collect.visit import JITTER
from tests.collect.places import BEGIN, Desk
from tests.collect.webserver import Asked, Reply, WebServer

STORY = b'{"headline": "Ferry strike ends"}'


def source(desk: Desk, web: WebServer, lines: str = "", path: str = "/stories"):  # type: ignore[no-untyped-def]
    return desk.source("http", f'url = "{web.url(path)}"\nmax_bytes = "1MiB"\n{lines}')


def with_etag(asked: Asked) -> Reply:
    if asked.headers["If-None-Match"] == '"v1"':
        return Reply(status=304)
    return Reply(STORY, headers={"ETag": '"v1"'})


def test_an_answer_is_kept_as_it_came_and_not_fetched_again_while_it_stands(desk: Desk, web: WebServer) -> None:
    web.replies["/stories"] = with_etag
    wire = source(desk, web)
    first = desk.visit_when_due(wire)
    assert (first.outcome, len(first.deposits)) == ("new", 1)
    assert first.deposits[0].path.read_bytes() == STORY
    assert first.deposits[0].path.name.endswith("-stories.json")
    second = desk.visit_when_due(wire)
    assert (second.outcome, second.deposits) == ("unchanged", ())
    assert desk.kept() == [STORY]


def test_a_server_without_validators_is_asked_in_full_and_the_same_bytes_are_kept_once(
    desk: Desk, web: WebServer
) -> None:
    web.replies["/stories"] = [Reply(STORY), Reply(STORY), Reply(b"[]"), Reply(STORY)]
    wire = source(desk, web)
    assert [desk.visit_when_due(wire).outcome for _ in range(4)] == ["new", "unchanged", "new", "unchanged"]
    assert desk.kept() == sorted([STORY, b"[]"])


def test_last_modified_is_shown_to_the_server_again(desk: Desk, web: WebServer) -> None:
    when = "Mon, 02 Mar 2026 08:00:00 GMT"
    web.replies["/stories"] = Reply(STORY, headers={"Last-Modified": when})
    wire = source(desk, web)
    for _ in range(2):
        desk.visit_when_due(wire)
    assert [asked.headers["If-Modified-Since"] for asked in web.asked] == [None, when]


def test_who_we_are_is_said_and_gzip_is_taken(desk: Desk, web: WebServer) -> None:
    web.replies["/stories"] = Reply(gzip.compress(STORY), headers={"Content-Encoding": "gzip"})
    desk.visit(source(desk, web, 'user_agent = "Example Desk (desk@example)"'))
    (asked,) = web.asked
    assert asked.headers["User-Agent"] == "Example Desk (desk@example)"
    assert asked.headers["Accept-Encoding"] == "gzip"
    assert desk.kept() == [STORY]


def test_a_source_is_left_alone_until_it_is_due(desk: Desk, web: WebServer) -> None:
    web.replies["/stories"] = Reply(STORY)
    wire = source(desk, web, 'every = "10m"')
    desk.visit(wire)
    waited = desk.visit(wire, later=timedelta(minutes=9))
    assert waited.outcome == "not due"
    assert waited.next_at == BEGIN + timedelta(minutes=9, seconds=50)
    assert len(web.asked) == 1
    assert desk.visit(wire, force=True).outcome == "unchanged"
    assert desk.visit(wire, later=timedelta(seconds=595)).outcome == "unchanged"
    assert len(web.asked) == 3


CUT = {
    "length": Reply(STORY, cut=10),
    "chunked": Reply(STORY, chunked=True, cut=10),
    "chunked without an end": Reply(STORY, chunked=True, cut=len(STORY) + 6),
    "gzip": Reply(gzip.compress(STORY)[:-9], headers={"Content-Encoding": "gzip"}),
    "no gzip at all": Reply(STORY, headers={"Content-Encoding": "gzip"}),
    "unknown encoding": Reply(STORY, headers={"Content-Encoding": "br"}),
    "nothing": Reply(STORY, cut=0),
    "too large": Reply(b"x" * (1024 * 1024 + 1)),
    "bomb": Reply(gzip.compress(b"x" * 1024 * 1024 * 64), headers={"Content-Encoding": "gzip"}),
    "server error": Reply(b"<html>", status=500),
    "not found": Reply(b"<html>", status=404),
    "drip": Reply(STORY, drip=2.5),
    "drip of headers": Reply(drip_head=2.5),
    "loop": Reply(status=302, headers={"Location": "/stories"}),
    "file": Reply(status=302, headers={"Location": "file:///etc/passwd"}),
    "ftp": Reply(status=301, headers={"Location": "ftp://127.0.0.1/stories"}),
    "nonsense address": Reply(status=301, headers={"Location": "http://[::1/"}),
    "nowhere": Reply(status=302),
}


@pytest.mark.parametrize("fault", CUT)
def test_what_is_not_whole_is_never_kept_and_is_had_later(desk: Desk, web: WebServer, fault: str) -> None:
    web.replies["/stories"] = [CUT[fault], CUT[fault], Reply(STORY)]
    if fault == "loop":
        web.replies["/stories"] = CUT[fault]
    wire = source(desk, web)
    for failures in (1, 2):
        failed = desk.visit_when_due(wire)
        assert (failed.outcome, failed.failures) == ("failed", failures), failed
        assert failed.problem
        assert desk.kept() == []
    if fault == "loop":
        assert "redirects more than 5 times" in (failed.problem or "")
        assert len(web.asked) == 12
        web.replies["/stories"] = Reply(STORY)
    assert desk.visit_when_due(wire).outcome == "new"
    assert desk.kept() == [STORY]
    assert desk.state(wire).failures == 0


def test_a_drip_ends_by_the_time_of_the_document(desk: Desk, web: WebServer) -> None:
    web.replies["/stories"] = Reply(b"x" * 10_000, drip=1.0)
    failed = desk.visit(source(desk, web, 'timeout = "20s"'))
    assert failed.problem == f"{web.url('/stories')} took too long"


def test_a_server_that_is_not_there_is_a_line_not_a_crash(desk: Desk, web: WebServer) -> None:
    wire = source(desk, web)
    web.__exit__()
    web.__exit__ = lambda *_: None  # type: ignore[method-assign]
    assert "cannot be reached" in (desk.visit(wire).problem or "")


def test_failures_back_off_to_an_hour(desk: Desk, web: WebServer) -> None:
    web.replies["/stories"] = Reply(status=500)
    wire = source(desk, web, 'every = "5m"')
    for _ in range(7):
        desk.visit_when_due(wire)
    times = [asked.at for asked in web.asked]
    minutes = [(b - a).total_seconds() / 60 for a, b in itertools.pairwise(times)]
    assert minutes == [5, 10, 20, 40, 60, 60]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("stated", "minutes"), [("7200", 120), ("Mon, 02 Mar 2026 10:30:00 GMT", 90), ("soon", 5), ("9" * 9, 24 * 60)]
)
def test_a_server_that_asks_for_patience_gets_it(
    desk: Desk, web: WebServer, status: int, stated: str, minutes: int
) -> None:
    web.replies["/stories"] = [Reply(status=status, headers={"Retry-After": stated}), Reply(STORY)]
    wire = source(desk, web)
    assert desk.visit(wire).next_at == BEGIN + timedelta(minutes=minutes)
    assert desk.visit(wire, later=timedelta(minutes=minutes, seconds=-1)).outcome == "not due"
    assert desk.visit(wire, later=timedelta(seconds=1)).outcome == "new"


def test_redirects_are_followed_five_times_and_secrets_stay_with_the_server_they_are_for(
    desk: Desk, web: WebServer, another: Callable[..., WebServer]
) -> None:
    other = another()
    for n in range(4):
        web.replies[f"/{n}"] = Reply(status=(301, 302, 307, 308)[n], headers={"Location": f"/{n + 1}"})
    web.replies["/4"] = Reply(status=303, headers={"Location": other.url("/stories")})
    other.replies["/stories"] = Reply(STORY)
    desk.environ = {"TOKEN": "s3cret", "KEY": "k3y"}
    lines = 'headers_env = { Authorization = "TOKEN" }\nquery_env = { apikey = "KEY" }'
    assert desk.visit(source(desk, web, lines, "/0")).outcome == "new"
    assert [asked.headers["Authorization"] for asked in web.asked] == ["s3cret"] * 5
    assert all("apikey=k3y" in path for path in web.paths())
    (asked,) = other.asked
    assert asked.headers["Authorization"] is None
    assert asked.path == "/stories"


def test_a_public_server_cannot_send_us_inside(
    desk: Desk, web: WebServer, another: Callable[..., WebServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = another("127.0.0.2")
    inside.replies["/admin"] = Reply(b"keys of the house")
    web.replies["/stories"] = Reply(status=302, headers={"Location": inside.url("/admin")})
    wire = source(desk, web)
    monkeypatch.setattr(web_module, "is_inner", lambda address: address == "127.0.0.2")
    failed = desk.visit(wire)
    assert "inner address" in (failed.problem or "")
    assert desk.kept() == []
    assert inside.paths() == []


def test_a_secret_that_is_not_set_is_named_and_one_that_is_stands_in_no_message(desk: Desk, web: WebServer) -> None:
    web.replies["/stories"] = Reply(status=403)
    wire = source(desk, web, 'query_env = { apikey = "KEY" }\nusername = "desk"\npassword_env = "PASSWORD"')
    assert desk.visit(wire).problem == "environment variable KEY is not set" or (
        desk.visit(wire, force=True).problem == "environment variable PASSWORD is not set"
    )
    desk.environ = {"KEY": "k3y", "PASSWORD": "p4ss"}
    failed = desk.visit(wire, force=True)
    assert web.asked[-1].headers["Authorization"] == "Basic ZGVzazpwNHNz"
    assert failed.problem == f"{web.url('/stories')} answers 403 Forbidden"


def pages(web: WebServer, number: int) -> None:
    for n in range(number):
        following = {"next": f"/p?page={n + 1}"} if n + 1 < number else {}
        web.replies[f"/p?page={n}"] = Reply(
            json.dumps({"n": n, "links": following}).encode(), headers={"ETag": f'"{n}"'}
        )


def test_pages_are_walked_one_request_at_a_time_with_a_pause_between(desk: Desk, web: WebServer) -> None:
    pages(web, 4)
    assert len(desk.visit(source(desk, web, 'next_pointer = "/links/next"', "/p?page=0")).deposits) == 4
    times = [asked.at for asked in web.asked]
    assert [(b - a).total_seconds() for a, b in itertools.pairwise(times)] == [1, 1, 1]
    assert web.most_at_once == 1


def test_a_walk_that_was_cut_goes_on_where_it_was(desk: Desk, web: WebServer) -> None:
    pages(web, 5)
    whole = web.replies["/p?page=3"]
    assert isinstance(whole, Reply)
    web.replies["/p?page=3"] = [Reply(whole.body, cut=5), whole]
    wire = source(desk, web, 'next_pointer = "/links/next"\nsince_parameter = "since"', "/p?page=0")
    cut = desk.visit_when_due(wire)
    assert (cut.outcome, len(cut.deposits)) == ("failed", 3)
    assert len(desk.visit_when_due(wire).deposits) == 2
    assert web.paths() == ["/p?page=0", "/p?page=1", "/p?page=2", "/p?page=3", "/p?page=3", "/p?page=4"]
    assert len(desk.kept()) == 5
    web.replies["/p"] = Reply(b"{}")
    desk.visit_when_due(wire)
    assert web.paths()[-1] == "/p?page=0&since=2026-03-02T08%3A59%3A00%2B00%3A00"


def test_pages_beyond_the_most_of_a_visit_wait_for_the_next(desk: Desk, web: WebServer) -> None:
    pages(web, 5)
    wire = source(desk, web, 'next_pointer = "/links/next"\nmax_pages = 2', "/p?page=0")
    assert [len(desk.visit_when_due(wire).deposits) for _ in range(4)] == [2, 2, 1, 0]


def test_a_place_to_go_on_from_that_has_expired_is_forgotten(desk: Desk, web: WebServer) -> None:
    pages(web, 3)
    wire = source(desk, web, 'next_pointer = "/links/next"\nmax_pages = 1', "/p?page=0")
    desk.visit_when_due(wire)
    web.replies["/p?page=1"] = Reply(status=410)
    assert desk.visit_when_due(wire).outcome == "failed"
    pages(web, 3)
    assert [len(desk.visit_when_due(wire).deposits) for _ in range(3)] == [0, 1, 1]


@pytest.mark.parametrize(
    ("following", "problem"),
    [
        ("/p", "names itself as its next page"),
        ("http://127.0.0.9/p", "has its next page on another server"),
        (7, "has int at /next, not an address"),
    ],
)
def test_a_next_page_that_cannot_be(desk: Desk, web: WebServer, following: object, problem: str) -> None:
    web.replies["/p"] = Reply(json.dumps({"next": following}).encode())
    failed = desk.visit(source(desk, web, 'next_pointer = "/next"', "/p"))
    assert problem in (failed.problem or "")
    assert len(desk.kept()) == 1


def test_nothing_is_lost_and_nothing_doubled_over_a_bad_day(desk: Desk, web: WebServer) -> None:
    """Forty visits to a server that changes and fails at random: what it served whole is kept, once."""
    chance = random.Random(7)
    served: set[bytes] = set()

    def answer(asked: Asked) -> Reply:
        body = b"%d" % chance.randrange(20) * 50
        reply = chance.choice([chance.choice(list(CUT.values())), Reply(body), Reply(body, chunked=True)])
        if reply.body == body:
            served.add(body)
        return reply if reply.headers.get("Location") != "/stories" else Reply(status=500)

    web.replies["/stories"] = answer
    wire = source(desk, web)
    for _ in range(40):
        desk.visit_when_due(wire)
    assert len(served) > 10
    assert desk.kept() == sorted(served)
    times = [asked.at for asked in web.asked]
    assert min(b - a for a, b in itertools.pairwise(times)) >= timedelta(minutes=5) - JITTER
