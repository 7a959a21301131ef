import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import asyncssh
import pytest

from etl.config import Source
from tests.collect.places import BEGIN, Desk
from tests.collect.sftpserver import PASSWORD, USER, SftpServer

LATER = timedelta(minutes=5)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    with SftpServer(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture
def outgoing(server: SftpServer, desk: Desk) -> Path:
    """A new folder on the server."""
    desk.environ = {"PASSWORD": PASSWORD}
    server.logins.clear()
    folder = server.folder / desk.folder.name
    folder.mkdir()
    return folder


def wire(desk: Desk, server: SftpServer, outgoing: Path, lines: str = "", proof: str = "") -> Source:
    entry = lines or 'password_env = "PASSWORD"'
    known = proof or f'fingerprint = "{server.fingerprint}"'
    return desk.source(
        "sftp",
        f'host = "127.0.0.1"\nport = {server.port}\nusername = "{USER}"\npath = "/{outgoing.name}"\n{entry}\n{known}\n',
    )


def test_a_file_is_taken_when_two_looks_find_it_the_same(desk: Desk, server: SftpServer, outgoing: Path) -> None:
    source = wire(desk, server, outgoing)
    (outgoing / "day").mkdir()
    story = outgoing / "day" / "ferry.xml"
    story.write_bytes(b"<nitf>")
    assert desk.visit(source).unready == 1
    story.write_bytes(b"<nitf></nitf>")
    os.utime(story, (BEGIN.timestamp(), BEGIN.timestamp()))
    assert desk.visit_when_due(source).unready == 1
    done = desk.visit_when_due(source)
    assert (done.outcome, done.unready) == ("new", 0)
    assert desk.visit_when_due(source).outcome == "unchanged"
    assert desk.kept() == [b"<nitf></nitf>"]
    assert story.exists()


def test_files_declared_done_come_at_once_and_others_never(desk: Desk, server: SftpServer, outgoing: Path) -> None:
    for name in ("a.xml", "b.xml", "b.xml.ok", ".c.xml", ".c.xml.ok", "d.part", "d.part.ok"):
        (outgoing / name).write_bytes(name.encode())
    (outgoing / "link.xml").symlink_to("b.xml")
    (outgoing / "link.xml.ok").touch()
    source = wire(desk, server, outgoing, 'password_env = "PASSWORD"\ndone_suffix = ".ok"')
    assert desk.visit(source).outcome == "new"
    assert desk.kept() == [b"b.xml"]


def test_a_connection_that_drops_in_a_file_leaves_nothing_and_the_rest_comes_later(
    desk: Desk, server: SftpServer, outgoing: Path
) -> None:
    for n in range(4):
        (outgoing / f"{n}.xml").write_bytes(b"%d" % n * 600_000)
    source = wire(desk, server, outgoing)
    desk.visit(source)
    server.reads_left = 50
    cut = desk.visit_when_due(source)
    server.reads_left = 1_000_000
    assert cut.outcome == "failed"
    assert len(cut.deposits) == len(desk.kept()) < 4
    done = desk.visit_when_due(source)
    assert len(done.deposits) + len(cut.deposits) == 4
    assert desk.kept() == [b"%d" % n * 600_000 for n in range(4)]


def test_a_server_whose_key_is_another_is_told_no_password(desk: Desk, server: SftpServer, outgoing: Path) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").get_fingerprint()
    failed = desk.visit(wire(desk, server, outgoing, proof=f'fingerprint = "{other}"'))
    assert failed.problem == f"127.0.0.1 shows the key {server.fingerprint}, not the configured {other}"
    assert server.logins == []


@pytest.mark.parametrize(
    ("line", "outcome"),
    [("[127.0.0.1]:{port} {key}", "unchanged"), ("127.0.0.1 {key}", "failed"), ("", "failed")],
    ids=["listed", "of another port", "empty"],
)
def test_known_hosts(desk: Desk, server: SftpServer, outgoing: Path, line: str, outcome: str) -> None:
    known = desk.folder / "known_hosts"
    known.write_text(line.format(port=server.port, key=server.public_key) + "\n")
    done = desk.visit(wire(desk, server, outgoing, proof=f'known_hosts = "{known}"'))
    assert done.outcome == outcome, done
    assert server.logins == ([USER] if outcome == "unchanged" else [])


def test_a_private_key_opens_the_door_and_a_wrong_password_does_not(
    desk: Desk, server: SftpServer, outgoing: Path
) -> None:
    path = desk.folder / "id_ed25519"
    path.write_bytes(server.user_key.export_private_key("openssh", passphrase="open"))
    desk.environ = {"PASSPHRASE": "open", "PASSWORD": "wrong"}
    keyed = wire(desk, server, outgoing, f'private_key = "{path}"\npassphrase_env = "PASSPHRASE"')
    assert desk.visit(keyed).outcome == "unchanged"
    failed = desk.visit(wire(desk, server, outgoing), force=True)
    assert failed.problem == "127.0.0.1: Authentication failed."


def test_a_folder_that_is_not_there_is_a_line(desk: Desk, server: SftpServer, outgoing: Path) -> None:
    outgoing.rmdir()
    assert "No such file" in (desk.visit(wire(desk, server, outgoing)).problem or "")


def test_a_server_that_is_not_there_is_a_line(desk: Desk, server: SftpServer, outgoing: Path) -> None:
    source = desk.source(
        "sftp",
        'host = "127.0.0.1"\nport = 1\nusername = "u"\npath = "/"\npassword_env = "PASSWORD"\n'
        f'fingerprint = "{server.fingerprint}"',
    )
    assert "127.0.0.1:1 cannot be reached" in (desk.visit(source).problem or "")


def test_without_the_extra_it_is_named(
    desk: Desk, server: SftpServer, outgoing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "paramiko", None)
    assert "pip install 'copydesk[sftp]'" in (desk.visit(wire(desk, server, outgoing)).problem or "")
