"""``POST /add-checkpoint`` on a socket: HTTP/1.1 with bounds, TLS or the loopback interface.

``GET /<SHA-256 of a log's origin in hex>/checkpoint`` gives whoever audits that log the newest
checkpoint that was cosigned: the witness's own word, past the operator of the log.

``POST /kept/<place>`` adds lines to a place that is lent (``kept``) and answers how many last.
``GET /kept/<place>/<n>`` gives some that come after the n-th: first how many last, where these end,
and how many they are. Both take the place's token; without it nothing of a body is read.

Everybody may knock, so everything is bounded: connections at one time, the seconds that one may
take for a request, the bytes of its body. A line of the log says what was answered, not to whom.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bailee.errors import Failure, Invalid, Oversized, Refused, Unauthenticated, Unavailable
from bailee.witness.judge import PLAIN, Answer, Judge
from bailee.witness.kept import Kept, read_lines, write_lines
from bailee.witness.submission import MAX_BYTES

PATH = "/add-checkpoint"
KEPT = "/kept/"
_STATUS = ((Unauthenticated, 401), (Oversized, 507), (Invalid, 400))
"""Answers to failures, the first that fits; 503 to any other."""
MOST = 64
"""Connections at one time; one more is closed at once."""
LIFE_SECONDS = 30.0
"""A connection that is not answered again within these is cut, whatever it is sending."""
_LOG = logging.getLogger(__name__)


class Door(ThreadingHTTPServer):
    """Serves a judge; ``serve_forever`` blocks until ``shutdown``.

    Args:
        judge: who answers logs.
        kept: the places that are lent, if any.
        host: a name or an address.
        port: 0 for any.
        tls: how TLS is spoken; without it the loopback interface alone is served.

    Raises:
        Refused: ``transport.plain``. Invalid: ``server.host``. Unavailable: ``server.address``.
    """

    daemon_threads = True
    request_queue_size = MOST

    def __init__(
        self,
        judge: Judge,
        host: str,
        port: int,
        *,
        tls: ssl.SSLContext | None = None,
        kept: Kept | None = None,
    ) -> None:
        self.judge = judge
        self.kept = kept
        self._context = tls
        self._lock = threading.Lock()
        self._lines: dict[int, tuple[socket.socket, float]] = {}  # owned by _lock
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Invalid("server.host", "Nothing is known at that host name.") from None
        family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
        if not tls and not ipaddress.ip_address(address[0]).is_loopback:
            raise Refused(
                "transport.plain",
                "Plain HTTP is served on the loopback interface alone (C3.1).",
                do="Give a certificate and its key, or listen on 127.0.0.1.",
            )
        self.address_family = family
        try:
            super().__init__((str(address[0]), port), BaseHTTPRequestHandler)
        except OSError:
            raise Unavailable("server.address", "That address cannot be listened on.") from None

    @property
    def url(self) -> str:
        """Return the submission prefix, as logs write it."""
        host, port = self.server_address[:2]
        shown = f"[{host!s}]" if self.address_family == socket.AF_INET6 else host
        return f"{'https' if self._context else 'http'}://{shown!s}:{port}"

    # One connection is one thread, from here until it is closed.

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a connection, or close it when there are too many."""
        with self._lock:
            full = len(self._lines) >= MOST
            if not full:
                self._lines[id(request)] = (request, time.monotonic() + LIFE_SECONDS)
        if full:
            self.shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Speak with one connection until it ends; in its own thread."""
        line, name = request, id(request)
        try:
            request.settimeout(LIFE_SECONDS)
            if self._context is not None:
                line = self._context.wrap_socket(
                    request, server_side=True, do_handshake_on_connect=False
                )
                self.renew(name, line)
                line.do_handshake()
            _Request(line, client_address, self, name)
        finally:
            with self._lock:
                self._lines.pop(name, None)
            if line is not request:
                with contextlib.suppress(OSError):
                    line.close()

    def renew(self, name: int, line: socket.socket) -> None:
        """Give a connection its time for another request."""
        with self._lock:
            self._lines[name] = (line, time.monotonic() + LIFE_SECONDS)

    def service_actions(self) -> None:
        """Cut the connections whose time is over; twice a second."""
        now = time.monotonic()
        with self._lock:
            late = [line for line, until in self._lines.values() if until < now]
        for line in late:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that broke: it is the other side's, and bears an address."""


