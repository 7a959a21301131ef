"""A relay before a server on loopback: it can encrypt, cut a connection after so many bytes, or pass time."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.collect.places import FakeClock


class Relay:
    """Relays connections to `target`; of the next connections only `cuts` bytes each come back, then all."""

    def __init__(self, target: int, clock: FakeClock, tls: ssl.SSLContext | None = None) -> None:
        self.target, self.clock, self.tls, self.cuts, self.drip = target, clock, tls, list[int](), 0.0
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.relay = self
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    relay: Relay


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        relay = self.server.relay
        left = relay.cuts.pop(0) if relay.cuts else 1_000_000_000
        client: socket.socket = self.request
        if relay.tls is not None:
            try:
                client = relay.tls.wrap_socket(client, server_side=True)
            except (OSError, ssl.SSLError):
                return
        with client, socket.create_connection(("127.0.0.1", relay.target)) as there:
            up = threading.Thread(target=_pump, args=(client, there))
            up.start()
            with contextlib.suppress(OSError):
                while left > 0 and (data := there.recv(4096)):
                    if relay.drip:
                        relay.clock.pass_time(relay.drip)
                    client.sendall(data[:left])
                    left -= len(data)
            for end in (client, there):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            up.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(4096):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def self_signed(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for 127.0.0.1, and the certificate's file for those who trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, secret)
    return context, path
