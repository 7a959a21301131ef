"""The reader as a folder of files, and as a local page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import duckdb

from etl.reader.pages import index_page, story_page
from etl.reader.store import Hit, find_stories, load_story

DATABASE = "copydesk.duckdb"
_ID = re.compile(r"art-[0-9a-f]+")
_LOCAL = {"127.0.0.1", "localhost", "[::1]"}


def export_stories(warehouse: Path, folder: Path, hits: Sequence[Hit]) -> int:
    """Write `index.html` and a page for each of the stories below `folder`; gives how many.

    Raises:
        OSError: the folder cannot be written.
    """
    pages = folder / "stories"
    pages.mkdir(parents=True, exist_ok=True)
    listed: list[tuple[Hit, str, str]] = []
    with connect(warehouse) as con:
        for hit in hits:
            view = load_story(con, warehouse, hit.article_id)
            if view is None:
                continue
            name = f"{hit.article_id}.html"
            (pages / name).write_text(story_page(view, "../index.html"), encoding="utf-8")
            listed.append((hit, f"stories/{name}", view.article["body"] or ""))
    (folder / "index.html").write_text(index_page(listed, static=True), encoding="utf-8")
    return len(listed)


def connect(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """A reading connection to the published tables, in UTC."""
    con = duckdb.connect(str(warehouse / DATABASE), read_only=True)
    con.execute("SET TimeZone = 'UTC'")
    return con


def make_server(warehouse: Path, port: int, *, limit: int = 200) -> ThreadingHTTPServer:
    """A server on this machine only. Each request opens the tables anew, so a publish shows at once.

    Raises:
        OSError: the port is taken.
    """

    class Handler(_Handler):
        pass

    Handler.warehouse = warehouse
    Handler.limit = limit
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


class _Handler(BaseHTTPRequestHandler):
    warehouse: Path
    limit: int
    server_version = "copydesk"
    sys_version = ""

    def do_GET(self) -> None:
        # A foreign page can make its own host name point here; only this machine's names are answered.
        if self.headers.get("Host", "").rsplit(":", 1)[0] not in _LOCAL:
            self._send(HTTPStatus.FORBIDDEN, "This page is for this machine only.")
            return
        asked = urlsplit(self.path)
        if asked.path == "/":
            words = parse_qs(asked.query).get("q", [""])[0][:200]
            self._send(HTTPStatus.OK, self._index(words), "text/html")
            return
        found = re.fullmatch(rf"/stories/({_ID.pattern})", asked.path)
        shown = self._story(found[1]) if found else None
        if shown is None:
            self._send(HTTPStatus.NOT_FOUND, "No such story.")
        else:
            self._send(HTTPStatus.OK, shown, "text/html")

    def _index(self, words: str) -> str:
        with connect(self.warehouse) as con:
            hits = find_stories(con, words, limit=self.limit)
        return index_page([(hit, f"/stories/{hit.article_id}", "") for hit in hits], words=words)

    def _story(self, article_id: str) -> str | None:
        with connect(self.warehouse) as con:
            view = load_story(con, self.warehouse, article_id)
        return None if view is None else story_page(view, "/")

    def _send(self, status: HTTPStatus, text: str, kind: str = "text/plain") -> None:
        data = text.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
        """Say nothing: what is asked for is the reader's own affair."""
