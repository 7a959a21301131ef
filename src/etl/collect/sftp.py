"""A folder on an SFTP server. An unknown server key ends the visit before any password is sent."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from types import ModuleType
from typing import TYPE_CHECKING

from etl.collect.listing import LOOKS, Listed, declared_done, is_wanted, read_looks, settled
from etl.collect.records import Deadline, Found, Gone, ItemError, Learned, SourceError, Told, Unready, Visit
from etl.collect.sockets import connect
from etl.collect.turns import turn
from etl.config import Sftp

if TYPE_CHECKING:
    from paramiko import PKey, SFTPClient, Transport

_CHUNK = 256 * 1024
_MAX_DEPTH = 32


def visit_sftp(fetch: Sftp, visit: Visit) -> Generator[Told, None, None]:
    """What is new or changed and found the same on two looks, or declared done. Links are passed over."""
    with turn(visit, fetch.host), _session(fetch, visit) as sftp:
        ending = fetch.done_suffix or ""
        listed = {
            file.key: file
            for file in _listed(sftp, fetch.path, "", 0)
            if is_wanted(file.key.removesuffix(ending) if ending else file.key, fetch.match, fetch.ignore)
        }
        taken, looks = visit.state.taken, read_looks(visit.state.memory)
        if fetch.done_suffix is None:
            sorted_ = settled(listed.values(), taken, looks, visit.now, fetch.settle)
            ready, unready, looks = sorted_.ready, sorted_.unready, dict(sorted_.looks)
        else:
            done = declared_done(listed.values(), fetch.done_suffix)
            ready = tuple(file for file in done if file.key not in taken or taken[file.key].mark != file.mark)
            unready, looks = len(listed) - 2 * len(done), {}
        yield Unready(unready)
        for file in ready:
            deadline = visit.document_deadline(file.key)
            yield Found(file.key, file.mark, PurePosixPath(file.key).name, _chunks(sftp, fetch, file, deadline))
        yield Gone(frozenset(taken) - listed.keys())
        yield Learned({LOOKS: json.dumps(looks)})


@contextmanager
def _session(fetch: Sftp, visit: Visit) -> Iterator[SFTPClient]:
    paramiko = _paramiko()
    patience = visit.source.timeout.total_seconds()
    try:
        transport = paramiko.Transport(connect(fetch.host, fetch.port, visit.document_deadline(fetch.host)))
    except OSError as error:
        raise SourceError(f"{fetch.host}:{fetch.port} cannot be reached: {error}") from error
    # Packets that drip would keep every read waiting a little longer; this ends the visit whatever they do.
    watch = threading.Timer(visit.deadline.left(), transport.close)
    watch.daemon = True
    watch.start()
    try:
        _enter(fetch, visit, transport, patience)
        sftp = paramiko.SFTPClient.from_transport(transport)
        if sftp is None:
            raise SourceError(f"{fetch.host} offers no SFTP")
        channel = sftp.get_channel()
        assert channel is not None, "an open session has a channel"
        channel.settimeout(patience)
        yield sftp
    except (paramiko.SSHException, EOFError) as error:
        visit.deadline.left()
        raise SourceError(f"{fetch.host}: {str(error) or 'the connection was closed'}") from error
    finally:
        watch.cancel()
        transport.close()


def _enter(fetch: Sftp, visit: Visit, transport: Transport, patience: float) -> None:
    transport.banner_timeout = transport.auth_timeout = patience
    transport.start_client(timeout=patience)
    _check_server(fetch, transport.get_remote_server_key())
    if fetch.private_key is not None:
        passphrase = visit.secret(fetch.passphrase_env) if fetch.passphrase_env else None
        transport.auth_publickey(fetch.username, _paramiko().PKey.from_path(fetch.private_key, _encoded(passphrase)))
    elif fetch.password_env is not None:
        transport.auth_password(fetch.username, visit.secret(fetch.password_env))


def _check_server(fetch: Sftp, key: PKey) -> None:
    """Refuse a server that is not the one the configuration knows.

    Raises:
        SourceError: its key is another one, or not known.
    """
    found = "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
    if fetch.fingerprint is not None:
        if found != fetch.fingerprint:
            raise SourceError(f"{fetch.host} shows the key {found}, not the configured {fetch.fingerprint}")
        return
    assert fetch.known_hosts is not None, "the configuration has one of the two"
    known = _paramiko().HostKeys(str(fetch.known_hosts))
    name = fetch.host if fetch.port == 22 else f"[{fetch.host}]:{fetch.port}"
    if not known.check(name, key):
        raise SourceError(f"{fetch.host} shows the key {found}, which {fetch.known_hosts} does not list for {name}")


def _listed(sftp: SFTPClient, folder: str, below: str, depth: int) -> Iterator[Listed]:
    for entry in sorted(sftp.listdir_attr(folder), key=lambda entry: entry.filename):
        name, mode = entry.filename, entry.st_mode or 0
        if name.startswith(".") or "/" in name:
            continue  # a name with a slash is none that a folder can hold
        if stat.S_ISREG(mode):
            yield Listed(below + name, f"{entry.st_size}:{entry.st_mtime}")
        elif stat.S_ISDIR(mode) and depth < _MAX_DEPTH:
            yield from _listed(sftp, f"{folder.rstrip('/')}/{name}", f"{below}{name}/", depth + 1)


def _chunks(sftp: SFTPClient, fetch: Sftp, listed: Listed, deadline: Deadline) -> Iterator[bytes]:
    path = f"{fetch.path.rstrip('/')}/{listed.key}"
    try:
        with sftp.open(path, "rb") as file:
            while chunk := file.read(_CHUNK):
                deadline.left()
                yield chunk
            status = file.stat()
    except (TimeoutError, EOFError, _paramiko().SSHException) as error:
        raise SourceError(f"{fetch.host}: {listed.key} was cut off: {str(error) or 'too slow'}") from error
    except OSError as error:
        raise ItemError(f"cannot be read: {error}") from error
    if f"{status.st_size}:{status.st_mtime}" != listed.mark:
        raise ItemError("changed while it was fetched")


def _encoded(passphrase: str | None) -> bytes | None:
    return None if passphrase is None else passphrase.encode()


def _paramiko() -> ModuleType:
    try:
        import paramiko
    except ModuleNotFoundError:
        raise SourceError("collecting over SFTP needs the extra sftp: pip install 'copydesk[sftp]'") from None
    return paramiko
