"""The HTML report over HTTP, so that Prefect's UI can link to it: browsers follow no link from a page to a file."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def serve_page(page: Path, host: str, port: int) -> ThreadingHTTPServer:
    """Serve one file at every address of host and port, from a thread that ends with the process; port 0 is any.

    Raises:
        OSError: the port is taken.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = page.read_bytes() if page.is_file() else None
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"no report yet: it is made by the flow `report`" if found is None else found)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Nothing: the journal is for runs."""

    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, name="page", daemon=True).start()
    return server
