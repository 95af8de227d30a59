"""Doors that nobody should serve by: old TLS, and plain HTTP on the port of TLS."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bailee.web.server import Tls

ANSWER = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
HEALTHY = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\nConnection: close\r\n\r\n" + b'{"status":"ok"}'
TLS_RECORD = b"\x16"


def _context(tls: Tls, oldest: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # an old version is what is wanted
        context.minimum_version = oldest
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


@contextmanager
def _serving(context: ssl.SSLContext, *, plain: bool) -> Iterator[str]:
    """Answer one request per connection until told to stop; log as bailee's own door does."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)
    stopped = threading.Event()

    def answer(caller: socket.socket) -> None:
        request = caller.recv(65_536)
        logging.getLogger("bailee.access").info("- answered")
        caller.sendall(HEALTHY if request.startswith(b"GET /v1/health ") else ANSWER)

    def run() -> None:
        while not stopped.is_set():
            with suppress(OSError):
                caller, _ = listening.accept()
                caller.settimeout(2)
                with caller:
                    if plain and caller.recv(1, socket.MSG_PEEK) != TLS_RECORD:
                        answer(caller)
                        continue
                    with context.wrap_socket(caller, server_side=True) as inside:
                        answer(inside)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        stopped.set()
        thread.join()
        listening.close()


@contextmanager
def weak_door(tls: Tls) -> Iterator[str]:
    """Serve from TLS 1.1 on."""
    with _serving(_context(tls, ssl.TLSVersion.TLSv1_1), plain=False) as url:
        yield url


@contextmanager
def plain_door(tls: Tls) -> Iterator[str]:
    """Serve TLS 1.2, and plain HTTP on the same port."""
    with _serving(_context(tls, ssl.TLSVersion.TLSv1_2), plain=True) as url:
        yield url
