"""The way to a witness: one HTTP request, bounded in time as a whole and in bytes.

Time-outs of a socket bound each wait, not the sum of them; so a timer cuts the line when the whole
has taken too long, in a name's look-up too late only.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from urllib.parse import urlsplit

from bailee.errors import Unavailable
from bailee.ledger.cosigning import Reply

SECONDS = 10.0
MOST_BYTES = 1 << 16


def post(url: str, body: bytes) -> Reply:
    """Send a body and return the answer.

    Raises:
        Unavailable: ``witness.unreachable``, ``witness.slow``, ``witness.answer``.
    """
    line, path = _line(url)
    slow = threading.Event()

    def cut() -> None:
        slow.set()
        if line.sock is not None:
            with contextlib.suppress(OSError):
                line.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        line.request("POST", path, body, {"Content-Type": "text/plain; charset=utf-8"})
        answer = line.getresponse()
        data = answer.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise Unavailable("witness.answer", "The witness's answer is too long.")
        return Reply(answer.status, answer.headers.get("Content-Type", ""), data)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if slow.is_set() or isinstance(error, TimeoutError):
            raise Unavailable("witness.slow", "The witness took too long.") from None
        raise Unavailable("witness.unreachable", "The witness cannot be reached.") from None
    finally:
        timer.cancel()
        line.close()


def _line(url: str) -> tuple[http.client.HTTPConnection, str]:
    """Return a line to an address, not connected yet, and the path there."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme == "https" and host:
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context), parts.path
    if parts.scheme == "http" and host:
        return http.client.HTTPConnection(host, port, timeout=SECONDS), parts.path
    raise Unavailable("witness.unreachable", "A witness's address begins with https or http.")
