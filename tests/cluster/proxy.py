"""A door in front of a server on loopback, which a test can shut, or make silent, while somebody goes through."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

FORBIDDEN = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
)
DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message><AWSAccessKeyId>%s</AWSAccessKeyId></Error>"


class Door:
    """Forwards TCP from a port of its own to a server's. `mode` is `open`, `shut`, `silent` or `forbidden`."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._watches: list[tuple[bytes, int, Callable[[], object]]] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.mode = "open"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def when(self, sign: bytes, act: Callable[[], object], count: int = 1) -> None:
        """Once `sign` has been sent towards the server `count` times: `act`, before the server hears it."""
        with self._lock:
            self._watches.append((sign, count, act))

    def cut(self, mode: str = "open") -> None:
        """End every connection; new ones find the door in `mode`."""
        self.mode = mode
        with self._lock:
            held = list(self._open)
        for end in held:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Shut for good."""
        self._listener.close()
        self.cut("shut")

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            if self.mode == "shut":
                return
            with socket.create_connection(("127.0.0.1", self._target)) as far:
                with self._lock:
                    self._open |= {near, far}
                back = threading.Thread(target=self._pump, args=(far, near, False), daemon=True)
                back.start()
                self._pump(near, far, True)
                back.join()
                with self._lock:
                    self._open -= {near, far}

    def _pump(self, source: socket.socket, target: socket.socket, watched: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                if watched:
                    self._look(data)
                    if self.mode == "forbidden":
                        body = DENIED % key_in(data)
                        source.sendall(FORBIDDEN % (len(body), body))
                        break
                if self.mode in ("silent", "shut"):
                    continue
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _look(self, data: bytes) -> None:
        due = []
        with self._lock:
            left = []
            for sign, count, act in self._watches:
                count -= data.count(sign)
                if count <= 0:
                    due.append(act)
                else:
                    left.append((sign, count, act))
            self._watches = left
        for act in due:
            act()


def key_in(request: bytes) -> bytes:
    """The access key in a request, which real stores quote back in their refusals."""
    _, _, rest = request.partition(b"Credential=")
    return rest.partition(b"/")[0] or b"none"
