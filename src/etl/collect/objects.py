"""A prefix in an object store. Objects appear whole, so whatever is listed can be taken."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from etl.collect.listing import is_wanted
from etl.collect.records import Deadline, Found, Gone, ItemError, SourceError, Told, Visit
from etl.collect.turns import turn
from etl.config import S3

_CHUNK = 1024 * 1024
_TRIES = 2


def visit_s3(fetch: S3, visit: Visit) -> Generator[Told, None, None]:
    """What is new or changed by size or time."""
    host = urlsplit(fetch.endpoint).hostname if fetch.endpoint else None
    with turn(visit, host or f"s3.{fetch.region}.amazonaws.com"):
        store = _store(fetch, visit)
        listed = dict(_listed(fetch, store))
        taken = visit.state.taken
        for key, (mark, size) in sorted(listed.items()):
            if key not in taken or taken[key].mark != mark:
                deadline = visit.document_deadline(key)
                yield Found(key, mark, PurePosixPath(key).name, _chunks(store, f"{fetch.bucket}/{key}", size, deadline))
        yield Gone(frozenset(taken) - listed.keys())


def _store(fetch: S3, visit: Visit) -> Any:
    from pyarrow.fs import AwsStandardS3RetryStrategy, S3FileSystem

    def secret(variable: str | None) -> str | None:
        return None if variable is None else visit.secret(variable)

    parts = urlsplit(fetch.endpoint or "")
    patience = visit.source.timeout.total_seconds()
    return S3FileSystem(
        access_key=secret(fetch.access_key_env),
        secret_key=secret(fetch.secret_key_env),
        session_token=secret(fetch.session_token_env),
        # Never the keys of whoever happens to run this: those of the configuration or none.
        anonymous=fetch.access_key_env is None,
        region=fetch.region,
        scheme=parts.scheme or "https",
        endpoint_override=parts.netloc or None,
        connect_timeout=patience,
        request_timeout=patience,
        retry_strategy=AwsStandardS3RetryStrategy(max_attempts=_TRIES),
    )


def _listed(fetch: S3, store: Any) -> Iterator[tuple[str, tuple[str, int]]]:
    """Key to mark and size of what is wanted below the prefix."""
    from pyarrow.fs import FileSelector, FileType

    prefix = fetch.prefix or ""
    folder = f"{fetch.bucket}/{prefix.rpartition('/')[0]}".rstrip("/")
    try:
        found = store.get_file_info(FileSelector(folder, recursive=True, allow_not_found="/" in folder))
    except OSError as error:
        raise SourceError(f"bucket {fetch.bucket} cannot be listed: {error}") from error
    for info in found:
        key = info.path.removeprefix(f"{fetch.bucket}/")
        if info.type == FileType.File and key.startswith(prefix) and is_wanted(key, fetch.match):
            yield key, (f"{info.size}:{info.mtime_ns}", info.size)


def _chunks(store: Any, path: str, size: int, deadline: Deadline) -> Iterator[bytes]:
    got = 0
    try:
        # Never decompressed by its name: the bytes are kept as they are.
        with store.open_input_stream(path, compression=None) as stream:
            while chunk := stream.read(_CHUNK):
                deadline.left()
                got += len(chunk)
                yield chunk
    except OSError as error:
        raise ItemError(f"cannot be read: {error}") from error
    if got != size:
        raise ItemError(f"{got} bytes came of {size}: cut off, or changed while it was fetched")
