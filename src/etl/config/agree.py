"""What each key of a source allows and all of them together do not."""

from __future__ import annotations

from collections.abc import Iterator

from etl.config.sections import S3, Fetch, Http, Imap, Rss, Sftp

_THIS_MACHINE = ("localhost", "::1")


def disagreements(fetch: Fetch) -> Iterator[str]:
    """One line for each thing that cannot stand together, with what would be valid."""
    match fetch:
        case Rss() | Http() if (fetch.username is None) != (fetch.password_env is None):
            yield "username and password_env belong together"
        case S3() if (fetch.access_key_env is None) != (fetch.secret_key_env is None):
            yield "access_key_env and secret_key_env belong together"
        case Sftp():
            yield from _sftp(fetch)
        case Imap() if not fetch.tls and not is_this_machine(fetch.host):
            yield f"tls = false is for a server on this machine, such as 127.0.0.1; got host = {fetch.host!r}"
        case _:
            return


def _sftp(fetch: Sftp) -> Iterator[str]:
    if (fetch.password_env is None) == (fetch.private_key is None):
        yield "give either password_env or private_key"
    if (fetch.fingerprint is None) == (fetch.known_hosts is None):
        yield "give either fingerprint (`ssh-keyscan HOST | ssh-keygen -lf -` prints it) or known_hosts"
    if fetch.passphrase_env is not None and fetch.private_key is None:
        yield "passphrase_env belongs to private_key"


def is_this_machine(host: str) -> bool:
    """True for names and addresses that lead nowhere else."""
    return host in _THIS_MACHINE or host.startswith("127.")
