"""``POST /add-checkpoint`` on a socket: HTTP/1.1 with bounds, TLS or the loopback interface.

``GET /<SHA-256 of a log's origin in hex>/checkpoint`` gives whoever audits that log the newest
checkpoint that was cosigned: the witness's own word, past the operator of the log.

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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bailee.errors import Failure, Invalid, Refused, Unavailable
from bailee.witness.judge import PLAIN, Answer, Judge
from bailee.witness.submission import MAX_BYTES

PATH = "/add-checkpoint"
MOST = 64
"""Connections at one time; one more is closed at once."""
LIFE_SECONDS = 30.0
"""A connection that is not answered again within these is cut, whatever it is sending."""
_LOG = logging.getLogger(__name__)


class Door(ThreadingHTTPServer):
    """Serves a judge; ``serve_forever`` blocks until ``shutdown``.

    Args:
        judge: who answers.
        host: a name or an address.
        port: 0 for any.
        tls: how TLS is spoken; without it the loopback interface alone is served.

    Raises:
        Refused: ``transport.plain``. Invalid: ``server.host``. Unavailable: ``server.address``.
    """

    daemon_threads = True
    request_queue_size = MOST

    def __init__(
        self, judge: Judge, host: str, port: int, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.judge = judge
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
        """Answer a submission."""
        self._answer(self._judged())
        self.server.renew(self._name, self.connection)

    def do_GET(self) -> None:
        """Answer an auditor."""
        name, _, rest = self.path.removeprefix("/").partition("/")
        if rest != "checkpoint" or self.headers.get("Content-Length", "0") != "0":
            self.close_connection = True
            self._answer(Answer(404, PLAIN, "witness.request\n"))
            return
        try:
            self._answer(self.server.judge.newest(name))
        except Failure as failure:
            self._answer(Answer(503, PLAIN, f"{failure.code}\n"))
        self.server.renew(self._name, self.connection)

    def _judged(self) -> Answer:
        text = self.headers.get("Content-Length", "")
        if self.path != PATH or self.headers.get("Transfer-Encoding") or not _is_length(text):
            self.close_connection = True  # what follows cannot be told apart from a next request
            return Answer(404 if self.path != PATH else 411, PLAIN, "witness.request\n")
        if int(text) > MAX_BYTES:
            self.close_connection = True
            return Answer(413, PLAIN, "witness.length\n")
        body = self.rfile.read(int(text))
        if len(body) < int(text):
            self.close_connection = True
            return Answer(400, PLAIN, "witness.length\n")
        try:
            return self.server.judge.add(body)
        except Failure as failure:
            return Answer(503, PLAIN, f"{failure.code}\n")

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
