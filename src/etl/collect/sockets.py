"""Connections that end by a deadline, however slowly the other side drips."""

from __future__ import annotations

import io
import ipaddress
import socket
import ssl
from collections.abc import Callable
from typing import Any

from etl.collect.records import Deadline


class _Reader(io.RawIOBase):
    """Reads from a socket, each time with no more patience than is left."""

    def __init__(self, sock: socket.socket, left: Callable[[], float]) -> None:
        self._sock = sock
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._left())
        count = self._sock.recv_into(buffer)
        self._left()  # what came too late has come too late
        return count


class TimedSocket:
    """A connection as `http.client` and `imaplib` use one; nothing on it takes longer than `left` says."""

    def __init__(self, sock: socket.socket, left: Callable[[], float]) -> None:
        """Take over a connected socket."""
        self._sock = sock
        self._left = left

    def makefile(self, mode: str) -> io.BufferedReader:
        """A file to read from."""
        assert mode == "rb", mode
        return io.BufferedReader(_Reader(self._sock, self._left))

    def sendall(self, data: bytes) -> None:
        """Send all of the data."""
        self._sock.settimeout(self._left())
        self._sock.sendall(data)

    def shutdown(self, how: int) -> None:
        """Tell the other side that we are done."""
        self._sock.shutdown(how)

    def close(self) -> None:
        """Close the connection."""
        self._sock.close()


def connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    """A connection to a server.

    Raises:
        OSError: there is none to be had.
    """
    return socket.create_connection((host, port), timeout=deadline.left())


def encrypt(sock: socket.socket, host: str, deadline: Deadline) -> socket.socket:
    """The connection encrypted, the server's certificate checked against the names this machine trusts.

    Raises:
        ssl.SSLError: the server cannot prove who it is.
    """
    try:
        sock.settimeout(deadline.left())
        return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    except BaseException:
        sock.close()
        raise


def is_inner(address: str) -> bool:
    """True for addresses that do not lead to the internet: this machine, its network, link-local services."""
    return not ipaddress.ip_address(address.partition("%")[0]).is_global