class _Request(BaseHTTPRequestHandler):
    """The requests of one connection."""

    protocol_version = "HTTP/1.1"
    server: Door
    server_version, sys_version = "witness", ""
    wbufsize = -1  # head and body leave together

    def __init__(self, line: Any, address: Any, door: Door, name: int) -> None:
        self._name = name
        super().__init__(line, address, door)

    def do_POST(self) -> None:  # the name is the base class's
        """Answer a submission, or lines to be kept."""
        self._answer(self._asked(self._posted))
        self.server.renew(self._name, self.connection)

    def do_GET(self) -> None:
        """Answer an auditor, or a house that wants its lines back."""
        self._answer(self._asked(self._got))
        self.server.renew(self._name, self.connection)

    def _asked(self, work: Callable[[], Answer]) -> Answer:
        """Do a request; name what failed."""
        try:
            return work()
        except Failure as failure:
            status = next((code for kind, code in _STATUS if isinstance(failure, kind)), 503)
            return Answer(status, PLAIN, f"{failure.code}\n")

    def _posted(self) -> Answer:
        place = self.path.removeprefix(KEPT) if self.path.startswith(KEPT) else ""
        if self.path != PATH and not (place and self.server.kept):
            self.close_connection = True
            return Answer(404, PLAIN, "witness.request\n")
        if not place or self.server.kept is None:
            body = self._body()
            return body if isinstance(body, Answer) else self.server.judge.add(body)
        ending, self.close_connection = self.close_connection, True
        self._admit(place)  # whoever is not let in ends the connection: the body is not read
        body = self._body()
        if isinstance(body, Answer):
            return body
        self.close_connection = ending
        return Answer(200, PLAIN, f"{self.server.kept.add(place, read_lines(body))}\n")

    def _got(self) -> Answer:
        parts = self.path.removeprefix("/").split("/")
        if self.headers.get("Content-Length", "0") != "0":
            self.close_connection = True
            return Answer(404, PLAIN, "witness.request\n")
        match parts:
            case [name, "checkpoint"]:
                return self.server.judge.newest(name)
            case ["kept", place, after] if self.server.kept and _is_length(after):
                self._admit(place)
                lasting, last, lines = self.server.kept.read(place, int(after))
                head = f"{lasting} {last} {len(lines)}\n"
                return Answer(200, PLAIN, head + write_lines(lines))
        self.close_connection = True
        return Answer(404, PLAIN, "witness.request\n")

    def _admit(self, place: str) -> None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if self.server.kept is not None:
            self.server.kept.admit(place, token if scheme.lower() == "bearer" else "")

    def _body(self) -> bytes | Answer:
        """Return the body, or what is wrong with its length."""
        text = self.headers.get("Content-Length", "")
        if self.headers.get("Transfer-Encoding") or not _is_length(text):
            self.close_connection = True  # what follows cannot be told apart from a next request
            return Answer(411, PLAIN, "witness.request\n")
        if int(text) > MAX_BYTES:
            self.close_connection = True
            return Answer(413, PLAIN, "witness.length\n")
        body = self.rfile.read(int(text))
        if len(body) < int(text):
            self.close_connection = True
            return Answer(400, PLAIN, "witness.length\n")
        return body

    def _answer(self, answer: Answer) -> None:
        data = answer.text.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)
        _LOG.info("%s: %d", self.command, answer.status)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
        """Write nothing: the base class would write the address."""


def _is_length(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
