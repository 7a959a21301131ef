"""Readers beside a bare parse of the same bytes, the desk beside one regular expression."""

from __future__ import annotations

import contextlib
import io
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from lxml import etree

from benchmarks.speed import Figure, paired
from etl.desk import edit_story
from etl.readers import READERS, read
from etl.records import Delivery, Story

GOLDEN = Path(__file__).parent.parent.parent / "tests" / "golden" / "readers"
REPEATS = 40
XML = ("nitf", "newsml_1_2", "newsml_g2", "rss")
JSON = ("ninjs",)
TEXT = ("anpa", "iptc7901", "reuters_sgml", "textdump")


def _read_all(files: list[bytes]) -> int:
    stories = 0
    for data in files:
        items = read(Delivery("bench", io.BytesIO(data), len(data))).items
        stories += sum(isinstance(item, Story) for item in items)
    return stories


def _samples(format_name: str, corpus: Path | None) -> list[bytes]:
    """Files of a format that give stories, some dozen times over: real ones beside the corpus, else the goldens."""
    real = corpus.parent / "formats" / format_name if corpus else GOLDEN / format_name
    folder = real if real.is_dir() else GOLDEN / format_name
    found = [
        path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("expected.json")
    ]
    return [data for data in found if _read_all([data])] * REPEATS


def _stream(files: list[bytes]) -> list[bytes]:
    """Transmissions one after the other in one file, as a feed is recorded."""
    return [b"\n".join(files)]


def _bare_xml(files: list[bytes]) -> None:
    for data in files:
        etree.fromstring(data, etree.XMLParser(recover=True, resolve_entities=False, no_network=True))


def _bare_json(files: list[bytes]) -> None:
    for data in files:
        with contextlib.suppress(orjson.JSONDecodeError):
            orjson.loads(data)


def _bare_json_and_html(files: list[bytes]) -> None:
    """The JSON and its bodies of mark-up: what no reader that sets the text can do without."""
    for data in files:
        with contextlib.suppress(orjson.JSONDecodeError):
            for body in _html_bodies(orjson.loads(data)):
                etree.fromstring(body, etree.HTMLParser())


def _html_bodies(item: Any) -> Iterator[str]:
    if not isinstance(item, dict):
        return
    for name, value in item.items():
        if name.lower().startswith("body_") and isinstance(value, str) and "</" in value:
            yield value
        elif name == "bodies" and isinstance(value, list):
            yield from (entry["value"] for entry in value if "</" in str(entry.get("value", "")))


def _bare_decode(files: list[bytes]) -> None:
    for data in files:
        data.decode("latin-1")


_PEERS_JSON = (("orjson", _bare_json), ("orjson + lxml HTML", _bare_json_and_html))
_PEERS_XML = (("lxml parse", _bare_xml),)


def markup_figures(corpus: Path | None) -> Iterator[Figure]:
    """Stories a second of the XML and JSON formats, beside the bare parse."""
    formats = {reader.format for reader in READERS}
    for name in (*XML, *JSON):
        files = _samples(name, corpus) if name in formats else []
        if not files:
            continue
        stories = _read_all(files)
        for peer_name, bare in _PEERS_JSON if name in JSON else _PEERS_XML:
            ours, peer = paired(stories, lambda f=files: _read_all(f), lambda f=files, b=bare: b(f))  # type: ignore[misc]
            yield Figure(f"read {name}", "stories/s", ours, peer_name, peer)


def text_figures(corpus: Path | None) -> Iterator[Figure]:
    """Megabytes a second of the text formats, beside decoding alone; SGML on the corpus where there is one."""
    for name in TEXT:
        files = reuters_files(corpus) if name == "reuters_sgml" and corpus else _stream(_samples(name, corpus))
        size = sum(map(len, files)) / 1e6
        ours, peer = paired(size, lambda f=files: _read_all(f), lambda f=files: _bare_decode(f))  # type: ignore[misc]
        yield Figure(f"read {name}", "MB/s", ours, "bytes.decode", peer)


def reuters_files(corpus: Path) -> list[bytes]:
    """The SGML files of the benchmark archive."""
    with tarfile.open(corpus / "reut2-000-003.tar.xz") as archive:
        found = [archive.extractfile(member) for member in archive if member.name.endswith(".sgm")]
        return [file.read() for file in found if file]


def reuters_stories(corpus: Path) -> list[Story]:
    """Every story of the benchmark archive."""
    found: list[Story] = []
    for data in reuters_files(corpus):
        items = read(Delivery("bench", io.BytesIO(data), len(data))).items
        found += [item for item in items if isinstance(item, Story)]
    return found


_DATELINE = re.compile(r"^\s*([A-Z][A-Z ,.'-]+),? ?([A-Z][a-z]+ \d+)? *(?:\((\w+)\))? ?[-–—_]+ ")


def desk_figures(corpus: Path) -> Iterator[Figure]:
    """Stories a second of the whole desk, beside one regular expression for the dateline alone."""
    stories = reuters_stories(corpus)
    ours, peer = paired(
        len(stories), lambda: [edit_story(s) for s in stories], lambda: [_DATELINE.match(s.text) for s in stories], 2
    )
    yield Figure("desk", "stories/s", ours, "one regex", peer)
