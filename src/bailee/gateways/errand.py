"""An errand: one HTTP request to somebody else, bounded in time as a whole and in bytes.

Time-outs of a socket bound each wait, not the sum of them; so a timer cuts the line when the whole
has taken too long, in a name's look-up too late only. No redirect is followed, no proxy asked, no
cookie kept.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlsplit

NONE: Mapping[str, str] = MappingProxyType({})


class LostError(Exception):
    """No answer came back: ``unreachable``, ``slow``, or an ``answer`` that is too long."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    status: int
    media: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long an errand may take, and how much it may bring.

    Args:
        seconds: for the whole of it.
        most: bytes of the answer's body.
        clear: HTTP without TLS is taken too.
        ca_file: vouches for the other side; the system's authorities when empty.
    """

    seconds: float
    most: int
    clear: bool = False
    ca_file: str = ""


def run(
    url: str,
    bounds: Bounds,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] = NONE,
) -> Answered:
    """Send a request, a POST where it has a body, and return the answer.

    Raises:
        LostError: no answer, or not one that may be read.
    """
    line, path = _line(url, bounds)
    slow = threading.Event()

    def cut() -> None:
        slow.set()
        if line.sock is not None:
            with contextlib.suppress(OSError):
                line.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(bounds.seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        line.request("GET" if body is None else "POST", path, body, dict(headers))
        answer = line.getresponse()
        data = answer.read(bounds.most + 1)
        if len(data) > bounds.most:
            raise LostError("answer")
        if answer.length or slow.is_set():  # it ended before all that it announced had come
            raise LostError("slow" if slow.is_set() else "unreachable")
        return Answered(answer.status, answer.headers.get("Content-Type", ""), data)
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = slow.is_set() or isinstance(error, TimeoutError)
        raise LostError("slow" if late else "unreachable") from None
    finally:
        timer.cancel()
        line.close()


def _line(url: str, bounds: Bounds) -> tuple[http.client.HTTPConnection, str]:
    """Return a line to an address, not connected yet, and the path there."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "https" and host:
        try:
            context = ssl.create_default_context(cafile=bounds.ca_file or None)
        except OSError:
            raise LostError("unreachable") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2  # C3.1
        line = http.client.HTTPSConnection(host, port, timeout=bounds.seconds, context=context)
        return line, path
    if bounds.clear and parts.scheme == "http" and host:
        return http.client.HTTPConnection(host, port, timeout=bounds.seconds), path
    raise LostError("unreachable")
