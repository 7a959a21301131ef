"""Child processes of `copydesk serve`, and the page it shows."""

import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import part
from flows.page import serve_page
from flows.part import Part
from flows.serve import Server

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(600)
"""
OBEDIENT = """
import sys, time
from flows.lifeline import end_with_parent
end_with_parent()
print("ready", flush=True)
time.sleep(600)
"""


def eventually(ask: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < until
        time.sleep(0.02)


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_part_that_keeps_ending_is_started_after_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Part("one", [sys.executable, "-c", ""], dict(os.environ))
    pauses = [one.pause()]
    for _ in range(8):
        one.start()
        eventually(lambda: not one.is_alive)
        pauses.append(one.pause())
    assert pauses == [0, 1, 2, 4, 8, 16, 32, 60, 60]
    monkeypatch.setattr(part, "_LONG_LIFE", 0.0)
    assert one.pause() == 0


def test_stopping_a_part_ends_what_it_started(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    one = Part("one", [sys.executable, "-c", PARENT, str(noted)], dict(os.environ))
    one.start()
    eventually(lambda: noted.exists() and noted.read_text() != "")
    child = int(noted.read_text())
    assert is_there(child)
    one.stop()
    assert not one.is_alive
    eventually(lambda: not is_there(child))


def test_a_part_does_not_outlive_its_parent() -> None:
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    child = subprocess.Popen(
        [sys.executable, "-c", OBEDIENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ
    )
    assert child.stdin is not None
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    child.stdin.close()  # as when the parent has been killed
    assert child.wait(timeout=60) == -15
    child.stdout.close()


def test_a_server_that_ends_while_it_starts_is_waited_for_no_longer() -> None:
    server = Server(Part("server", [sys.executable, "-c", ""], dict(os.environ)), "http://127.0.0.1:1/api")
    server.see_to_it(threading.Event())
    assert not server.answered
    assert server.part is not None
    server.part.stop()


def test_the_page_is_shown_once_it_is_there(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    server = serve_page(page, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.server_port}/report.html"
    try:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(address)
        assert refused.value.code == 404
        refused.value.close()
        page.write_text("<p>Wire</p>")
        with urllib.request.urlopen(address) as answer:
            assert answer.read() == b"<p>Wire</p>"
    finally:
        server.shutdown()
        server.server_close()
