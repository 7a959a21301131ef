"""What `copydesk.toml` may say: every key once, with its kind, its default and what it means.

The validator, the example that `copydesk init` writes and the reference page are all made from these records.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from etl.config import kinds as k
from etl.config.schedule import Schedule
from etl.settings import Settings


@dataclass(frozen=True, slots=True)
class Key:
    """What a key holds: its kind, what it means, and a value as TOML for the example."""

    kind: k.Kind
    doc: str
    example: str | None = None
    instead: bool = False
    """The key stands in place of another of its section: the example only mentions it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rss:
    """An RSS, Atom or RDF feed: the document is kept each time it has changed."""

    url: Annotated[str, Key(k.WEB_ADDRESS, "Address of the feed.", '"https://wire.example/feed.xml"')]
    follow: Annotated[bool, Key(k.YES_NO, "Fetch the page of each new item too, once; robots.txt is heeded.")] = False
    username: Annotated[str | None, Key(k.TEXT, "User, where the server asks for one.", '"desk"')] = None
    password_env: Annotated[str | None, Key(k.VARIABLE, "Variable with the user's password.", '"WIRE_PASSWORD"')] = None
    headers: Annotated[
        tuple[tuple[str, str], ...], Key(k.HEADERS, "More headers to send.", '{ Accept = "text/xml" }')
    ] = ()
    headers_env: Annotated[
        tuple[tuple[str, str], ...],
        Key(k.VARIABLES, "Headers whose values are in variables.", '{ Authorization = "WIRE_TOKEN" }'),
    ] = ()
    query_env: Annotated[
        tuple[tuple[str, str], ...],
        Key(k.VARIABLES, "Parameters of the address in variables.", '{ apikey = "WIRE_KEY" }'),
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """An HTTP API or file: the answer is kept each time it has changed, page by page where it has pages."""

    url: Annotated[str, Key(k.WEB_ADDRESS, "Address to ask.", '"https://api.example/stories"')]
    next_pointer: Annotated[
        str | None, Key(k.POINTER, "Where in a JSON answer the address of the next page stands.", '"/links/next"')
    ] = None
    max_pages: Annotated[int, Key(k.POSITIVE, "Pages of one visit at most; the next visit goes on.")] = 100
    since_parameter: Annotated[
        str | None,
        Key(k.TEXT, "Parameter that is set to the time of the last whole visit, ISO 8601 in UTC.", '"updated_since"'),
    ] = None
    username: Annotated[str | None, Key(k.TEXT, "User, where the server asks for one.", '"desk"')] = None
    password_env: Annotated[str | None, Key(k.VARIABLE, "Variable with the user's password.", '"API_PASSWORD"')] = None
    headers: Annotated[
        tuple[tuple[str, str], ...], Key(k.HEADERS, "More headers to send.", '{ Accept = "application/json" }')
    ] = ()
    headers_env: Annotated[
        tuple[tuple[str, str], ...],
        Key(k.VARIABLES, "Headers whose values are in variables.", '{ Authorization = "API_TOKEN" }'),
    ] = ()
    query_env: Annotated[
        tuple[tuple[str, str], ...],
        Key(k.VARIABLES, "Parameters of the address in variables.", '{ apikey = "API_KEY" }'),
    ] = ()


_IGNORED = ("*.part", "*.tmp", "*.filepart", "*~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder that others write into: files are copied once they are whole, and left where they are."""

    path: Annotated[Path, Key(k.FOLDER, "The folder; folders below it belong to it.", '"/srv/incoming/wire"')]
    match: Annotated[str, Key(k.TEXT, "Names to take, as a pattern; a name that begins with a dot never is.")] = "*"
    ignore: Annotated[tuple[str, ...], Key(k.TEXTS, "Names of files that are still being written.")] = _IGNORED
    settle: Annotated[timedelta, Key(k.DURATION, "How long a file must have been left unchanged.")] = timedelta(
        seconds=30
    )
    done_suffix: Annotated[
        str | None, Key(k.TEXT, "Take FILE only when FILE with this at its end stands beside it.", '".done"')
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class S3:
    """A prefix in an object store. Without keys the objects are asked for as anyone."""

    bucket: Annotated[str, Key(k.TEXT, "The bucket.", '"wire-archive"')]
    prefix: Annotated[str | None, Key(k.TEXT, "What the keys begin with: a folder.", '"incoming/"')] = None
    match: Annotated[str, Key(k.TEXT, "Names to take, as a pattern.")] = "*"
    endpoint: Annotated[
        str | None, Key(k.WEB_ADDRESS, "Address of a store that is not Amazon's.", '"https://s3.example"')
    ] = None
    region: Annotated[str, Key(k.TEXT, "Region of the bucket.")] = "us-east-1"
    access_key_env: Annotated[str | None, Key(k.VARIABLE, "Variable with the access key.", '"WIRE_S3_KEY"')] = None
    secret_key_env: Annotated[str | None, Key(k.VARIABLE, "Variable with the secret key.", '"WIRE_S3_SECRET"')] = None
    session_token_env: Annotated[
        str | None, Key(k.VARIABLE, "Variable with the session token.", '"WIRE_S3_SESSION"')
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sftp:
    """A folder on an SFTP server (extra `sftp`). A server whose key is not known is refused."""

    host: Annotated[str, Key(k.TEXT, "The server.", '"sftp.wire.example"')]
    username: Annotated[str, Key(k.TEXT, "The user.", '"desk"')]
    path: Annotated[str, Key(k.TEXT, "The folder on the server; folders below it belong to it.", '"/outgoing"')]
    port: Annotated[int, Key(k.PORT, "The server's port.")] = 22
    password_env: Annotated[str | None, Key(k.VARIABLE, "Variable with the password.", '"SFTP_PASSWORD"')] = None
    private_key: Annotated[
        Path | None,
        Key(k.FOLDER, "File of the private key, instead of a password.", '"/etc/copydesk/id_ed25519"', instead=True),
    ] = None
    passphrase_env: Annotated[
        str | None, Key(k.VARIABLE, "Variable with the private key's passphrase.", '"SFTP_PASSPHRASE"', instead=True)
    ] = None
    fingerprint: Annotated[
        str | None,
        Key(k.FINGERPRINT, "The server's key.", '"SHA256:2mT2v0xkXW3uY6g3p1fB4Jq6mYbHhQm2m0l5rC8nZ9E"'),
    ] = None
    known_hosts: Annotated[
        Path | None,
        Key(k.FOLDER, "File of known servers, instead of a fingerprint.", '"/etc/copydesk/known_hosts"', instead=True),
    ] = None
    match: Annotated[str, Key(k.TEXT, "Names to take, as a pattern; a name that begins with a dot never is.")] = "*"
    ignore: Annotated[tuple[str, ...], Key(k.TEXTS, "Names of files that are still being written.")] = _IGNORED
    settle: Annotated[timedelta, Key(k.DURATION, "How far apart two looks must be that find a file unchanged.")] = (
        timedelta(seconds=30)
    )
    done_suffix: Annotated[
        str | None, Key(k.TEXT, "Take FILE only when FILE with this at its end stands beside it.", '".done"')
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imap:
    """A mailbox: each message is kept as delivered and stays unread on the server."""

    host: Annotated[str, Key(k.TEXT, "The server.", '"imap.example"')]
    username: Annotated[str, Key(k.TEXT, "The user.", '"desk@example"')]
    password_env: Annotated[str, Key(k.VARIABLE, "Variable with the password.", '"MAIL_PASSWORD"')]
    mailbox: Annotated[str, Key(k.TEXT, "The mailbox.")] = "INBOX"
    port: Annotated[int, Key(k.PORT, "The server's port.")] = 993
    tls: Annotated[bool, Key(k.YES_NO, "Encrypt the connection. Only a server on this machine may go without.")] = True


Fetch = Rss | Http | Folder | S3 | Sftp | Imap

SOURCE_KINDS: dict[str, type[Fetch]] = {
    "rss": Rss,
    "http": Http,
    "folder": Folder,
    "s3": S3,
    "sftp": Sftp,
    "imap": Imap,
}
"""What `kind` of a source may be, and the keys that each kind has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKeys:
    """The keys that every source has."""

    name: Annotated[str, Key(k.NAME, "Its name: the folder below `raw`, and the feed in the tables.", '"wire"')]
    every: Annotated[timedelta, Key(k.DURATION, "Least time between two visits.")] = timedelta(minutes=5)
    timeout: Annotated[timedelta, Key(k.DURATION, "Longest time for one document, however slowly it drips.")] = (
        timedelta(seconds=60)
    )
    budget: Annotated[timedelta, Key(k.DURATION, "Longest time for a visit; the next visit does the rest.")] = (
        timedelta(minutes=10)
    )
    max_bytes: Annotated[int, Key(k.SIZE, "Largest document; larger ones are refused.")] = 64 * 1024 * 1024
    user_agent: Annotated[
        str | None, Key(k.TEXT, "How to introduce ourselves to this source.", '"Example Desk (desk@example)"')
    ] = None
    enabled: Annotated[bool, Key(k.YES_NO, "false lets the source rest.")] = True


@dataclass(frozen=True, slots=True)
class Source:
    """One place that copy comes from: what every source has, and what its kind asks for."""

    common: SourceKeys
    fetch: Fetch

    @property
    def name(self) -> str:
        """The source's name: its folder below the raw zone."""
        return self.common.name

    @property
    def kind(self) -> str:
        """`rss`, `http`, `folder`, `s3`, `sftp` or `imap`."""
        return next(kind for kind, record in SOURCE_KINDS.items() if record is type(self.fetch))


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """How `copydesk run` and the flows work; as the options of the command."""

    processes: Annotated[int, Key(k.COUNT, "Language processes; 0 is one a core.")] = 0
    batch_bytes: Annotated[int, Key(k.SIZE, "Size of a batch.")] = 1024 * 1024
    batch_files: Annotated[int, Key(k.POSITIVE, "Files of a batch.")] = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Collecting:
    """What all sources share."""

    threads: Annotated[int, Key(k.POSITIVE, "Servers that are visited at one time.")] = 8
    pause: Annotated[timedelta, Key(k.DURATION, "Least time between two requests to one server.")] = timedelta(
        seconds=1
    )
    user_agent: Annotated[
        str | None,
        Key(k.TEXT, "How to introduce ourselves; a contact is good manners.", '"Example Desk (desk@example)"'),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """When each flow runs; a flow without a schedule runs when asked."""

    timezone: Annotated[str, Key(k.ZONE, "Time zone of cron text.")] = "UTC"
    collect: Annotated[Schedule | None, Key(k.SCHEDULE, "Visit the sources that are due.", '"1m"')] = None
    ingest: Annotated[Schedule | None, Key(k.SCHEDULE, "Load what is new and publish.", '"5m"')] = None
    publish: Annotated[Schedule | None, Key(k.SCHEDULE, "Publish again: embargoes pass.", '"15m"')] = None
    maintain: Annotated[Schedule | None, Key(k.SCHEDULE, "Upkeep of the lake.", '"30 3 * * *"')] = None
    report: Annotated[Schedule | None, Key(k.SCHEDULE, "Write the HTML report.", '"0 6 * * *"')] = None
    daily: Annotated[Schedule | None, Key(k.SCHEDULE, "All of it, in order.", '"0 2 * * *"')] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What is expected of a feed; what falls below is told as an event and in the report."""

    name: Annotated[str, Key(k.TEXT, "The feed: the first folder below `raw`.", '"wire"')]
    max_silence: Annotated[timedelta | None, Key(k.DURATION, "Longest time without a story.", '"2h"')] = None
    min_stories_per_day: Annotated[int | None, Key(k.COUNT, "Fewest stories of a day.", "40")] = None
    max_reject_rate: Annotated[float | None, Key(k.SHARE, "Largest share of what is refused.", "0.05")] = None
    filled: Annotated[
        tuple[tuple[str, float], ...],
        Key(k.FILLED, "Least share of articles that have the column filled.", "{ byline = 0.25, dateline_text = 0.5 }"),
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintaining:
    """What upkeep may let go."""

    keep: Annotated[timedelta, Key(k.DURATION, "How far `restore` and `diff` reach back.")] = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The keys before the first section."""

    warehouse: Annotated[Path, Key(k.FOLDER, "Folder of the lake and of everything published.")] = Path("warehouse")
    raw: Annotated[Path, Key(k.FOLDER, "Folder of raw files; the first folder below it is the feed.")] = Path("raw")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`copydesk.toml`, read and valid. Folders are absolute or begin where the process does."""

    warehouse: Path = Path("warehouse")
    raw: Path = Path("raw")
    run: Running = field(default_factory=Running)
    collect: Collecting = field(default_factory=Collecting)
    schedules: Schedules = field(default_factory=Schedules)
    maintain: Maintaining = field(default_factory=Maintaining)
    sources: tuple[Source, ...] = ()
    feeds: tuple[Feed, ...] = ()

    def settings(self) -> Settings:
        """Settings of a run."""
        return Settings(self.warehouse, self.run.processes, self.run.batch_bytes, self.run.batch_files)


SECTIONS = {"run": Running, "collect": Collecting, "schedules": Schedules, "maintain": Maintaining}
"""Sections that stand at most once, by their names."""
