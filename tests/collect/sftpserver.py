"""An SFTP server on loopback that serves a folder, and can drop the connection in the middle of a file."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Self

import asyncssh

USER, PASSWORD = "desk", "p4ss word"


class SftpServer:
    """Serves `folder` to one user. After `reads_left` reads every connection is dropped until it is set anew."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.reads_left = folder, 1_000_000
        self.logins: list[str] = []
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.user_key = asyncssh.generate_private_key("ssh-ed25519")
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    @property
    def fingerprint(self) -> str:
        return str(self.host_key.get_fingerprint())

    @property
    def public_key(self) -> str:
        return self.host_key.export_public_key().decode().strip()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        keys = asyncssh.import_authorized_keys(self.user_key.export_public_key().decode())
        async with asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Doorman(self),
            server_host_keys=[self.host_key],
            authorized_client_keys=keys,
            sftp_factory=lambda channel: _Files(self, channel),
        ) as listener:
            self.port = listener.get_port()
            self._ready.set()
            await self._stop.wait()


class _Doorman(asyncssh.SSHServer):
    def __init__(self, server: SftpServer) -> None:
        self._server = server

    def begin_auth(self, username: str) -> bool:
        self._server.logins.append(username)
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


class _Files(asyncssh.SFTPServer):
    def __init__(self, server: SftpServer, channel: asyncssh.SSHServerChannel) -> None:
        super().__init__(channel, chroot=str(server.folder).encode())
        self._server, self._channel = server, channel

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        self._server.reads_left -= 1
        if self._server.reads_left < 0:
            self._channel.get_connection().abort()
            raise asyncssh.SFTPFailure("dropped")
        return super().read(file_obj, offset, size)  # type: ignore[return-value]
