import imaplib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.collect.mail import _quoted
from etl.config import Source
from tests.collect.places import Desk, FakeClock
from tests.collect.relay import Relay, self_signed

USER, PASSWORD = "desk", "p4ss word"


class Mailbox:
    """A mailbox of its own on the server, as its owner sees it."""

    def __init__(self, port: int, name: str) -> None:
        self.port, self.name = port, name

    def _box(self) -> imaplib.IMAP4:
        box = imaplib.IMAP4("127.0.0.1", self.port)
        box.login(USER, PASSWORD)
        return box

    def create(self) -> None:
        with self._box() as box:
            box.create(self.name)

    def delete(self) -> None:
        with self._box() as box:
            box.delete(self.name)

    def append(self, *messages: bytes) -> None:
        with self._box() as box:
            for message in messages:
                assert box.append(self.name, "", "", message)[0] == "OK"

    def unseen(self) -> int:
        with self._box() as box:
            box.select(self.name, readonly=True)
            return len(box.search(None, "UNSEEN")[1][0].split())


def mail(n: int, lines: int = 1) -> bytes:
    body = b"Ferry strike ends, take %d.\r\n" % n * lines
    return b"From: desk@wire.example\r\nTo: desk@example\r\nSubject: Ferry %d\r\n\r\n%s" % (n, body)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    pymap = Path(sys.executable).with_name("pymap")
    command = [pymap, "--host", "127.0.0.1", "--port", str(port), "--no-tls", "--no-service", "admin"]
    command += ["--no-service", "managesieve", "dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "PYTHONWARNINGS": ""}) as process:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, process.stderr and process.stderr.read()
                time.sleep(0.1)
        yield port
        process.terminate()


@pytest.fixture
def box(port: int, desk: Desk) -> Mailbox:
    desk.environ = {"PASSWORD": PASSWORD}
    box = Mailbox(port, desk.folder.name)
    box.create()
    return box


@pytest.fixture
def relay(port: int, clock: FakeClock) -> Iterator[Relay]:
    with Relay(port, clock) as relay:
        yield relay


def wire(desk: Desk, box: Mailbox, port: int | None = None, lines: str = "tls = false") -> Source:
    return desk.source(
        "imap",
        f'host = "127.0.0.1"\nport = {port or box.port}\nusername = "{USER}"\npassword_env = "PASSWORD"\n'
        f'mailbox = "{box.name}"\nmax_bytes = 100000\n{lines}',
    )


def test_each_message_is_kept_once_as_delivered_and_stays_unread(desk: Desk, box: Mailbox) -> None:
    box.append(mail(1), mail(2))
    source = wire(desk, box)
    done = desk.visit(source)
    assert (done.outcome, len(done.deposits)) == ("new", 2)
    assert done.deposits[0].path.suffix == ".eml"
    assert desk.visit_when_due(source).outcome == "unchanged"
    box.append(mail(3))
    assert len(desk.visit_when_due(source).deposits) == 1
    assert desk.kept() == [mail(1), mail(2), mail(3)]
    assert box.unseen() == 3


def test_a_server_that_numbers_anew_is_read_anew_and_nothing_is_doubled(desk: Desk, box: Mailbox) -> None:
    box.append(mail(1), mail(2))
    source = wire(desk, box)
    desk.visit(source)
    before = desk.state(source).memory
    box.delete()
    box.create()
    box.append(mail(2), mail(3), mail(1))
    done = desk.visit_when_due(source)
    assert (len(done.deposits), done.known) == (1, 2)
    assert desk.state(source).memory["uidvalidity"] != before["uidvalidity"]
    assert desk.kept() == [mail(1), mail(2), mail(3)]


@pytest.mark.parametrize("cut", [0, 10, 1500, 4000, 7000])
def test_a_connection_that_drops_keeps_what_was_whole_and_goes_on_after_it(
    desk: Desk, box: Mailbox, relay: Relay, cut: int
) -> None:
    messages = [mail(n, 50) for n in range(1, 6)]
    box.append(*messages)
    relay.cuts = [cut]
    source = wire(desk, box, relay.port)
    failed = desk.visit(source)
    assert failed.outcome == "failed"
    assert set(desk.kept()) < set(messages)
    done = desk.visit_when_due(source)
    assert len(failed.deposits) + len(done.deposits) == 5
    assert done.known == 0
    assert desk.kept() == messages


def test_a_message_that_is_too_large_is_told_once_and_the_next_still_comes(desk: Desk, box: Mailbox) -> None:
    box.append(mail(1), mail(2, 5000), mail(3))
    source = wire(desk, box)
    done = desk.visit(source)
    ((_, reason),) = done.refused
    assert "larger than max_bytes = 100000" in reason
    assert desk.kept() == [mail(1), mail(3)]
    assert desk.visit_when_due(source).refused == ()


def test_a_server_that_drips_ends_by_its_time(desk: Desk, box: Mailbox, relay: Relay) -> None:
    relay.drip = 100.0
    assert desk.visit(wire(desk, box, relay.port)).problem == f"127.0.0.1:{relay.port} took too long"


def test_a_wrong_password_and_a_mailbox_that_is_not_there(desk: Desk, box: Mailbox) -> None:
    desk.environ["PASSWORD"] = "wr0ng"
    failed = desk.visit(wire(desk, box))
    assert failed.outcome == "failed"
    assert "wr0ng" not in (failed.problem or "")
    desk.environ["PASSWORD"] = PASSWORD
    box.delete()
    assert desk.visit(wire(desk, box), force=True).outcome == "failed"


def test_tls_needs_a_certificate_that_is_trusted(
    desk: Desk, box: Mailbox, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.append(mail(1))
    context, certificate = self_signed(desk.folder)
    with Relay(box.port, clock, context) as relay:
        source = wire(desk, box, relay.port, "tls = true")
        failed = desk.visit(source)
        assert "certificate verify failed" in (failed.problem or "")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert desk.visit_when_due(source).outcome == "new"


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("INBOX", '"INBOX"'),
        ("Wire copy", '"Wire copy"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("R&D", '"R&-D"'),
        ("Entwürfe", '"Entw&APw-rfe"'),
        ("台北", '"&U,BTFw-"'),
    ],
)
def test_names_of_mailboxes(name: str, quoted: str) -> None:
    assert _quoted(name) == quoted
