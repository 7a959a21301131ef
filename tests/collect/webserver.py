"""A web server on loopback with the faults of real ones; it notes who asked for what and when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from tests.collect.places import FakeClock


@dataclass(frozen=True)
class Reply:
    """What the server answers. `cut` ends the body after so many bytes; each byte of a `drip` takes so many seconds."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    drip: float = 0.0
    drip_head: float = 0.0
    chunked: bool = False


@dataclass(frozen=True)
class Asked:
    path: str
    headers: Message
    at: datetime


Answering = Reply | list[Reply] | Callable[[Asked], Reply]


class WebServer:
    """Answers by path: one reply for ever, a list of them (the last for ever), or what a function says."""

    def __init__(self, clock: FakeClock, address: str = "127.0.0.1") -> None:
        self.clock, self.asked, self.replies = clock, list[Asked](), dict[str, Answering]()
        self.at_once, self.most_at_once = 0, 0
        self._lock = threading.Lock()
        self._server = _Server((address, 0), _Handler)
        self._server.web = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, path: str = "/") -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the requests that are answered at one time."""
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            yield
        finally:
            with self._lock:
                self.at_once -= 1

    def reply(self, asked: Asked) -> Reply:
        path = asked.path.partition("?")[0]
        with self._lock:
            self.asked.append(asked)
            answering = self.replies.get(asked.path, self.replies.get(path, Reply(status=404)))
            if isinstance(answering, list):
                return answering.pop(0) if len(answering) > 1 else answering[0]
        return answering if isinstance(answering, Reply) else answering(asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    web: WebServer

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that has had enough of a drip


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        web = self.server.web
        self.close_connection = True
        with web.counted():
            reply = web.reply(Asked(self.path, self.headers, web.clock.now()))
            if reply.drip_head:
                self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 200 + b"\r\n\r\n", reply.drip_head)
            else:
                self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(reply.body), reply.body) if reply.chunked else reply.body
        if reply.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif reply.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if reply.status != 304:
            self._drip(body[: reply.cut], reply.drip)

    def _drip(self, data: bytes, seconds: float) -> None:
        for piece in [data] if not seconds else (bytes((byte,)) for byte in data):
            self.server.web.clock.pass_time(seconds)
            self.wfile.write(piece)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        pass
