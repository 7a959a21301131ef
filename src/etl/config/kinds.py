"""Kinds of value that `copydesk.toml` holds: how each is written, and what it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from etl import schema
from etl.config.schedule import Schedule, parse_schedule

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")
_DURATION = re.compile(r"(\d+)(s|m|h|d)")
_SIZE = re.compile(r"(\d+) ?(KiB|MiB|GiB)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_SECRET_WORDS = re.compile(r"(^|[_-])(api[_-]?key|key|token|secret|password|passwd|pwd|signature|sig)$", re.I)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: its name, what is valid in words, and the function that makes it of what TOML gave.

    The function raises ValueError for what is not valid. A value of a `guarded` kind stands in no message: it may
    be a secret in the wrong place.
    """

    name: str
    valid: str
    parse: Callable[[object], object]
    guarded: bool = False


def _refuse(value: object) -> ValueError:
    return ValueError(repr(value))


def _is(kind: type[T], value: object) -> T:
    # True is an int to Python, not to who writes the file.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise _refuse(value)
    return value


def _matched(pattern: re.Pattern[str], value: object) -> re.Match[str]:
    found = pattern.fullmatch(_is(str, value))
    if found is None:
        raise _refuse(value)
    return found


def _text(value: object) -> str:
    text = _is(str, value)
    if not text.strip() or not text.isprintable():
        raise _refuse(value)
    return text


def _at_least(least: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        number = _is(int, value)
        if number < least:
            raise _refuse(value)
        return number

    return parse


def _share(value: object) -> float:
    number = float(_is(int, value)) if isinstance(value, int) else _is(float, value)
    if not 0 <= number <= 1:
        raise _refuse(value)
    return number


def _duration(value: object) -> timedelta:
    found = _matched(_DURATION, value)
    seconds = int(found[1]) * _SECONDS[found[2]]
    if not 0 < seconds <= 3650 * 86400:
        raise _refuse(value)
    return timedelta(seconds=seconds)


def _size(value: object) -> int:
    if isinstance(value, str):
        found = _matched(_SIZE, value)
        value = int(found[1]) * _BYTES[found[2]]
    return _at_least(1)(value)


def _port(value: object) -> int:
    number = _at_least(1)(value)
    if number > 65535:
        raise _refuse(value)
    return number


def _web_address(value: object) -> str:
    address = _text(value)
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in address:
        raise _refuse(value)
    if parts.username is not None or parts.password is not None:
        raise _refuse(value)
    if any(_SECRET_WORDS.search(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        raise _refuse(value)
    _ = parts.port  # ValueError for a port that is none
    return address


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(item) for item in _is(list, value))


def _headers(value: object) -> tuple[tuple[str, str], ...]:
    held = {name: _text(text) for name, text in _is(dict, value).items()}
    if any(name.lower() in {"authorization", "cookie"} or _SECRET_WORDS.search(name) for name in held):
        raise _refuse(value)
    return tuple(held.items())


def _variables(value: object) -> tuple[tuple[str, str], ...]:
    return tuple((name, _matched(_VARIABLE, text)[0]) for name, text in _is(dict, value).items())


def _filled(value: object) -> tuple[tuple[str, float], ...]:
    held = {column: _share(share) for column, share in _is(dict, value).items()}
    if not held.keys() <= set(schema.core("articles").columns):
        raise _refuse(value)
    return tuple(held.items())


def _schedule(value: object) -> Schedule:
    text = _is(str, value)
    return Schedule(every=_duration(text)) if _DURATION.fullmatch(text) else parse_schedule(text)


def _zone(value: object) -> str:
    try:
        return ZoneInfo(_text(value)).key
    except (OSError, KeyError) as error:
        raise _refuse(value) from error


def _pointer(value: object) -> str:
    text = _text(value)
    if not text.startswith("/"):
        raise _refuse(value)
    return text


TEXT = Kind("text", "text that is not empty", _text)
NAME = Kind("name", "small letters, digits, - and _, beginning with a letter or digit", lambda v: _matched(_NAME, v)[0])
YES_NO = Kind("yes or no", "true or false", lambda v: _is(bool, v))
COUNT = Kind("count", "a whole number, 0 or more", _at_least(0))
POSITIVE = Kind("number", "a whole number, 1 or more", _at_least(1))
SHARE = Kind("share", "a number from 0 to 1", _share)
DURATION = Kind("duration", 'a number and s, m, h or d: "30s", "5m", "2h", "1d"', _duration)
SIZE = Kind("size", 'a number of bytes, or one with its unit: "512KiB", "64MiB", "1GiB"', _size)
FOLDER = Kind("folder", "a path; one that is not absolute begins at the folder of this file", lambda v: Path(_text(v)))
PORT = Kind("port", "a whole number from 1 to 65535", _port)
WEB_ADDRESS = Kind(
    "web address",
    "an http or https address without a user, password or key in it (use password_env, headers_env or query_env)",
    _web_address,
    guarded=True,
)
TEXTS = Kind("list of texts", "a list of texts", _texts)
HEADERS = Kind(
    "headers",
    "a table of header names and texts, none of them a secret (those go into headers_env)",
    _headers,
    guarded=True,
)
VARIABLE = Kind(
    "environment variable",
    "the name of an environment variable that holds the secret, never the secret",
    lambda v: _matched(_VARIABLE, v)[0],
    guarded=True,
)
VARIABLES = Kind(
    "environment variables",
    "a table whose values are names of environment variables that hold the secrets, never the secrets",
    _variables,
    guarded=True,
)
FINGERPRINT = Kind(
    "fingerprint", "like SHA256:… as `ssh-keygen -lf` prints it", lambda v: _matched(_FINGERPRINT, v)[0].rstrip("=")
)
FILLED = Kind("shares by column", "a table of columns of `articles` and shares from 0 to 1", _filled)
SCHEDULE = Kind("schedule", 'a duration, or cron text of five fields: "*/5 * * * *"', _schedule)
ZONE = Kind("time zone", 'the name of a time zone: "UTC", "Europe/Berlin"', _zone)
POINTER = Kind("JSON pointer", 'a JSON pointer: "/links/next"', _pointer)

KINDS = (
    TEXT, NAME, YES_NO, COUNT, POSITIVE, SHARE, DURATION, SIZE, FOLDER, PORT, WEB_ADDRESS, TEXTS, HEADERS,
    VARIABLE, VARIABLES, FINGERPRINT, FILLED, SCHEDULE, ZONE, POINTER,
)  # fmt: skip
"""Every kind, in the order of the reference page."""
