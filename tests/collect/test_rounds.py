import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from etl.collect import Collected, collect_all, collect_source
from etl.collect import visit as visit_module
from etl.config import Source, parse_config
from tests.collect.places import Desk
from tests.collect.webserver import Asked, Reply, WebServer


def visit_all(desk: Desk, sources: list[Source], done: Callable[[Collected], None] = lambda _: None) -> list[Collected]:
    return collect_all(
        sources, raw=desk.raw, warehouse=desk.folder / "w", clock=desk.time.clock, environ=desk.environ, done=done
    )


def sources(*urls: str) -> list[Source]:
    return list(
        parse_config(
            "".join(f'[[source]]\nname = "s{n}"\nkind = "http"\nurl = "{url}"\n' for n, url in enumerate(urls))
        ).sources
    )


def test_a_slow_server_holds_up_its_own_sources_only(desk: Desk, another: Callable[..., WebServer]) -> None:
    told, others = list[str](), threading.Event()
    slow, quick, broken = another("127.0.0.1"), another("127.0.0.2"), another("127.0.0.3")

    def wait(asked: Asked) -> Reply:
        assert others.wait(60), "the others were held up"
        return Reply(asked.path.encode())

    slow.replies |= {"/a": wait, "/b": wait}
    quick.replies["/"] = Reply(b"quick")
    broken.replies["/"] = Reply(status=500)

    def done(one: Collected) -> None:
        told.append(f"{one.source} {one.outcome}")
        if len(told) == 2:
            others.set()

    all_of_them = sources(slow.url("/a"), slow.url("/b"), quick.url(), broken.url())
    visit_all(desk, all_of_them, done)
    assert sorted(told[:2]) == ["s2 new", "s3 failed"]
    assert told[2:] == ["s0 new", "s1 new"]
    assert slow.most_at_once == 1
    assert [one.outcome for one in visit_all(desk, all_of_them)] == ["not due"] * 4


def test_a_defect_in_one_source_is_told_and_the_others_are_visited(
    desk: Desk, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.replies["/"] = Reply(b"[]")
    look = visit_module.look
    monkeypatch.setattr(
        visit_module, "look", lambda source, visit: 1 / 0 if source.name == "s0" else look(source, visit)
    )
    found = {one.source: one for one in visit_all(desk, sources(web.url("/"), web.url("/")))}
    assert found["s0"].problem == "ZeroDivisionError: division by zero"
    assert found["s1"].outcome == "new"


def test_a_source_that_rests_is_not_visited(desk: Desk, web: WebServer) -> None:
    (source,) = sources(web.url("/"))
    assert visit_all(desk, [replace(source, common=replace(source.common, enabled=False))]) == []


def test_two_visits_at_once_to_one_source_are_one(desk: Desk, web: WebServer) -> None:
    (source,) = sources(web.url("/"))
    found: list[Collected] = []

    def meanwhile(asked: Asked) -> Reply:
        found.append(
            collect_source(
                source, raw=desk.raw, warehouse=desk.folder / "w", clock=desk.time.clock, environ={}, force=True
            )
        )
        return Reply(b"[]")

    web.replies["/"] = meanwhile
    assert [one.outcome for one in visit_all(desk, [source])] == ["new"]
    assert [one.outcome for one in found] == ["busy"]


def test_one_request_at_a_time_to_a_server_over_all_visits(desk: Desk, web: WebServer) -> None:
    """Two processes that collect other sources of one server take turns at it, with the pause between."""
    web.replies["/"] = lambda asked: Reply(b"%d" % len(web.asked))
    # Whoever waits passes the time of the test's clock in no time, so the visits may take long.
    patient = [
        replace(source, common=replace(source.common, timeout=timedelta(days=3650), budget=timedelta(days=3650)))
        for source in sources(*[web.url("/")] * 4)
    ]
    threads = [threading.Thread(target=visit_all, args=(desk, [source])) for source in patient]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = sorted(asked.at for asked in web.asked)
    assert (len(times), web.most_at_once) == (4, 1)
    assert all((b - a).total_seconds() >= 1 for a, b in itertools.pairwise(times))
