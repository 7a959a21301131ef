"""`copydesk serve`: a Prefect server, the deployments and what runs them, kept alive on one machine.

This process starts the others and starts them again when they end; it does not import Prefect itself. What has to
survive a restart is on disk: the lake, and Prefect's database and leases in its home.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from etl.cli.options import config_here
from etl.config import FILE_NAME
from flows import LOG
from flows.page import serve_page
from flows.part import Part

_DEAF_AFTER = 60.0
"""Seconds without an answer after which a server that answered before is started again."""
_STARTS_WITHIN = 300.0
"""Seconds that a server may take to answer for the first time: it may have a database to migrate."""
_RUNNER_LISTENS = 20.0
"""Seconds without a server after which Prefect's runner no longer hears of cancelled runs; then it is started anew."""
_LISTEN_EVERY = 5.0
_LOOK_EVERY = 0.5


@dataclass(slots=True)
class Server:
    """The Prefect server: the process, None where it is somebody else's, and when it was last heard."""

    part: Part | None
    api: str
    heard_at: float = 0.0
    answered: bool = False

    def see_to_it(self, stop: threading.Event) -> float:
        """Start it if it is not there or deaf, wait until it answers or ends; give how many seconds that took."""
        began = time.monotonic()
        if self.part is not None and not self.part.is_alive:
            if stop.wait(self.part.pause()):
                return 0.0
            self.part.start()
            self.heard_at, self.answered = time.monotonic(), False
        while not stop.is_set() and not self._is_heard() and (self.part is None or self.part.is_alive):
            silence = time.monotonic() - self.heard_at
            if self.part is not None and silence > (_DEAF_AFTER if self.answered else _STARTS_WITHIN):
                LOG.warning("deaf part=server seconds=%d", silence)
                self.part.kill()
            stop.wait(_LOOK_EVERY)
        return time.monotonic() - began

    def _is_heard(self) -> bool:
        if self.answered and time.monotonic() - self.heard_at < _LISTEN_EVERY:
            return True
        try:
            with urllib.request.urlopen(f"{self.api}/health", timeout=_LISTEN_EVERY) as answer:
                heard = bool(answer.status == 200)
        except (OSError, ValueError):
            return False
        if heard:
            self.heard_at, self.answered = time.monotonic(), True
        return heard


def keep_alive(server: Server, runner: Part, stop: threading.Event) -> None:
    """Keep server and runner going until told to stop; then end the runner, its runs, and the server."""
    try:
        while not stop.is_set():
            if server.see_to_it(stop) > _RUNNER_LISTENS and not stop.is_set():
                runner.stop()
            if not stop.is_set() and server.answered and not runner.is_alive and not stop.wait(runner.pause()):
                runner.start()
            stop.wait(_LOOK_EVERY)
    finally:
        runner.stop()
        if server.part is not None:
            server.part.stop()


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the home; ClickException if another `copydesk serve` does."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "serve.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(f"another `copydesk serve` goes on with {home}") from None
        yield


def environment(home: Path, api: str, page: str, *, crash_after: int) -> dict[str, str]:
    """The environment of all parts: Prefect quiet, offline, its state in `home`; what the user has set stands."""
    ours = {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api,
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        # Slots of runs that go on are known to a server that was started anew, and slots of dead runs come free.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(30 * 24 * 3600),
        "COPYDESK_CRASH_AFTER": str(crash_after),
        "COPYDESK_REPORT_URL": page,
    }
    return ours | os.environ


def _require_free(host: str, port: int) -> None:
    for _ in range(20):  # the server of a `copydesk serve` that was killed needs a moment to notice
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                return
        time.sleep(_LOOK_EVERY)
    raise click.ClickException(f"{host}:{port} is taken by another program; choose with --port")


@click.command()
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1")
@click.option("--port", type=int, default=4200)
@click.option("--crash-after", type=int, default=90)
def main(config: Path | None, host: str, port: int, crash_after: int) -> None:
    """See `copydesk serve --help`, which starts this."""
    given = config_here(config)
    path = config or (Path(FILE_NAME) if Path(FILE_NAME).exists() else None)
    home = Path(os.environ.get("PREFECT_HOME", given.warehouse / "prefect")).absolute()
    theirs = os.environ.get("PREFECT_API_URL")
    api = theirs or f"http://{host}:{port}/api"
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with only_one(home):
        if not theirs:
            _require_free(host, port)
        page = serve_page(given.warehouse / "report.html", host, port + 1)
        address = f"http://{host}:{page.server_port}/report.html"
        environ = environment(home, api, address, crash_after=crash_after)
        python = [sys.executable, "-m"]
        server = Part("server", [*python, "flows.server", host, str(port)], environ)
        runner = Part("runner", [*python, "flows.runner", *([str(path.absolute())] if path else [])], environ)
        click.echo(f"copydesk: Prefect at {api.removesuffix('/api')}, report at {address}; Ctrl-C ends it", err=True)
        keep_alive(Server(None if theirs else server, api), runner, stop)
    click.echo("copydesk: ended; what was committed stays, the next start does the rest", err=True)


if __name__ == "__main__":
    main()
