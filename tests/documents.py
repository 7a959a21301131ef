"""HTML pages taken apart by a real parser, for tests that ask what a browser would make of them."""

from __future__ import annotations

from html.parser import HTMLParser

# Nothing that our pages need loads anything from anywhere.
LOADING = {"script", "link", "img", "iframe", "object", "embed", "video", "audio", "source", "base", "meta"}


class Document(HTMLParser):
    """All tags with their attributes, ids, text by tag."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.tags if "id" in attrs]

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def assert_inert(html: str, *, scripts: int) -> Document:
    """The page runs no script but our own, has no handler, loads nothing, and hides no character."""
    page = Document(html)
    assert len(page.all("script")) == scripts
    assert all("src" not in attrs for attrs in page.all("script"))
    assert not page.all("img")
    assert not page.all("b")
    for tag, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on")], (tag, attrs)
        assert "style" not in attrs, "the policy forbids inline style"
        for name in ("href", "src", "action"):
            address = attrs.get(name) or ""
            assert not address.lower().startswith(("javascript:", "http:", "https:", "//")), (tag, attrs)
    assert not [
        c for c in html if (c < " " and c not in "\n\t") or "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069"
    ]
    policy = [a["content"] or "" for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert len(policy) == 1
    assert "default-src 'none'" in policy[0]
    assert "unsafe" not in policy[0]
    assert len(set(page.ids)) == len(page.ids), "ids are unique"
    return page
