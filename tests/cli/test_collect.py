"""`copydesk collect` in real processes."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.collect.places import FakeClock
from tests.collect.webserver import Asked, Reply, WebServer
from warehouses import copydesk, start

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Harbor Wire</title>
<item><title>Ferry strike ends</title>
<description>The ferries to the islands sail again, the harbor office said on Monday.</description>
<guid>harbor-1</guid></item></channel></rss>"""


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer(FakeClock()) as web:
        web.replies["/feed.xml"] = Reply(FEED)
        yield web


@pytest.fixture
def config(web: WebServer, tmp_path: Path) -> Path:
    path = tmp_path / "copydesk.toml"
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    path.write_text(
        f'[[source]]\nname = "harbor"\nkind = "rss"\nurl = "{web.url("/feed.xml")}"\n'
        '[[source]]\nname = "drop"\nkind = "folder"\npath = "incoming"\nsettle = "1d"\n'
    )
    return path


def test_what_is_collected_is_loaded_under_the_name_of_its_source(config: Path, web: WebServer) -> None:
    done = copydesk("collect", "--config", config)
    assert (done.returncode, done.stderr) == (0, "")
    harbor, drop = sorted(done.stdout.splitlines(), reverse=True)
    assert harbor.startswith("harbor  new; 1 files, 0.3 KiB; next after ")
    assert drop.startswith("drop    unchanged; next after ")
    done = copydesk("run", config.parent / "raw", "-w", config.parent / "warehouse", "-q")
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(config.parent / "warehouse" / "copydesk.duckdb"), read_only=True) as con:
        found = con.execute("SELECT split_part(path, '/', 1), headline FROM articles").fetchall()
    assert found == [("harbor", "Ferry strike ends")]
    done = copydesk("collect", "--config", config, "harbor")
    assert done.stdout.startswith("harbor  not due; next after ")
    assert len(web.asked) == 1


def test_a_source_that_fails_is_a_line_and_exit_code_2(config: Path, web: WebServer) -> None:
    web.replies["/feed.xml"] = Reply(status=500)
    done = copydesk("collect", "--config", config, "--quiet")
    assert (done.returncode, done.stdout) == (2, "")
    assert "harbor  failed; 1 in a row; http://127.0.0.1" in done.stderr
    assert "answers 500 Internal Server Error; next after" in done.stderr


def test_a_source_that_is_not_there_and_a_configuration_that_is_not_valid(config: Path) -> None:
    done = copydesk("collect", "--config", config, "harbour")
    assert (done.returncode, done.stderr) == (1, "Error: no source harbour; there are: harbor, drop\n")
    config.write_text("[[source]]\nname = 'a'\n")
    done = copydesk("collect", "--config", config)
    assert done.returncode == 1
    assert "kind must be one of rss, http, folder, s3, sftp, imap" in done.stderr


def test_a_process_that_is_killed_in_the_middle_of_a_document_loses_and_doubles_nothing(
    config: Path, web: WebServer
) -> None:
    begun, over = threading.Event(), threading.Event()

    def hang(asked: Asked) -> Reply:
        begun.set()
        assert over.wait(60)
        return Reply(FEED)

    web.replies["/feed.xml"] = hang
    process = start("collect", "--config", config)
    assert begun.wait(60)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    over.set()
    raw = config.parent / "raw" / "harbor"
    assert not [path for path in raw.rglob("*") if path.is_file() and not path.name.startswith(".")]
    web.replies["/feed.xml"] = Reply(FEED)
    assert copydesk("collect", "--config", config).returncode == 0
    assert [path.read_bytes() for path in raw.rglob("*") if path.is_file()] == [FEED]
