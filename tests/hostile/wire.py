"""A lean HTTP/1.1 client that sends what it is told to, right or wrong, and reads strictly."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

SECONDS = 30.0
"""A request that is not answered by then hangs."""


@dataclass(frozen=True)
class Asked:
    """One request; ``lines`` are its headers, written as they are."""

    method: str
    target: bytes
    lines: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    chunked: bool = False

    def wire(self) -> bytes:
        """Return the bytes that are sent."""
        head = [self.method.encode() + b" " + self.target + b" HTTP/1.1", b"Host: bailee"]
        head += [name + b": " + value for name, value in self.lines]
        if not self.chunked:
            return b"\r\n".join([*head, b"", self.body])
        parts = [self.body[at : at + 4096] for at in range(0, len(self.body), 4096)]
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
        return b"\r\n".join([*head, b"Transfer-Encoding: chunked", b"", chunks + b"0\r\n\r\n"])


@dataclass
class Answered:
    """One answer; status 0 stands for a line that was closed, -1 for a hang, -2 for no HTTP."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """Return what the body says."""
        return json.loads(self.body)


class Malformed(Exception):  # noqa: N818 - what a server said, not an error of ours
    """What came back is not an answer in HTTP/1.1."""


class Wire:
    """One kept connection to a server; opened again when it was closed."""

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 0)
        self._seconds = seconds
        self._line: socket.socket | None = None
        self._rest = b""
        self._context: ssl.SSLContext | None = None
        if parts.scheme == "https":
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._context.check_hostname = False
            self._context.verify_mode = ssl.CERT_NONE  # the certificate has tests of its own

    def ask(self, asked: Asked) -> Answered:
        """Send a request and read its answer."""
        fresh = self._line is None
        answer = self._try(asked)
        if answer.status == 0 and not fresh:
            answer = self._try(asked)  # a kept connection may have been closed for its idleness
        if answer.status <= 0 or answer.headers.get("connection") == "close":
            self.close()
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
        self._line, self._rest = None, b""

    def open(self) -> socket.socket:
        """Return the connection, made anew if there is none."""
        if self._line is None:
            line = socket.create_connection(self._address, timeout=self._seconds)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context is not None:
                line = self._context.wrap_socket(line)
            self._line = line
        return self._line

    def _try(self, asked: Asked) -> Answered:
        try:
            line = self.open()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                line.sendall(asked.wire())  # the refusal may be there before all was sent
            return self._read(head_only=asked.method == "HEAD")
        except TimeoutError:
            self.close()
            return Answered(-1)
        except (OSError, EOFError):
            self.close()
            return Answered(0)

    def _read(self, *, head_only: bool) -> Answered:
        answer = self._head()
        while 100 <= answer.status < 200:
            answer = self._head()
        size = 0 if head_only or answer.status == 204 else int(answer.headers["content-length"])
        while len(self._rest) < size:
            self._more()
        answer.body, self._rest = self._rest[:size], self._rest[size:]
        return answer

    def _head(self) -> Answered:
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        version, _, status = first.partition(" ")
        if version != "HTTP/1.1" or not status[:3].isdecimal():
            raise Malformed(first[:80])
        headers = {}
        for line in lines:
            name, colon, value = line.partition(": ")
            if not colon or name.lower() in headers:
                raise Malformed(name[:80])
            headers[name.lower()] = value
        return Answered(int(status[:3]), headers)

    def _more(self) -> None:
        part = self.open().recv(1 << 16)
        if not part:
            raise EOFError
        self._rest += part
