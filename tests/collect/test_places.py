from collections.abc import Callable

import pytest

from etl.lake import history
from tests.collect.places import Desk
from tests.collect.webserver import Asked, Reply, WebServer


def test_a_name_that_is_given_to_another_place_begins_anew(
    desk: Desk, web: WebServer, another: Callable[..., WebServer]
) -> None:
    def answer(asked: Asked) -> Reply:
        return (
            Reply(status=304) if asked.headers["If-None-Match"] else Reply(asked.path.encode(), headers={"ETag": '"1"'})
        )

    web.replies |= {"/old": answer, "/new": answer}
    assert desk.visit(desk.source("http", f'url = "{web.url("/old")}"')).outcome == "new"
    moved = desk.source("http", f'url = "{web.url("/new")}"')
    assert desk.visit(moved).outcome == "new", "it is due at once, and no ETag of the old place is shown"
    assert desk.visit_when_due(moved).outcome == "unchanged"
    assert desk.kept() == [b"/new", b"/old"]


def test_what_was_taken_elsewhere_is_forgotten(desk: Desk) -> None:
    for name in ("one", "two"):
        (desk.folder / name).mkdir()
        (desk.folder / name / f"{name}.txt.done").touch()
        (desk.folder / name / f"{name}.txt").write_bytes(name.encode())
        desk.visit(desk.source("folder", f'path = "{desk.folder / name}"\ndone_suffix = ".done"'))
        assert set(desk.state(desk.source("folder", 'path = "/"')).taken) == {f"{name}.txt"}


@pytest.mark.parametrize("failed", [False, True])
def test_a_restore_does_not_make_us_ask_sooner_or_again(desk: Desk, web: WebServer, failed: bool) -> None:
    before = desk.lake.snapshot()
    web.replies["/"] = Reply(b"[]", status=503 if failed else 200, headers={"Retry-After": "7200", "ETag": '"1"'})
    wire = desk.source("http", f'url = "{web.url("/")}"')
    desk.visit(wire)
    state = desk.state(wire)
    history.restore(desk.lake, before)
    assert desk.state(wire) == state
    assert desk.visit(wire).outcome == "not due"
