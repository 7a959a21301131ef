"""Which server a source is at, and whether what is remembered under its name is of the same place."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from etl.config import S3, Folder, Http, Imap, Rss, Sftp, Source
from etl.lake.sources import SourceState

_PLACE = "place"


def server_of(source: Source) -> str:
    """What the sources of one server have in common: its name, or the folder."""
    match source.fetch:
        case Rss(url=url) | Http(url=url):
            return (urlsplit(url).hostname or "").lower()
        case Sftp(host=host) | Imap(host=host):
            return host.lower()
        case S3(endpoint=endpoint, region=region):
            return (urlsplit(endpoint or "").hostname or f"s3.{region}").lower()
        case Folder(path=path):
            return str(path)


def current(source: Source, state: SourceState) -> SourceState:
    """The state; that of a new source if its name has been given to another place since.

    An ETag or a UID of one server must not make us believe that we have what another one offers.
    """
    place = _place_of(source)
    if state.memory.get(_PLACE, place) == place:
        return replace(state, memory={**state.memory, _PLACE: place})
    return SourceState(memory={_PLACE: place})


def _place_of(source: Source) -> str:
    match source.fetch:
        case Rss(url=url, follow=follow):
            parts = [url, "pages" if follow else ""]
        case Http(url=url, next_pointer=pointer, since_parameter=since):
            parts = [url, pointer or "", since or ""]
        case Folder(path=path):
            parts = [str(path)]
        case S3(endpoint=endpoint, bucket=bucket):
            parts = [endpoint or "", bucket]
        case Sftp(host=host, port=port, path=below):
            parts = [host, str(port), below]
        case Imap(host=host, username=user, mailbox=mailbox):
            parts = [host, user, mailbox]
    return " ".join((source.kind, *parts))
