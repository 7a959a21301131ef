"""Where Parquet lies: a folder, or a prefix of an object store whose keys come from the environment alone."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
from pyarrow import fs

from etl.lake.transaction import LakeError

OBJECTS = "s3://"
"""How an address in an object store begins; all else is a folder."""

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_REGION = "us-east-1"
_TRIES = 3


def is_remote(place: str) -> bool:
    """True for a prefix or file of an object store."""
    return place.startswith(OBJECTS)


def checked_place(name: str, place: str) -> str:
    """A folder (made absolute) or an object prefix, without a slash at its end.

    Raises:
        LakeError: it is neither, or holds what could be a key; `name` says which setting it came from.
    """
    if "://" not in place:
        return str(Path(place).absolute())
    bucket, _, prefix = place.removeprefix(OBJECTS).partition("/")
    if not is_remote(place) or not bucket or not prefix.strip("/") or set(place) & set("@?#"):
        raise LakeError(
            f"{name} must be a folder or like s3://bucket/prefix, without keys: put those into "
            f"AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; got the scheme {place.partition('://')[0]!r}"
        )
    return place.rstrip("/")


def file_system(place: str) -> tuple[fs.FileSystem, str]:
    """The file system that a folder or object prefix is on, and its path there.

    Raises:
        LakeError: the object store's keys are not in the environment.
    """
    if not is_remote(place):
        return fs.LocalFileSystem(), place
    return _store(*_credentials(), _region(), *_endpoint(), _timeout()), place.removeprefix(OBJECTS)


@cache
def _store(key: str, secret: str, token: str, region: str, scheme: str, host: str, timeout: float) -> fs.FileSystem:
    return fs.S3FileSystem(
        access_key=key,
        secret_key=secret,
        session_token=token or None,
        region=region,
        endpoint_override=host or None,
        scheme=scheme,
        connect_timeout=timeout,
        request_timeout=timeout,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=_TRIES),
        allow_delayed_open=True,  # one request for a small file, not three
    )


def give_keys(con: duckdb.DuckDBPyConnection) -> None:
    """Let a connection that has httpfs read and write the object store. No key stands in a statement or a setting.

    Raises:
        LakeError: the object store's keys are not in the environment.
    """
    scheme, host = _endpoint()
    values = dict(zip(("KEY_ID", "SECRET", "SESSION_TOKEN"), _credentials(), strict=True))
    values |= {"REGION": _region(), "ENDPOINT": host, "URL_STYLE": "path" if host else "vhost"}
    given = {name: value for name, value in values.items() if value}
    # httpfs copies the environment into settings, which anybody with the connection could read back.
    for setting in ("s3_access_key_id", "s3_secret_access_key", "s3_session_token"):
        con.execute(f"SET {setting} = ''")
    con.execute(f"SET http_timeout = {_timeout():.0f}")
    for name, value in given.items():
        con.execute(f"SET VARIABLE {name} = ?", [value])
    options = ", ".join(f"{name} getvariable('{name}')" for name in given)
    con.execute(f"CREATE OR REPLACE SECRET wire (TYPE s3, {options}, USE_SSL {str(scheme == 'https').lower()})")
    for name in given:
        con.execute(f"RESET VARIABLE {name}")


def without_keys(text: str) -> str:
    """`text` with the environment's keys blotted out: servers quote them back in their errors."""
    for name in _KEYS:
        value = os.environ.get(name, "")
        if len(value) > 3:
            text = text.replace(value, f"[{name}]")
    return text


def _credentials() -> tuple[str, str, str]:
    key, secret, token = (os.environ.get(name, "") for name in _KEYS)
    if not key or not secret:
        raise LakeError(
            "an object store needs its keys in the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY "
            "(and AWS_ENDPOINT_URL, AWS_REGION, AWS_SESSION_TOKEN as the store wants them)"
        )
    return key, secret, token


def _region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _REGION


def _endpoint() -> tuple[str, str]:
    """Scheme and host:port of $AWS_ENDPOINT_URL; no host means Amazon's own."""
    address = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    if not address:
        return "https", ""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in address or parts.path.strip("/"):
        raise LakeError("AWS_ENDPOINT_URL must be like https://host:port")
    return parts.scheme, parts.netloc


def _timeout() -> float:
    """Seconds that the object store may take to answer one request."""
    given = os.environ.get("COPYDESK_S3_TIMEOUT", "30")
    try:
        return max(1.0, float(given))
    except ValueError:
        raise LakeError(f"COPYDESK_S3_TIMEOUT must be seconds, got {given!r}") from None
